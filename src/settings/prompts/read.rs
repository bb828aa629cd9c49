//! From a prompts file's values to a language.

use super::gaps::check_gaps;
use crate::domain::voice::phrases::{KEYS, Language};
use crate::settings::findings::{Findings, nearest};
use crate::settings::schema::name_of_type;
use std::collections::BTreeMap;
use std::ops::Range;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// The keys of a file.
const TOP: [&str; 4] = ["voice", "language", "wait", "say"];
/// Wait lines that a language has at least: with one alone, a caller hears the same again and again.
const FEWEST_WAIT_LINES: usize = 2;

/// Takes a file's values and notes what is wrong with them.
pub(super) struct Reader<'f, 'a>(pub(super) &'f mut Findings<'a>);

impl Reader<'_, '_> {
    /// The language, as far as it is there.
    pub(super) fn language(&mut self, table: &DeTable<'_>) -> Language {
        self.unknown_keys(table, "", &TOP);
        Language {
            voice: self.setting(table, "voice"),
            tag: self.setting(table, "language"),
            wait: self.wait(table),
            texts: self.texts(table),
        }
    }

    fn setting(&mut self, table: &DeTable<'_>, key: &str) -> String {
        let Some(value) = table.get(key) else {
            self.missing(&(0..0), key);
            return String::new();
        };
        self.text(value, key).unwrap_or_default().to_owned()
    }

    /// The table `say`: every key of [`KEYS`], each with its gaps.
    fn texts(&mut self, table: &DeTable<'_>) -> BTreeMap<String, String> {
        let Some(value) = table.get("say") else {
            self.missing(&(0..0), "say");
            return BTreeMap::new();
        };
        let DeValue::Table(say) = value.get_ref() else {
            self.mismatch(value, "say", "a table");
            return BTreeMap::new();
        };
        let names: Vec<&str> = KEYS.iter().map(|(name, _)| *name).collect();
        self.unknown_keys(say, "say", &names);
        let mut texts = BTreeMap::new();
        for (name, gaps) in KEYS {
            let key = format!("say.{name}");
            match say.get(*name) {
                Some(value) => {
                    if let Some(text) = self.text(value, &key) {
                        check_gaps(text, gaps, &value.span(), &key, self.0);
                        texts.insert((*name).to_owned(), text.to_owned());
                    }
                }
                None => self.missing(&value.span(), &key),
            }
        }
        texts
    }

    /// The wait lines: enough of them, and never the same twice in a row, also from the last to the first.
    fn wait(&mut self, table: &DeTable<'_>) -> Vec<String> {
        let Some(value) = table.get("wait") else {
            self.missing(&(0..0), "wait");
            return vec![];
        };
        let DeValue::Array(items) = value.get_ref() else {
            self.mismatch(value, "wait", "a list of texts");
            return vec![];
        };
        if items.len() < FEWEST_WAIT_LINES {
            let message = format!("needs at least {FEWEST_WAIT_LINES} lines, has {}", items.len());
            self.0.problem(&value.span(), "wait", message).hint("callers hear them in turn");
        }
        let mut lines = vec![];
        for (number, item) in (1..).zip(items.iter()) {
            let key = format!("wait[{number}]");
            let text = self.text(item, &key);
            if let Some(text) = text {
                check_gaps(text, &[], &item.span(), &key, self.0);
            }
            lines.push((number, item.span(), text));
        }
        self.neighbours(&lines);
        lines.into_iter().filter_map(|(_, _, text)| text.map(str::to_owned)).collect()
    }

    fn neighbours(&mut self, lines: &[(usize, Range<usize>, Option<&str>)]) {
        let pairs = lines.iter().zip(lines.iter().skip(1));
        let around = lines.first().zip(lines.last()).filter(|_| lines.len() > FEWEST_WAIT_LINES);
        for ((first, _, same), (second, at, text)) in pairs.chain(around) {
            if text.is_some() && text.map(str::trim) == same.map(str::trim) {
                self.0
                    .problem(at, format!("wait[{second}]"), format!("is the same as wait[{first}]"))
                    .hint("neighbours must differ, and the first follows the last");
            }
        }
    }

    /// A text that says something.
    fn text<'v>(&mut self, value: &'v Spanned<DeValue<'_>>, key: &str) -> Option<&'v str> {
        let DeValue::String(text) = value.get_ref() else {
            self.mismatch(value, key, "text");
            return None;
        };
        if text.trim().is_empty() {
            self.0.problem(&value.span(), key, "is empty").hint("callers would hear nothing");
            return None;
        }
        Some(text)
    }

    fn unknown_keys(&mut self, table: &DeTable<'_>, path: &str, known: &[&str]) {
        for key in table.keys() {
            let name: &str = key.get_ref();
            if known.contains(&name) {
                continue;
            }
            if let Some(meant) = nearest(name, known.iter().copied()) {
                let message = format!("unknown key \"{name}\"; did you mean \"{meant}\"?");
                self.0.problem(&key.span(), path, message);
            } else {
                let found = self.0.problem(&key.span(), path, format!("unknown key \"{name}\""));
                found.hint("nothing says it; take it out");
            }
        }
    }

    fn missing(&mut self, at: &Range<usize>, key: &str) {
        self.0.absent(at, key, "is missing").hint("prompts/en.toml has every key");
    }

    fn mismatch(&mut self, value: &Spanned<DeValue<'_>>, key: &str, wanted: &str) {
        let message = format!("must be {wanted}, not {}", name_of_type(value.get_ref()));
        self.0.problem(&value.span(), key, message);
    }
}
