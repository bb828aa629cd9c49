//! Text messages that come in.
//!
//! A text may be brought twice by the carrier: the second time it gets the same answer, and nothing is done. Where the
//! program was killed in between, it is done again, which does no harm: whoever has acknowledged has done so before, and
//! a step that was made since the alert was told is not made again.

pub use super::words::TROUBLE;
use super::{Outcome, act, words};
use crate::app::App;
use crate::domain::alerting::actor::{Actor, Channel, Who};
use crate::domain::alerting::alert::AlertStory;
use crate::domain::alerting::reply::{self, Deed, MOST_SORRIES, Reply, Which};
use crate::domain::contact::PhoneNumber;
use crate::domain::delivery::ledger::DeliveryState;
use crate::domain::directory::Directory;
use crate::domain::directory::device::Device;
use crate::domain::directory::person::PersonId;
use crate::ports::answers::{AnsweredText, ReplyCode, Texter, TexterChange, ToldOf};
use crate::ports::error::StoreError;
use crate::service::alerting;
use futures_util::stream::{self, StreamExt};

/// A text message, as the carrier brings it.
#[derive(Clone, Copy)]
pub struct TextIn<'a> {
    /// The carrier's id of it.
    pub carrier_id: &'a str,
    /// Whose phone it comes from, as the carrier gives it.
    pub from: &'a str,
    /// What it says.
    pub text: &'a str,
    /// What the carrier has understood and answered by itself: `STOP`, `START` or `HELP`; `None`: nothing.
    pub understood: Option<&'a str>,
}

/// Does what a text says; answers what is written back. `None`: nothing is.
pub async fn take(app: &App, text: TextIn<'_>) -> Result<Option<String>, StoreError> {
    let Ok(from) = PhoneNumber::parse(text.from) else {
        tracing::info!("a text of nobody's number is not answered");
        return Ok(None);
    };
    if let Some(answer) = app.answers.answer_to(text.carrier_id).await? {
        return Ok(answer);
    }
    let codes = app.answers.reply_codes(&from).await?;
    let live = app.live();
    let directory = &live.settings.directory;
    let owners = owners(directory, &from);
    if owners.is_empty() && !was_told(app, &from, &codes).await? {
        tracing::info!("a text of a number that nobody has is not answered");
        return Ok(None);
    }
    let texter = app.answers.texter(&from).await?;
    let sender = Sender { app, directory, owners, codes, phone: &from };
    let (answer, change) = match (text.understood, reply::parse(text.text)) {
        (Some(word), _) => understood(word),
        (None, said) => sender.answer(said, &texter).await?,
    };
    let now = app.clock.now();
    let answered =
        AnsweredText { carrier_id: text.carrier_id, from: &from, at: now, answer: answer.as_deref(), change };
    match app.answers.record_text(answered).await {
        Ok(()) => Ok(answer),
        Err(StoreError::Conflict) => Ok(app.answers.answer_to(text.carrier_id).await?.flatten()),
        Err(error) => Err(error),
    }
}

/// Whether whoever has that phone was told of something by it: whom only another directory knows is known by that.
async fn was_told(app: &App, phone: &PhoneNumber, codes: &[ReplyCode]) -> Result<bool, StoreError> {
    if app.elsewhere.is_none() {
        return Ok(false);
    }
    Ok(!codes.is_empty() || !app.answers.told_on(phone, Deed::Resolve, 1).await?.is_empty())
}

/// Who of the directory gets texts at that number.
fn owners(directory: &Directory, phone: &PhoneNumber) -> Vec<PersonId> {
    let has_it = |device: &Device| match device {
        Device::Sms(number) => number == phone,
        Device::Voice(_) | Device::Email(_) | Device::Webhook(_) => false,
    };
    let people = directory.people.iter().filter(|person| person.devices.iter().any(has_it));
    people.map(|person| person.id.clone()).collect()
}

/// What a text means that the carrier has answered by itself: it gets no second answer.
fn understood(word: &str) -> (Option<String>, TexterChange) {
    let change = match word {
        "STOP" => TexterChange::Stopped,
        "START" => TexterChange::Started,
        _ => TexterChange::None,
    };
    (None, change)
}

/// Whoever has written, and what is known of their phone.
struct Sender<'a> {
    app: &'a App,
    directory: &'a Directory,
    owners: Vec<PersonId>,
    codes: Vec<ReplyCode>,
    phone: &'a PhoneNumber,
}

/// An alert that somebody means, and how many steps of its policy they know of.
struct Meant {
    story: AlertStory,
    known: u32,
    by: Actor,
}

impl Sender<'_> {
    async fn answer(
        &self,
        said: Reply,
        texter: &Texter,
    ) -> Result<(Option<String>, TexterChange), StoreError> {
        let is_stopped = texter.stopped_at.is_some();
        let sorry =
            |words: &str| ((texter.errors < MOST_SORRIES).then(|| words.to_owned()), TexterChange::Erred);
        Ok(match said {
            // The carrier says that it has understood, and would not deliver anything else.
            Reply::Stop => {
                tracing::info!(number = self.phone.hash(), "a phone wants no more texts");
                (None, TexterChange::Stopped)
            }
            Reply::Start if is_stopped => {
                tracing::info!(number = self.phone.hash(), "a phone wants texts again");
                (Some(words::STARTED.to_owned()), TexterChange::Started)
            }
            _ if is_stopped => (None, TexterChange::None),
            _ if !self.is_read() => sorry(words::ONE_WAY),
            Reply::Start | Reply::Help => sorry(words::HELP),
            Reply::Unknown => sorry(words::NOT_UNDERSTOOD),
            Reply::Do(deed, which) => match self.act(deed, which).await? {
                Ok(done) => (Some(done), TexterChange::Did),
                Err(why) => sorry(&why),
            },
        })
    }

    /// Whether what people write back is read at all.
    fn is_read(&self) -> bool {
        self.app.live().settings.sms.as_ref().is_some_and(|sms| sms.replies)
    }

    /// Does it; the outer error is the store's, the inner one says why nothing was done.
    async fn act(&self, deed: Deed, which: Which) -> Result<Result<String, String>, StoreError> {
        let meant = match which {
            Which::All => return self.act_on_all(deed).await,
            Which::Latest if self.app.answers.was_last_told_of_several(self.phone).await? => {
                return Ok(Err(self.which(deed).await?));
            }
            Which::Latest => self.latest().await?,
            Which::Short(number) => self.short(number).await?,
            Which::Number(number) => self.numbered(number).await?,
        };
        let Some(meant) = meant else {
            return Ok(Err(words::no_such(which)));
        };
        let outcome = act(self.app, meant.story.alert.id, deed, meant.known, &meant.by).await?;
        Ok(words::outcome(&outcome, deed, meant.by.who.person(), self.directory))
    }

    /// Does it to all open alerts that this phone was told of, by texts about one alert or about several.
    async fn act_on_all(&self, deed: Deed) -> Result<Result<String, String>, StoreError> {
        let most = u32::try_from(alerting::AT_ONCE).unwrap_or(u32::MAX);
        let mut told = self.app.answers.told_on(self.phone, deed, most.saturating_add(1)).await?;
        let is_more = told.len() > alerting::AT_ONCE;
        told.truncate(alerting::AT_ONCE);
        // A text of which nobody knows yet whether it has gone out may have been read all the same.
        for code in self.codes.iter().filter(|code| code.is_open) {
            if !told.iter().any(|one| one.alert == code.alert)
                && let Some(meant) = self.told_by(code).await?
                && let Some(person) = meant.by.who.person()
            {
                told.push(ToldOf { alert: code.alert, person: person.clone() });
            }
        }
        // Nobody escalates everything at once, so that it does not matter which steps are known.
        let each = told
            .into_iter()
            .map(|one| async move { act(self.app, one.alert, deed, 0, &by(one.person)).await });
        let mut outcomes = stream::iter(each).buffered(alerting::SIDE_BY_SIDE);
        let mut numbers = vec![];
        while let Some(outcome) = outcomes.next().await {
            if let Outcome::Done(story) = outcome? {
                numbers.push(story.number);
            }
        }
        numbers.sort_unstable();
        Ok(words::all(deed, &numbers, is_more))
    }

    /// Asks which alert they mean, if there is one.
    async fn which(&self, deed: Deed) -> Result<String, StoreError> {
        let is_open = self.codes.iter().any(|code| code.is_open)
            || !self.app.answers.told_on(self.phone, Deed::Resolve, 1).await?.is_empty();
        Ok(if is_open { words::which(deed) } else { words::no_such(Which::Latest) })
    }

    /// The one told last of those that are open; where none is, the one told last.
    async fn latest(&self) -> Result<Option<Meant>, StoreError> {
        let latest = self.codes.iter().max_by_key(|code| (code.is_open, code.told_at, code.alert));
        match latest {
            Some(code) => self.told_by(code).await,
            None => Ok(None),
        }
    }

    /// The alert with that short number. Where the number is of none that is open, the open alert of that number is meant.
    async fn short(&self, number: u32) -> Result<Option<Meant>, StoreError> {
        let code = self.codes.iter().find(|code| code.code == number);
        if let Some(open) = code.filter(|code| code.is_open) {
            return self.told_by(open).await;
        }
        let numbered = self.numbered(number).await?;
        match (code, numbered) {
            (Some(code), Some(closed)) if closed.story.alert.closed.is_some() => self.told_by(code).await,
            (Some(code), None) => self.told_by(code).await,
            (_, numbered) => Ok(numbered),
        }
    }

    /// The alert of that number, if whoever writes was told of it, by whatever device.
    async fn numbered(&self, number: u32) -> Result<Option<Meant>, StoreError> {
        let Some(story) = self.app.alerts.by_number(number).await? else { return Ok(None) };
        let told = self.app.alerts.told(story.alert.id).await?;
        let is_own =
            |person: &PersonId, device: &Device| self.owners.contains(person) || self.is_this(device);
        let person =
            told.into_iter().rev().find(|one| is_own(&one.person, &one.device)).map(|one| one.person);
        let Some(person) = person else { return Ok(None) };
        let known = match self.codes.iter().find(|code| code.alert == story.alert.id) {
            Some(code) => code.steps,
            None => self.known_with_others(&story).await?,
        };
        Ok(Some(Meant { story, known, by: by(person) }))
    }

    /// How many steps of an alert's policy those know of who were told of it together with others.
    async fn known_with_others(&self, story: &AlertStory) -> Result<u32, StoreError> {
        let told = self.app.deliveries.deliveries_of(story.alert.id).await?;
        let here = told.into_iter().filter(|one| self.is_this(&one.notification.device));
        let moments = here.filter_map(|one| match one.state {
            DeliveryState::Sent | DeliveryState::Delivered => one.sent_at,
            // When it became part of another.
            DeliveryState::Bundled => one.ended_at,
            DeliveryState::Waiting
            | DeliveryState::Sending
            | DeliveryState::Failed
            | DeliveryState::Dropped
            | DeliveryState::Unknown => None,
        });
        let last = moments.max();
        // By another device they may have been told just now.
        Ok(last.map_or_else(|| reply::steps_made(story), |at| reply::steps_made_by(story, at)))
    }

    /// The alert of a short number, and who was told of it on this phone.
    async fn told_by(&self, code: &ReplyCode) -> Result<Option<Meant>, StoreError> {
        let Some(story) = alerting::find(self.app, code.alert).await? else { return Ok(None) };
        let told = self.app.alerts.told(code.alert).await?;
        let on_phone = told.into_iter().rev().find(|one| self.is_this(&one.device)).map(|one| one.person);
        let person = on_phone.or_else(|| self.owners.first().cloned());
        Ok(person.map(|person| Meant { story, known: code.steps, by: by(person) }))
    }

    fn is_this(&self, device: &Device) -> bool {
        match device {
            Device::Sms(number) => number == self.phone,
            Device::Voice(_) | Device::Email(_) | Device::Webhook(_) => false,
        }
    }
}

const fn by(person: PersonId) -> Actor {
    Actor { who: Who::Person(person), from: Channel::Sms }
}
