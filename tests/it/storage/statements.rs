//! Every statement of the program is prepared on every database, and takes and returns only the types that all
//! of them agree on. The statements are read from the source, so that a new one is covered by itself.

use dutyline::storage::sqlite::{SqliteDriver, SqliteOptions};
use proc_macro2::{Delimiter, TokenStream, TokenTree};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// The words that a statement begins with.
const BEGINNINGS: [&str; 5] = ["delete ", "insert ", "select ", "update ", "with "];

/// A macro that makes a text: the name of its argument, if it has one, and what it stands for.
struct Maker {
    argument: Option<String>,
    body: TokenStream,
}

/// What there is in the source.
#[derive(Default)]
struct Found {
    makers: BTreeMap<String, Maker>,
    statements: BTreeSet<String>,
}

fn statements() -> BTreeSet<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/storage");
    let (mut sources, mut folders) = (vec![], vec![folder]);
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            // What stands in the drivers' folders, and in the files that lead to them, is each one's own. What tests make
            // up runs nowhere.
            let name = path.file_name().unwrap().to_str().unwrap();
            if ["sqlite", "sqlite.rs", "postgres", "postgres.rs", "tests.rs"].contains(&name) {
                continue;
            }
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = std::fs::read_to_string(&path).unwrap();
                sources.push(text.parse::<TokenStream>().unwrap());
            }
        }
    }
    let mut found = Found::default();
    for source in &sources {
        found.learn(source.clone());
    }
    for source in sources {
        found.collect(source);
    }
    found.statements
}

impl Found {
    /// Notes the macros: `macro_rules! name { (…) => { … } }`, with one arm.
    fn learn(&mut self, tokens: TokenStream) {
        let tokens: Vec<_> = tokens.into_iter().collect();
        for (at, token) in tokens.iter().enumerate() {
            if let TokenTree::Group(group) = token
                && !is_definition(&tokens, at)
            {
                self.learn(group.stream());
            }
            if let (true, TokenTree::Ident(name), Some(TokenTree::Group(group))) =
                (at >= 2 && is_word(&tokens[at - 2], "macro_rules"), token, tokens.get(at + 1))
            {
                let groups: Vec<_> = groups(group.stream()).collect();
                let [pattern, body] = groups.as_slice() else { panic!("{name} has more than one arm") };
                let argument = pattern.clone().into_iter().find_map(|token| match token {
                    TokenTree::Ident(ident) => Some(ident.to_string()),
                    TokenTree::Group(_) | TokenTree::Punct(_) | TokenTree::Literal(_) => None,
                });
                self.makers.insert(name.to_string(), Maker { argument, body: body.clone() });
            }
        }
    }

    /// Notes the statements: literals, and what `concat!` and the macros make of literals.
    fn collect(&mut self, tokens: TokenStream) {
        let tokens: Vec<_> = tokens.into_iter().collect();
        let mut at = 0;
        while at < tokens.len() {
            if let Some((text, length)) = self.text(&tokens[at..], &BTreeMap::new()) {
                let is_statement = |word: &&str| text.trim_start().to_lowercase().starts_with(*word);
                // A piece of a statement that is put together from the schema has no third word.
                if BEGINNINGS.iter().any(is_statement) && text.split_whitespace().nth(2).is_some() {
                    self.statements.insert(text);
                }
                at += length;
                continue;
            }
            match &tokens[at] {
                TokenTree::Group(_) if is_definition(&tokens, at) => {}
                // Documentation tells of statements.
                TokenTree::Group(group)
                    if group.delimiter() == Delimiter::Bracket && is_attribute(&tokens, at) => {}
                TokenTree::Group(group) => self.collect(group.stream()),
                TokenTree::Ident(_) | TokenTree::Punct(_) | TokenTree::Literal(_) => {}
            }
            at += 1;
        }
    }

    /// The text that begins there, and how many tokens it takes.
    fn text(&self, tokens: &[TokenTree], given: &BTreeMap<String, String>) -> Option<(String, usize)> {
        match tokens {
            [TokenTree::Literal(literal), ..] => {
                let text = syn::parse_str::<syn::LitStr>(&literal.to_string()).ok()?;
                Some((text.value(), 1))
            }
            [TokenTree::Punct(dollar), TokenTree::Ident(name), ..] if dollar.as_char() == '$' => {
                Some((given.get(&name.to_string())?.clone(), 2))
            }
            [TokenTree::Ident(name), TokenTree::Punct(mark), TokenTree::Group(group), ..]
                if mark.as_char() == '!' =>
            {
                let name = name.to_string();
                let arguments: Vec<_> = group.stream().into_iter().collect();
                if name == "concat" {
                    return Some((self.concat(&arguments, given)?, 3));
                }
                let maker = self.makers.get(&name)?;
                let mut inner = BTreeMap::new();
                if let Some(argument) = &maker.argument {
                    inner.insert(argument.clone(), self.text(&arguments, given)?.0);
                }
                let body: Vec<_> = maker.body.clone().into_iter().collect();
                let (text, length) = self.text(&body, &inner)?;
                (length == body.len()).then_some((text, 3))
            }
            _ => None,
        }
    }

    fn concat(&self, mut parts: &[TokenTree], given: &BTreeMap<String, String>) -> Option<String> {
        let mut whole = String::new();
        while !parts.is_empty() {
            let (text, length) = self.text(parts, given)?;
            whole.push_str(&text);
            parts = &parts[length..];
            if let [TokenTree::Punct(comma), ..] = parts
                && comma.as_char() == ','
            {
                parts = &parts[1..];
            }
        }
        Some(whole)
    }
}

fn is_word(token: &TokenTree, word: &str) -> bool {
    matches!(token, TokenTree::Ident(ident) if ident == word)
}

/// Whether the body of a `macro_rules!` stands there.
fn is_definition(tokens: &[TokenTree], at: usize) -> bool {
    at >= 3 && is_word(&tokens[at - 3], "macro_rules")
}

fn is_attribute(tokens: &[TokenTree], at: usize) -> bool {
    let is = |token: &TokenTree, sign| matches!(token, TokenTree::Punct(punct) if punct.as_char() == sign);
    at >= 1 && (is(&tokens[at - 1], '#') || (at >= 2 && is(&tokens[at - 1], '!') && is(&tokens[at - 2], '#')))
}

fn groups(tokens: TokenStream) -> impl Iterator<Item = TokenStream> {
    tokens.into_iter().filter_map(|token| match token {
        TokenTree::Group(group) => Some(group.stream()),
        TokenTree::Ident(_) | TokenTree::Punct(_) | TokenTree::Literal(_) => None,
    })
}

#[test]
fn the_source_is_read_rightly() {
    let source = r#"
        /// select in a comment
        macro_rules! columns { () => { "a, b" }; }
        macro_rules! select { ($rest:literal) => { concat!("select ", columns!(), " from t ", $rest) }; }
        fn f() { query(select!("where a = $1")); one("insert into t \
            values ($1)", args![]); let x = concat!("with d as (select ", columns!(), ")"); let y = "plain"; }
    "#;
    let tokens: TokenStream = source.parse().unwrap();
    let mut found = Found::default();
    found.learn(tokens.clone());
    found.collect(tokens);
    let expected =
        ["insert into t values ($1)", "select a, b from t where a = $1", "with d as (select a, b)"];
    assert_eq!(found.statements.into_iter().collect::<Vec<_>>(), expected);
}

/// Whoever moves the statements elsewhere should hear that they are not tested any more.
#[test]
fn the_statements_are_found() {
    let statements = statements();
    assert!(statements.len() >= 30, "{statements:#?}");
    for known in ["insert into calls ", "update calls set state", "with due as ", "delete from outbox "] {
        assert!(statements.iter().any(|statement| statement.starts_with(known)), "{known}: {statements:#?}");
    }
}

#[test]
fn every_statement_fits_sqlite() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("test.db");
    drop(SqliteDriver::open(&SqliteOptions::file(&path)).unwrap());
    let connection = rusqlite::Connection::open(path).unwrap();
    for statement in statements() {
        // No statement has a quoted $.
        let text = statement.replace("{skip locked}", "").replace('$', "?");
        if let Err(error) = connection.prepare(&text) {
            panic!("{error}: {statement}");
        }
    }
}

#[cfg(feature = "postgres")]
#[tokio::test]
async fn every_statement_fits_postgres() {
    use dutyline::storage::postgres::{PostgresDriver, PostgresOptions};
    use tokio_postgres::types::Type;

    let Some(database) = crate::database::TestDatabase::new().await else { return };
    drop(PostgresDriver::open(&PostgresOptions::new(database.url())).await.unwrap());
    let client = database.stranger().await;
    let allowed = [Type::TEXT, Type::INT8, Type::FLOAT8, Type::BYTEA];
    for statement in statements() {
        let text = statement.replace("{skip locked}", "for update skip locked");
        let prepared = match client.prepare(&text).await {
            Ok(prepared) => prepared,
            Err(error) => panic!("{error}: {statement}"),
        };
        let columns = prepared.columns().iter().map(tokio_postgres::Column::type_);
        for ty in prepared.params().iter().chain(columns) {
            assert!(allowed.contains(ty), "{ty}: {statement}");
        }
    }
}
