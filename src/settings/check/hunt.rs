//! `[voice.hunt]` and `[voice.conference]`: how people on call are called.

use super::Check;
use crate::domain::voice::hunt::{HuntRules, WaitSound};
use crate::domain::voice::menu::ExternalBridge;
use crate::settings::file::{self, HuntRing};
use toml::Spanned;
use url::Url;

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
}
