//! A settings file on its way: what there is a key for is written, all else stands beside it as a comment.

use super::{Group, Note};
use crate::settings::keys::ROOT;
use crate::settings::schema::{Key, Kind};
use serde_json::Value;

/// The file, and what is to be said about it.
pub(super) struct Draft {
    pub(super) text: String,
    pub(super) notes: Vec<Note>,
}

impl Draft {
    /// A file made from that script.
    pub(super) fn of(script: &str) -> Self {
        let script = script.replace(char::is_control, " ");
        let text = format!(
            "# Dutyline's settings, made from {script}. `dutyline check` says what is still missing, and `dutyline \
             check --default`\n# shows every other key. Secrets stand here as they stood there: keep this file to \
             yourself, or put each into a file\n# of its own and name that by the key with _file.\n"
        );
        Self { text, notes: vec![] }
    }

    /// Whether a word may stand behind a key.
    pub(super) fn allows(path: &str, word: &str) -> bool {
        match key(path).map(|key| &key.kind) {
            Some(Kind::Word(words)) => words.contains(&word),
            Some(_) | None => false,
        }
    }

    /// Begins a table, or an entry of a list of tables.
    pub(super) fn section(&mut self, path: &str, meaning: &str) {
        let is_list = matches!(key(path).map(|key| &key.kind), Some(Kind::Tables(_)));
        let heading = if is_list || path == "forward" { format!("[[{path}]]") } else { format!("[{path}]") };
        let comment = if meaning.is_empty() { String::new() } else { format!("# {meaning}\n") };
        self.line("");
        self.text.push_str(&comment);
        self.line(&format!("{}{heading}", mark(path)));
    }

    /// A key that the script has no value for.
    pub(super) fn blank(&mut self, path: &str, example: &str, meaning: &str) {
        let message = format!("is needed, and not in the script: {meaning}");
        self.notes.push(Note { line: None, name: path.to_owned(), message });
        self.line(&format!("# Needed: {meaning}."));
        self.line(&format!("#{} = {}", last(path), written(example)));
    }

    /// A key with a value in TOML. Where there is no such key it is a comment, and that is noted.
    pub(super) fn put(&mut self, line: Option<usize>, path: &str, value: &str) {
        if key(path).is_none() {
            self.unknown(line, path);
        }
        self.line(&format!("{}{} = {value}", mark(path), last(path)));
    }

    fn unknown(&mut self, line: Option<usize>, path: &str) {
        let message = "is a comment: this version has no such key";
        self.notes.push(Note { line, name: path.to_owned(), message: message.to_owned() });
    }

    /// A key with a text.
    pub(super) fn text(&mut self, line: Option<usize>, path: &str, text: &str) {
        self.put(line, path, &written(text));
    }

    /// A key with one of its words.
    pub(super) fn word(&mut self, line: Option<usize>, path: &str, word: &str) {
        if key(path).is_none() || Self::allows(path, word) {
            self.text(line, path, word);
        } else {
            let message = format!("\"{word}\" is a comment: this version does not know it");
            self.notes.push(Note { line, name: path.to_owned(), message });
            self.line(&format!("#{} = {}", last(path), written(word)));
        }
    }

    /// A key with a list of texts.
    pub(super) fn list(&mut self, line: Option<usize>, path: &str, items: &[String]) {
        let items: Vec<_> = items.iter().map(|item| written(item)).collect();
        self.put(line, path, &format!("[{}]", items.join(", ")));
    }

    /// The groups that callers may choose, in key order.
    pub(super) fn menu(&mut self, offered: &[Group], beyond: &[Group]) {
        let entry = |group: &Group| {
            let spoken = group.spoken.as_ref().map(|spoken| format!(", spoken = {}", written(spoken)));
            format!("{{ name = {}{} }},", written(&group.name), spoken.unwrap_or_default())
        };
        self.line("group = [");
        for group in offered {
            self.line(&format!("    {}", entry(group)));
        }
        for group in beyond {
            self.line(&format!("    #{}", entry(group)));
        }
        self.line("]");
    }

    /// The groups themselves: their members are known elsewhere.
    pub(super) fn groups(&mut self, groups: &[Group]) {
        for group in groups {
            self.section("group", "");
            self.text(None, "group.name", &group.name);
            self.word(None, "group.on_call", "xmatters");
        }
    }

    fn line(&mut self, line: &str) {
        self.text.push_str(line);
        self.text.push('\n');
    }
}

/// A text in TOML, in one line: JSON's form of it, but for one letter that TOML wants escaped.
fn written(text: &str) -> String {
    Value::from(text).to_string().replace('\u{7f}', "\\u007f")
}

/// The last part of a key's path.
fn last(path: &str) -> &str {
    path.rsplit('.').next().unwrap_or(path)
}

/// What makes a comment of a line about what there is no key for.
fn mark(path: &str) -> &'static str {
    if key(path).is_some() { "" } else { "#" }
}

/// The key of that path.
pub(super) fn key(path: &str) -> Option<&'static Key> {
    let (parent, name) = path.rsplit_once('.').unwrap_or(("", path));
    let keys = if parent.is_empty() { ROOT } else { key(parent)?.kind.keys()? };
    keys.iter().find(|key| key.name == name)
}
