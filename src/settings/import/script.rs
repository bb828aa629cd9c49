//! Reads the assignments of a script, as text. Nothing of it is executed.

use std::iter::Peekable;
use std::str::Chars;

/// `setting.name = value`, as it stands in the script.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Assignment {
    /// The last part of what is assigned to.
    pub(super) name: String,
    /// The parts before it: `["setting"]`.
    pub(super) of: Vec<String>,
    /// Where it stands, from 1.
    pub(super) line: usize,
    /// What is assigned.
    pub(super) value: Value,
}

/// A value that is written down.
#[derive(Clone, PartialEq, Eq)]
pub(super) enum Value {
    /// A text, or several that are joined.
    Text(String),
    /// A number, or `true` or `false`.
    Word(String),
    /// A list of such values.
    List(Vec<String>),
    /// What only a run of the script would tell; its parts without blanks.
    Computed(String),
}

/// Shows the kind only: a value can be a secret.
impl std::fmt::Debug for Value {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Text(_) => "Text(…)",
            Self::Word(_) => "Word(…)",
            Self::List(_) => "List(…)",
            Self::Computed(_) => "Computed(…)",
        })
    }
}

/// A piece of the script.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Token {
    Text(String),
    /// A name or a number.
    Word(String),
    /// An operator, a bracket, a comma.
    Sign(String),
}

/// A piece and its line.
type Placed = (usize, Token);

/// All assignments, in order.
pub(super) fn assignments(script: &str) -> Vec<Assignment> {
    let tokens = tokens(script);
    let mut found = vec![];
    for (at, (line, token)) in tokens.iter().enumerate() {
        if *token != Token::Sign("=".to_owned()) {
            continue;
        }
        let (before, after) = tokens.split_at(at);
        if let Some((name, of)) = target(before) {
            found.push(Assignment {
                name,
                of,
                line: *line,
                value: value(after.get(1..).unwrap_or_default()),
            });
        }
    }
    found
}

/// What stands in front of the `=`: names with dots between them.
fn target(before: &[Placed]) -> Option<(String, Vec<String>)> {
    let mut backwards = before.iter().rev().map(|(_, token)| token);
    let Some(Token::Word(name)) = backwards.next() else { return None };
    let mut of = vec![];
    while backwards.next() == Some(&Token::Sign(".".to_owned())) {
        let Some(Token::Word(part)) = backwards.next() else { return None };
        of.insert(0, part.clone());
    }
    Some((name.clone(), of))
}

/// The value at the beginning of these pieces.
fn value(tokens: &[Placed]) -> Value {
    let literal = match tokens {
        [(_, Token::Sign(open)), rest @ ..] if open == "[" => list(rest),
        [(line, Token::Text(text)), rest @ ..] => Some(joined(*line, text, rest)),
        [(line, Token::Word(word)), rest @ ..] if is_plain(word) => {
            Some((Value::Word(word.clone()), *line, rest))
        }
        _ => None,
    };
    match literal {
        Some((value, line, rest)) if ends(line, rest) => value,
        Some(_) | None => Value::Computed(expression(tokens)),
    }
}

/// Whether a word stands for itself.
fn is_plain(word: &str) -> bool {
    matches!(word, "true" | "false") || word.starts_with(|first: char| first.is_ascii_digit())
}

/// A text, and those that `+` joins to it; the line where it ends, and what follows.
fn joined<'t>(line: usize, text: &str, mut rest: &'t [Placed]) -> (Value, usize, &'t [Placed]) {
    let (mut text, mut line) = (text.to_owned(), line);
    while let [(_, Token::Sign(plus)), (next, Token::Text(more)), after @ ..] = rest
        && plus == "+"
    {
        text.push_str(more);
        (line, rest) = (*next, after);
    }
    (Value::Text(text), line, rest)
}

/// The list whose bracket is open; the line where it ends, and what follows.
fn list(mut rest: &[Placed]) -> Option<(Value, usize, &[Placed])> {
    let mut items = vec![];
    loop {
        match rest {
            [(line, Token::Sign(close)), after @ ..] if close == "]" => {
                return Some((Value::List(items), *line, after));
            }
            [(line, Token::Text(text)), after @ ..] => {
                let (item, _, after) = joined(*line, text, after);
                if let Value::Text(item) = item {
                    items.push(item);
                }
                rest = after;
            }
            [(_, Token::Word(word)), after @ ..] if is_plain(word) => {
                items.push(word.clone());
                rest = after;
            }
            _ => return None,
        }
        match rest {
            [(_, Token::Sign(comma)), after @ ..] if comma == "," => rest = after,
            [(_, Token::Sign(close)), ..] if close == "]" => {}
            _ => return None,
        }
    }
}

/// Whether a statement is over: at a semicolon or a closing bracket, at the end, or in another line that does not
/// begin with an operator.
fn ends(line: usize, rest: &[Placed]) -> bool {
    match rest.first() {
        None => true,
        Some((_, Token::Sign(sign))) if matches!(sign.as_str(), ";" | "}" | ",") => true,
        Some((next, Token::Word(_) | Token::Text(_))) => *next > line,
        Some((_, Token::Sign(_))) => false,
    }
}

/// The pieces of an expression as far as its semicolon or line goes.
fn expression(tokens: &[Placed]) -> String {
    let first = tokens.first().map_or(0, |(line, _)| *line);
    let of_line =
        tokens.iter().take_while(|(line, token)| *line == first && *token != Token::Sign(";".to_owned()));
    of_line
        .map(|(_, token)| match token {
            Token::Text(text) | Token::Word(text) | Token::Sign(text) => text.as_str(),
        })
        .collect()
}

/// The script in pieces; comments and blanks are left out.
fn tokens(script: &str) -> Vec<Placed> {
    let mut letters = Letters { letters: script.chars().peekable(), line: 1 };
    let mut tokens = vec![];
    while let Some(letter) = letters.next() {
        let line = letters.line;
        let token = match letter {
            letter if letter.is_whitespace() => continue,
            '/' if letters.letters.peek() == Some(&'/') => {
                letters.skip_line();
                continue;
            }
            '/' if letters.letters.peek() == Some(&'*') => {
                letters.skip_comment();
                continue;
            }
            '\'' | '"' => Token::Text(letters.text(letter)),
            '`' => letters.template(),
            letter if is_of_word(letter) => Token::Word(letters.word(letter)),
            letter => Token::Sign(letters.sign(letter)),
        };
        tokens.push((line, token));
    }
    tokens
}

fn is_of_word(letter: char) -> bool {
    letter.is_alphanumeric() || matches!(letter, '_' | '$')
}

/// The letters of a script, and where we are in it.
struct Letters<'s> {
    letters: Peekable<Chars<'s>>,
    line: usize,
}

impl Iterator for Letters<'_> {
    type Item = char;

    fn next(&mut self) -> Option<char> {
        let letter = self.letters.next()?;
        self.line += usize::from(letter == '\n');
        Some(letter)
    }
}

impl Letters<'_> {
    fn skip_line(&mut self) {
        while self.letters.next_if(|letter| *letter != '\n').is_some() {}
    }

    fn skip_comment(&mut self) {
        // The star of the beginning is not that of the end.
        self.next();
        let mut last = ' ';
        for letter in self {
            if last == '*' && letter == '/' {
                return;
            }
            last = letter;
        }
    }

    /// The rest of a text; one that is not closed ends with its line.
    fn text(&mut self, quote: char) -> String {
        let mut text = String::new();
        while let Some(letter) = self.letters.next_if(|letter| *letter != '\n') {
            match letter {
                '\\' => self.escaped(&mut text),
                letter if letter == quote => break,
                letter => text.push(letter),
            }
        }
        text
    }

    /// What a backslash makes of the letters after it.
    fn escaped(&mut self, text: &mut String) {
        match self.next() {
            Some('n') => text.push('\n'),
            Some('t') => text.push('\t'),
            Some('r') => text.push('\r'),
            Some('b') => text.push('\u{8}'),
            Some('f') => text.push('\u{c}'),
            Some('v') => text.push('\u{b}'),
            Some('0') => text.push('\0'),
            Some('x') => text.extend(self.code(2)),
            Some('u') => self.unicode(text),
            // A line that goes on in the next one.
            Some('\n') | None => {}
            Some(letter) => text.push(letter),
        }
    }

    /// `\u00e9`, `\u{1f600}`, or two halves of one letter.
    fn unicode(&mut self, text: &mut String) {
        if self.letters.next_if_eq(&'{').is_some() {
            let mut digits = String::new();
            while let Some(digit) = self.letters.next_if(char::is_ascii_hexdigit) {
                digits.push(digit);
            }
            self.letters.next_if_eq(&'}');
            text.extend(u32::from_str_radix(&digits, 16).ok().and_then(char::from_u32));
            return;
        }
        let mut halves = vec![self.half()];
        if halves.first().is_some_and(|half| (0xd800..0xdc00).contains(half))
            && self.letters.next_if_eq(&'\\').is_some()
        {
            self.letters.next_if_eq(&'u');
            halves.push(self.half());
        }
        text.extend(char::decode_utf16(halves).map(|letter| letter.unwrap_or(char::REPLACEMENT_CHARACTER)));
    }

    fn half(&mut self) -> u16 {
        self.digits(4).and_then(|digits| u16::from_str_radix(&digits, 16).ok()).unwrap_or(0xfffd)
    }

    fn code(&mut self, count: usize) -> Option<char> {
        self.digits(count).and_then(|digits| u32::from_str_radix(&digits, 16).ok()).and_then(char::from_u32)
    }

    fn digits(&mut self, count: usize) -> Option<String> {
        (0..count).map(|_| self.letters.next_if(char::is_ascii_hexdigit)).collect()
    }

    /// The rest of a text in backquotes; one with a gap in it is no text that is written down.
    fn template(&mut self) -> Token {
        let (mut text, mut has_gap) = (String::new(), false);
        while let Some(letter) = self.next() {
            match letter {
                '\\' => self.escaped(&mut text),
                '`' => break,
                '$' if self.letters.peek() == Some(&'{') => has_gap = true,
                letter => text.push(letter),
            }
        }
        if has_gap { Token::Sign("`".to_owned()) } else { Token::Text(text) }
    }

    fn word(&mut self, first: char) -> String {
        let mut word = String::from(first);
        while let Some(letter) = self.letters.next_if(|letter| is_of_word(*letter)) {
            word.push(letter);
        }
        word
    }

    /// An operator whole, so that `==` and `=>` are not taken for `=`.
    fn sign(&mut self, first: char) -> String {
        let mut sign = String::from(first);
        if "=!<>+-*/%&|?^".contains(first) {
            while let Some(letter) = self.letters.next_if(|letter| "=>&|?".contains(*letter)) {
                sign.push(letter);
            }
        }
        sign
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `name = value`, a line each.
    fn read(script: &str) -> Vec<String> {
        let show = |one: Assignment| {
            let name = [one.of, vec![one.name]].concat().join(".");
            match one.value {
                Value::Text(text) => format!("{}: {name} = {text:?}", one.line),
                Value::Word(word) => format!("{}: {name} = {word}", one.line),
                Value::List(items) => format!("{}: {name} = {items:?}", one.line),
                Value::Computed(_) => format!("{}: {name} is computed", one.line),
            }
        };
        assignments(script).into_iter().map(show).collect()
    }

    #[test]
    fn values_are_read_as_they_are_written() {
        for (script, expected) in [
            ("setting.a = 'x';", r#"1: setting.a = "x""#),
            ("var settings.b = \"it's\"", r#"1: settings.b = "it's""#),
            (r"c = 'it\'s \u00e9\x41\u{1f600}\ud83d\ude00\n'", "1: c = \"it's éA😀😀\\n\""),
            ("d = `plain`", r#"1: d = "plain""#),
            ("e = `a${b}c`", "1: e is computed"),
            ("f = 3;", "1: f = 3"),
            ("g=true", "1: g = true"),
            ("h = ['a', \"b\" ,\n  'c' // last\n];", r#"1: h = ["a", "b", "c"]"#),
            ("i = []", "1: i = []"),
            ("j = ['a', b]", "1: j is computed"),
            ("k =\n  'on the next line';", r#"1: k = "on the next line""#),
            ("l = 'one' +\n 'two';", r#"1: l = "onetwo""#),
            ("m = 'one' + two", "1: m is computed"),
            ("n = o.length;", "1: n is computed"),
            ("p = 'x' // why; q = 'y'", r#"1: p = "x""#),
            ("/* r = 'x';\n*/ s = 'y'", r#"2: s = "y""#),
            ("/**/ t = 'y'", r#"1: t = "y""#),
            ("u = 'http://x/y' ;", r#"1: u = "http://x/y""#),
            ("v = 'not closed\nw = 'x'", "1: v = \"not closed\"\n2: w = \"x\""),
            ("x = 'goes \\\non'", r#"1: x = "goes on""#),
            ("y = 'x' || z", "1: y is computed"),
        ] {
            assert_eq!(read(script).join("\n"), expected, "{script}");
        }
    }

    #[test]
    fn what_only_looks_like_an_assignment_is_none() {
        for script in [
            "a == 'x'",
            "a === 'x'",
            "a => 'x'",
            "a <= 'x'",
            "a += 'x'",
            "a != 'x'",
            "= 'x'",
            "(b) = 'x'",
            "'a = b'",
        ] {
            assert_eq!(read(script), [""; 0], "{script}");
        }
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_read_to_its_end(script in "[a-z='\"`\\[\\](),.;/*+\\\\$ {}\nu0-9é]{0,80}") {
            assignments(&script);
        }
    }
}
