//! What every use case gets: the settings of the moment and the ports. Cheap to clone.

pub mod engine;
pub mod event_room;
pub mod feed;
pub mod lookups;
pub mod said;
pub mod shut;
pub mod turns;

use crate::domain::alerting::forward::ForwardName;
use crate::domain::alerting::policy::WebhookName;
use crate::domain::effect::Lane;
use crate::domain::ids::Ids;
use crate::domain::voice::phrases::PhraseBook;
use crate::ports::alert_target::AlertTarget;
use crate::ports::answers::AnswerStore;
use crate::ports::clock::Clock;
use crate::ports::deliveries::DeliveryStore;
use crate::ports::limit::Limit;
use crate::ports::recordings::Recordings;
use crate::ports::shortener::Shortener;
use crate::ports::store::{
    AlertFeed, AlertStore, CallHistory, CallStore, ChangeStore, DirectoryStore, EventStore, HookStore,
    KeyStore, LegStore, LinkStore, Outbox, RetentionStore, RingStore,
};
use crate::ports::telephony::Telephony;
use crate::ports::transcriber::Transcriber;
use crate::ports::vendor::SingleSender;
use crate::ports::visitor::Visitor;
use crate::ports::webhook::{Devices, Webhook};
use crate::settings::Settings;
use arc_swap::ArcSwap;
use engine::Engine;
use event_room::EventRoom;
use feed::Feed;
use lookups::Elsewhere;
use said::Said;
use shut::Shut;
use std::collections::BTreeMap;
use std::ops::{Deref, DerefMut};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::Notify;
use turns::Turns;
use url::Url;

/// The context of every use case: a handle on its [`Parts`], which are used as if they were its own.
#[derive(Clone)]
pub struct App(Arc<Parts>);

/// What a context consists of.
#[derive(Clone)]
pub struct Parts {
    /// What can change while the program runs.
    pub live: Arc<ArcSwap<Live>>,
    /// Reads the settings again, checks them, and puts them in force; all or nothing.
    pub reload: Reload,
    /// Where we are reached from outside, with a trailing slash.
    pub public_url: Url,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// New ids and secrets.
    pub ids: Arc<dyn Ids>,
    /// Calls.
    pub calls: Arc<dyn CallStore>,
    /// The phones that we call.
    pub legs: Arc<dyn LegStore>,
    /// Calls of ours to people about alerts.
    pub rings: Arc<dyn RingStore>,
    /// Calls as they are told afterwards.
    pub history: Arc<dyn CallHistory>,
    /// Alerts.
    pub alerts: Arc<dyn AlertStore>,
    /// What happens to all alerts.
    pub logs: Arc<dyn AlertFeed>,
    /// Answers by text and by link.
    pub answers: Arc<dyn AnswerStore>,
    /// Events of other systems.
    pub events: Arc<dyn EventStore>,
    /// Messages to people, and what becomes of them.
    pub deliveries: Arc<dyn DeliveryStore>,
    /// What other programs are told of alerts.
    pub hooks: Arc<dyn HookStore>,
    /// Links to recordings.
    pub links: Arc<dyn LinkStore>,
    /// API keys made at run time.
    pub keys: Arc<dyn KeyStore>,
    /// What changes in our own directory while the program runs.
    pub changes: Arc<dyn ChangeStore>,
    /// What another system's directory has said of people.
    pub directory: Arc<dyn DirectoryStore>,
    /// What is forgotten after its time.
    pub retention: Arc<dyn RetentionStore>,
    /// What is to be done outside.
    pub outbox: Arc<dyn Outbox>,
    /// The carrier.
    pub telephony: Arc<dyn Telephony>,
    /// Another system's directory; `None`: callers are known by ours alone.
    pub elsewhere: Option<Elsewhere>,
    /// Our own sound store.
    pub recordings: Arc<dyn Recordings>,
    /// Makes texts of our own recordings; `None`: the carrier makes them.
    pub transcribing: Option<Transcribing>,
    /// Shortens links; `None`: they go out as they are.
    pub shortener: Option<Arc<dyn Shortener>>,
    /// The systems that alerts are passed on to, by their names in the settings.
    pub forwards: Arc<BTreeMap<ForwardName, Arc<dyn AlertTarget>>>,
    /// The programs that are told of alerts, by their names in the settings.
    pub webhooks: Arc<BTreeMap<WebhookName, Arc<dyn Webhook>>>,
    /// People's own programs.
    pub devices: Arc<dyn Devices>,
    /// Sends short messages; `None`: none are sent.
    pub sms: Option<Arc<dyn SingleSender>>,
    /// Sends mail; `None`: none is sent.
    pub mail: Option<Arc<dyn SingleSender>>,
    /// Who is asked for short messages after that, in order.
    pub sms_next: Vec<Arc<dyn SingleSender>>,
    /// The same for mail.
    pub mail_next: Vec<Arc<dyn SingleSender>>,
    /// How often a number may call.
    pub call_limit: Arc<dyn Limit>,
    /// How often a source may ask something of the API.
    pub request_limit: Arc<dyn Limit>,
    /// How often an integration may send an event.
    pub event_limit: Arc<dyn Limit>,
    /// Room for the bodies of the events that are being taken in.
    pub event_room: EventRoom,
    /// The turns of events of one matter.
    pub turns: Turns,
    /// The metrics of the process, in the Prometheus text format.
    pub metrics: Metrics,
    /// Tells the outbox's worker that there is something new.
    pub outbox_wake: Arc<Notify>,
    /// Tells the escalations' worker that an alert is to be looked at.
    pub alert_wake: Arc<Notify>,
    /// Who follows what happens to alerts.
    pub feed: Feed,
    /// Looks at addresses of others, e.g. at that of whoever watches over us.
    pub visitor: Arc<dyn Visitor>,
    /// When every open alert was last found where it should be.
    pub engine: Engine,
    /// The absences and overrides that this process has warned of.
    pub said: Said,
    /// The devices that have been sent as much as they may.
    pub shut: Shut,
    /// The effects that this process is carrying out.
    pub under_way: UnderWay,
}

/// Who makes texts of our own recordings, and how much is asked of it.
#[derive(Clone)]
pub struct Transcribing {
    /// Makes the texts.
    pub transcriber: Arc<dyn Transcriber>,
    /// How many recordings it is given at the same time.
    pub at_once: u32,
    /// How many more may wait; the texts of further ones are given up.
    pub queue: u32,
    /// How long it may take over one.
    pub timeout: Duration,
}

/// How many effects of each lane this process is carrying out.
#[derive(Debug, Clone, Default)]
pub struct UnderWay(Arc<Mutex<BTreeMap<Lane, u32>>>);

/// One of the effects under way, until it is dropped.
#[derive(Debug)]
pub struct Place {
    under_way: UnderWay,
    lane: Lane,
}

impl UnderWay {
    /// How many of that lane.
    pub fn of(&self, lane: &Lane) -> u32 {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(lane).copied().unwrap_or(0)
    }

    /// One more of that lane.
    pub fn enter(&self, lane: Lane) -> Place {
        let mut lanes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let count = lanes.entry(lane.clone()).or_default();
        *count = count.saturating_add(1);
        Place { under_way: self.clone(), lane }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut lanes = self.under_way.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = lanes.get_mut(&self.lane) {
            *count = count.saturating_sub(1);
        }
    }
}

/// Puts new settings in force. The answer lists what only a restart brings into force; the error is what the
/// operator has to mend, as text of several lines.
pub type Reload = Arc<dyn Fn() -> Result<Vec<&'static str>, String> + Send + Sync>;

/// Renders the metrics of the process.
pub type Metrics = Arc<dyn Fn() -> String + Send + Sync>;

/// What can change while the program runs.
#[derive(Debug)]
pub struct Live {
    /// The settings.
    pub settings: Settings,
    /// What is said.
    pub phrases: PhraseBook,
}

impl From<Parts> for App {
    fn from(parts: Parts) -> Self {
        Self(Arc::new(parts))
    }
}

impl Deref for App {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

/// Changing a part changes it for this handle and those cloned from it later, never for others.
impl DerefMut for App {
    fn deref_mut(&mut self) -> &mut Parts {
        Arc::make_mut(&mut self.0)
    }
}

impl Parts {
    /// The settings of the moment. Taken once a use case, so that one request sees one state of them.
    pub fn live(&self) -> Arc<Live> {
        self.live.load_full()
    }
}
