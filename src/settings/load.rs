//! From a path, or a text, to [`Settings`].

use super::Settings;
use super::check::{Surroundings, check};
use super::file::File;
use super::findings::Findings;
use super::keys::ROOT;
use super::problem::{Level, Problem, Problems};
use super::prompts::{self, PromptsFile};
use super::templates::{self, Templates};
use super::walk::Walk;
use crate::domain::voice::phrases::PhraseBook;
use jiff::Timestamp;
use serde::Deserialize;
use std::path::Path;
use toml::de::Deserializer;

/// The commented example: every key, with its default.
pub const DEFAULT: &str = include_str!("default.toml");

/// What `demo` runs on: a small on-call team and the built-in carrier.
pub const DEMO: &str = include_str!("demo.toml");

/// A file that can be used.
#[derive(Debug, Clone, PartialEq)]
pub struct Loaded {
    /// What it says.
    pub settings: Settings,
    /// What callers hear, in every language that there is.
    pub phrases: PhraseBook,
    /// What in it is legal but hardly meant so, in the file's order.
    pub warnings: Vec<Problem>,
}

/// Reads and checks a settings file, and the prompts files that it names.
pub fn load(path: &Path) -> Result<Loaded, Problems> {
    read(path, None)
}

/// The same; it warns as well of the schedules that have nobody in the 30 days from `now` on.
pub fn load_at(path: &Path, now: Timestamp) -> Result<Loaded, Problems> {
    read(path, Some(now))
}

fn read(path: &Path, now: Option<Timestamp>) -> Result<Loaded, Problems> {
    let name = path.display().to_string();
    let text = std::fs::read_to_string(path)
        .map_err(|error| Problems(vec![Problem::unreadable(name.clone(), &error)]))?;
    understand(&name, &text, path.parent().unwrap_or(Path::new("")), now)
}

/// Checks a settings text. `name` is what problems call it, and relative paths in it start at `base`.
pub fn parse(name: &str, text: &str, base: &Path) -> Result<Loaded, Problems> {
    understand(name, text, base, None)
}

fn understand(name: &str, text: &str, base: &Path, now: Option<Timestamp>) -> Result<Loaded, Problems> {
    let mut findings = Findings::new(name, text);
    let mut table = findings.parse();
    let at = 0..text.len();
    Walk(&mut findings).table(ROOT, "", &at, table.get_mut());
    let mut in_prompts = vec![];
    let mut in_templates = vec![];
    let checked = match File::deserialize(Deserializer::from(table)) {
        Ok(file) => {
            let phrases = match own_prompts(&file, base, &mut findings) {
                Some(own) => prompts::load(&own).map_err(|problems| in_prompts = problems).ok(),
                None => None,
            };
            let languages: Option<Vec<_>> =
                phrases.as_ref().map(|book| book.languages.keys().map(String::as_str).collect());
            let surroundings =
                Surroundings { base, languages: languages.as_deref(), phrases: phrases.as_ref(), now };
            let settings = check(&file, &surroundings, &mut findings);
            let templates = own_templates(&file, base, &mut findings, &mut in_templates);
            let settings =
                settings.zip(templates).map(|(settings, templates)| Settings { templates, ..settings });
            settings.zip(phrases)
        }
        Err(error) => {
            findings.grammar(&error);
            None
        }
    };
    let mut found = findings.into_sorted();
    found.extend(in_prompts);
    found.extend(in_templates);
    match checked {
        Some((settings, phrases)) if found.iter().all(|problem| problem.level == Level::Warning) => {
            Ok(Loaded { settings, phrases, warnings: found })
        }
        _ => Err(Problems(found)),
    }
}

/// The prompts files of the folder that the settings name, if they name one; `None` when it cannot be read.
fn own_prompts(file: &File, base: &Path, findings: &mut Findings<'_>) -> Option<Vec<PromptsFile>> {
    let Some(folder) = &file.voice.get_ref().prompts else { return Some(vec![]) };
    prompts::files(&base.join(folder.get_ref()))
        .map_err(|error| {
            let message = format!("the folder \"{}\" cannot be read: {}", folder.get_ref(), error.kind());
            findings.problem(&folder.span(), "voice.prompts", message);
        })
        .ok()
}

/// The templates of messages, with those of the folder that the settings name, if they name one; `None` when it cannot be
/// read.
fn own_templates(
    file: &File,
    base: &Path,
    findings: &mut Findings<'_>,
    problems: &mut Vec<Problem>,
) -> Option<Templates> {
    let Some(folder) = &file.alerting.templates else { return Some(Templates::default()) };
    templates::load(Some(&base.join(folder.get_ref())), problems)
        .map_err(|error| {
            let message = format!("the folder \"{}\" cannot be read: {}", folder.get_ref(), error.kind());
            findings.problem(&folder.span(), "alerting.templates", message);
        })
        .ok()
}
