//! Goes through a parsed file with the table of keys: reports what doesn't fit and takes it out, and puts
//! in the defaults. What remains can be read without a surprise.

use super::findings::{Findings, nearest};
use super::schema::{Key, Kind, Presence, name_of_type, quoted};
use std::ops::Range;
use toml::Spanned;
use toml::de::{DeArray, DeFloat, DeInteger, DeTable, DeValue};

/// A walk through one file.
pub(super) struct Walk<'f, 'a>(pub(super) &'f mut Findings<'a>);

impl Walk<'_, '_> {
    /// Reports what in `table` doesn't fit `keys` and leaves what does. `path` is the key of the table
    /// itself, empty for the file; `at` is its place.
    pub(super) fn table(&mut self, keys: &[Key], path: &str, at: &Range<usize>, table: &mut DeTable<'_>) {
        let names: Vec<_> = keys.iter().map(|key| key.name).collect();
        let unknown: Vec<_> = table
            .keys()
            .filter(|name| !names.contains(&name.get_ref().as_ref()))
            .map(|name| (name.get_ref().to_string(), name.span()))
            .collect();
        for (name, at) in unknown {
            self.unknown(&names, path, &at, &name);
            table.remove(name.as_str());
        }
        for key in keys {
            let path = if path.is_empty() { key.name.to_owned() } else { format!("{path}.{}", key.name) };
            let fits = if let Some(value) = table.get_mut(key.name) {
                self.value(key, &path, value)
            } else {
                if matches!(key.presence, Presence::Required) {
                    self.0.absent(at, path.as_str(), "is missing").hint(as_hint(key.meaning));
                }
                false
            };
            if !fits {
                table.remove(key.name);
                if let Some(value) = self.default(key, &path, at) {
                    table.insert(Spanned::new(0..0, key.name.into()), value);
                }
            }
        }
    }

    fn unknown(&mut self, names: &[&str], path: &str, at: &Range<usize>, name: &str) {
        if let Some(meant) = nearest(name, names.iter().copied()) {
            let message = format!("unknown key \"{name}\"; did you mean \"{meant}\"?");
            self.0.problem(at, path, message);
        } else {
            let hint = format!("the keys here are {}", quoted(names));
            self.0.problem(at, path, format!("unknown key \"{name}\"")).hint(hint);
        }
    }

    /// The value of a key that is left out; its place has no length, so that it can be told from a written
    /// one.
    fn default(&mut self, key: &Key, path: &str, at: &Range<usize>) -> Option<Spanned<DeValue<'static>>> {
        let Presence::Default(text) = key.presence else { return None };
        let mut value = DeValue::parse(text).ok()?.into_inner();
        if let (Kind::Table(keys), DeValue::Table(table)) = (&key.kind, &mut value) {
            self.table(keys, path, &(at.start..at.start), table);
        }
        Some(Spanned::new(at.start..at.start, value))
    }

    /// Whether that value may stay.
    fn value(&mut self, key: &Key, path: &str, value: &mut Spanned<DeValue<'_>>) -> bool {
        let at = value.span();
        if at.is_empty() {
            // The parser has put it there in place of one that it couldn't read, and has said so.
            return false;
        }
        let value = value.get_mut();
        if let (Kind::Moment | Kind::LocalTime | Kind::TimeOfDay, DeValue::Datetime(moment)) =
            (&key.kind, &*value)
        {
            *value = DeValue::String(moment.to_string().into());
        }
        let digits = value.as_integer().map(DeInteger::as_str).or(value.as_float().map(DeFloat::as_str));
        let number: Option<f64> = digits.and_then(|digits| digits.parse().ok());
        match (&key.kind, value) {
            (Kind::Secret | Kind::Moment | Kind::LocalTime | Kind::TimeOfDay, DeValue::String(text))
                if text.trim().is_empty() =>
            {
                self.empty(path, &at);
                false
            }
            (Kind::Text, DeValue::String(text)) => self.text(path, at, text),
            (Kind::Secret | Kind::Moment | Kind::LocalTime | Kind::TimeOfDay, DeValue::String(_))
            | (Kind::Flag, DeValue::Boolean(_)) => true,
            (Kind::Word(words), DeValue::String(text)) => self.word(words, path, at, text),
            (Kind::Words(words), DeValue::Array(list)) => {
                let kind = Kind::Word(words);
                list.iter().fold(true, |fits, item| match item.get_ref().as_str() {
                    Some(text) => self.word(words, path, item.span(), text) && fits,
                    None => self.mismatch(&kind, path, item.span(), item.get_ref()),
                })
            }
            (Kind::Texts, DeValue::Array(list)) => {
                list.iter().fold(true, |fits, item| match item.get_ref().as_str() {
                    Some(text) => self.text(path, item.span(), text) && fits,
                    None => self.mismatch(&Kind::Text, path, item.span(), item.get_ref()),
                })
            }
            (Kind::Count(from, to), DeValue::Integer(number)) => {
                self.range(&key.kind, path, at, is_within(number, *from, *to))
            }
            (Kind::Counts(from, to), DeValue::Array(list)) => {
                let kind = Kind::Count(*from, *to);
                list.iter().fold(true, |fits, item| match item.get_ref().as_integer() {
                    Some(number) => {
                        self.range(&kind, path, item.span(), is_within(number, *from, *to)) && fits
                    }
                    None => self.mismatch(&kind, path, item.span(), item.get_ref()),
                })
            }
            (Kind::Number(from, to), DeValue::Integer(_) | DeValue::Float(_)) => {
                self.range(&key.kind, path, at, number.is_some_and(|number| (*from..=*to).contains(&number)))
            }
            (Kind::Table(keys), DeValue::Table(table)) => {
                self.table(keys, path, &at, table);
                true
            }
            (Kind::Tables(keys), DeValue::Array(list)) => {
                let mut kept = DeArray::new();
                for (index, mut item) in std::mem::replace(list, DeArray::new()).into_iter().enumerate() {
                    let path = format!("{path}[{}]", index + 1);
                    let at = item.span();
                    if let DeValue::Table(table) = item.get_mut() {
                        self.table(keys, &path, &at, table);
                        kept.push(item);
                    } else {
                        self.mismatch(&Kind::Table(keys), &path, at, item.get_ref());
                    }
                }
                *list = kept;
                true
            }
            (kind, other) => self.mismatch(kind, path, at, other),
        }
    }

    fn text(&mut self, path: &str, at: Range<usize>, text: &str) -> bool {
        let (blank, control) = (text.trim().is_empty(), text.chars().any(char::is_control));
        if blank {
            self.empty(path, &at);
        } else if control {
            self.0.problem(&at, path, "holds a line break or another control character");
        }
        !blank && !control
    }

    fn empty(&mut self, path: &str, at: &Range<usize>) {
        self.0.problem(at, path, "is empty").hint("give it a value, or leave the key out");
    }

    fn word(&mut self, words: &[&str], path: &str, at: Range<usize>, text: &str) -> bool {
        let known = words.contains(&text);
        if !known {
            let found = self.0.problem(&at, path, format!("\"{text}\" is not one of {}", quoted(words)));
            if let Some(meant) = nearest(text, words.iter().copied()) {
                found.hint(format!("did you mean \"{meant}\"?"));
            }
        }
        known
    }

    fn range(&mut self, kind: &Kind, path: &str, at: Range<usize>, fits: bool) -> bool {
        if !fits {
            self.0.problem(&at, path, format!("must be {kind}"));
        }
        fits
    }

    /// A value of another type. It isn't shown: it may be a secret all the same.
    fn mismatch(&mut self, kind: &Kind, path: &str, at: Range<usize>, value: &DeValue<'_>) -> bool {
        let found = self.0.problem(&at, path, format!("must be {kind}, not {}", name_of_type(value)));
        if let (Kind::Tables(_), DeValue::Table(_)) = (kind, value) {
            found.hint(format!("write [[{path}]] with two brackets"));
        }
        false
    }
}

/// Whether a number is one from the first to the second.
fn is_within(number: &DeInteger<'_>, from: u32, to: u32) -> bool {
    let number = i128::from_str_radix(number.as_str(), number.radix());
    number.is_ok_and(|number| (i128::from(from)..=i128::from(to)).contains(&number))
}

/// A meaning as the reference has it, in the words of a hint.
fn as_hint(meaning: &str) -> String {
    let mut chars = meaning.trim_end_matches('.').chars().filter(|c| *c != '`');
    chars.next().into_iter().flat_map(char::to_lowercase).chain(chars).collect()
}
