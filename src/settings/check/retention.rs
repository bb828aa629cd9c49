//! `[retention]`: what is forgotten, and how its times fit together.

use super::Check;
use crate::domain::retention::Retention;
use crate::settings::file::{self, Count};
use toml::Spanned;

/// Hours after which nothing is done any more about a copy at the carrier: the recording may come a day late, and
/// its deletion may be tried again for a day.
const CARRIER_LAG: u32 = 48;

impl Check<'_, '_> {
    pub(super) fn retention(&mut self, whole: &file::File) -> Retention {
        let file = whole.retention.get_ref();
        self.carrier_copies(file);
        self.sounds(file, whole.voice.get_ref());
        let days = |days: &Option<Count>| days.as_ref().map(|days| *days.get_ref());
        Retention {
            calls: days(&file.calls_days),
            recordings: days(&file.recordings_days),
            closed_alerts: days(&file.closed_alerts_days),
            log: days(&file.log_days),
            absences: days(&file.absences_days),
            audit: Some(file.audit_days),
        }
    }

    /// Where the carrier keeps a recording is written with its call.
    fn carrier_copies(&mut self, file: &file::Retention) {
        let (Some(calls), Some(at_carrier)) = (&file.calls_days, &file.recordings_at_carrier_hours) else {
            return;
        };
        let (days, hours) = (*calls.get_ref(), *at_carrier.get_ref());
        let least = hours.saturating_add(CARRIER_LAG).div_ceil(24);
        if days < least {
            let message = format!("{days} is too short for recordings_at_carrier_hours, {hours}");
            let found = self.findings.problem(&calls.span(), "retention.calls_days", message);
            found.hint(format!(
                "at least {least}: with its call it is forgotten where the carrier keeps a recording"
            ));
        }
    }

    fn sounds(&mut self, file: &file::Retention, voice: &file::Voice) {
        let key = "retention.recordings_days";
        if let Some(days) = &file.recordings_days
            && *days.get_ref() < voice.link_days
        {
            let message = format!("{} is less than voice.link_days, {}", days.get_ref(), voice.link_days);
            self.findings
                .warning(&days.span(), key, message)
                .hint("a link would lead to a message without sound");
        }
        if let (Some(alerts), None) = (&file.closed_alerts_days, &file.recordings_days) {
            let message = "is given, and recordings_days is not";
            let found =
                self.findings.warning(&Spanned::span(alerts), "retention.closed_alerts_days", message);
            found.hint("the sound of messages would stay for ever, without an alert to hear it from");
        }
    }
}
