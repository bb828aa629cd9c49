//! The carrier: takes calls from phones and text messages from the gateway, and tells the gateway by webhook.
//!
//! [`Exchange`] works by the clock it is given. A test with a clock of its own moves it from one
//! [`Exchange::next_due`] to the next and calls [`Exchange::settle`] each time; a program calls
//! [`Exchange::run`].

pub(in crate::exchange) mod call;
mod connection;
mod fields;
pub(in crate::exchange) mod form;
mod overrides;
pub(in crate::exchange) mod placing;
pub(in crate::exchange) mod records;
mod sids;
mod switchboard;
mod webhook;

use std::{
    future::Future,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use futures_util::future::join_all;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use tokio::{sync::Notify, task::JoinSet};

use crate::ports::clock::Clock;

use super::{
    audio::Audio,
    behaviour::Behaviour,
    leg::{Input, Pace},
    line::{Arrived, LineEvent},
};
use switchboard::{Job, Switchboard, Wants};
use webhook::Webhooks;

/// How long [`Exchange::run`] waits at most before it looks at the clock again.
const LOOK_AGAIN: Duration = Duration::from_secs(1);

/// What an exchange needs to know. It has no `Debug`: it holds the account's token.
#[derive(Clone)]
pub struct Config {
    /// The account, `AC…`.
    pub account_sid: String,
    /// The account's secret: signs webhooks, and lets the gateway and the phones in.
    pub auth_token: String,
    /// A key that opens the API besides, its id and its secret; `None`: there is none.
    pub api_key: Option<(String, String)>,
    /// The number that phones reach, E.164.
    pub number: String,
    /// Where the first document of a call is asked for.
    pub voice_url: String,
    /// Told when a call is over.
    pub status_url: Option<String>,
    /// Told what phones write to the number; `None`: nobody is.
    pub sms_url: Option<String>,
    /// Where the exchange itself is reached, without a slash at the end; recordings' addresses begin with it.
    pub public_url: String,
    /// How fast people speak.
    pub pace: Pace,
    /// How long after its end a recording's file is there.
    pub recording_delay: SignedDuration,
    /// How long after its end a recording is transcribed.
    pub transcription_delay: SignedDuration,
    /// The pause before a webhook's first repetition, in real time; each further one is twice as long.
    pub retry_after: Duration,
    /// What recordings sound like.
    pub audio: Audio,
    /// Makes the ids the same in every run; `None`: nobody can guess them.
    pub seed: Option<u64>,
}

impl Config {
    /// The settings of a carrier at a human pace; the rest can be changed afterwards.
    pub fn new(account_sid: &str, auth_token: &str, number: &str, voice_url: &str, public_url: &str) -> Self {
        Self {
            account_sid: account_sid.to_owned(),
            auth_token: auth_token.to_owned(),
            api_key: None,
            number: number.to_owned(),
            voice_url: voice_url.to_owned(),
            status_url: None,
            sms_url: None,
            public_url: public_url.trim_end_matches('/').to_owned(),
            pace: Pace { characters_per_second: 15.0, speed: 1.0 },
            recording_delay: SignedDuration::from_secs(1),
            transcription_delay: SignedDuration::from_secs(4),
            retry_after: Duration::from_secs(1),
            audio: Audio::Tone,
            seed: None,
        }
    }
}

/// Who dials.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Dial {
    /// What the carrier says about the caller, as it stands in `From`; `None`: there is no such field.
    pub from: Option<String>,
    /// The carrier's attestation, as it stands in `StirVerstat`.
    pub attestation: Option<String>,
}

/// A call to one of the exchange's phones.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallTo {
    /// Its number among the calls to this phone, from 1.
    pub n: usize,
    /// The call.
    pub sid: String,
    /// Whether the phone rings.
    pub ringing: bool,
    /// Whether it is over.
    pub over: bool,
}

/// A text message on its way to a phone.
pub(super) struct OutgoingText {
    pub(super) to: String,
    pub(super) from: String,
    pub(super) body: String,
    pub(super) status_callback: Option<String>,
}

/// A mail on its way to mailboxes.
pub(super) struct Mail {
    pub(super) to: Vec<String>,
    pub(super) from: String,
    pub(super) subject: String,
    pub(super) text: String,
}

/// There is no call of this sid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("there is no such call")]
pub struct NoSuchCall;

/// A carrier of our own. Clones are the same exchange.
#[derive(Clone)]
pub struct Exchange(Arc<Inner>);

struct Inner {
    config: Config,
    clock: Arc<dyn Clock>,
    switchboard: Mutex<Switchboard>,
    webhooks: Webhooks,
    /// Wakes whoever waits for something to happen on a line.
    news: Notify,
    /// Wakes `run`.
    work: Notify,
}

impl Exchange {
    /// An exchange that nobody has called yet.
    pub fn new(config: Config, clock: Arc<dyn Clock>) -> Self {
        Self(Arc::new(Inner {
            switchboard: Mutex::new(Switchboard::new(config.clone())),
            webhooks: Webhooks::new(&config.auth_token, config.retry_after),
            config,
            clock,
            news: Notify::new(),
            work: Notify::new(),
        }))
    }

    /// What the exchange was made with.
    pub(super) fn config(&self) -> &Config {
        &self.0.config
    }

    /// The present moment.
    pub(super) fn now(&self) -> Timestamp {
        self.0.clock.now()
    }

    /// The state, for a moment: never held while waiting.
    pub(super) fn switchboard(&self) -> MutexGuard<'_, Switchboard> {
        self.0.switchboard.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Tells whoever waits that something has happened.
    pub(super) fn announce(&self) {
        self.0.news.notify_waiters();
        self.0.work.notify_one();
    }

    /// Picks up a phone and dials. Returns the call's sid; the first document is asked for when the exchange
    /// is settled or runs.
    pub fn dial(&self, dial: Dial) -> String {
        let now = self.now();
        let sid = self.switchboard().dial(dial, now);
        self.announce();
        sid
    }

    /// Presses keys, one after the other: digits, `*`, `#`; anything else is no key and is left out.
    ///
    /// False when the call is over already.
    pub fn press(&self, sid: &str, keys: &str) -> Result<bool, NoSuchCall> {
        let mut going_on = true;
        for key in keys.chars().filter(|key| matches!(key, '0'..='9' | '*' | '#')) {
            going_on = self.tell(sid, Input::Key(key))?;
        }
        Ok(going_on)
    }

    /// Speaks for `length` at a human pace. What is said while nothing is recorded and nobody else is on the line
    /// is lost.
    ///
    /// False when nobody hears it.
    pub fn say(&self, sid: &str, text: &str, length: SignedDuration) -> Result<bool, NoSuchCall> {
        self.tell(sid, Input::Speech { text: text.to_owned(), length })?;
        Ok(self.switchboard().is_heard(sid))
    }

    /// Sends a text from a phone to the number; its sid.
    pub fn text(&self, from: &str, text: &str) -> String {
        let now = self.now();
        let sid = self.switchboard().text_in(from, text, now);
        self.announce();
        sid
    }

    /// Picks up a phone that rings.
    ///
    /// False when it does not ring any more.
    pub fn pick_up(&self, sid: &str) -> Result<bool, NoSuchCall> {
        self.act(sid, Switchboard::picks_up)
    }

    /// Declines a call while the phone rings.
    ///
    /// False when it does not ring any more.
    pub fn decline(&self, sid: &str) -> Result<bool, NoSuchCall> {
        self.act(sid, Switchboard::declines)
    }

    fn act(
        &self,
        sid: &str,
        act: impl FnOnce(&mut Switchboard, &str, Timestamp) -> bool,
    ) -> Result<bool, NoSuchCall> {
        let now = self.now();
        let mut switchboard = self.switchboard();
        if switchboard.call(sid).is_none() {
            return Err(NoSuchCall);
        }
        let done = act(&mut switchboard, sid, now);
        drop(switchboard);
        self.announce();
        Ok(done)
    }

    /// The calls to a phone, oldest first, after number `after`.
    pub fn calls_to(&self, number: &str, after: usize) -> Vec<CallTo> {
        self.switchboard().calls_to(number).skip(after).collect()
    }

    /// How many phones ring.
    pub fn ringing(&self) -> usize {
        self.switchboard().ringing()
    }

    /// Hangs up.
    ///
    /// False when the call is over already.
    pub fn hang_up(&self, sid: &str) -> Result<bool, NoSuchCall> {
        self.tell(sid, Input::HangUp)
    }

    pub(super) fn tell(&self, sid: &str, input: Input) -> Result<bool, NoSuchCall> {
        let now = self.now();
        let mut switchboard = self.switchboard();
        if switchboard.call(sid).is_none() {
            return Err(NoSuchCall);
        }
        let going_on = switchboard.tell(sid, now, input);
        drop(switchboard);
        self.announce();
        Ok(going_on)
    }

    /// What has happened on the line of a call after event number `after` (0: from the beginning).
    pub fn line(&self, sid: &str, after: usize) -> Result<Vec<LineEvent>, NoSuchCall> {
        self.switchboard().line(sid, after).ok_or(NoSuchCall)
    }

    /// The text messages and mails that have arrived after number `after`.
    pub fn arrived(&self, after: usize) -> Vec<Arrived> {
        self.switchboard().arrived(after)
    }

    /// Takes a mail for the mailboxes.
    pub(super) fn mail(&self, mail: Mail) {
        let now = self.now();
        self.switchboard().mail(mail, now);
        self.announce();
    }

    /// How the exchange behaves from now on.
    pub fn behave(&self, behaviour: Behaviour) {
        self.switchboard().behaviour = behaviour;
    }

    /// Waits, in real time, until something has happened or `at_most` has passed.
    pub(super) async fn something_new<T>(
        &self,
        at_most: Duration,
        look: impl Fn() -> Option<T>,
    ) -> Option<T> {
        let wait = async {
            loop {
                let mut changed = std::pin::pin!(self.0.news.notified());
                changed.as_mut().enable();
                if let Some(found) = look() {
                    return found;
                }
                changed.await;
            }
        };
        tokio::time::timeout(at_most, wait).await.ok()
    }

    /// When something is due next; `None`: nothing will happen unless somebody does something.
    pub fn next_due(&self) -> Option<Timestamp> {
        self.switchboard().next_due()
    }

    /// Does everything that is due by the clock, webhooks and their answers included, until nothing is.
    ///
    /// For clocks that are moved by hand. Time should be moved from one [`Self::next_due`] to the next: an
    /// answer counts as come at the clock's present moment.
    pub async fn settle(&self) {
        loop {
            let jobs = self.due();
            if jobs.is_empty() {
                return;
            }
            join_all(jobs.into_iter().map(|job| self.perform(job))).await;
        }
    }

    /// Works in real time until `stop` is ready. Webhooks that are under way then are dropped.
    pub async fn run(&self, stop: impl Future<Output = ()>) {
        let mut stop = std::pin::pin!(stop);
        let mut under_way = JoinSet::new();
        loop {
            for job in self.due() {
                let exchange = self.clone();
                under_way.spawn(async move { exchange.perform(job).await });
            }
            let wait = self.next_due().map_or(LOOK_AGAIN, |due| self.until(due));
            tokio::select! {
                () = &mut stop => return,
                () = self.0.work.notified() => {}
                Some(_) = under_way.join_next() => {}
                () = pause(wait) => {}
            }
        }
    }

    fn due(&self) -> Vec<Job> {
        let now = self.now();
        let jobs = self.switchboard().start_due(now);
        self.0.news.notify_waiters();
        jobs
    }

    fn until(&self, due: Timestamp) -> Duration {
        Duration::try_from(due.duration_since(self.now())).unwrap_or_default().min(LOOK_AGAIN)
    }

    async fn perform(&self, job: Job) {
        let answer = self.0.webhooks.deliver(&job).await;
        let now = self.now();
        {
            let mut switchboard = self.switchboard();
            switchboard.done(&job.lane);
            match job.wants {
                Wants::Document(number) => {
                    let document = answer.and_then(|answer| answer.document(&job.url));
                    if let Err(why) = &document {
                        tracing::warn!(why, "the gateway gave no document");
                    }
                    switchboard.answered(&job.lane, now, number, document);
                }
                Wants::Sound => {
                    let sound = answer.and_then(webhook::Answer::sound);
                    if let Err(why) = &sound {
                        tracing::warn!(why, "the gateway gave no sound");
                    }
                    switchboard.sounded(&job.lane, now, &job.url, sound);
                }
                Wants::Reply { to } => match answer.and_then(webhook::Answer::reply) {
                    Ok(texts) => switchboard.replied(&to, texts, now),
                    Err(why) => tracing::warn!(why, "the gateway did not take a text"),
                },
                Wants::Nothing => {
                    if let Err(why) = answer.and_then(webhook::Answer::taken) {
                        tracing::warn!(why, "the gateway did not take a callback");
                        switchboard.undelivered(&job.lane, now, why);
                    }
                }
            }
        }
        self.announce();
    }
}

/// Waits in real time.
#[expect(clippy::disallowed_methods, reason = "the exchange keeps real time only in its own loops")]
pub(super) async fn pause(wait: Duration) {
    tokio::time::sleep(wait).await;
}
