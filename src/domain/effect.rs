//! What we do to the outside world: the closed, versioned list.
//!
//! An effect is a row of the outbox before it is an action. It is written together with the state that
//! asked for it and carries ids, never data: what it needs is read when it is carried out.

use super::alerting::forward::ForwardName;
use super::alerting::policy::WebhookName;
use super::ids::{AlertId, CallId, HookMessageId, LegId, NotificationId, RecordingId, RingId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// One thing to do outside.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "of")]
pub enum Effect {
    /// Bring a recording's sound from the carrier into our own store.
    #[serde(rename = "fetch_recording.v1")]
    FetchRecording(RecordingId),
    /// Delete a recording at the carrier.
    #[serde(rename = "delete_at_carrier.v1")]
    DeleteAtCarrier(RecordingId),
    /// Ask the carrier what it recorded of a call whose caller is gone.
    #[serde(rename = "find_recording.v1")]
    FindRecording(CallId),
    /// Ask the carrier for a recording's text, in case its own word of it was lost.
    #[serde(rename = "ask_for_text.v1")]
    AskForText(RecordingId),
    /// Tell the people whom an alert is for that it is open.
    #[serde(rename = "announce_alert.v1")]
    AnnounceAlert(AlertId),
    /// Tell them the text of its message, which came later.
    #[serde(rename = "announce_text.v1")]
    AnnounceText(AlertId),
    /// Send one short message.
    #[serde(rename = "send_sms.v1")]
    SendSms(NotificationId),
    /// Send one mail.
    #[serde(rename = "send_mail.v1")]
    SendMail(NotificationId),
    /// Ring one person's phone and read an alert to them.
    #[serde(rename = "ring_person.v1")]
    RingPerson(NotificationId),
    /// A phone that was rung about an alert is wanted no longer: it stops ringing, or its call ends.
    #[serde(rename = "release_ring.v1")]
    ReleaseRing(RingId),
    /// Tell one person's own program of an alert.
    #[serde(rename = "post_to_device.v1")]
    PostToDevice(NotificationId),
    /// Tell another program what happened to an alert.
    #[serde(rename = "tell_webhook.v1")]
    TellWebhook {
        /// Which alert.
        alert: AlertId,
        /// Which program.
        webhook: WebhookName,
        /// What it is told: the row has the same id.
        message: HookMessageId,
    },
    /// Have a text made of a recording's sound in our own store.
    #[serde(rename = "transcribe.v1")]
    Transcribe(RecordingId),
    /// Delete a sound in our own store, by its name there: its recording may be forgotten by then.
    #[serde(rename = "delete_sound.v1")]
    DeleteSound(String),
    /// Call a phone.
    #[serde(rename = "place_leg.v1")]
    PlaceLeg(LegId),
    /// A phone that was called is wanted no longer: it stops ringing, or whoever picked up hears why.
    #[serde(rename = "release_leg.v1")]
    ReleaseLeg(LegId),
    /// Have the carrier ask for the caller's next document now: there is something new to hear.
    #[serde(rename = "recall_caller.v1")]
    RecallCaller {
        /// Whose.
        call: CallId,
        /// The number of the document that they hear. One who has asked for the next of their own accord has been told.
        document: u32,
    },
    /// Pass an alert on to another system.
    #[serde(rename = "forward_alert.v1")]
    ForwardAlert {
        /// Which alert.
        alert: AlertId,
        /// To which system.
        target: ForwardName,
    },
}

impl Effect {
    /// The word for logs and metrics.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::FetchRecording(_) => "fetch_recording",
            Self::DeleteAtCarrier(_) => "delete_at_carrier",
            Self::FindRecording(_) => "find_recording",
            Self::AskForText(_) => "ask_for_text",
            Self::AnnounceAlert(_) => "announce_alert",
            Self::AnnounceText(_) => "announce_text",
            Self::SendSms(_) => "send_sms",
            Self::SendMail(_) => "send_mail",
            Self::RingPerson(_) => "ring_person",
            Self::ReleaseRing(_) => "release_ring",
            Self::PostToDevice(_) => "post_to_device",
            Self::TellWebhook { .. } => "tell_webhook",
            Self::Transcribe(_) => "transcribe",
            Self::DeleteSound(_) => "delete_sound",
            Self::PlaceLeg(_) => "place_leg",
            Self::ReleaseLeg(_) => "release_leg",
            Self::RecallCaller { .. } => "recall_caller",
            Self::ForwardAlert { .. } => "forward_alert",
        }
    }

    /// Whom it asks.
    pub fn lane(&self) -> Lane {
        match self {
            Self::FetchRecording(_) => Lane::Recordings,
            Self::DeleteSound(_) | Self::DeleteAtCarrier(_) => Lane::Deletions,
            Self::FindRecording(_) | Self::AskForText(_) => Lane::Carrier,
            Self::AnnounceAlert(_) | Self::AnnounceText(_) => Lane::Own,
            Self::SendSms(_) => Lane::Sms,
            Self::SendMail(_) => Lane::Mail,
            Self::RingPerson(_) | Self::ReleaseRing(_) => Lane::Ringing,
            Self::PostToDevice(_) => Lane::Devices,
            Self::TellWebhook { webhook, .. } => Lane::Webhook(webhook.clone()),
            Self::Transcribe(_) => Lane::Transcriber,
            Self::PlaceLeg(_) | Self::ReleaseLeg(_) | Self::RecallCaller { .. } => Lane::Calls,
            Self::ForwardAlert { target, .. } => Lane::Forward(target.clone()),
        }
    }

    /// The alert that it is about, where it is about one.
    pub const fn alert(&self) -> Option<AlertId> {
        match self {
            Self::AnnounceAlert(alert)
            | Self::AnnounceText(alert)
            | Self::TellWebhook { alert, .. }
            | Self::ForwardAlert { alert, .. } => Some(*alert),
            Self::FetchRecording(_)
            | Self::DeleteAtCarrier(_)
            | Self::FindRecording(_)
            | Self::AskForText(_)
            | Self::SendSms(_)
            | Self::SendMail(_)
            | Self::RingPerson(_)
            | Self::ReleaseRing(_)
            | Self::PostToDevice(_)
            | Self::Transcribe(_)
            | Self::PlaceLeg(_)
            | Self::ReleaseLeg(_)
            | Self::RecallCaller { .. }
            | Self::DeleteSound(_) => None,
        }
    }

    /// The message to a person that it sends, where it sends one.
    pub const fn notification(&self) -> Option<NotificationId> {
        match self {
            Self::SendSms(id) | Self::SendMail(id) | Self::RingPerson(id) | Self::PostToDevice(id) => {
                Some(*id)
            }
            Self::FetchRecording(_)
            | Self::DeleteAtCarrier(_)
            | Self::FindRecording(_)
            | Self::AskForText(_)
            | Self::AnnounceAlert(_)
            | Self::AnnounceText(_)
            | Self::TellWebhook { .. }
            | Self::Transcribe(_)
            | Self::DeleteSound(_)
            | Self::ReleaseRing(_)
            | Self::PlaceLeg(_)
            | Self::ReleaseLeg(_)
            | Self::RecallCaller { .. }
            | Self::ForwardAlert { .. } => None,
        }
    }

    /// After how many failed attempts it is given up, where that is before the schedule of retries ends. A text that
    /// comes half an hour late helps nobody: whoever wanted to know has listened by then.
    pub const fn most_attempts(&self) -> Option<u32> {
        match self {
            Self::Transcribe(_) => Some(8),
            // By then the steps of the alert's policy have gone on, and a phone that rings in a quarter of an hour is about
            // something else.
            Self::RingPerson(_) => Some(7),
            // The second attempt finds out whether the first has called somebody; by then the hunt goes on by itself. And
            // a caller asks for the next document when the sound is over.
            Self::PlaceLeg(_) | Self::RecallCaller { .. } => Some(3),
            Self::FetchRecording(_)
            | Self::DeleteAtCarrier(_)
            | Self::FindRecording(_)
            | Self::AskForText(_)
            | Self::AnnounceAlert(_)
            | Self::AnnounceText(_)
            | Self::SendSms(_)
            | Self::SendMail(_)
            | Self::ReleaseRing(_)
            | Self::PostToDevice(_)
            | Self::TellWebhook { .. }
            | Self::DeleteSound(_)
            | Self::ReleaseLeg(_)
            | Self::ForwardAlert { .. } => None,
        }
    }
}

/// Whom an effect asks. The effects of a lane share a bound of those that are under way at the same time, so that
/// whoever hangs holds up nobody but those who wait for him.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Lane {
    /// Nobody: it is done here.
    Own,
    /// The carrier's API, for people on the phone at this moment.
    Calls,
    /// The carrier's API.
    Carrier,
    /// Our own store of recordings, and the carrier, whose sound goes there.
    Recordings,
    /// The same two, for what is deleted there: there may be much of it, and none of it is pressing.
    Deletions,
    /// Who sends short messages.
    Sms,
    /// The mail server.
    Mail,
    /// Who makes texts of recordings.
    Transcriber,
    /// The carrier's API, for phones that are rung about an alert.
    Ringing,
    /// People's own programs.
    Devices,
    /// A system that alerts are passed on to.
    Forward(ForwardName),
    /// Another program that is told of alerts.
    Webhook(WebhookName),
}

/// What the words of the lanes to forward targets begin with.
const FORWARD: &str = "forward:";
/// What the words of the lanes to other programs begin with.
const WEBHOOK: &str = "webhook:";

impl Lane {
    /// Those by which people are told of alerts.
    pub const TO_PEOPLE: [Self; 5] = [Self::Own, Self::Sms, Self::Mail, Self::Ringing, Self::Devices];

    /// Those that there always are: all but the forward targets' and the webhooks'.
    pub const ALWAYS: [Self; 10] = [
        Self::Own,
        Self::Calls,
        Self::Carrier,
        Self::Recordings,
        Self::Deletions,
        Self::Sms,
        Self::Mail,
        Self::Transcriber,
        Self::Ringing,
        Self::Devices,
    ];

    /// The word for the store, the API, logs and metrics.
    pub fn word(&self) -> Cow<'static, str> {
        Cow::Borrowed(match self {
            Self::Own => "own",
            Self::Calls => "calls",
            Self::Carrier => "carrier",
            Self::Recordings => "recordings",
            Self::Deletions => "deletions",
            Self::Sms => "sms",
            Self::Mail => "mail",
            Self::Transcriber => "transcriber",
            Self::Ringing => "ringing",
            Self::Devices => "devices",
            Self::Webhook(name) => return Cow::Owned(format!("{WEBHOOK}{name}")),
            Self::Forward(name) => return Cow::Owned(format!("{FORWARD}{name}")),
        })
    }

    /// The lane of that word.
    pub fn from_word(word: &str) -> Option<Self> {
        if let Some(name) = word.strip_prefix(FORWARD) {
            return Some(Self::Forward(ForwardName(name.to_owned())));
        }
        if let Some(name) = word.strip_prefix(WEBHOOK) {
            return Some(Self::Webhook(WebhookName(name.to_owned())));
        }
        Self::ALWAYS.into_iter().find(|lane| lane.word() == word)
    }
}

/// An effect and the moment from which on it may be carried out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DueEffect {
    /// What to do.
    pub effect: Effect,
    /// Not before.
    pub due: Timestamp,
    /// Whether it only waits for the text of its alert's message: it is due at once when that is there, or when it is
    /// known that there will be none.
    pub is_held: bool,
}

impl Effect {
    /// Due at that moment.
    pub const fn at(self, due: Timestamp) -> DueEffect {
        DueEffect { effect: self, due, is_held: false }
    }

    /// Due when the text of its alert's message is there, or known to fail, and at that moment at the latest.
    pub const fn held_until(self, due: Timestamp) -> DueEffect {
        DueEffect { effect: self, due, is_held: true }
    }
}
