//! What is wrong with a template is said when the settings are read, not when somebody is to be told of an alert.

use super::engine::engine;
use super::{Piece, samples};
use crate::settings::findings::{Findings, nearest};
use minijinja::{Environment, Error, Value};
use std::ops::Range;

/// Names that are there without being about the alert.
const GLOBALS: [&str; 4] = ["range", "dict", "namespace", "loop"];

/// Which template a file is.
pub(super) fn piece(findings: &mut Findings<'_>, file: &str) -> Option<Piece> {
    let piece = Piece::of_file(file);
    if piece.is_none() {
        let files = Piece::ALL.map(Piece::file);
        let found = findings.problem(&(0..0), "", format!("there is no template \"{file}\""));
        match nearest(file, files) {
            Some(meant) => found.hint(format!("did you mean \"{meant}\"?")),
            None => found.hint(format!("there are {}", files.join(", "))),
        }
    }
    piece
}

/// Takes a template in, or says what is wrong with it.
pub(super) fn template(
    findings: &mut Findings<'_>,
    all: &mut Environment<'static>,
    piece: Piece,
    name: &str,
    text: &str,
) {
    let mut alone = engine();
    if let Err(error) = alone.add_template_owned(name.to_owned(), text.to_owned()) {
        failed(findings, text, &error);
        return;
    }
    let Ok(template) = alone.get_template(name) else { return };
    let samples = samples::of(piece);
    let known: Vec<String> = samples.iter().flat_map(names).collect();
    let mut unknown: Vec<_> = template.undeclared_variables(false).into_iter().collect();
    unknown.retain(|name| !known.contains(name) && !GLOBALS.contains(&name.as_str()));
    unknown.sort();
    for one in &unknown {
        let found = findings.problem(&place(text, one), "", format!("there is no \"{one}\""));
        match nearest(one, known.iter().map(String::as_str)) {
            Some(meant) => found.hint(format!("did you mean \"{meant}\"?")),
            None => found.hint("README.md has every name"),
        }
    }
    if !unknown.is_empty() {
        return;
    }
    for sample in samples {
        match template.render(sample) {
            Ok(said) if said.trim().is_empty() => {
                let found = findings.problem(&(0..0), "", "says nothing about some alerts");
                found.hint("whoever is told must learn that there is one");
                return;
            }
            Ok(_) => {}
            Err(error) => {
                failed(findings, text, &error);
                return;
            }
        }
    }
    // It was understood above.
    let _understood = all.add_template_owned(name.to_owned(), text.to_owned());
}

fn failed(findings: &mut Findings<'_>, text: &str, error: &Error) {
    let message = match error.detail() {
        Some(detail) => format!("{}: {detail}", error.kind()),
        None => error.kind().to_string(),
    };
    findings.problem(&line(text, error.line().unwrap_or(1)), "", message);
}

/// What a sample has names for.
fn names(sample: &Value) -> Vec<String> {
    sample.try_iter().into_iter().flatten().filter_map(|name| name.as_str().map(str::to_owned)).collect()
}

/// Where a line begins.
fn line(text: &str, number: usize) -> Range<usize> {
    let start: usize = text.split_inclusive('\n').take(number.saturating_sub(1)).map(str::len).sum();
    start..start
}

/// Where a name stands first.
fn place(text: &str, name: &str) -> Range<usize> {
    let is_part = |c: char| c.is_alphanumeric() || c == '_' || c == '.';
    let found = text.match_indices(name).find(|(at, _)| {
        let before = text.get(..*at).and_then(|before| before.chars().next_back());
        let after = text.get(at + name.len()..).and_then(|after| after.chars().next());
        !before.is_some_and(is_part) && !after.is_some_and(|c| is_part(c) && c != '.')
    });
    let start = found.map_or(0, |(at, _)| at);
    start..start + name.len()
}
