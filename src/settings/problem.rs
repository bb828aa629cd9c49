//! What is wrong with a settings file or a prompts file, and how that is told.

use std::{fmt, io};

/// One thing wrong, or risky, in a file. It never holds a secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Whether it keeps the program from starting.
    pub level: Level,
    /// The file, as it was named to us.
    pub path: String,
    /// Where in the file; `None`: the file as a whole.
    pub position: Option<Position>,
    /// The key, e.g. `voice.group[2].name` or `say.choice`, entries counted from 1; empty: no key in particular.
    pub key: String,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub hint: Option<String>,
}

/// How bad a [`Problem`] is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// Nothing starts.
    Problem,
    /// Legal, but hardly meant so.
    Warning,
}

/// A place in a file, counted from 1; columns are characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// Line.
    pub line: usize,
    /// Column.
    pub column: usize,
}

impl Problem {
    /// A file that cannot be read.
    pub(super) fn unreadable(path: String, error: &io::Error) -> Self {
        Self {
            level: Level::Problem,
            path,
            position: None,
            key: String::new(),
            message: format!("cannot be read: {error}"),
            hint: None,
        }
    }

    /// Adds what to do about it.
    pub(super) fn hint(&mut self, hint: impl Into<String>) {
        self.hint = Some(hint.into());
    }

    fn place(&self) -> String {
        match self.position {
            Some(Position { line, column }) => format!("{}:{line}:{column}:", self.path),
            None => format!("{}:", self.path),
        }
    }

    fn write(&self, f: &mut fmt::Formatter<'_>, width: usize) -> fmt::Result {
        write!(f, "{:width$} ", self.place())?;
        if self.level == Level::Warning {
            f.write_str("warning: ")?;
        }
        if !self.key.is_empty() {
            write!(f, "{}: ", self.key)?;
        }
        f.write_str(&self.message)?;
        match &self.hint {
            Some(hint) => write!(f, "\n   hint: {hint}"),
            None => Ok(()),
        }
    }
}

/// `settings.toml:14:11: voice.language: … `, and the hint in a line of its own; the place as wide as asked for.
impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write(f, f.width().unwrap_or_default())
    }
}

/// Everything that was found in a file that can't be used: problems and warnings, in the file's order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problems(pub Vec<Problem>);

/// As it is told at a start.
impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.report("nothing was started"))
    }
}

impl Problems {
    /// One a line, messages in one column, how many there are, and what that means.
    pub fn report(&self, therefore: &str) -> String {
        let mut text = String::new();
        // Writing to a string cannot fail.
        let _ = self.write(&mut text, therefore);
        text
    }

    fn write(&self, f: &mut impl fmt::Write, therefore: &str) -> fmt::Result {
        let width = self.0.iter().map(|problem| problem.place().chars().count()).max().unwrap_or_default();
        for problem in &self.0 {
            writeln!(f, "{problem:width$}")?;
        }
        let count = |level, word: &str| match self.0.iter().filter(|problem| problem.level == level).count() {
            1 => format!("1 {word}"),
            n => format!("{n} {word}s"),
        };
        f.write_str(&count(Level::Problem, "problem"))?;
        if self.0.iter().any(|problem| problem.level == Level::Warning) {
            write!(f, ", {}", count(Level::Warning, "warning"))?;
        }
        write!(f, "; {therefore}")
    }
}

impl std::error::Error for Problems {}
