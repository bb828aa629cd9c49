//! What a settings file may hold, as data: the language in which [`keys`](super::keys) is written.

use toml::de::DeValue;

/// One key of a table.
#[derive(Debug)]
pub(super) struct Key {
    pub(super) name: &'static str,
    pub(super) kind: Kind,
    pub(super) presence: Presence,
    /// For the reference: what it does.
    pub(super) meaning: &'static str,
}

/// What may stand behind a key.
#[derive(Debug)]
pub(super) enum Kind {
    /// Text that is not blank.
    Text,
    /// A text that is not shown again.
    Secret,
    /// One of these words.
    Word(&'static [&'static str]),
    /// A list of these words.
    Words(&'static [&'static str]),
    /// A list of texts that are not blank.
    Texts,
    /// `true` or `false`.
    Flag,
    /// A whole number from the first to the second.
    Count(u32, u32),
    /// A list of whole numbers from the first to the second.
    Counts(u32, u32),
    /// A number from the first to the second.
    Number(f64, f64),
    /// A moment with its offset: `2026-12-24T08:00:00+01:00`, with or without quotes.
    Moment,
    /// A date and a time of the local clock: `2026-01-05T09:00`, with or without quotes.
    LocalTime,
    /// A time of the day: `18:00`, with or without quotes.
    TimeOfDay,
    /// A table.
    Table(&'static [Key]),
    /// A list of tables.
    Tables(&'static [Key]),
}

/// Whether a key must be there.
#[derive(Debug)]
pub(super) enum Presence {
    /// Always.
    Required,
    /// Left out, it has this value, written in TOML.
    Default(&'static str),
    /// Left out, it means what is said here.
    Optional(&'static str),
}

impl Key {
    pub(super) const fn required(name: &'static str, kind: Kind, meaning: &'static str) -> Self {
        Self { name, kind, presence: Presence::Required, meaning }
    }

    pub(super) const fn default(
        name: &'static str,
        kind: Kind,
        value: &'static str,
        meaning: &'static str,
    ) -> Self {
        Self { name, kind, presence: Presence::Default(value), meaning }
    }

    pub(super) const fn optional(
        name: &'static str,
        kind: Kind,
        without: &'static str,
        meaning: &'static str,
    ) -> Self {
        Self { name, kind, presence: Presence::Optional(without), meaning }
    }
}

impl Kind {
    /// The keys of a table, or of each table of a list.
    pub(super) const fn keys(&self) -> Option<&'static [Key]> {
        match self {
            Self::Table(keys) | Self::Tables(keys) => Some(keys),
            Self::Text
            | Self::Secret
            | Self::Word(_)
            | Self::Words(_)
            | Self::Texts
            | Self::Flag
            | Self::Count(..)
            | Self::Counts(..)
            | Self::Number(..)
            | Self::Moment
            | Self::LocalTime
            | Self::TimeOfDay => None,
        }
    }
}

/// As it is told to people: what must stand there.
impl std::fmt::Display for Kind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Text | Self::Secret => f.write_str("text"),
            Self::Word([word]) => write!(f, "\"{word}\""),
            Self::Word(words) => write!(f, "one of {}", quoted(words)),
            Self::Words(words) => write!(f, "a list of {}", quoted(words)),
            Self::Texts => f.write_str("a list of texts"),
            Self::Flag => f.write_str("true or false"),
            Self::Count(from, to) => write!(f, "a whole number from {from} to {to}"),
            Self::Counts(from, to) => write!(f, "a list of whole numbers from {from} to {to}"),
            Self::Number(from, to) => write!(f, "a number from {from} to {to}"),
            Self::Moment => f.write_str("a moment with its offset"),
            Self::LocalTime => f.write_str("a local date and time"),
            Self::TimeOfDay => f.write_str("a time of the day"),
            Self::Table(_) => f.write_str("a table"),
            Self::Tables(_) => f.write_str("a list of tables"),
        }
    }
}

/// `"a", "b"`.
pub(super) fn quoted(words: &[&str]) -> String {
    words.iter().map(|word| format!("\"{word}\"")).collect::<Vec<_>>().join(", ")
}

/// What a value is, in the words of [`Kind`].
pub(super) const fn name_of_type(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "text",
        DeValue::Integer(_) => "a whole number",
        DeValue::Float(_) => "a number",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a moment",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}
