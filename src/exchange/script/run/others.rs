//! What other people do and hear, whose phones are rung.

use jiff::SignedDuration;

use super::{Ear, Patience, Player, Problem};
use crate::exchange::{
    handsets::Handset,
    line::Kind,
    script::{Deed, Phone},
};

/// How long phones may go on ringing that nobody is to hear any more: until the gateway has heard of it.
const MOMENT: SignedDuration = SignedDuration::from_secs(3);

/// Somebody of whom a line speaks.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Who {
    /// The one who dialled.
    Caller,
    /// Whoever has the phone of this number.
    At(String),
}

impl Player<'_> {
    /// Decides what happens when phones are rung from now on.
    pub(super) async fn handsets(&mut self, phones: &[Phone], handset: &Handset) -> Result<(), Problem> {
        for phone in phones {
            let number = self.number(phone)?;
            self.behaviour.handsets.set(number, handset.clone());
        }
        Ok(self.stage.behave(&self.behaviour).await?)
    }

    /// Waits until no phone rings any more, but not so long that the ringing ends by itself.
    pub(super) async fn nobody_rings(&mut self) -> Result<(), Problem> {
        let mut patience = Patience::new(MOMENT);
        while self.stage.ringing().await? > 0 {
            patience.a_while(self.stage, "one rings").await?;
        }
        Ok(())
    }

    /// Other people do something, all of them at the same moment.
    pub(super) async fn others(&mut self, phones: &[Phone], deed: &Deed) -> Result<(), Problem> {
        if let Deed::Texts(text) = deed {
            for phone in phones {
                let from = self.number(phone)?;
                self.stage.text(&from, text).await?;
            }
            return Ok(());
        }
        let mut all = Vec::new();
        for phone in phones {
            all.push(self.who(phone)?);
        }
        match deed {
            Deed::Rings => self.each(&all, "it does not ring", |ear| Ok(Self::begins_to_ring(ear))).await,
            Deed::StopsRinging => self.each(&all, "it does not stop", Self::has_stopped_ringing).await,
            Deed::IsConnected => self.each(&all, "they are not", |ear| Ok(ear.is_connected())).await,
            Deed::IsCutOff => self.each(&all, "the call goes on", Self::was_cut_off).await,
            Deed::Hears(text) => self.each(&all, "it was not said", |ear| Self::hears_it(ear, text)).await,
            Deed::DoesNotHear(text) => self.none(&all, "it was said", |ear| ear.find(text).is_some()).await,
            Deed::DoesNotRing => self.does_not_ring(&all).await,
            Deed::PicksUp => {
                self.each(&all, "it does not ring", |ear| Ok(ear.is_ringing())).await?;
                let sids = self.calls_of(&all);
                Ok(self.stage.pick_up(&sids).await?)
            }
            Deed::Declines => self.decline(phones, &all).await,
            Deed::Presses(keys) => {
                self.each(&all, "the line does not answer", |ear| Ok(Self::line_has_answered(ear))).await?;
                let sids = self.calls_of(&all);
                Ok(self.stage.press(&sids, keys).await?)
            }
            Deed::Says { text, seconds } => {
                self.each(&all, "nobody would hear it", |ear| Ok(ear.is_connected() || ear.is_recording()))
                    .await?;
                for sid in self.calls_of(&all) {
                    self.stage.say(&sid, text, *seconds).await?;
                }
                Ok(())
            }
            Deed::Texts(_) => Ok(()),
            Deed::HangsUp => {
                self.each(&all, "nobody has picked up", |ear| {
                    Ok(ear.has(Kind::PickedUp) || ear.has(Kind::Dialled))
                })
                .await?;
                let sids = self.calls_of(&all);
                Ok(self.stage.hang_up(&sids).await?)
            }
        }
    }

    /// A person who declines what rings now does so now; else they will when it rings.
    async fn decline(&mut self, phones: &[Phone], all: &[Who]) -> Result<(), Problem> {
        self.follow(all).await?;
        if all.iter().all(|who| self.ear(who).is_some_and(Ear::is_ringing)) {
            let sids = self.calls_of(all);
            return Ok(self.stage.decline(&sids).await?);
        }
        let declines = Handset::Declines { after: crate::exchange::handsets::USUAL_RINGING };
        self.handsets(phones, &declines).await
    }

    async fn does_not_ring(&mut self, all: &[Who]) -> Result<(), Problem> {
        for who in all {
            let Who::At(number) = who else { continue };
            let dealt_with = self.phones.get(number).map_or(0, |ear| ear.n);
            if !self.stage.calls_to(number, dealt_with).await?.is_empty() {
                return Err(Problem("it rang".to_owned()));
            }
        }
        self.none(all, "it rings", Ear::is_ringing).await
    }

    /// Waits until something is so for all of them.
    async fn each(
        &mut self,
        all: &[Who],
        or_else: &str,
        is_so: impl Fn(&mut Ear) -> Result<bool, Problem> + Send,
    ) -> Result<(), Problem> {
        let mut patience = Patience::new(self.stage.patience());
        let mut left = all.to_vec();
        loop {
            self.follow(&left).await?;
            let mut waiting = Vec::new();
            for who in left {
                let so = match self.ear_mut(&who) {
                    Some(ear) => is_so(ear)?,
                    None => false,
                };
                if !so {
                    waiting.push(who);
                }
            }
            if waiting.is_empty() {
                return Ok(());
            }
            left = waiting;
            patience.a_while(self.stage, or_else).await?;
        }
    }

    /// Whether something is so for none of them, now.
    async fn none(
        &mut self,
        all: &[Who],
        or_else: &str,
        is_so: impl Fn(&Ear) -> bool + Send,
    ) -> Result<(), Problem> {
        self.follow(all).await?;
        if all.iter().filter_map(|who| self.ear(who)).any(is_so) {
            return Err(Problem(or_else.to_owned()));
        }
        Ok(())
    }

    fn begins_to_ring(ear: &mut Ear) -> bool {
        ear.has(Kind::Rings) && !std::mem::replace(&mut ear.has_rung, true)
    }

    fn has_stopped_ringing(ear: &mut Ear) -> Result<bool, Problem> {
        match ear.end() {
            _ if ear.has(Kind::PickedUp) => Err(Problem("it was picked up".to_owned())),
            Some(Kind::Declined) => Err(Problem("the call was declined".to_owned())),
            end => Ok(end.is_some()),
        }
    }

    fn was_cut_off(ear: &mut Ear) -> Result<bool, Problem> {
        match ear.end() {
            Some(Kind::HungUp) => Err(Problem("they hung up themselves".to_owned())),
            end => Ok(end == Some(Kind::Ended)),
        }
    }

    fn hears_it(ear: &mut Ear, text: &str) -> Result<bool, Problem> {
        let heard = ear.hear(text);
        if !heard && ear.is_over() {
            return Err(Problem("it was not said until the call ended".to_owned()));
        }
        Ok(heard)
    }

    /// Nobody presses a key before the other side has said its first word.
    fn line_has_answered(ear: &mut Ear) -> bool {
        let answered = ear.line.iter().any(|event| event.kind.is_heard());
        if answered {
            ear.turn_page();
        }
        answered || ear.is_over()
    }

    fn who(&mut self, phone: &Phone) -> Result<Who, Problem> {
        let number = self.number(phone)?;
        if self.calling && self.dial.from.as_ref() == Some(&number) {
            return Ok(Who::Caller);
        }
        self.names.insert(number.clone(), phone.to_string());
        Ok(Who::At(number))
    }

    fn number(&self, phone: &Phone) -> Result<String, Problem> {
        if phone.of.starts_with('+') {
            return Ok(phone.of.clone());
        }
        let numbers = self.stage.phones_of(&phone.of);
        numbers.into_iter().nth(phone.place.saturating_sub(1)).ok_or_else(|| {
            Problem(match phone.place {
                1 => format!("the settings have no phone of `{}`", phone.of),
                place => format!("the settings have no phone number {place} of `{}`", phone.of),
            })
        })
    }

    /// Brings all ears up to date, those of phones that no line has spoken of lately too.
    pub(super) async fn look_everywhere(&mut self) -> Result<(), Problem> {
        let all: Vec<Who> = self.phones.keys().cloned().map(Who::At).collect();
        self.follow(&all).await
    }

    /// Brings the ears up to date: a phone whose call is over listens to the next.
    async fn follow(&mut self, all: &[Who]) -> Result<(), Problem> {
        self.look().await?;
        for who in all {
            let Who::At(number) = who else { continue };
            loop {
                let ear = self.phones.entry(number.clone()).or_default();
                if let Some(sid) = &ear.sid {
                    ear.line = self.stage.line(sid).await?;
                    if !ear.is_over() {
                        break;
                    }
                }
                let next = self.stage.calls_to(number, ear.n).await?.into_iter().next();
                let Some(next) = next else { break };
                let over = std::mem::replace(ear, Ear::to(next.sid, next.n));
                self.past.push((Some(number.clone()), over.line));
            }
        }
        Ok(())
    }

    fn calls_of(&self, all: &[Who]) -> Vec<String> {
        all.iter().filter_map(|who| self.ear(who)?.sid.clone()).collect()
    }

    fn ear(&self, who: &Who) -> Option<&Ear> {
        match who {
            Who::Caller => Some(&self.caller),
            Who::At(number) => self.phones.get(number),
        }
    }

    fn ear_mut(&mut self, who: &Who) -> Option<&mut Ear> {
        match who {
            Who::Caller => Some(&mut self.caller),
            Who::At(number) => self.phones.get_mut(number),
        }
    }
}
