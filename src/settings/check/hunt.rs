//! `[voice.hunt]` and `[voice.conference]`: how people on call are called, and whether there is anybody to call.

use super::{Check, shown};
use crate::domain::directory::device::DeviceKind;
use crate::domain::directory::reason::Reason;
use crate::domain::directory::resolve::{everyone_in, reachable};
use crate::domain::directory::{Directory, Recipient};
use crate::domain::voice::action::Action;
use crate::domain::voice::hunt::{HuntRules, WaitSound};
use crate::domain::voice::menu::{ExternalBridge, Offer};
use crate::settings::file::{self, HuntRing};
use std::ops::Range;
use toml::Spanned;
use url::Url;

/// A talk with somebody on call.
const LIVE: Offer = Offer::Start(Action::Live);

impl Check<'_, '_> {
    pub(super) fn hunt(&mut self, entry: &Spanned<file::Hunt>, carrier: &file::Carrier) -> HuntRules {
        let file = entry.get_ref();
        let whole_levels = *file.ring.get_ref() == HuntRing::Level;
        if whole_levels && !carrier.conferences {
            let message = "needs a carrier with conferences";
            let found = self.findings.warning(&file.ring.span(), "voice.hunt.ring", message);
            found.hint("carrier.conferences is false: people are called one after another");
        }
        if *file.detect_machines.get_ref() && !carrier.conferences {
            let message = "needs a carrier that places calls by its API";
            let found =
                self.findings.warning(&file.detect_machines.span(), "voice.hunt.detect_machines", message);
            found.hint("carrier.conferences is false: whoever presses no key counts as a machine");
        }
        let (one, all) = (*file.ring_seconds.get_ref(), *file.caller_seconds.get_ref());
        if all < one {
            let message = format!("is shorter than voice.hunt.ring_seconds, {one}");
            let found =
                self.findings.warning(&file.caller_seconds.span(), "voice.hunt.caller_seconds", message);
            found.hint("not even the first phone rings to its end");
        }
        HuntRules {
            ring_seconds: one,
            rounds: file.rounds,
            order: file.order,
            whole_levels: whole_levels && carrier.conferences,
            caller_seconds: all,
            accept_key: file.accept_key,
            accept_seconds: file.accept_seconds,
            shows_caller: file.show_caller,
            detects_machines: *file.detect_machines.get_ref(),
            wait_sound: self.wait_sound(&file.wait_sound),
            resolves_at_end: file.resolve_at_end,
        }
    }

    fn wait_sound(&mut self, text: &file::Text) -> WaitSound {
        match text.get_ref().as_str() {
            "ringing" => WaitSound::Ringing,
            "silence" => WaitSound::Silence,
            url if Url::parse(url)
                .is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host()) =>
            {
                WaitSound::At(url.to_owned())
            }
            _ => {
                let message = "is neither ringing nor silence, nor the address of a sound";
                let found = self.findings.problem(&text.span(), "voice.hunt.wait_sound", message);
                found.hint("write it as https://example.com/music.mp3; the carrier fetches it");
                WaitSound::Ringing
            }
        }
    }

    pub(super) fn bridge(&mut self, entry: &Spanned<file::Conference>) -> Option<ExternalBridge> {
        let file = entry.get_ref();
        let code = file.code.as_ref().map(|code| {
            let text = code.get_ref();
            if !text.chars().all(|key| matches!(key, '0'..='9' | '*' | '#' | 'w' | 'W')) {
                let message = "holds something that is no key of a phone";
                let found = self.findings.problem(&code.span(), "voice.conference.code", message);
                found.hint("digits, * and #; w waits half a second, W a whole one");
            }
            if file.number.is_none() {
                let message = "has no number";
                let found = self.findings.warning(&code.span(), "voice.conference.code", message);
                found.hint("it is pressed at the bridge of voice.conference.number, and nowhere else");
            }
            text.clone()
        });
        let number = self.phone_number(file.number.as_ref()?, "voice.conference.number")?;
        Some(ExternalBridge { number, code: code.unwrap_or_default() })
    }

    /// Whether what is offered can be had: who wants to talk has to say to whom, and who is called into a
    /// conference needs a place to meet. What nobody can have is not offered.
    pub(super) fn talks(&mut self, whole: &file::File, offers: &mut Vec<Offer>) {
        let voice = whole.voice.get_ref();
        let written = voice.action.span();
        let at = if written.is_empty() { whole.voice.span() } else { written.clone() };
        if voice.group.is_empty() && offers.contains(&LIVE) {
            offers.retain(|offer| *offer != LIVE);
            let message = "offers \"live\", and there is no voice.group to choose";
            if offers.is_empty() {
                let found = self.findings.problem(&at, "voice.action", message);
                found.hint("nothing would be offered: add a [[voice.group]], or another action");
            } else if !written.is_empty() {
                let found = self.findings.warning(&at, "voice.action", message);
                found.hint("it is left out: who wants to talk has to say to whom");
            }
        }
        let confers = offers.contains(&Offer::Start(Action::Conference));
        let conference = voice.conference.get_ref();
        if confers && !whole.carrier.get_ref().conferences && conference.number.is_none() {
            let message = "offers \"conference\", and carrier.conferences is false";
            let found = self.findings.warning(&at, "voice.action", message);
            found.hint(
                "people only get the message: name a bridge where they meet as voice.conference.number, or leave the \
                 action out",
            );
        }
        if !confers && conference.number.is_some() {
            let message = "is not used where voice.action offers no conference";
            self.findings.warning(&voice.conference.span(), "voice.conference", message);
        }
        if !confers && !offers.contains(&LIVE) && !voice.hunt.span().is_empty() {
            let message = "is not used where voice.action offers neither live nor conference";
            self.findings.warning(&voice.hunt.span(), "voice.hunt", message);
        }
    }

    /// Warns of a recipient of whom nobody could ever be called. Who another directory knows may have a phone there.
    pub(super) fn somebody_has_a_phone(
        &mut self,
        recipient: &Recipient,
        at: &Range<usize>,
        key: &str,
        directory: &Directory,
    ) {
        let everyone = everyone_in(directory, recipient);
        let is_left_out = |reason| everyone.skipped.iter().any(|skipped| skipped.reason == reason);
        let (reached, _) = reachable(directory, &everyone.responders, &[DeviceKind::Voice]);
        // That there is nobody at all is said where the members are.
        let is_empty = everyone.responders.is_empty() && !is_left_out(Reason::Elsewhere);
        if reached.is_empty() && !is_empty && !is_left_out(Reason::Unknown) {
            let message = match recipient {
                Recipient::Person(_) => format!("{} has no phone that we know", shown(recipient)),
                Recipient::Group(_) | Recipient::Schedule(_) => {
                    format!("nobody of {} has a phone that we know", shown(recipient))
                }
            };
            let hint = if is_left_out(Reason::Elsewhere) {
                "who wants to talk to them hears that; they can be called with on_call in place of elsewhere"
            } else {
                "who wants to talk to them hears that; give somebody a voice device, or leave live out"
            };
            self.findings.warning(at, key, message).hint(hint);
        }
    }
}
