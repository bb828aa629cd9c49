//! A stage over the network and in real time: an exchange and a gateway in other processes.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::{Duration, Instant},
};

use async_trait::async_trait;
use futures_util::future::try_join_all;
use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

use super::{SeenAlert, Stage, StageError};
use crate::exchange::{
    behaviour::Behaviour,
    carrier::{CallTo, Dial, pause},
    http,
    line::{Arrived, LineEvent},
    phone_client::{PhoneClient, PhoneError},
};

/// How long the gateway may take to answer.
const ANSWER: Duration = Duration::from_secs(10);

/// How long several lines are left alone before they are looked at again.
const GLANCE: Duration = Duration::from_millis(100);

/// How a person of the settings is reached.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Contacts {
    /// The number they call from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    /// The numbers of their other phones.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub other_numbers: Vec<String>,
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
    /// The calls that a line has looked at.
    lines: BTreeMap<String, Vec<LineEvent>>,
    /// How many calls the people's phones had had before the script began: they are none of its business either.
    calls_before: BTreeMap<String, usize>,
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
        let mut calls_before = BTreeMap::new();
        for number in
            people.values().flat_map(|contacts| contacts.number.iter().chain(&contacts.other_numbers))
        {
            let calls = phone.calls_to(number, 0, Duration::ZERO).await?.len();
            calls_before.insert(number.clone(), calls);
        }
        let mut stage = Self {
            phone,
            http,
            people,
            alerts,
            speed,
            lines: BTreeMap::new(),
            calls_before,
            alerts_before: BTreeSet::new(),
            messages_before,
            messages: Vec::new(),
        };
        if stage.alerts.is_some() {
            stage.alerts_before = stage.alerts().await?.into_iter().map(|alert| alert.id).collect();
        }
        Ok(stage)
    }

    async fn listen(&mut self, call: &str, wait: Duration) -> Result<(), StageError> {
        let line = self.lines.entry(call.to_owned()).or_default();
        let news = self.phone.events(call, line.len(), wait).await?;
        line.extend(news);
        Ok(())
    }

    /// The calls that are going on, as far as a line has looked at them.
    fn going_on(&self) -> Vec<String> {
        let is_over = |line: &[LineEvent]| line.last().is_some_and(|event| event.kind.is_end());
        let going_on = self.lines.iter().filter(|(_, line)| !is_over(line));
        going_on.map(|(sid, _)| sid.clone()).collect()
    }
}

#[async_trait]
impl Stage for RemoteStage {
    fn phones_of(&self, person: &str) -> Vec<String> {
        let Some(contacts) = self.people.get(person) else { return Vec::new() };
        contacts.number.iter().chain(&contacts.other_numbers).cloned().collect()
    }

    fn addresses_of(&self, person: &str) -> Vec<String> {
        self.people.get(person).map(|contacts| contacts.addresses.clone()).unwrap_or_default()
    }

    async fn dial(&mut self, dial: Dial) -> Result<String, StageError> {
        let call = self.phone.dial(&dial).await?;
        self.lines.insert(call.clone(), Vec::new());
        Ok(call)
    }

    async fn press(&mut self, calls: &[String], keys: &str) -> Result<(), StageError> {
        try_join_all(calls.iter().map(|call| self.phone.press(call, keys))).await?;
        Ok(())
    }

    async fn say(&mut self, call: &str, text: &str, seconds: u32) -> Result<(), StageError> {
        self.phone.say(call, text, Some(seconds)).await?;
        Ok(())
    }

    async fn hang_up(&mut self, calls: &[String]) -> Result<(), StageError> {
        try_join_all(calls.iter().map(|call| self.phone.hang_up(call))).await?;
        Ok(())
    }

    async fn text(&mut self, from: &str, text: &str) -> Result<(), StageError> {
        self.phone.text(from, text).await?;
        Ok(())
    }

    async fn pick_up(&mut self, calls: &[String]) -> Result<(), StageError> {
        try_join_all(calls.iter().map(|call| self.phone.pick_up(call))).await?;
        Ok(())
    }

    async fn decline(&mut self, calls: &[String]) -> Result<(), StageError> {
        try_join_all(calls.iter().map(|call| self.phone.decline(call))).await?;
        Ok(())
    }

    async fn calls_to(&mut self, number: &str, after: usize) -> Result<Vec<CallTo>, StageError> {
        let before = self.calls_before.get(number).copied().unwrap_or_default();
        let after = after.max(before);
        Ok(self.phone.calls_to(number, after, Duration::ZERO).await?)
    }

    async fn ringing(&mut self) -> Result<usize, StageError> {
        Ok(self.phone.ringing().await?)
    }

    async fn behave(&mut self, behaviour: &Behaviour) -> Result<(), StageError> {
        Ok(self.phone.behave(behaviour).await?)
    }

    async fn line(&mut self, call: &str) -> Result<Vec<LineEvent>, StageError> {
        self.listen(call, Duration::ZERO).await?;
        Ok(self.lines.get(call).cloned().unwrap_or_default())
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
        match self.going_on().as_slice() {
            [] => pause(at_most).await,
            [call] => self.listen(call, at_most).await?,
            // Something may happen on any of them.
            _ => pause(at_most.min(GLANCE)).await,
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
