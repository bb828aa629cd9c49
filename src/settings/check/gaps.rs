//! `[[schedule]]`: when nobody is on call.

use super::Check;
use crate::domain::directory::Directory;
use crate::domain::directory::schedule::gaps::{Gap, gaps};
use crate::settings::file;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use toml::Spanned;

/// How far ahead gaps are looked for.
const AHEAD_DAYS: i64 = 30;
/// How many gaps of one schedule are told one by one.
const TOLD: usize = 3;

impl Check<'_, '_> {
    /// Warns of the schedules that have nobody soon, overrides and absences of the file considered.
    pub(super) fn gaps(&mut self, entries: &[Spanned<file::Schedule>], directory: &Directory) {
        let Some(now) = self.surroundings.now else { return };
        let end = now.checked_add(SignedDuration::from_hours(24 * AHEAD_DAYS)).unwrap_or(Timestamp::MAX);
        let all = gaps(directory, now, end);
        for schedule in &directory.schedules {
            let written = entries.iter().enumerate().find_map(|(index, entry)| {
                let name = entry.get_ref().name.as_ref()?;
                (*name.get_ref() == schedule.name.0)
                    .then(|| (format!("schedule[{}]", index + 1), name.span()))
            });
            let own: Vec<_> = all.iter().filter(|gap| gap.schedule == schedule.name).collect();
            // Of one without any rotation it has been told already.
            let Some((key, at)) = written.filter(|_| !schedule.rotations.is_empty()) else { continue };
            for (index, gap) in own.iter().take(TOLD).enumerate() {
                let message = format!("nobody is on call {}", in_words(gap, now, end, &schedule.zone));
                let found = self.findings.warning(&at, key.as_str(), message);
                if index == 0 {
                    found.hint(
                        "add a rotation or hours; overrides that were made at run time are not known here",
                    );
                }
            }
            if let Some(more) = own.len().checked_sub(TOLD).filter(|more| *more > 0) {
                let times = if more == 1 { "once more".to_owned() } else { format!("{more} more times") };
                let message = format!("nobody is on call {times} in the {AHEAD_DAYS} days from now");
                self.findings.warning(&at, key, message);
            }
        }
    }
}

/// `from Thu 2026-12-24 18:00 until Fri 2026-12-25 08:00 (Europe/Berlin)`.
fn in_words(gap: &Gap, now: Timestamp, end: Timestamp, zone: &TimeZone) -> String {
    let local = |at: Timestamp| zone.to_datetime(at).strftime("%a %Y-%m-%d %H:%M");
    let zone = zone.iana_name().map(|name| format!(" ({name})")).unwrap_or_default();
    match (gap.from == now, gap.until == end) {
        (true, true) => format!("in the {AHEAD_DAYS} days from now"),
        (true, false) => format!("from now until {}{zone}", local(gap.until)),
        (false, true) => format!("from {}{zone} on", local(gap.from)),
        (false, false) => format!("from {} until {}{zone}", local(gap.from), local(gap.until)),
    }
}
