//! What is said on the phone, from `prompts/*.toml`: one file a language, read and checked whole.
//!
//! `en` and `de` are compiled in. A folder of the operator's own adds languages, or replaces these: the name
//! of a file is the name of its language, and a file that replaces one replaces all of it.

mod gaps;
mod read;

#[cfg(test)]
mod tests;

use super::findings::Findings;
use super::problem::Problem;
use crate::domain::voice::phrases::{Language, PhraseBook};
use read::Reader;
use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// The languages that come with the program: name, file, text.
const SHIPPED: [(&str, &str, &str); 2] = [
    ("de", "prompts/de.toml", include_str!("../../prompts/de.toml")),
    ("en", "prompts/en.toml", include_str!("../../prompts/en.toml")),
];

/// All languages: those compiled in, and those of `own`, which are the operator's.
///
/// The error holds every problem of every file, in the order of the files.
pub(super) fn load(own: &[PromptsFile]) -> Result<PhraseBook, Vec<Problem>> {
    let mut languages = BTreeMap::new();
    let mut problems = vec![];
    let mut take = |name: &str, read: Result<Language, Vec<Problem>>| match read {
        Ok(language) => {
            languages.insert(name.to_owned(), language);
        }
        Err(found) => problems.extend(found),
    };
    for (name, path, text) in SHIPPED {
        take(name, parse(path, text));
    }
    for PromptsFile { language, path } in own {
        let name = path.display().to_string();
        let read = fs::read_to_string(path)
            .map_err(|error| vec![Problem::unreadable(name.clone(), &error)])
            .and_then(|text| parse(&name, &text));
        take(language, read);
    }
    if problems.is_empty() { Ok(PhraseBook { languages }) } else { Err(problems) }
}

/// A file of the operator's own.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct PromptsFile {
    language: String,
    path: PathBuf,
}

/// The prompts files of a folder, sorted. Hidden files are an editor's.
pub(super) fn files(folder: &Path) -> io::Result<Vec<PromptsFile>> {
    let mut files = vec![];
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_none_or(|extension| extension != "toml") || path.is_dir() {
            continue;
        }
        let language = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
        if !language.starts_with('.') {
            files.push(PromptsFile { language, path });
        }
    }
    files.sort();
    Ok(files)
}

/// The language of a file's text; `path` is how its problems name the file.
fn parse(path: &str, text: &str) -> Result<Language, Vec<Problem>> {
    let mut findings = Findings::new(path, text);
    let table = findings.parse();
    let language = Reader(&mut findings).language(table.get_ref());
    let problems = findings.into_sorted();
    if problems.is_empty() { Ok(language) } else { Err(problems) }
}
