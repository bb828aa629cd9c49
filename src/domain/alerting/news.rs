//! What other programs are told about an alert, and how the alert stood then.

use super::actor::Who;
use super::alert::AlertStory;
use super::log::{Happened, LogEntry};
use super::state::AlertState;
use crate::domain::severity::Severity;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Something that happened to an alert, as other programs are told it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum News {
    /// It was opened.
    Opened,
    /// Somebody takes care of it.
    Acknowledged,
    /// Nobody does any more, or it has not been dealt with after all.
    Reopened,
    /// It was resolved.
    Resolved,
    /// More people are told, since nobody has answered, or somebody wants that.
    Escalated,
    /// Somebody wrote something about it.
    Annotated,
}

/// The kinds of news that a program can want to hear.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Topic {
    /// [`News::Opened`].
    Opened,
    /// [`News::Acknowledged`], [`News::Reopened`] and [`News::Resolved`].
    Status,
    /// [`News::Escalated`].
    Escalated,
    /// [`News::Annotated`].
    Annotated,
}

impl Topic {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Opened, Self::Status, Self::Escalated, Self::Annotated];
}

impl News {
    /// The word for logs and for what is sent.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Opened => "opened",
            Self::Acknowledged => "acknowledged",
            Self::Reopened => "reopened",
            Self::Resolved => "resolved",
            Self::Escalated => "escalated",
            Self::Annotated => "annotated",
        }
    }

    /// Who wants to hear of it.
    pub const fn topic(self) -> Topic {
        match self {
            Self::Opened => Topic::Opened,
            Self::Acknowledged | Self::Reopened | Self::Resolved => Topic::Status,
            Self::Escalated => Topic::Escalated,
            Self::Annotated => Topic::Annotated,
        }
    }

    /// What an entry of an alert's log means to other programs; `None`: nothing. That its people are told for the first
    /// time belongs to its opening, and a step that somebody has asked for to their asking.
    pub const fn of(what: &Happened) -> Option<Self> {
        match what {
            Happened::Opened { .. } | Happened::OpenedByEvent { .. } => Some(Self::Opened),
            Happened::Acknowledged { .. } => Some(Self::Acknowledged),
            Happened::Unacknowledged { .. }
            | Happened::AcknowledgementExpired { .. }
            | Happened::AcknowledgementUndone { .. }
            | Happened::Reopened { .. }
            | Happened::ResolutionUndone { .. } => Some(Self::Reopened),
            Happened::Resolved { .. } => Some(Self::Resolved),
            Happened::Escalated { step, round, asked_by, .. } => {
                let is_first = matches!((step, round), (Some(1), 0));
                if is_first || asked_by.is_some() { None } else { Some(Self::Escalated) }
            }
            Happened::EscalationAsked { .. } => Some(Self::Escalated),
            Happened::Noted { .. } => Some(Self::Annotated),
            Happened::TextArrived
            | Happened::TextFailed
            | Happened::LinkNotShortened
            | Happened::AudioStored
            | Happened::AudioLost
            | Happened::Announced { .. }
            | Happened::SubscribersTold { .. }
            | Happened::Notified { .. }
            | Happened::NotNotified { .. }
            | Happened::NotNotifiedYet { .. }
            | Happened::MaybeNotified { .. }
            | Happened::DeliveredLate { .. }
            | Happened::Dropped { .. }
            | Happened::Forwarded { .. }
            | Happened::NotForwarded { .. }
            | Happened::WebhookNotTold { .. }
            | Happened::Called { .. }
            | Happened::NotReached { .. }
            | Happened::Joined { .. }
            | Happened::Left { .. }
            | Happened::Hunt { .. }
            | Happened::Missed
            | Happened::MessageLeft { .. }
            | Happened::AcknowledgedInPart { .. }
            | Happened::Noticed { .. }
            | Happened::StepSkipped { .. }
            | Happened::PolicyChanged { .. }
            | Happened::SeverityChanged { .. }
            | Happened::Snoozed { .. }
            | Happened::InMaintenance { .. } => None,
        }
    }

    /// What it means to a program that is told of it in any case. A step that is for that program is news to it, whichever
    /// step it is.
    pub const fn told(what: &Happened) -> Option<Self> {
        if let Happened::Escalated { .. } = what { Some(Self::Escalated) } else { Self::of(what) }
    }
}

/// Who did something to an alert, and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Done {
    /// The id of a person, or the name of an API key or a way in.
    pub by: String,
    /// When.
    pub at: Timestamp,
}

/// How an alert stood right after something had happened to it. What is told late is told as it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StateAt {
    /// Who had acknowledged it, in order.
    pub acknowledged: Vec<Done>,
    /// Whether those were enough.
    pub is_settled: bool,
    /// Who had resolved it; `None`: nobody.
    pub resolved: Option<Done>,
    /// How bad it was.
    pub severity: Severity,
}

impl StateAt {
    /// How an alert stood after that entry of its log.
    pub fn after(story: &AlertStory, entry: &LogEntry) -> Self {
        let place = story.log.iter().position(|one| one == entry);
        let known = place.map_or(story.log.len(), |place| place + 1);
        let (until_then, later) = story.log.split_at_checked(known).unwrap_or((&story.log, &[]));
        let changed = later.iter().find_map(|one| {
            let (Happened::Reopened { from, .. } | Happened::SeverityChanged { from, .. }) = one.what else {
                return None;
            };
            Some(from)
        });
        let mut state = Self {
            acknowledged: vec![],
            is_settled: false,
            resolved: None,
            severity: changed.unwrap_or(story.alert.severity),
        };
        // The entry itself may have been forgotten after its time.
        let own = Some(entry).filter(|_| place.is_none());
        for one in until_then.iter().chain(own) {
            state.follow(one);
        }
        state
    }

    /// How it stands now.
    pub fn now(story: &AlertStory) -> Self {
        let acks = &story.alert.progress.acks;
        let is_known = |who: &Who| acks.iter().any(|ack| ack.by == *who);
        let settling = story.alert.acknowledged.iter().filter(|ack| !is_known(&ack.by));
        let done = |by: String, at| Done { by, at };
        Self {
            acknowledged: acks.iter().chain(settling).map(|ack| done(ack.by.to_string(), ack.at)).collect(),
            is_settled: story.alert.acknowledged.is_some(),
            resolved: story.alert.closed.as_ref().map(|closed| done(closed.by.to_string(), closed.at)),
            severity: story.alert.severity,
        }
    }

    /// Whether somebody still had to take it.
    pub const fn state(&self) -> AlertState {
        match (&self.resolved, self.is_settled) {
            (Some(_), _) => AlertState::Resolved,
            (None, true) => AlertState::Acknowledged,
            (None, false) => AlertState::Open,
        }
    }

    fn follow(&mut self, entry: &LogEntry) {
        let done = |by: &String| Done { by: by.clone(), at: entry.at };
        if let Happened::Acknowledged { by, .. } = &entry.what {
            self.acknowledged.push(done(by));
            self.is_settled = true;
        } else if let Happened::AcknowledgedInPart { by, .. } = &entry.what {
            self.acknowledged.push(done(by));
        } else if let Happened::Resolved { by, .. } = &entry.what {
            self.resolved = Some(done(by));
        } else if let Happened::ResolutionUndone { .. } = &entry.what {
            self.resolved = None;
        } else if is_taken_back(&entry.what) {
            self.acknowledged.clear();
            self.is_settled = false;
        }
    }
}

/// Whether nobody takes care of an alert any more after that.
pub(super) const fn is_taken_back(what: &Happened) -> bool {
    matches!(
        what,
        Happened::Unacknowledged { .. }
            | Happened::AcknowledgementExpired { .. }
            | Happened::AcknowledgementUndone { .. }
            | Happened::Reopened { .. }
            | Happened::EscalationAsked { .. }
            | Happened::Escalated { asked_by: Some(_), .. }
    )
}

/// Who did what an entry of a log tells of: the id of a person, or the name of an API key or a way in. `None`: nobody, or
/// not in so many words.
pub fn who(what: &Happened) -> Option<&str> {
    let (Happened::Acknowledged { by, .. }
    | Happened::AcknowledgedInPart { by, .. }
    | Happened::Unacknowledged { by }
    | Happened::Resolved { by, .. }
    | Happened::Noted { by, .. }
    | Happened::EscalationAsked { by, .. }
    | Happened::AcknowledgementUndone { by, .. }
    | Happened::ResolutionUndone { by, .. }
    | Happened::Escalated { asked_by: Some(by), .. }
    | Happened::OpenedByEvent { integration: by, .. }) = what
    else {
        return None;
    };
    Some(by)
}
