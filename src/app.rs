//! What every use case gets: the settings of the moment and the ports. Cheap to clone.

use crate::domain::ids::Ids;
use crate::domain::voice::phrases::PhraseBook;
use crate::ports::clock::Clock;
use crate::ports::limit::Limit;
use crate::ports::recordings::Recordings;
use crate::ports::store::{AlertStore, CallStore, KeyStore, LinkStore, Outbox};
use crate::ports::telephony::Telephony;
use crate::ports::vendor::SingleSender;
use crate::settings::Settings;
use arc_swap::ArcSwap;
use std::sync::Arc;
use tokio::sync::Notify;
use url::Url;

/// The context of every use case.
#[derive(Clone)]
pub struct App {
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
    /// Alerts.
    pub alerts: Arc<dyn AlertStore>,
    /// Links to recordings.
    pub links: Arc<dyn LinkStore>,
    /// API keys made at run time.
    pub keys: Arc<dyn KeyStore>,
    /// What is to be done outside.
    pub outbox: Arc<dyn Outbox>,
    /// The carrier.
    pub telephony: Arc<dyn Telephony>,
    /// Our own sound store.
    pub recordings: Arc<dyn Recordings>,
    /// Sends short messages; `None`: none are sent.
    pub sms: Option<Arc<dyn SingleSender>>,
    /// Sends mail; `None`: none is sent.
    pub mail: Option<Arc<dyn SingleSender>>,
    /// How often a number may call.
    pub call_limit: Arc<dyn Limit>,
    /// How often a source may ask something of the API.
    pub request_limit: Arc<dyn Limit>,
    /// The metrics of the process, in the Prometheus text format.
    pub metrics: Metrics,
    /// Tells the outbox's worker that there is something new.
    pub outbox_wake: Arc<Notify>,
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

impl App {
    /// The settings of the moment. Taken once a use case, so that one request sees one state of them.
    pub fn live(&self) -> Arc<Live> {
        self.live.load_full()
    }
}
