//! What was found so far in a text of settings or of prompts.

use super::problem::{Level, Position, Problem};
use std::collections::HashSet;
use std::ops::{Range, RangeInclusive};
use toml::Spanned;
use toml::de::DeTable;

/// A file's text, and what was found in it. Places are bytes of the text.
#[derive(Debug)]
pub(super) struct Findings<'a> {
    path: &'a str,
    text: &'a str,
    found: Vec<Finding>,
}

#[derive(Debug)]
struct Finding {
    start: usize,
    lines: RangeInclusive<usize>,
    ground: Ground,
    problem: Problem,
}

/// What a finding rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ground {
    /// The text is no TOML there.
    Grammar,
    /// Something stands there.
    Written,
    /// Something stands nowhere.
    Absent,
}

impl<'a> Findings<'a> {
    pub(super) const fn new(path: &'a str, text: &'a str) -> Self {
        Self { path, text, found: Vec::new() }
    }

    /// The text as TOML, as far as it is that. Where it isn't is noted.
    pub(super) fn parse(&mut self) -> Spanned<DeTable<'a>> {
        let (table, errors) = DeTable::parse_recoverable(self.text);
        for error in errors {
            self.grammar(&error);
        }
        table
    }

    /// Notes that the text is no TOML there.
    pub(super) fn grammar(&mut self, error: &toml::de::Error) {
        let at = error.span().unwrap_or_default();
        self.find(Ground::Grammar, Level::Problem, &at, String::new(), error.message().to_owned());
    }

    /// Notes what keeps the program from starting.
    pub(super) fn problem(
        &mut self,
        at: &Range<usize>,
        key: impl Into<String>,
        message: impl Into<String>,
    ) -> &mut Problem {
        self.find(Ground::Written, Level::Problem, at, key.into(), message.into())
    }

    /// Notes that something is missing which the program can't start without.
    pub(super) fn absent(
        &mut self,
        at: &Range<usize>,
        key: impl Into<String>,
        message: impl Into<String>,
    ) -> &mut Problem {
        self.find(Ground::Absent, Level::Problem, at, key.into(), message.into())
    }

    /// Notes what is legal but hardly meant so.
    pub(super) fn warning(
        &mut self,
        at: &Range<usize>,
        key: impl Into<String>,
        message: impl Into<String>,
    ) -> &mut Problem {
        self.find(Ground::Absent, Level::Warning, at, key.into(), message.into())
    }

    fn find(
        &mut self,
        ground: Ground,
        level: Level,
        at: &Range<usize>,
        key: String,
        message: String,
    ) -> &mut Problem {
        let position = self.position(at.start);
        let lines = position.line..=self.position(at.end).line;
        let path = self.path.to_owned();
        let problem = Problem { level, path, position: Some(position), key, message, hint: None };
        &mut self.found.push_mut(Finding { start: at.start, lines, ground, problem }).problem
    }

    /// Whether something was found about such a key.
    pub(super) fn any(&self, fits: impl Fn(&str) -> bool) -> bool {
        self.found.iter().any(|finding| fits(&finding.problem.key))
    }

    /// Line and column of a byte.
    pub(super) fn position(&self, byte: usize) -> Position {
        let before = self.text.get(..byte).unwrap_or(self.text);
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        Position {
            line: before.matches('\n').count() + 1,
            column: before.get(line_start..).unwrap_or_default().chars().count() + 1,
        }
    }

    /// Everything found, in the order of the text.
    ///
    /// Where the text is no TOML the parser loses a part of it: nothing is said about the lines concerned
    /// beyond that, nor about what is missing, for it may be what was lost.
    pub(super) fn into_sorted(mut self) -> Vec<Problem> {
        let broken: Vec<_> = self
            .found
            .iter()
            .filter(|finding| finding.ground == Ground::Grammar)
            .map(|finding| *finding.lines.start())
            .collect();
        if !broken.is_empty() {
            self.found.retain(|finding| match finding.ground {
                Ground::Grammar => true,
                Ground::Written => !broken.iter().any(|line| finding.lines.contains(line)),
                Ground::Absent => false,
            });
        }
        // A key whose value was taken out because it is of a wrong type isn't missing as well.
        let written: HashSet<_> = self
            .found
            .iter()
            .filter(|finding| finding.ground == Ground::Written)
            .map(|finding| finding.problem.key.clone())
            .collect();
        self.found.retain(|finding| {
            finding.ground != Ground::Absent
                || finding.is_warning()
                || !written.contains(&finding.problem.key)
        });
        self.found.sort_by_key(|finding| finding.start);
        self.found.into_iter().map(|finding| finding.problem).collect()
    }
}

impl Finding {
    fn is_warning(&self) -> bool {
        self.problem.level == Level::Warning
    }
}

/// The name among `known` that `text` was probably meant to be.
pub(super) fn nearest<'a>(text: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let text = text.to_lowercase();
    known
        .into_iter()
        .map(|name| (strsim::damerau_levenshtein(&text, &name.to_lowercase()), name))
        .filter(|(distance, name)| *distance <= (name.chars().count() / 3).max(1))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, name)| name)
}
