//! Calling in to hear open alerts: each is read out, and a key does something about it.

use super::{At, Turn, VoiceChange};
use crate::domain::alerting::actor::{Actor, Channel, Who};
use crate::domain::alerting::reply::Deed;
use crate::domain::ids::AlertId;
use crate::domain::voice::call::{Asked, CallState};
use crate::domain::voice::facts::Need;
use crate::domain::voice::input::CallInput;
use crate::domain::voice::phrases::Phrase;
use crate::domain::voice::reading::{self, Reading};

/// The alerts that a caller hears, and which of them now.
#[derive(Clone, Copy)]
struct Place<'a> {
    alerts: &'a [AlertId],
    place: usize,
}

impl At<'_> {
    /// The caller wants to hear open alerts.
    pub(super) fn hear_alerts(self) -> Result<Turn, Need> {
        let alerts = self.setting.facts.open_alerts.as_ref().ok_or(Need::OpenAlerts)?;
        if alerts.is_empty() {
            return Ok(self.ask_action(vec![Phrase::NoOpenAlerts], Asked::default()));
        }
        self.read(vec![Phrase::OpenAlerts(alerts.len())], Place { alerts, place: 0 })
    }

    pub(super) fn hearing(
        self,
        alerts: &[AlertId],
        place: usize,
        asked: Asked,
        input: CallInput,
    ) -> Result<Turn, Need> {
        let at = Place { alerts, place };
        let stay = CallState::HearingAlerts { alerts: alerts.to_vec(), place, asked };
        let reading = match &input {
            CallInput::Digits(keys) if keys == "*" => return self.read(vec![], at),
            CallInput::Digits(_)
            | CallInput::Silence
            | CallInput::Arrived
            | CallInput::Dialled(_)
            | CallInput::Recorded(_) => match self.heard(at)? {
                Some(reading) => Some(reading),
                None => return Ok(self.no_more(vec![])),
            },
            CallInput::HungUp | CallInput::Due | CallInput::Transcribed { .. } | CallInput::Found(_) => None,
        };
        let again = |this: Self, say, asked| this.ask_about(say, at, reading, asked);
        self.answer(input, asked, stay, again, |this, key| match reading {
            Some(reading) => this.key(at, reading, key),
            None => Ok(None),
        })
    }

    /// A key while that alert is heard; `None`: it means nothing here.
    fn key(self, at: Place<'_>, reading: &Reading, key: usize) -> Result<Option<Turn>, Need> {
        let next = Place { place: at.place.saturating_add(1), ..at };
        if let Some(deed) = reading::deed_at(key) {
            return self.does(deed, reading, next);
        }
        Ok(match (key, reading.sound(self.setting.now)) {
            (0, _) => Some(self.ask_action(vec![], Asked::default())),
            (1, Some(sound)) => {
                let say = vec![Phrase::Recording(sound.clone())];
                Some(self.ask_about(say, at, Some(reading), Asked::default()))
            }
            (2, _) => Some(self.read(vec![], next)?),
            (_, _) => None,
        })
    }

    /// The caller does something about an alert, and hears the next.
    fn does(self, deed: Deed, reading: &Reading, next: Place<'_>) -> Result<Option<Turn>, Need> {
        // A stranger is read no alert.
        let person = self.call.caller.as_ref().and_then(|caller| caller.person.clone());
        let Some(person) = person else { return Ok(None) };
        let by = Actor { who: Who::Person(person), from: Channel::Phone };
        let done = reading.done(deed, &by, self.setting.now, self.setting.ids);
        let mut turn = self.read(vec![done.say], next)?;
        turn.changes.extend(done.change.map(VoiceChange::Answered));
        Ok(Some(turn))
    }

    /// That alert is read out; after the last the menu follows. `say` comes first.
    fn read(self, mut say: Vec<Phrase>, at: Place<'_>) -> Result<Turn, Need> {
        let Some(reading) = self.heard(at)? else { return Ok(self.no_more(say)) };
        say.extend(reading.words());
        let person = self.call.caller.as_ref().and_then(|caller| caller.person.as_ref());
        say.extend(person.and_then(|person| reading.settled(person)));
        Ok(self.ask_about(say, at, Some(reading), Asked::default()))
    }

    fn no_more(self, mut say: Vec<Phrase>) -> Turn {
        say.push(Phrase::NoMoreAlerts);
        self.ask_action(say, Asked::default())
    }

    /// What shall be done about that alert?
    fn ask_about(self, mut say: Vec<Phrase>, at: Place<'_>, reading: Option<&Reading>, asked: Asked) -> Turn {
        say.extend(reading.into_iter().flat_map(|reading| reading.offers(self.setting.now)));
        say.push(Phrase::OfferNextAlert);
        self.ask(say, CallState::HearingAlerts { alerts: at.alerts.to_vec(), place: at.place, asked })
    }
}

impl<'a> At<'a> {
    /// The alert at that place; `None`: there is none, or none any more.
    fn heard(self, at: Place<'_>) -> Result<Option<&'a Reading>, Need> {
        let Some(id) = at.alerts.get(at.place) else { return Ok(None) };
        match self.setting.facts.alerts.get(id) {
            Some(reading) => Ok(reading.as_ref()),
            None => Err(Need::Alert(*id)),
        }
    }
}
