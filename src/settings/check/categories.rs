//! `[[team.category]]`: what a team's events are about.

use super::{Check, Seen};
use crate::domain::alerting::category::{Category, Window};
use crate::domain::alerting::content::CategoryName;
use crate::domain::alerting::content::Detail;
use crate::domain::severity::Severity;
use crate::settings::file::{self, Text};
use toml::Spanned;

impl Check<'_, '_> {
    pub(super) fn categories(&mut self, entries: &[Spanned<file::Category>], team: &str) -> Vec<Category> {
        self.only_one(entries, team, "default", |category| &category.default);
        self.only_one(entries, team, "emergency", |category| &category.emergency);
        let mut seen = Seen::new();
        let mut categories = Vec::with_capacity(entries.len());
        for (index, entry) in entries.iter().enumerate() {
            let key = format!("{team}.category[{}]", index + 1);
            let file = entry.get_ref();
            self.words(file, &key);
            let colour =
                file.colour.as_ref().and_then(|colour| self.colour(colour, &format!("{key}.colour")));
            let policy = file.policy.as_ref().and_then(|name| self.policy(name, &format!("{key}.policy")));
            let severities = self.severity_words(file, &key);
            let augment = self.augment(&file.augment, &key);
            let maintenance = self.windows(&file.maintenance, &key);
            let Some(name) = &file.name else { continue };
            let shown = format!("\"{}\"", name.get_ref());
            // They are found in any case of letters.
            let folded = name.get_ref().trim().to_lowercase();
            if self.unique(&mut seen, folded, name.span(), &format!("{key}.name"), &shown) {
                let texts = |words: &[Text]| words.iter().map(|word| word.get_ref().clone()).collect();
                categories.push(Category {
                    name: CategoryName(name.get_ref().clone()),
                    include: texts(&file.include),
                    exclude: texts(&file.exclude),
                    matching: file.r#match,
                    parameter: file.parameter.as_ref().map(|name| name.get_ref().clone()),
                    is_default: *file.default.get_ref(),
                    is_emergency: *file.emergency.get_ref(),
                    colour,
                    icon: file.icon.clone(),
                    augment,
                    severity: file.severity,
                    severity_parameter: file.severity_parameter.clone(),
                    severities,
                    scenario: file.scenario,
                    policy,
                    maintenance,
                });
            }
        }
        categories
    }

    /// Reports every category after the first that is marked so.
    fn only_one(
        &mut self,
        entries: &[Spanned<file::Category>],
        team: &str,
        name: &str,
        mark: impl Fn(&file::Category) -> &Spanned<bool>,
    ) {
        let mut first = None;
        for (index, entry) in entries.iter().enumerate() {
            let mark = mark(entry.get_ref());
            if !*mark.get_ref() {
                continue;
            }
            let at = mark.span();
            let line = self.findings.position(at.start).line;
            match first {
                None => first = Some(line),
                Some(first) => {
                    let key = format!("{team}.category[{}].{name}", index + 1);
                    let message = format!("is that of another category already, at line {first}");
                    self.findings.problem(&at, key, message).hint("one category of a team can be that");
                }
            }
        }
    }

    /// Warns of words that contradict one another, and of those that nothing is done with.
    fn words(&mut self, file: &file::Category, key: &str) {
        for word in &file.exclude {
            let folded = word.get_ref().to_lowercase();
            if file.include.iter().any(|other| other.get_ref().to_lowercase() == folded) {
                let message = format!("\"{}\" is in include, too", word.get_ref());
                let found = self.findings.warning(&word.span(), format!("{key}.exclude"), message);
                found.hint("exclude counts more: an event with this word never gets the category");
            }
        }
        if let Some(parameter) = &file.parameter
            && file.include.is_empty()
            && file.exclude.is_empty()
        {
            let key = format!("{key}.parameter");
            let found =
                self.findings.warning(&parameter.span(), key, "is not used without include or exclude");
            found.hint("it says where their words are looked for");
        }
    }

    fn severity_words(&mut self, file: &file::Category, key: &str) -> Vec<(String, Severity)> {
        let entries = &file.severities;
        if !entries.get_ref().is_empty() && file.severity_parameter.is_none() {
            let message = "is not used without severity_parameter";
            let found = self.findings.warning(&entries.span(), format!("{key}.severities"), message);
            found.hint("it says in which parameter of an event the words stand");
        }
        let mut seen = Seen::new();
        let mut words = Vec::with_capacity(entries.get_ref().len());
        for (index, entry) in entries.get_ref().iter().enumerate() {
            let (Some(word), Some(severity)) = (&entry.word, entry.severity) else { continue };
            let shown = format!("\"{}\"", word.get_ref());
            let key = format!("{key}.severities[{}].word", index + 1);
            if self.unique(&mut seen, word.get_ref().to_lowercase(), word.span(), &key, &shown) {
                words.push((word.get_ref().clone(), severity));
            }
        }
        words
    }

    fn augment(&mut self, entries: &[file::Augment], key: &str) -> Vec<Detail> {
        let mut seen = Seen::new();
        let mut details = Vec::with_capacity(entries.len());
        for (index, entry) in entries.iter().enumerate() {
            let (Some(name), Some(value)) = (&entry.name, &entry.value) else { continue };
            let shown = format!("\"{}\"", name.get_ref());
            let key = format!("{key}.augment[{}].name", index + 1);
            if self.unique(&mut seen, name.get_ref().to_lowercase(), name.span(), &key, &shown) {
                details.push(Detail { name: name.get_ref().clone(), value: value.clone() });
            }
        }
        details
    }

    fn windows(&mut self, entries: &[file::Maintenance], key: &str) -> Vec<Window> {
        let mut windows = Vec::with_capacity(entries.len());
        for (index, entry) in entries.iter().enumerate() {
            let key = format!("{key}.maintenance[{}]", index + 1);
            let from = entry.from.as_ref().and_then(|from| self.moment(from, &format!("{key}.from")));
            let until = entry.until.as_ref();
            let until = until.map(|until| (self.moment(until, &format!("{key}.until")), until.span()));
            let (Some(from), Some((Some(until), at))) = (from, until) else { continue };
            if until <= from {
                self.findings.problem(&at, format!("{key}.until"), "is not after from");
            } else {
                windows.push(Window { from, until });
            }
        }
        windows
    }

    fn colour(&mut self, text: &Text, key: &str) -> Option<String> {
        let digits = text.get_ref().strip_prefix('#').unwrap_or_default();
        let fits = digits.len() == 6 && digits.chars().all(|digit| digit.is_ascii_hexdigit());
        if !fits {
            let message = format!("\"{}\" is not a colour", text.get_ref());
            self.findings.problem(&text.span(), key, message).hint("write it as #c0392b");
        }
        fits.then(|| text.get_ref().clone())
    }
}
