//! Where a script is played: what the person on the phone can do and see.

use async_trait::async_trait;
use jiff::SignedDuration;
use serde::Deserialize;
use std::collections::BTreeMap;

use crate::exchange::{
    behaviour::Behaviour,
    carrier::{CallTo, Dial},
    line::{Arrived, LineEvent},
};

/// Why a stage can't do something.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct StageError(pub String);

/// An alert, as far as scripts look at it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(from = "WireAlert")]
pub struct SeenAlert {
    /// Tells it from others.
    pub id: String,
    /// The names of those it is for.
    pub recipients: Vec<String>,
    /// The name of who raised it.
    pub from: String,
    /// The severity.
    pub severity: String,
    /// What was said, once there is a text.
    pub text: Option<String>,
    /// `open`, `acknowledged` or `resolved`.
    pub state: String,
    /// The id of whoever takes care of it.
    pub taken_by: Option<String>,
}

/// An alert as the gateway's API gives it; what is missing is empty.
#[derive(Deserialize, Default)]
#[serde(default)]
struct WireAlert {
    id: String,
    recipients: Vec<BTreeMap<String, String>>,
    caller: Option<WireCaller>,
    severity: String,
    message: Option<WireMessage>,
    state: String,
    acknowledged: Option<WireAcknowledged>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct WireCaller {
    name: Option<String>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct WireMessage {
    text: Option<String>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct WireAcknowledged {
    by: String,
}

impl From<WireAlert> for SeenAlert {
    fn from(of: WireAlert) -> Self {
        Self {
            id: of.id,
            recipients: of.recipients.into_iter().flat_map(BTreeMap::into_values).collect(),
            from: of.caller.and_then(|caller| caller.name).unwrap_or_default(),
            severity: of.severity,
            text: of.message.and_then(|message| message.text),
            state: of.state,
            taken_by: of.acknowledged.map(|acknowledged| acknowledged.by),
        }
    }
}

/// Where a script is played: an exchange with its gateway, and their time.
#[async_trait]
pub trait Stage: Send {
    /// The numbers of a person's phones, in the order of the settings; none: no such person, or no phone. They call
    /// from the first.
    fn phones_of(&self, person: &str) -> Vec<String>;

    /// The numbers and addresses at which a person of the settings gets messages.
    fn addresses_of(&self, person: &str) -> Vec<String>;

    /// Picks up the phone and dials. Returns what the call is called from now on.
    async fn dial(&mut self, dial: Dial) -> Result<String, StageError>;

    /// Presses keys in calls, in all of them at the same moment.
    async fn press(&mut self, calls: &[String], keys: &str) -> Result<(), StageError>;

    /// Begins to speak in a call.
    async fn say(&mut self, call: &str, text: &str, seconds: u32) -> Result<(), StageError>;

    /// Hangs up calls, all of them at the same moment.
    async fn hang_up(&mut self, calls: &[String]) -> Result<(), StageError>;

    /// Sends a text from a phone.
    async fn text(&mut self, from: &str, text: &str) -> Result<(), StageError>;

    /// Picks up phones that ring, all of them at the same moment.
    async fn pick_up(&mut self, calls: &[String]) -> Result<(), StageError>;

    /// Declines calls while the phones ring, all of them at the same moment.
    async fn decline(&mut self, calls: &[String]) -> Result<(), StageError>;

    /// The calls to a phone after number `after` that came since the stage was set, oldest first.
    async fn calls_to(&mut self, number: &str, after: usize) -> Result<Vec<CallTo>, StageError>;

    /// How many phones ring.
    async fn ringing(&mut self) -> Result<usize, StageError>;

    /// Changes how the carrier behaves.
    async fn behave(&mut self, behaviour: &Behaviour) -> Result<(), StageError>;

    /// What has happened on the line of a call, from its beginning.
    async fn line(&mut self, call: &str) -> Result<Vec<LineEvent>, StageError>;

    /// The alerts that there are.
    async fn alerts(&mut self) -> Result<Vec<SeenAlert>, StageError>;

    /// The messages that have arrived since the stage was set.
    async fn messages(&mut self) -> Result<Vec<Arrived>, StageError>;

    /// Lets time pass until something happens, but no more than `at_most`. Returns how much has passed.
    async fn pass(&mut self, at_most: SignedDuration) -> Result<SignedDuration, StageError>;

    /// How long it takes by the stage's clock to speak for `seconds`.
    fn spoken(&self, seconds: u32) -> SignedDuration;

    /// How long a line waits for what it wants to see.
    fn patience(&self) -> SignedDuration;
}
