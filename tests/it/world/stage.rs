//! Scripts play in a [`World`]: the same lines that `dutyline call --script` plays against a running demo.

use super::World;
use async_trait::async_trait;
use dutyline::domain::directory::device::Device;
use dutyline::domain::directory::person::{Person, PersonId};
use dutyline::exchange::behaviour::Behaviour;
use dutyline::exchange::carrier::{CallTo, Dial};
use dutyline::exchange::line::{Arrived, LineEvent};
use dutyline::exchange::script::{self, Failure, Script, SeenAlert, Stage, StageError};
use jiff::SignedDuration;

/// A world with somebody on the phone.
pub(crate) struct OnStage<'w> {
    world: &'w World,
}

impl World {
    /// Plays a script; answers its transcript.
    pub(crate) async fn play(&self, script: &Script) -> Result<String, Failure> {
        script::run(script, &mut OnStage { world: self }).await
    }

    fn person(&self, id: &str) -> Option<Person> {
        self.app.live().settings.directory.person(&PersonId(id.to_owned())).cloned()
    }
}

fn gone(error: impl std::fmt::Display) -> StageError {
    StageError(error.to_string())
}

#[async_trait]
impl Stage for OnStage<'_> {
    fn phones_of(&self, person: &str) -> Vec<String> {
        let number = |device: &Device| match device {
            Device::Voice(number) => Some(number.as_str().to_owned()),
            Device::Sms(_) | Device::Email(_) | Device::Webhook(_) => None,
        };
        let person = self.world.person(person);
        person.map(|person| person.devices.iter().filter_map(number).collect()).unwrap_or_default()
    }

    fn addresses_of(&self, person: &str) -> Vec<String> {
        let address = |device: &Device| match device {
            Device::Voice(number) | Device::Sms(number) => Some(number.as_str().to_owned()),
            Device::Email(address) => Some(address.as_str().to_owned()),
            Device::Webhook(_) => None,
        };
        self.world
            .person(person)
            .map(|person| person.devices.iter().filter_map(address).collect())
            .unwrap_or_default()
    }

    async fn dial(&mut self, dial: Dial) -> Result<String, StageError> {
        let call = self.world.exchange.dial(dial);
        self.world.settle().await;
        Ok(call)
    }

    async fn press(&mut self, calls: &[String], keys: &str) -> Result<(), StageError> {
        for call in calls {
            self.world.exchange.press(call, keys).map_err(gone)?;
        }
        self.world.settle().await;
        Ok(())
    }

    async fn say(&mut self, call: &str, text: &str, seconds: u32) -> Result<(), StageError> {
        let length = SignedDuration::from_secs(seconds.into());
        self.world.exchange.say(call, text, length).map_err(gone)?;
        Ok(())
    }

    async fn hang_up(&mut self, calls: &[String]) -> Result<(), StageError> {
        for call in calls {
            self.world.exchange.hang_up(call).map_err(gone)?;
        }
        self.world.settle().await;
        Ok(())
    }

    async fn text(&mut self, from: &str, text: &str) -> Result<(), StageError> {
        self.world.exchange.text(from, text);
        self.world.settle().await;
        Ok(())
    }

    async fn pick_up(&mut self, calls: &[String]) -> Result<(), StageError> {
        for call in calls {
            self.world.exchange.pick_up(call).map_err(gone)?;
        }
        self.world.settle().await;
        Ok(())
    }

    async fn decline(&mut self, calls: &[String]) -> Result<(), StageError> {
        for call in calls {
            self.world.exchange.decline(call).map_err(gone)?;
        }
        self.world.settle().await;
        Ok(())
    }

    async fn calls_to(&mut self, number: &str, after: usize) -> Result<Vec<CallTo>, StageError> {
        Ok(self.world.exchange.calls_to(number, after))
    }

    async fn ringing(&mut self) -> Result<usize, StageError> {
        Ok(self.world.exchange.ringing())
    }

    async fn behave(&mut self, behaviour: &Behaviour) -> Result<(), StageError> {
        self.world.exchange.behave(behaviour.clone());
        Ok(())
    }

    async fn line(&mut self, call: &str) -> Result<Vec<LineEvent>, StageError> {
        self.world.exchange.line(call, 0).map_err(gone)
    }

    async fn alerts(&mut self) -> Result<Vec<SeenAlert>, StageError> {
        let answer = self.world.api("/api/alerts?limit=100").await;
        serde_json::from_value(answer["alerts"].clone()).map_err(gone)
    }

    async fn messages(&mut self) -> Result<Vec<Arrived>, StageError> {
        Ok(self.world.exchange.arrived(0))
    }

    async fn pass(&mut self, at_most: SignedDuration) -> Result<SignedDuration, StageError> {
        Ok(self.world.pass(at_most).await)
    }

    fn spoken(&self, seconds: u32) -> SignedDuration {
        SignedDuration::from_secs(seconds.into())
    }

    fn patience(&self) -> SignedDuration {
        SignedDuration::from_mins(15)
    }
}
