//! `[[person.rule]]` and `[person.quiet]`: how somebody wants to be told.

use super::Check;
use crate::domain::directory::device::Device;
use crate::domain::directory::person::{Quiet, Rule};
use crate::settings::file;
use jiff::SignedDuration;
use std::ops::Range;
use toml::Spanned;

impl Check<'_, '_> {
    /// `written`: how many devices the file gives them; `devices`: those that can be used.
    pub(super) fn rules(
        &mut self,
        entries: &[Spanned<file::Rule>],
        person: &str,
        written: usize,
        devices: &[Device],
    ) -> Vec<Rule> {
        let mut rules = Vec::with_capacity(entries.len());
        for (index, entry) in entries.iter().enumerate() {
            let key = format!("{person}.rule[{}].devices", index + 1);
            let file::Rule { severities, devices: numbers, after_minutes } = entry.get_ref();
            let Some(numbers) = numbers else { continue };
            if numbers.get_ref().is_empty() {
                let found = self.findings.problem(&numbers.span(), key.as_str(), "is empty");
                found.hint("the numbers of their devices, counted from 1; or leave the rule out");
            }
            let mut by = vec![];
            for number in numbers.get_ref() {
                if !(1..=written).contains(number.get_ref()) {
                    let has = if written == 1 { "1 device".to_owned() } else { format!("{written} devices") };
                    let message = format!("holds {}, and the person has {has}", number.get_ref());
                    let found = self.findings.problem(&number.span(), key.as_str(), message);
                    found.hint("they are counted from 1, in their order");
                    continue;
                }
                // One that could not be used was reported there, and was left out with those before it counted on.
                let device = number.get_ref().checked_sub(1).and_then(|index| devices.get(index));
                by.extend(device.filter(|_| devices.len() == written).cloned());
            }
            let after = SignedDuration::from_mins(i64::from(*after_minutes));
            rules.push(Rule { severities: severities.clone(), devices: by, after });
        }
        rules
    }

    /// `has_zone`: whether it is known where they live by the clock.
    pub(super) fn quiet(
        &mut self,
        entry: &Spanned<file::Quiet>,
        person: (&Range<usize>, &str),
        has_zone: bool,
    ) -> Option<Quiet> {
        let (at, key) = person;
        let file::Quiet { from, until, unless } = entry.get_ref();
        if !has_zone {
            let found = self.findings.absent(at, format!("{key}.zone"), "is needed with quiet hours");
            found.hint("their times are of the clock where the person lives: zone = \"Europe/Berlin\"");
        }
        let key = format!("{key}.quiet");
        let from = from.as_ref().and_then(|from| self.time_of_day(from, &format!("{key}.from")));
        let end = until.as_ref().and_then(|until| self.time_of_day(until, &format!("{key}.until")));
        let (from, end) = (from?, end?);
        if from == end {
            let at = until.as_ref().map_or(entry.span(), Spanned::span);
            let found = self.findings.warning(&at, format!("{key}.until"), "is the same as from");
            found.hint("that is the whole day: only alerts of unless reach the person at all");
        }
        Some(Quiet { from, until: end, unless: unless.clone() })
    }
}
