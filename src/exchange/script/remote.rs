//! A stage over the network and in real time: an exchange and a gateway in other processes.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::{Duration, Instant},
};

use async_trait::async_trait;
use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

use super::{SeenAlert, Stage, StageError};
use crate::exchange::{
    behaviour::Behaviour,
    carrier::{Dial, pause},
    http,
    line::{Arrived, LineEvent},
    phone_client::{PhoneClient, PhoneError},
};

/// How long the gateway may take to answer.
const ANSWER: Duration = Duration::from_secs(10);

/// How a person of the settings is reached.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Contacts {
    /// The number they call from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    /// The numbers and addresses at which they get messages.
    #[serde(default)]
    pub addresses: Vec<String>,
}

/// Where the gateway's alerts are: `GET` with a bearer key gives `{"alerts": […]}` of [`SeenAlert`].
#[derive(Clone)]
pub struct AlertSource {
    /// The URL.
    pub url: String,
    /// An API key that may read.
    pub key: String,
}

/// A stage over the network.
pub struct RemoteStage {
    phone: PhoneClient,
    http: reqwest::Client,
    people: BTreeMap<String, Contacts>,
    alerts: Option<AlertSource>,
    speed: f64,
    call: Option<String>,
    line: Vec<LineEvent>,
    /// Alerts and messages that were there before the script began are none of its business.
    alerts_before: BTreeSet<String>,
    messages_before: usize,
    messages: Vec<Arrived>,
}

#[derive(Deserialize)]
struct AlertList {
    alerts: Vec<SeenAlert>,
}

impl From<PhoneError> for StageError {
    fn from(error: PhoneError) -> Self {
        Self(error.to_string())
    }
}

impl RemoteStage {
    /// A stage with the people of the settings and the exchange's speed. Without `alerts`, scripts can't ask
    /// about alerts.
    pub async fn set(
        phone: PhoneClient,
        people: BTreeMap<String, Contacts>,
        alerts: Option<AlertSource>,
        speed: f64,
    ) -> Result<Self, StageError> {
        let http = http::client(ANSWER).map_err(|error| StageError(error.to_string()))?;
        let messages_before = phone.messages(0, Duration::ZERO).await?.len();
        let mut stage = Self {
            phone,
            http,
            people,
            alerts,
            speed,
            call: None,
            line: Vec::new(),
            alerts_before: BTreeSet::new(),
            messages_before,
            messages: Vec::new(),
        };
        if stage.alerts.is_some() {
            stage.alerts_before = stage.alerts().await?.into_iter().map(|alert| alert.id).collect();
        }
        Ok(stage)
    }

    fn call(&self) -> Result<&str, StageError> {
        self.call.as_deref().ok_or_else(|| StageError("nobody has dialled".to_owned()))
    }

    fn is_over(&self) -> bool {
        self.line.last().is_some_and(|event| event.kind.is_end())
    }

    async fn listen(&mut self, wait: Duration) -> Result<(), StageError> {
        let news = self.phone.events(self.call()?, self.line.len(), wait).await?;
        self.line.extend(news);
        Ok(())
    }
}

#[async_trait]
impl Stage for RemoteStage {
    fn number_of(&self, person: &str) -> Option<String> {
        self.people.get(person)?.number.clone()
    }

    fn addresses_of(&self, person: &str) -> Vec<String> {
        self.people.get(person).map(|contacts| contacts.addresses.clone()).unwrap_or_default()
    }

    async fn dial(&mut self, dial: Dial) -> Result<(), StageError> {
        self.call = Some(self.phone.dial(&dial).await?);
        self.line.clear();
        Ok(())
    }

    async fn press(&mut self, keys: &str) -> Result<(), StageError> {
        self.phone.press(self.call()?, keys).await?;
        Ok(())
    }

    async fn say(&mut self, text: &str, seconds: u32) -> Result<(), StageError> {
        self.phone.say(self.call()?, text, Some(seconds)).await?;
        Ok(())
    }

    async fn hang_up(&mut self) -> Result<(), StageError> {
        self.phone.hang_up(self.call()?).await?;
        Ok(())
    }

    async fn behave(&mut self, behaviour: &Behaviour) -> Result<(), StageError> {
        Ok(self.phone.behave(behaviour).await?)
    }

    async fn line(&mut self) -> Result<Vec<LineEvent>, StageError> {
        self.listen(Duration::ZERO).await?;
        Ok(self.line.clone())
    }

    async fn alerts(&mut self) -> Result<Vec<SeenAlert>, StageError> {
        let Some(source) = &self.alerts else {
            return Err(StageError("there is no access to the gateway's alerts".to_owned()));
        };
        let unreachable = |error: reqwest::Error| StageError(format!("alerts: {}", error.without_url()));
        let request = self.http.get(&source.url).bearer_auth(&source.key).timeout(ANSWER);
        let reply = request.send().await.map_err(unreachable)?.error_for_status().map_err(unreachable)?;
        let AlertList { mut alerts } = reply.json().await.map_err(unreachable)?;
        alerts.retain(|alert| !self.alerts_before.contains(&alert.id));
        Ok(alerts)
    }

    async fn messages(&mut self) -> Result<Vec<Arrived>, StageError> {
        let after = self.messages_before + self.messages.len();
        let news = self.phone.messages(after, Duration::ZERO).await?;
        self.messages.extend(news);
        Ok(self.messages.clone())
    }

    async fn pass(&mut self, at_most: SignedDuration) -> Result<SignedDuration, StageError> {
        let begun = Instant::now();
        let at_most = Duration::try_from(at_most).unwrap_or_default();
        if self.call.is_none() || self.is_over() {
            pause(at_most).await;
        } else {
            self.listen(at_most).await?;
        }
        Ok(SignedDuration::try_from(begun.elapsed()).unwrap_or(SignedDuration::MAX))
    }

    fn spoken(&self, seconds: u32) -> SignedDuration {
        SignedDuration::try_from_secs_f64(f64::from(seconds) / self.speed).unwrap_or_default()
    }

    fn patience(&self) -> SignedDuration {
        SignedDuration::from_secs(90)
    }
}
