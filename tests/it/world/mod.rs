//! A whole Dutyline for one test: the shipped program on a database of its own, behind its real HTTP port, with the
//! built-in exchange as its carrier, and a clock that only the test moves.

pub(crate) mod acts;
mod clock;
mod directory;
mod gate;
mod ids;
mod list;
mod logs;
mod stage;

pub(crate) use clock::TestClock;
pub(crate) use directory::{PeopleServer, device, inner, member, shift, voice};
pub(crate) use gate::{Broken, Gate};
pub(crate) use ids::TestIds;
pub(crate) use list::ListedAlerts;
pub(crate) use logs::Logs;

#[cfg(feature = "postgres")]
use crate::database::{TestDatabase, variable};
use axum::Router;
use dutyline::app::App;
use dutyline::domain::access::Scope;
use dutyline::exchange::audio::Audio;
use dutyline::exchange::carrier::{Config, Exchange};
use dutyline::exchange::{serve, smtp};
use dutyline::service::{effects, feed, keys, voice};
use dutyline::settings::{self, Loaded, Secret, Settings};
use dutyline::start::{self, Ground, Source};
use dutyline::storage::SqlStore;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// The tests' own folder.
pub(crate) fn tests_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests")
}

/// The settings of a world: `demo`, or a file of `tests/settings`.
pub(crate) fn load(name: &str) -> Loaded {
    match name {
        "demo" => settings::parse("demo.toml", settings::DEMO, Path::new("")),
        name => settings::load(&tests_folder().join("settings").join(format!("{name}.toml"))),
    }
    .unwrap_or_else(|problems| panic!("{problems}"))
}

/// How long a vendor may take: no test waits for it.
const VENDOR_TIMEOUT: Duration = Duration::from_secs(30);
/// The same where a test is about vendors that say nothing.
const SOON: Duration = Duration::from_millis(400);

/// One Dutyline and its surroundings.
pub(crate) struct World {
    /// The program.
    pub(crate) app: App,
    /// Its store.
    pub(crate) store: SqlStore,
    /// Its carrier.
    pub(crate) exchange: Exchange,
    /// The time.
    pub(crate) clock: Arc<TestClock>,
    /// A key with every scope.
    pub(crate) key: String,
    /// A client for the HTTP port.
    pub(crate) http: reqwest::Client,
    address: SocketAddr,
    gateway: Gateway,
    loaded: Loaded,
    source: Source,
    starts: u64,
    vendor_timeout: Duration,
    gates: Option<Gates>,
    folder: TempDir,
    /// Deletes the database at the end, where it is not in the folder.
    _database: Option<Database>,
}

/// The gates in front of the upstreams of a world that has them.
pub(crate) struct Gates {
    /// The carrier's API.
    pub(crate) carrier: Gate,
    /// The mail server.
    pub(crate) mail: Gate,
}
#[cfg(feature = "postgres")]
type Database = TestDatabase;
/// There is none.
#[cfg(not(feature = "postgres"))]
enum Database {}

/// The HTTP port of the program.
struct Gateway {
    task: JoinHandle<()>,
    stop: oneshot::Sender<()>,
}

impl World {
    /// Starts one with those settings, on Monday, 5 January 2026, 09:00 UTC.
    pub(crate) async fn start(settings: &str) -> Self {
        Self::start_with(settings, |_| {}).await
    }

    /// The same, with settings changed first.
    pub(crate) async fn start_with(name: &str, change: impl FnOnce(&mut Settings)) -> Self {
        Self::start_on(chosen_database().await, name, false, change).await
    }

    /// The same, with a gate in front of each upstream, and vendors that must answer soon.
    pub(crate) async fn start_gated(name: &str, change: impl FnOnce(&mut Settings)) -> Self {
        Self::start_on(chosen_database().await, name, true, change).await
    }

    /// One on a `PostgreSQL` database; `None` where there is no server to have it on.
    #[cfg(feature = "postgres")]
    pub(crate) async fn start_on_postgres(name: &str, change: impl FnOnce(&mut Settings)) -> Option<Self> {
        Some(Self::start_on(Some(TestDatabase::new().await?), name, false, change).await)
    }

    async fn start_on(
        database: Option<Database>,
        name: &str,
        is_gated: bool,
        change: impl FnOnce(&mut Settings),
    ) -> Self {
        let folder = TempDir::new().unwrap();
        let clock = Arc::new(TestClock::at("2026-01-05T09:00:00Z".parse().unwrap()));
        let mut loaded = load(name);
        let gateway = listener().await;
        let address = gateway.local_addr().unwrap();
        let (exchange_http, exchange_mail) = (listener().await, listener().await);
        let own = &mut loaded.settings;
        own.store.database = folder.path().join("dutyline.db");
        own.store.postgres = database.as_ref().map(settings_of);
        own.store.recordings = folder.path().join("recordings");
        own.server.public_url = Some(format!("http://{address}/").parse().unwrap());
        own.carrier.api_url = format!("http://{}/", exchange_http.local_addr().unwrap()).parse().unwrap();
        if let Some(mail) = &mut own.mail {
            mail.port = exchange_mail.local_addr().unwrap().port();
        }
        let gates = if is_gated {
            let carrier = Gate::before(exchange_http.local_addr().unwrap()).await;
            let mail = Gate::before_mail(exchange_mail.local_addr().unwrap()).await;
            own.carrier.api_url = format!("http://{}/", carrier.address()).parse().unwrap();
            if let Some(settings) = &mut own.mail {
                settings.port = mail.address().port();
            }
            Some(Gates { carrier, mail })
        } else {
            None
        };
        // Nobody is sent too much, but where a test is about that.
        if let Some(sms) = &mut own.sms {
            sms.per_number = 10_000;
        }
        own.carrier.calls_per_number = 10_000;
        let vendor_timeout = if is_gated { SOON } else { VENDOR_TIMEOUT };
        change(own);
        let exchange = exchange(own, &clock, exchange_http.local_addr().unwrap());
        let router = serve::router(&exchange);
        tokio::spawn(async move { axum::serve(exchange_http, router).await.unwrap() });
        tokio::spawn(smtp::serve(exchange.clone(), exchange_mail, std::future::pending()));
        let source = source(name);
        let (app, store) = assemble(&loaded, &clock, &source, address, 0, vendor_timeout).await;
        let scopes = Scope::ALL.into_iter().collect();
        let key = keys::add(&store, &*app.ids, clock.time(), "test", scopes, None).await.unwrap();
        let gateway = Gateway::open(dutyline::http::router(app.clone()), gateway);
        let http = dutyline::adapters::http_client::build(Duration::from_secs(20)).unwrap();
        Self {
            app,
            store,
            exchange,
            clock,
            key,
            http,
            address,
            gateway,
            loaded,
            source,
            starts: 0,
            vendor_timeout,
            gates,
            folder,
            _database: database,
        }
    }

    /// Stops the program and starts it again on the same data, at the same address and at the same moment. Its
    /// carrier goes on meanwhile.
    pub(crate) async fn restart(&mut self) {
        self.starts += 1;
        let listener = self.listen_again().await;
        self.store.close().await;
        (self.app, self.store) =
            assemble(&self.loaded, &self.clock, &self.source, self.address, self.starts, self.vendor_timeout)
                .await;
        self.gateway = Gateway::open(dutyline::http::router(self.app.clone()), listener);
    }

    /// Lets go of the HTTP port and takes it anew.
    async fn listen_again(&mut self) -> TcpListener {
        let closed = Gateway { task: tokio::spawn(async {}), stop: oneshot::channel().0 };
        std::mem::replace(&mut self.gateway, closed).close().await;
        TcpListener::bind(self.address).await.unwrap()
    }

    /// Another process of the same program, on the same database and with the same settings.
    #[cfg(feature = "postgres")]
    pub(crate) async fn beside(&mut self) -> App {
        self.starts += 1;
        assemble(&self.loaded, &self.clock, &self.source, self.address, self.starts, self.vendor_timeout)
            .await
            .0
    }

    /// Puts something else behind the HTTP port.
    #[cfg(feature = "postgres")]
    pub(crate) async fn serve(&mut self, router: Router) {
        let listener = self.listen_again().await;
        self.gateway = Gateway::open(router, listener);
    }

    /// Does everything that is due at the present moment, on both sides of the line.
    pub(crate) async fn settle(&self) {
        loop {
            self.exchange.settle().await;
            let done = self.run_effects().await
                + voice::deadlines(&self.app).await.unwrap_or(0)
                + acts::due(&self.app).await.unwrap_or(0);
            feed::poll(&self.app).await.unwrap_or(0);
            let is_quiet = self.exchange.next_due().is_none_or(|due| due > self.clock.time());
            if done == 0 && is_quiet {
                return;
            }
        }
    }

    /// Does the effects that are due; answers how many there were.
    pub(crate) async fn run_effects(&self) -> usize {
        let taken = effects::claim(&self.app).await.unwrap_or_default();
        let count = taken.len();
        futures_util::future::join_all(
            taken.into_iter().map(|one| effects::run(&self.app, one, std::future::pending)),
        )
        .await;
        count
    }

    /// Moves the clock to the next moment at which something is due, by `at_most`, and does it; answers by how
    /// much it was moved.
    pub(crate) async fn pass(&self, at_most: SignedDuration) -> SignedDuration {
        self.settle().await;
        let now = self.clock.time();
        let outbox = self.app.outbox.next_due(None).await.ok().flatten();
        // Deadlines of calls and alerts have no next moment that can be asked for; a look each five seconds finds them.
        let look = now + at_most.min(SignedDuration::from_secs(5));
        let next = [self.exchange.next_due(), outbox, Some(look)].into_iter().flatten().min();
        let next = next.unwrap_or(look).max(now);
        self.clock.set(next);
        self.settle().await;
        next.duration_since(now)
    }

    /// Lets so many seconds pass, everything done when it is due.
    pub(crate) async fn wait(&self, seconds: i64) {
        let until = self.clock.time() + SignedDuration::from_secs(seconds);
        while self.clock.time() < until {
            self.pass(until.duration_since(self.clock.time())).await;
        }
    }

    /// A URL of the gateway.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// Asks the API with the key that may everything.
    pub(crate) async fn api(&self, path: &str) -> Value {
        let answer = self.http.get(self.url(path)).bearer_auth(&self.key).send().await.unwrap();
        assert!(answer.status().is_success(), "{path}: {}", answer.status());
        answer.json().await.unwrap()
    }

    /// The gates of a gated world.
    pub(crate) fn gates(&self) -> &Gates {
        self.gates.as_ref().unwrap()
    }

    /// Where the data is.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The present moment.
    pub(crate) fn now(&self) -> Timestamp {
        self.clock.time()
    }
}

impl Gateway {
    fn open(router: Router, listener: TcpListener) -> Self {
        let (stop, stopped) = oneshot::channel::<()>();
        let service = router.into_make_service_with_connect_info::<SocketAddr>();
        let stopped = async move { drop(stopped.await) };
        let task = tokio::spawn(async move {
            axum::serve(listener, service).with_graceful_shutdown(stopped).await.unwrap();
        });
        Self { task, stop }
    }

    /// Requests that are under way are answered first, and connections that nobody uses are closed.
    async fn close(self) {
        drop(self.stop);
        self.task.await.unwrap();
    }
}

impl Drop for World {
    fn drop(&mut self) {
        self.gateway.task.abort();
    }
}

/// Puts the program together, for the first time or after `starts` other times: its ids go on with others.
async fn assemble(
    loaded: &Loaded,
    clock: &Arc<TestClock>,
    source: &Source,
    address: SocketAddr,
    starts: u64,
    vendor_timeout: Duration,
) -> (App, SqlStore) {
    let ids = Arc::new(TestIds::from(1 + starts * 1_000_000));
    let ground =
        Ground { clock: clock.clone(), ids: ids.clone(), source: source.clone(), address, vendor_timeout };
    let store = start::open_store(&loaded.settings, ids).await.unwrap();
    let loaded =
        Loaded { settings: loaded.settings.clone(), phrases: loaded.phrases.clone(), warnings: Vec::new() };
    (start::assemble(loaded, store.clone(), ground).unwrap(), store)
}

/// With `TEST_WORLD_DATABASE=postgres` every world is on a `PostgreSQL` database of its own, else in a file.
#[cfg(feature = "postgres")]
async fn chosen_database() -> Option<Database> {
    if variable("TEST_WORLD_DATABASE").as_deref() != Some("postgres") {
        return None;
    }
    Some(TestDatabase::new().await.expect("TEST_WORLD_DATABASE asks for a PostgreSQL server"))
}

#[cfg(not(feature = "postgres"))]
fn chosen_database() -> impl Future<Output = Option<Database>> {
    std::future::ready(None)
}

#[cfg(feature = "postgres")]
fn settings_of(database: &Database) -> settings::Postgres {
    settings::Postgres { url: Secret::new(database.url()), ca_file: None }
}

#[cfg(not(feature = "postgres"))]
fn settings_of(database: &Database) -> settings::Postgres {
    match *database {}
}

async fn listener() -> TcpListener {
    TcpListener::bind("127.0.0.1:0").await.unwrap()
}

fn source(name: &str) -> Source {
    match name {
        "demo" => Source::Demo(PathBuf::new()),
        name => Source::File(tests_folder().join("settings").join(format!("{name}.toml"))),
    }
}

fn exchange(settings: &Settings, clock: &Arc<TestClock>, address: SocketAddr) -> Exchange {
    let gateway = settings.server.public_url.as_ref().unwrap();
    let config = Config {
        status_url: Some(format!("{gateway}voice/status")),
        sms_url: Some(format!("{gateway}sms")),
        audio: Audio::Tone,
        seed: Some(1),
        retry_after: Duration::from_millis(5),
        api_key: settings
            .carrier
            .api_key
            .as_ref()
            .map(|key| (key.sid.clone(), key.secret.expose().to_owned())),
        ..Config::new(
            &settings.carrier.account_sid,
            settings.carrier.auth_token.as_ref().map_or("nobody has it", Secret::expose),
            settings.carrier.number.as_str(),
            &format!("{gateway}voice"),
            &format!("http://{address}"),
        )
    };
    Exchange::new(config, clock.clone())
}
