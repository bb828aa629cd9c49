//! What the carrier does wrong on request, so that a script can show how the gateway copes.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::handsets::Handsets;

/// How the carrier behaves. What a request leaves out is as it should be.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Behaviour {
    /// What becomes of recordings that are to be transcribed.
    pub transcription: Transcribing,
    /// What goes wrong.
    pub faults: BTreeSet<Fault>,
    /// What happens when phones are rung.
    pub handsets: Handsets,
}

impl Behaviour {
    /// Whether this goes wrong.
    pub(super) fn has(&self, fault: Fault) -> bool {
        self.faults.contains(&fault)
    }
}

/// What becomes of recordings that are to be transcribed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Transcribing {
    /// It comes after the carrier's usual time.
    #[default]
    Usual,
    /// It comes this many seconds after the recording.
    AfterSeconds(u32),
    /// It fails after the usual time.
    Fails,
    /// It stays in progress for ever.
    Never,
}

/// Something that goes wrong on the way to the gateway.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fault {
    /// Every webhook is delivered a second time under the same idempotency token, as after a lost answer.
    WebhooksRepeated,
    /// Callbacks overtake one another: the call's end before the recording's action, the transcription
    /// before the recording's status; a placed call's ringing before its beginning, its end before its answer.
    WebhooksSwapped,
    /// The recording's status callback is never sent.
    RecordingCallbackLost,
    /// The text of a recording is made, and its callback is never sent.
    TranscriptionCallbackLost,
    /// No status callback of a call is ever sent.
    StatusCallbackLost,
    /// A call that the gateway asks for is placed, and the answer says that something failed.
    PlacingAnswersLost,
    /// A text message that the gateway sends is taken, and the answer says that something failed.
    TextAnswersLost,
}
