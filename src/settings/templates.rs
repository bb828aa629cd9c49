//! What people are written about alerts, from `templates/message/*`: a folder a language, read and checked whole.
//!
//! `en` and `de` are compiled in. A folder of the operator's own adds languages, or replaces single files of these.

mod check;
mod engine;
mod samples;

use super::findings::Findings;
use super::problem::Problem;
use engine::engine;
use minijinja::Environment;
use minijinja::value::Serde;
use serde::Serialize;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::Arc;

/// The language that there always is.
const LAST: &str = "en";

macro_rules! shipped {
    ($($language:literal)*) => { [$(
        (concat!($language, "/sms.txt"), include_str!(concat!("../../templates/message/", $language, "/sms.txt"))),
        (concat!($language, "/bundle.txt"), include_str!(concat!("../../templates/message/", $language, "/bundle.txt"))),
        (concat!($language, "/news.txt"), include_str!(concat!("../../templates/message/", $language, "/news.txt"))),
        (
            concat!($language, "/news_subject.txt"),
            include_str!(concat!("../../templates/message/", $language, "/news_subject.txt")),
        ),
        (concat!($language, "/news.html"), include_str!(concat!("../../templates/message/", $language, "/news.html"))),
        (
            concat!($language, "/mail_subject.txt"),
            include_str!(concat!("../../templates/message/", $language, "/mail_subject.txt")),
        ),
        (
            concat!($language, "/mail_body.txt"),
            include_str!(concat!("../../templates/message/", $language, "/mail_body.txt")),
        ),
        (
            concat!($language, "/mail_body.html"),
            include_str!(concat!("../../templates/message/", $language, "/mail_body.html")),
        ),
    )*] };
}

/// Those that come with the program: name and text.
const SHIPPED: [(&str, &str); 16] = shipped!("de" "en");

/// A template of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Piece {
    /// A short message; its line breaks count as blanks.
    Sms,
    /// A short message that stands for several; likewise.
    Bundle,
    /// News of an alert, as a short message, likewise, and as a mail's text.
    News,
    /// The subject of such a mail; likewise.
    NewsSubject,
    /// Such a mail as HTML: values are escaped.
    NewsHtml,
    /// A mail's subject; likewise.
    MailSubject,
    /// A mail as text.
    MailText,
    /// A mail as HTML: values are escaped.
    MailHtml,
}

impl Piece {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Sms,
        Self::Bundle,
        Self::News,
        Self::NewsSubject,
        Self::NewsHtml,
        Self::MailSubject,
        Self::MailText,
        Self::MailHtml,
    ];

    /// Its file in the folder of a language.
    pub const fn file(self) -> &'static str {
        match self {
            Self::Sms => "sms.txt",
            Self::Bundle => "bundle.txt",
            Self::News => "news.txt",
            Self::NewsSubject => "news_subject.txt",
            Self::NewsHtml => "news.html",
            Self::MailSubject => "mail_subject.txt",
            Self::MailText => "mail_body.txt",
            Self::MailHtml => "mail_body.html",
        }
    }

    fn of_file(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|piece| piece.file() == name)
    }
}

/// A template has failed: where, and how. It never repeats what it was working on.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the template {name} failed{}: {why}", .line.map(|line| format!(" at line {line}")).unwrap_or_default())]
pub struct TemplateFailed {
    /// As `en/sms.txt`.
    pub name: String,
    /// From 1; `None`: nobody knows.
    pub line: Option<usize>,
    /// What went wrong.
    pub why: String,
}

/// The templates of messages, in every language that there is.
#[derive(Debug, Clone)]
pub struct Templates {
    /// Names and texts of the operator's own.
    own: Arc<BTreeMap<String, String>>,
    /// The program's, and in their places the operator's.
    all: Arc<Environment<'static>>,
    /// The program's alone.
    shipped: Arc<Environment<'static>>,
}

impl PartialEq for Templates {
    fn eq(&self, other: &Self) -> bool {
        self.own == other.own
    }
}

impl Default for Templates {
    /// Those that come with the program.
    fn default() -> Self {
        let shipped = Arc::new(program());
        Self { own: Arc::default(), all: shipped.clone(), shipped }
    }
}

/// The program's own. One that is no template is left out, which a test would see.
fn program() -> Environment<'static> {
    let mut shipped = engine();
    for (name, text) in SHIPPED {
        if let Err(error) = shipped.add_template(name, text) {
            tracing::error!(name, line = error.line(), "a template of the program is none");
        }
    }
    shipped
}

impl Templates {
    /// What that template says in the first of those languages that it is there in; if it is there in none, in English.
    pub fn render(
        &self,
        languages: &[&str],
        piece: Piece,
        values: &impl Serialize,
    ) -> Result<String, TemplateFailed> {
        of(&self.all, languages, piece, values)
    }

    /// The same, by the program's own templates alone: for when another has failed.
    pub fn render_shipped(
        &self,
        languages: &[&str],
        piece: Piece,
        values: &impl Serialize,
    ) -> Result<String, TemplateFailed> {
        of(&self.shipped, languages, piece, values)
    }
}

fn of(
    templates: &Environment<'_>,
    languages: &[&str],
    piece: Piece,
    values: &impl Serialize,
) -> Result<String, TemplateFailed> {
    let name = |language: &str| format!("{language}/{}", piece.file());
    let names = languages.iter().copied().chain([LAST]).map(name);
    let Some(template) = names.into_iter().find_map(|name| templates.get_template(&name).ok()) else {
        return Err(TemplateFailed { name: name(LAST), line: None, why: "it is not there".to_owned() });
    };
    let values = minijinja::Value::from(Serde(values));
    template.render(values).map_err(|error| TemplateFailed {
        name: template.name().to_owned(),
        line: error.line(),
        why: error.kind().to_string(),
    })
}

/// The program's templates, and those of a folder. What is wrong is in `problems`, file by file; the error is why the
/// folder can't be read.
pub(super) fn load(folder: Option<&Path>, problems: &mut Vec<Problem>) -> std::io::Result<Templates> {
    let shipped = program();
    let mut all = shipped.clone();
    let mut own = BTreeMap::new();
    for File { language, path } in folder.map(files).transpose()?.unwrap_or_default() {
        let shown = path.display().to_string();
        let text = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) => {
                problems.push(Problem::unreadable(shown, &error));
                continue;
            }
        };
        let file = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let mut findings = Findings::new(&shown, &text);
        if let Some(piece) = check::piece(&mut findings, &file) {
            let name = format!("{language}/{}", piece.file());
            check::template(&mut findings, &mut all, piece, &name, &text);
            own.insert(name, text.clone());
        }
        problems.extend(findings.into_sorted());
    }
    Ok(Templates { own: Arc::new(own), all: Arc::new(all), shipped: Arc::new(shipped) })
}

/// A file of the operator's own.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct File {
    language: String,
    path: std::path::PathBuf,
}

/// The files in the folders of a folder, sorted. Hidden ones are an editor's, and what lies beside the folders is nobody's.
fn files(folder: &Path) -> std::io::Result<Vec<File>> {
    let is_hidden = |path: &Path| path.file_name().is_none_or(|name| name.to_string_lossy().starts_with('.'));
    let mut files = vec![];
    for entry in fs::read_dir(folder)? {
        let inner = entry?.path();
        if !inner.is_dir() || is_hidden(&inner) {
            continue;
        }
        let language = inner.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        for entry in fs::read_dir(&inner)? {
            let path = entry?.path();
            if !path.is_dir() && !is_hidden(&path) {
                files.push(File { language: language.clone(), path });
            }
        }
    }
    files.sort();
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_programs_own_templates_are_in_order() {
        for (name, text) in SHIPPED {
            let mut findings = Findings::new(name, text);
            let piece = check::piece(&mut findings, name.split_once('/').unwrap().1).unwrap();
            check::template(&mut findings, &mut engine(), piece, name, text);
            let found: Vec<_> = findings.into_sorted().iter().map(ToString::to_string).collect();
            assert_eq!(found, Vec::<String>::new());
        }
        assert_eq!(program().templates().count(), SHIPPED.len());
    }
}
