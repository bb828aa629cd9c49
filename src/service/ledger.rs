//! The ledger of messages to people: whether one is still to be sent, that a vendor is about to be asked, and what came of
//! it.
//!
//! Whoever carries out the effect of a message calls [`open`]; then [`begin`], which makes it durable that a vendor is
//! about to be asked; and returns what [`sent`] answers, or the vendor's error, which the outbox turns into another
//! attempt or the end.

use super::answering::offer;
use super::effects::error::EffectError;
use super::throttling::{rules, topic};
use crate::app::App;
use crate::domain::alerting::alert::AlertStory;
use crate::domain::alerting::announce;
use crate::domain::alerting::log::{Happened, LogEntry};
use crate::domain::alerting::standing::Standing;
use crate::domain::alerting::subscribers;
use crate::domain::delivery::ledger::{
    self, Delivery, DeliveryState, Dropped, Entry, Intent, Limit, VendorName,
};
use crate::domain::delivery::throttle::{self, Begun, Rank, Rules, Turn, Waiting, window};
use crate::domain::delivery::{Notification, Purpose};
use crate::domain::directory::device::{Device, DeviceKind};
use crate::domain::directory::person::PersonId;
use crate::domain::ids::{AlertId, NotificationId};
use crate::domain::severity::Severity;
use crate::ports::deliveries::{Attempt, BegunMessage, WaitingMessage};
use crate::ports::error::StoreError;
use crate::ports::store::Consequence;
use jiff::Timestamp;

/// What is to be done about a message whose time has come.
#[derive(Debug)]
pub enum Opened {
    /// Nothing is sent; that is what it leads to.
    Nothing(Vec<Consequence>),
    /// It is to be sent. In the state [`DeliveryState::Sending`] a vendor may have taken it before, when the program ended.
    Ready(Box<Ready>),
}

/// A message that is to be sent.
#[derive(Debug)]
pub struct Ready {
    /// How far it is.
    pub delivery: Delivery,
    /// Its alert.
    pub story: AlertStory,
    /// When both were read.
    pub as_of: Timestamp,
    /// Messages that it says too.
    pub also: Vec<Also>,
    /// Those of them that are still to be joined to it.
    joining: Vec<NotificationId>,
    limit: Option<Limit>,
}

/// A message that another one says too.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Also {
    /// Which.
    pub id: NotificationId,
    /// About which alert.
    pub alert: AlertId,
    /// To whom.
    pub person: PersonId,
}

/// How many of the messages that wait for a device are looked at to find out whose turn it is.
pub(super) const LOOKED_AT: u32 = 100;
/// How many messages may become one.
const MOST_BUNDLED: u32 = 5_000;

/// Whether a message is to be sent now.
pub async fn open(app: &App, id: NotificationId) -> Result<Opened, EffectError> {
    // What happens after this moment may be missing in what is read.
    let as_of = app.clock.now();
    let Some(delivery) = app.deliveries.delivery(id).await? else { return Ok(Opened::Nothing(vec![])) };
    match delivery.state {
        DeliveryState::Sent | DeliveryState::Delivered | DeliveryState::Dropped | DeliveryState::Bundled => {
            return Ok(Opened::Nothing(vec![]));
        }
        // Of those that have ended, an operator wants another attempt.
        DeliveryState::Waiting | DeliveryState::Sending | DeliveryState::Failed | DeliveryState::Unknown => {}
    }
    let one = &delivery.notification;
    let Some(story) = app.alerts.alert(one.alert).await? else {
        let why = Dropped::Forgotten;
        return Ok(Opened::Nothing(vec![Consequence::Delivery(id, Entry::Dropped { at: as_of, why })]));
    };
    let also = still_needed(app, app.deliveries.bundled(id).await?, as_of).await?;
    let mut ready = Ready { delivery, story, as_of, also, joining: vec![], limit: None };
    if ready.delivery.state == DeliveryState::Sending {
        return Ok(Opened::Ready(Box::new(ready)));
    }
    if let Some(since) = offer::stopped(app, &ready.delivery.notification.device).await? {
        let why = Dropped::Stopped(since);
        return Ok(Opened::Nothing(dropped(&ready.delivery.notification, why, as_of)));
    }
    if let Some(why) = needless(app, &ready).await? {
        return Ok(Opened::Nothing(dropped(&ready.delivery.notification, why, as_of)));
    }
    let Some(rules) = rules(app, ready.delivery.notification.device.kind()) else {
        return Ok(Opened::Ready(Box::new(ready)));
    };
    if let Some(until) = throttled(app, &mut ready, rules).await? {
        return Ok(Opened::Nothing(kept_waiting(&ready.delivery.notification, until)));
    }
    Ok(Opened::Ready(Box::new(ready)))
}

/// What it means that a message waits until then, since its device has been sent as much as it may.
pub(super) fn kept_waiting(one: &Notification, until: Timestamp) -> Vec<Consequence> {
    tracing::info!(notification = %one.id, %until, "a message is kept waiting: its device has been sent enough for now");
    let kind = one.device.kind().word();
    metrics::counter!("dutyline_deliveries_throttled_total", "kind" => kind).increment(1);
    vec![
        Consequence::Delivery(one.id, Entry::Throttled { until }),
        Consequence::Next(announce::sending(one).at(until)),
    ]
}

/// Why a message is not needed any more; `None`: it is, or one is that it says too.
pub(super) async fn needless(app: &App, ready: &Ready) -> Result<Option<Dropped>, StoreError> {
    if !ready.also.is_empty() {
        return Ok(None);
    }
    let one = &ready.delivery.notification;
    let standing = Standing::of(&ready.story.alert);
    let why = standing.drops(&one.person, one.purpose, ready.as_of);
    if let Some(why) = why.or_else(|| subscribers::drops(one, &ready.story, ready.as_of)) {
        return Ok(Some(why));
    }
    let siblings = app.deliveries.siblings(one).await?;
    if ledger::is_untold(one, &siblings) {
        return Ok(Some(Dropped::Untold));
    }
    Ok(ledger::is_repeated(one, &siblings, ready.as_of).then_some(Dropped::Repeated))
}

/// What it means that a message is not needed any more.
pub(super) fn dropped(one: &Notification, why: Dropped, at: Timestamp) -> Vec<Consequence> {
    let (person, by) = words(one);
    let what = Happened::Dropped { person, by, why: why.words() };
    vec![
        Consequence::Delivery(one.id, Entry::Dropped { at, why }),
        Consequence::Logged(one.alert, LogEntry { at, what }),
    ]
}

/// Those of which somebody still has to be told.
async fn still_needed(app: &App, bundled: Vec<Delivery>, now: Timestamp) -> Result<Vec<Also>, StoreError> {
    let mut needed = vec![];
    for Delivery { notification: one, .. } in bundled {
        let story = app.alerts.alert(one.alert).await?;
        let drops = |story: &AlertStory| Standing::of(&story.alert).drops(&one.person, one.purpose, now);
        if story.is_some_and(|story| drops(&story).is_none()) {
            needed.push(Also { id: one.id, alert: one.alert, person: one.person });
        }
    }
    Ok(needed)
}

/// Until when a message is kept waiting; `None`: it is its turn, and what goes with it is noted.
async fn throttled(app: &App, ready: &mut Ready, rules: Rules) -> Result<Option<Timestamp>, StoreError> {
    let Ready { delivery, story, as_of, .. } = &*ready;
    let (id, device, now) = (delivery.notification.id, &delivery.notification.device, *as_of);
    let begun = app.deliveries.begun(device, window(now)).await?;
    let begun: Vec<Begun> = begun.iter().map(known_begun).collect();
    let own = own(delivery, story);
    let is_full = throttle::is_full(&own, &begun, rules);
    let learn = |until| {
        if is_full && own.rank == Rank::Common {
            app.shut.learn(device, &own.topic, rules, now, until);
        }
    };
    let mut others = if is_full { vec![] } else { others(app, device, id, LOOKED_AT, now).await? };
    let turn = |others: &[WaitingMessage]| {
        let mut waiting: Vec<Waiting> = others.iter().map(|one| known(one, now)).collect();
        waiting.push(own.clone());
        throttle::turn(id, &waiting, &begun, rules, now)
    };
    let (mut bundled, limit) = match turn(&others) {
        Turn::Wait(until) => {
            learn(until);
            return Ok(Some(until));
        }
        Turn::Now { bundled, limit } => (bundled, limit),
    };
    if !bundled.is_empty() {
        others = self::others(app, device, id, MOST_BUNDLED, now).await?;
        if let Turn::Now { bundled: all, .. } = turn(&others) {
            bundled = all;
        }
    }
    let also = others.into_iter().filter(|one| bundled.contains(&one.id));
    ready.also.extend(also.map(|one| Also { id: one.id, alert: one.alert, person: one.person }));
    ready.joining = bundled;
    ready.limit = Some(limit);
    Ok(None)
}

/// A message whose turn is sought.
pub(super) fn own(delivery: &Delivery, story: &AlertStory) -> Waiting {
    Waiting {
        id: delivery.notification.id,
        topic: topic(story.alert.team.as_ref(), story.alert.id),
        rank: rank(delivery.notification.purpose, Some(story.alert.severity)),
        is_throttled: delivery.is_throttled,
        is_due: true,
    }
}

/// A message that its device was sent.
pub(super) fn known_begun(one: &BegunMessage) -> Begun {
    Begun { at: one.at, topic: topic(one.team.as_ref(), one.alert), is_news: one.purpose.news().is_some() }
}

/// The other messages that wait for a device and are still needed.
pub(super) async fn others(
    app: &App,
    device: &Device,
    except: NotificationId,
    limit: u32,
    now: Timestamp,
) -> Result<Vec<WaitingMessage>, StoreError> {
    let mut others = app.deliveries.waiting(device, limit).await?;
    others.retain(|one| {
        let needed =
            |(_, standing): &(Severity, Standing)| standing.drops(&one.person, one.purpose, now).is_none();
        one.id != except && one.about.as_ref().is_some_and(needed)
    });
    Ok(others)
}

/// A message that waits.
pub(super) fn known(one: &WaitingMessage, now: Timestamp) -> Waiting {
    Waiting {
        id: one.id,
        topic: topic(one.team.as_ref(), one.alert),
        rank: rank(one.purpose, one.about.as_ref().map(|(severity, _)| *severity)),
        is_throttled: one.is_throttled,
        is_due: one.next_at <= now,
    }
}

fn rank(purpose: Purpose, severity: Option<Severity>) -> Rank {
    match (purpose, severity) {
        (Purpose::News(_), _) => Rank::News,
        (Purpose::Alert | Purpose::Text, Some(Severity::Critical)) => Rank::Urgent,
        (Purpose::Alert | Purpose::Text, _) => Rank::Common,
    }
}

/// Writes that a vendor is about to be asked, before it is. `before`: why the vendor before that has failed.
/// [`StoreError::Conflict`] when it is not to be asked any more, and [`open`] says why.
///
/// `trace`: what the vendor can find the message by, where it keeps no id of ours.
pub async fn begin(
    app: &App,
    ready: &mut Ready,
    vendor: &str,
    trace: Option<String>,
    before: Option<&str>,
) -> Result<(), StoreError> {
    let attempt = ready.delivery.attempts.saturating_add(1);
    let intent = Intent {
        id: ready.delivery.notification.id,
        attempt,
        vendor: VendorName(vendor.to_owned()),
        at: app.clock.now(),
        as_of: ready.as_of,
        trace,
        before: before.map(str::to_owned),
        bundled: std::mem::take(&mut ready.joining),
        limit: ready.limit.take(),
    };
    app.deliveries.begin(&intent).await?;
    ready.delivery.attempts = attempt;
    ready.delivery.state = DeliveryState::Sending;
    ready.delivery.vendor = Some(intent.vendor);
    Ok(())
}

/// What it means that a vendor has taken a message, and calls it by that name.
pub fn sent(app: &App, ready: &Ready, vendor_ref: Option<String>) -> Vec<Consequence> {
    let (at, one) = (app.clock.now(), &ready.delivery.notification);
    let by = one.device.kind().word();
    let told = |alert: AlertId, person: &PersonId| {
        let what = Happened::Notified { person: person.0.clone(), by: by.to_owned() };
        Consequence::Logged(alert, LogEntry { at, what })
    };
    let mut led_to =
        vec![Consequence::Delivery(one.id, Entry::Sent { at, vendor_ref }), told(one.alert, &one.person)];
    let others = ready.also.iter().map(|also| (also.alert, &also.person));
    led_to.extend(once((one.alert, &one.person), others).map(|(alert, person)| told(alert, person)));
    led_to
}

/// Those others that a message tells somebody of, each once: of one alert there may be several messages to them.
fn once<'a>(
    own: (AlertId, &'a PersonId),
    others: impl Iterator<Item = (AlertId, &'a PersonId)>,
) -> impl Iterator<Item = (AlertId, &'a PersonId)> {
    let mut told = vec![own];
    others.filter(move |one| {
        let is_new = !told.contains(one);
        if is_new {
            told.push(*one);
        }
        is_new
    })
}

/// What it means that nobody can tell yet whether a vendor has taken a message.
pub(super) async fn unclear(
    app: &App,
    id: NotificationId,
    why: &str,
) -> Result<Vec<Consequence>, StoreError> {
    let Some(one) = app.alerts.notification(id).await? else { return Ok(vec![]) };
    let (person, by) = words(&one);
    let what = Happened::NotNotifiedYet { person, by, why: why.to_owned() };
    Ok(vec![Consequence::Logged(one.alert, LogEntry { at: app.clock.now(), what })])
}

/// What it means that no vendor has taken a message for now, and that it is tried again then.
pub(super) async fn put_off(
    app: &App,
    id: NotificationId,
    why: &str,
    is_first: bool,
    next: Timestamp,
) -> Result<Vec<Consequence>, StoreError> {
    let at = app.clock.now();
    let mut led_to = vec![Consequence::Delivery(id, Entry::Later { at, cause: why.to_owned(), next })];
    // What comes of calls is told by the calls.
    let is_told = |one: &Notification| is_first && one.device.kind() != DeviceKind::Voice;
    if let Some(one) = app.alerts.notification(id).await?.filter(is_told) {
        let (person, by) = words(&one);
        let what = Happened::NotNotifiedYet { person, by, why: why.to_owned() };
        led_to.push(Consequence::Logged(one.alert, LogEntry { at, what }));
    }
    Ok(led_to)
}

/// What it means that a message is not tried again. `is_unknown`: nobody can tell whether a vendor has taken it.
pub(super) async fn given_up(
    app: &App,
    id: NotificationId,
    why: &str,
    is_unknown: bool,
) -> Result<Vec<Consequence>, StoreError> {
    let (at, cause) = (app.clock.now(), why.to_owned());
    let Some(one) = app.alerts.notification(id).await? else { return Ok(vec![]) };
    let by = one.device.kind().word();
    let what = |person: &PersonId| {
        let (person, by) = (person.0.clone(), by.to_owned());
        let what = if is_unknown {
            Happened::MaybeNotified { person, by }
        } else {
            Happened::NotNotified { person, by, why: why.to_owned() }
        };
        LogEntry { at, what }
    };
    let entry = if is_unknown { Entry::Unknown { at, cause } } else { Entry::Failed { at, cause } };
    let mut led_to =
        vec![Consequence::Delivery(id, entry), Consequence::Logged(one.alert, what(&one.person))];
    let also = app.deliveries.bundled(id).await?;
    let others = also.iter().map(|also| (also.notification.alert, &also.notification.person));
    let others = once((one.alert, &one.person), others);
    led_to.extend(others.map(|(alert, person)| Consequence::Logged(alert, what(person))));
    Ok(led_to)
}

/// What a vendor says later of a message that it has taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fate {
    /// It is on its way.
    UnderWay,
    /// It has reached its device.
    Reached,
    /// It will not, for that reason, in words that name nobody's address.
    Lost(String),
}

/// How often news of a message are taken in anew when something else has become known of it meanwhile.
const MOST_CONFLICTS: u32 = 5;

/// Takes in what a vendor says of a message, which it calls by that name. News come in any order: what is older than what
/// is known, or of an attempt before the last, changes nothing.
pub async fn heard(app: &App, id: NotificationId, vendor_ref: &str, fate: &Fate) -> Result<(), StoreError> {
    for _ in 0..MOST_CONFLICTS {
        let Some(delivery) = app.deliveries.delivery(id).await? else { return Ok(()) };
        let is_other = |known: &String| known != vendor_ref;
        if delivery.vendor_ref.as_ref().is_some_and(is_other) {
            return Ok(());
        }
        let now = app.clock.now();
        let Some((entry, learned)) = learned(&delivery, fate, vendor_ref, now) else { return Ok(()) };
        // The alerts that it says too are told of the same way, each once.
        let mut about = vec![delivery.notification.clone()];
        for also in app.deliveries.bundled(id).await? {
            let one = also.notification;
            if !about.iter().any(|other| (other.alert, &other.person) == (one.alert, &one.person)) {
                about.push(one);
            }
        }
        let log: Vec<_> = about
            .iter()
            .flat_map(|one| {
                let told = learned.iter().filter_map(|what| what.told(one, now));
                told.map(|what| (one.alert, LogEntry { at: now, what }))
            })
            .collect();
        match app.deliveries.heard(&delivery, &entry, Some(vendor_ref), &log).await {
            Ok(()) => {
                app.feed.wake();
                return Ok(());
            }
            Err(StoreError::Conflict) => {}
            Err(error) => return Err(error),
        }
    }
    Err(StoreError::Conflict)
}

/// Something that is learned of a message, for the log.
enum Learned {
    /// A vendor has taken it after all.
    Taken,
    /// It has reached its device, which may be later than it was due.
    Reached,
    /// It will not.
    Lost(String),
}

impl Learned {
    /// In the log of the alert that a message is about; `None`: there is nothing to say.
    fn told(&self, one: &Notification, now: Timestamp) -> Option<Happened> {
        let (person, by) = words(one);
        Some(match self {
            Self::Taken => Happened::Notified { person, by },
            Self::Reached => {
                let after_seconds = ledger::lateness(one.due, now)?.as_secs();
                Happened::DeliveredLate { person, by, after_seconds }
            }
            Self::Lost(why) => Happened::NotNotified { person, by, why: why.clone() },
        })
    }
}

/// What is written, and what the log says of it; `None`: it is nothing new.
fn learned(
    delivery: &Delivery,
    fate: &Fate,
    vendor_ref: &str,
    now: Timestamp,
) -> Option<(Entry, Vec<Learned>)> {
    // Whoever was to note that it was taken has not lived to do it.
    let is_news = matches!(delivery.state, DeliveryState::Sending | DeliveryState::Unknown);
    match (delivery.state, fate) {
        (DeliveryState::Sending | DeliveryState::Sent | DeliveryState::Unknown, Fate::Reached) => {
            let taken = is_news.then_some(Learned::Taken);
            Some((Entry::Delivered { at: now }, taken.into_iter().chain([Learned::Reached]).collect()))
        }
        (DeliveryState::Sending | DeliveryState::Sent | DeliveryState::Unknown, Fate::Lost(why)) => {
            Some((Entry::Failed { at: now, cause: why.clone() }, vec![Learned::Lost(why.clone())]))
        }
        (DeliveryState::Unknown, Fate::UnderWay) => {
            Some((Entry::Sent { at: now, vendor_ref: Some(vendor_ref.to_owned()) }, vec![Learned::Taken]))
        }
        (DeliveryState::Sending | DeliveryState::Sent, Fate::UnderWay)
        | (
            DeliveryState::Waiting
            | DeliveryState::Delivered
            | DeliveryState::Failed
            | DeliveryState::Dropped
            | DeliveryState::Bundled,
            _,
        ) => None,
    }
}

/// To whom a message is, and by what, in the words of the log.
fn words(one: &Notification) -> (String, String) {
    (one.person.0.clone(), one.device.kind().word().to_owned())
}

/// The messages about an alert, oldest first, each with its attempts.
pub async fn of_alert(app: &App, alert: AlertId) -> Result<Vec<(Delivery, Vec<Attempt>)>, StoreError> {
    let (deliveries, attempts) =
        tokio::try_join!(app.deliveries.deliveries_of(alert), app.deliveries.attempts_of(alert))?;
    Ok(deliveries.into_iter().map(|delivery| with(delivery, &attempts)).collect())
}

/// A message with its attempts, of all those.
fn with(delivery: Delivery, attempts: &[Attempt]) -> (Delivery, Vec<Attempt>) {
    let own = |attempt: &&Attempt| attempt.id == delivery.notification.id;
    let own = attempts.iter().filter(own).cloned().collect();
    (delivery, own)
}

/// Messages, each with its attempts, and after which one the list goes on; `None`: it ends here.
pub type Listed = (Vec<(Delivery, Vec<Attempt>)>, Option<NotificationId>);

/// Messages, all or those of a state, newest first.
pub async fn list(
    app: &App,
    state: Option<DeliveryState>,
    after: Option<NotificationId>,
    limit: u32,
) -> Result<Listed, StoreError> {
    let mut deliveries = app.deliveries.deliveries(state, after, limit.saturating_add(1)).await?;
    let attempts = app.deliveries.attempts(state, after, limit).await?;
    let is_more = deliveries.len() > usize::try_from(limit).unwrap_or(usize::MAX);
    if is_more {
        deliveries.pop();
    }
    let next = deliveries.last().filter(|_| is_more).map(|last| last.notification.id);
    Ok((deliveries.into_iter().map(|delivery| with(delivery, &attempts)).collect(), next))
}
