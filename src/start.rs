//! The composition root: settings become adapters, adapters become an [`App`], and the loops begin. The only
//! file that knows everything.

use crate::adapters::bitly::Bitly;
use crate::adapters::rate_limit::RateLimit;
#[cfg(feature = "object-store-cloud")]
use crate::adapters::recordings::S3Bucket;
use crate::adapters::recordings::SoundStore;
use crate::adapters::smtp::{InvalidSmtpAccount, Smtp, SmtpAccount, SmtpLogin, SmtpTls};
use crate::adapters::transcriber_command::CommandTranscriber;
use crate::adapters::transcriber_http::{HttpTranscriber, TranscriberService};
use crate::adapters::twilio::{Twilio, TwilioAccount, TwilioLogin};
use crate::adapters::visitor::HttpVisitor;
use crate::adapters::xmatters::trigger::{Triggers, XmattersTarget};
use crate::adapters::{http_client, random_ids::RandomIds, system_clock::SystemClock};
use crate::app::{App, Live, Metrics, Parts, Reload, Transcribing, UnderWay};
use crate::domain::ids::Ids;
use crate::ports::alert_target::AlertTarget;
use crate::ports::clock::Clock;
use crate::ports::recordings::Recordings;
use crate::ports::shortener::Shortener;
use crate::ports::transcriber::Transcriber;
use crate::ports::vendor::SingleSender;
use crate::ports::visitor::Visitor;
use crate::service::online::{self, Probe, Verdict};
use crate::settings::{
    ForwardKind, ForwardTo, Links, Loaded, Login, MailTls, Problems, Secret, SecretUrl, Settings,
    TranscriberBy,
};
use crate::storage::SqlStore;
#[cfg(feature = "postgres")]
use crate::storage::postgres::{self, PostgresOptions};
use crate::storage::snapshot::Snapshot;
use crate::storage::sqlite::snapshot::{SnapshotError, SqliteSnapshot};
use crate::storage::sqlite::{self, Condition, OpenError, SqliteOptions};
use crate::{http, settings, worker};
use arc_swap::ArcSwap;
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use std::error::Error;
use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::{Notify, watch};

/// How long a vendor may take to answer in the real world. The sound of two minutes is about two megabytes.
pub const VENDOR_TIMEOUT: Duration = Duration::from_secs(30);

/// How long somebody may listen to a recording that comes from a bucket.
#[cfg(feature = "object-store-cloud")]
const LISTENING: Duration = Duration::from_mins(10);

/// How long a write waits for another process that holds the database. Callers wait as well, and a carrier waits
/// for us no longer than some seconds: behind one group of writes that failed there must be time to say so.
const PATIENCE: Duration = Duration::from_millis(1_500);

/// Why the program could not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The database can't be opened or brought up to date.
    #[error("the database {} can't be used", .0.display())]
    Database(PathBuf, #[source] OpenError),
    /// The `PostgreSQL` database can't be reached or brought up to date.
    #[cfg(feature = "postgres")]
    #[error("the database of store.postgres_url can't be used")]
    Postgres(#[from] postgres::OpenError),
    /// The settings ask for what was left out when the program was built.
    #[cfg(not(feature = "postgres"))]
    #[error("this build has no PostgreSQL")]
    NoPostgres,
    /// The recordings' folder can't be used.
    #[error("the recordings' folder {} can't be used", .0.display())]
    Recordings(PathBuf, #[source] std::io::Error),
    /// The recordings' bucket can't be used.
    #[error("the recordings' bucket can't be used")]
    Bucket(#[source] object_store::Error),
    /// The client for the vendors' APIs can't be built.
    #[error("no HTTP client can be built")]
    Client(#[from] reqwest::Error),
    /// The mail settings can't be used.
    #[error("the mail settings can't be used")]
    Mail(#[from] InvalidSmtpAccount),
    /// The metrics can't be collected.
    #[error("the metrics can't be collected")]
    Metrics(#[from] metrics_exporter_prometheus::BuildError),
    /// The address that we are reached at makes no URL.
    #[error("the address that is listened on makes no URL")]
    Address(#[from] url::ParseError),
    /// The port can't be listened on.
    #[error("{0} can't be listened on (does another demo or gateway run on it?)")]
    Listen(SocketAddr, #[source] std::io::Error),
    /// Serving ended.
    #[error("the HTTP port failed")]
    Serve(#[source] std::io::Error),
}

/// Where the settings come from, so that they can be read again.
#[derive(Debug, Clone)]
pub enum Source {
    /// A file.
    File(PathBuf),
    /// The demo's, which are part of the program; relative paths start at the folder.
    Demo(PathBuf),
}

impl Source {
    /// Reads and checks them.
    pub fn load(&self) -> Result<Loaded, Problems> {
        match self {
            Self::File(path) => settings::load(path),
            Self::Demo(base) => settings::parse("demo.toml", settings::DEMO, base),
        }
    }
}

/// What the program stands on: the real world's, or a test's.
#[derive(Clone)]
pub struct Ground {
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// New ids.
    pub ids: Arc<dyn Ids>,
    /// Where the settings came from.
    pub source: Source,
    /// Where we are reached when the settings don't say: the address that is listened on.
    pub address: SocketAddr,
    /// How long a vendor may take to answer, from the first byte sent to the last one got.
    pub vendor_timeout: Duration,
}

impl Ground {
    /// The real one.
    pub fn real(source: Source, address: SocketAddr) -> Self {
        let clock = real_clock();
        let ids = Arc::new(RandomIds::new(clock.clone()));
        Self { ids, clock, source, address, vendor_timeout: VENDOR_TIMEOUT }
    }
}

/// The time of this machine.
pub fn real_clock() -> Arc<dyn Clock> {
    Arc::new(SystemClock)
}

/// Opens the store of the settings.
pub async fn open_store(settings: &Settings, ids: Arc<dyn Ids>) -> Result<SqlStore, StartError> {
    match &settings.store.postgres {
        Some(postgres) => open_postgres(postgres, ids).await,
        None => open_sqlite(settings, ids),
    }
}

#[cfg(feature = "postgres")]
async fn open_postgres(settings: &settings::Postgres, ids: Arc<dyn Ids>) -> Result<SqlStore, StartError> {
    let options = PostgresOptions {
        ca_file: settings.ca_file.clone(),
        patience: PATIENCE,
        ..PostgresOptions::new(settings.url.expose())
    };
    Ok(SqlStore::open_postgres(&options, ids).await?)
}

#[cfg(not(feature = "postgres"))]
fn open_postgres(
    _: &settings::Postgres,
    _: Arc<dyn Ids>,
) -> impl Future<Output = Result<SqlStore, StartError>> {
    std::future::ready(Err(StartError::NoPostgres))
}

/// Blocks meanwhile: nothing else is under way at this moment.
fn open_sqlite(settings: &Settings, ids: Arc<dyn Ids>) -> Result<SqlStore, StartError> {
    let place = &settings.store.database;
    make_folder(place);
    SqlStore::open_sqlite(&database(settings), ids)
        .map_err(|error| StartError::Database(place.clone(), error))
}

fn database(settings: &Settings) -> SqliteOptions {
    SqliteOptions {
        patience: PATIENCE,
        max_bytes: settings.store.max_bytes,
        ..SqliteOptions::file(&settings.store.database)
    }
}

/// The database of the settings as it is at this moment, whoever is at work on it.
pub fn open_snapshot(settings: &Settings) -> Result<Box<dyn Snapshot>, SnapshotError> {
    Ok(Box::new(SqliteSnapshot::open(&database(settings))?))
}

/// What `check --online` looks at, put together as the program is, but for what only a start may make: the
/// database is looked at and not opened, and a folder that is not there is not made.
pub fn probes(loaded: Loaded, source: Source) -> Result<Vec<Probe>, StartError> {
    let Loaded { mut settings, phrases, warnings } = loaded;
    let ground = Ground::real(source, settings.server.listen);
    let database = settings.store.database.clone();
    let has_folder = settings.store.recordings.is_dir();
    if !has_folder {
        // Stands in for the folder; nothing is written there.
        settings.store.recordings = std::env::temp_dir();
    }
    let memory = SqlStore::open_sqlite(&SqliteOptions::memory(), ground.ids.clone());
    let store = memory.map_err(|error| StartError::Database(PathBuf::from(":memory:"), error))?;
    let app = assemble(Loaded { settings, phrases, warnings: vec![] }, store, ground)?;
    let visitor: Arc<dyn Visitor> = Arc::new(HttpVisitor::new(http_client::build(VENDOR_TIMEOUT)?));
    let recordings = if has_folder {
        Probe::new("recordings", online::recordings(app.clone()))
    } else {
        let why = "there is no folder store.recordings yet; `dutyline serve` makes it";
        Probe::new("recordings", std::future::ready(Verdict::skipped(why)))
    };
    let mut probes = vec![Probe::new("database", look_at(database)), recordings];
    probes.extend(online::probes(&app, &visitor, &warnings));
    Ok(probes)
}

/// How the database is.
async fn look_at(place: PathBuf) -> Verdict {
    let look = move || sqlite::look(&place, &SqliteOptions::file(&place));
    match tokio::task::spawn_blocking(look).await {
        Ok(Ok(Condition::Current)) => Verdict::ok("it is there, with this program's schema"),
        Ok(Ok(Condition::Older)) => Verdict::ok("it is there; the next start brings its schema up to date"),
        Ok(Ok(Condition::Missing)) => {
            Verdict::skipped("there is no store.database yet; `dutyline serve` makes it")
        }
        Ok(Err(error)) => {
            let cause = error.source().map_or_else(|| error.to_string(), |cause| format!("{error}: {cause}"));
            Verdict::failed(cause, "see that store.database can be written by the user who runs this")
        }
        Err(_panic) => Verdict::failed("the look at it ended badly", "look at the log"),
    }
}

/// Makes the folder of a file, for this user only. When that fails, opening the file says why.
fn make_folder(file: &Path) {
    if let Some(folder) = file.parent() {
        let mut builder = std::fs::DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        let _there_already = builder.create(folder);
    }
}

/// Puts the program together on an open store.
pub fn assemble(loaded: Loaded, store: SqlStore, ground: Ground) -> Result<App, StartError> {
    let Loaded { settings, phrases, warnings: _ } = loaded;
    let client = http_client::build(ground.vendor_timeout)?;
    let carrier = Arc::new(Twilio::new(
        client.clone(),
        TwilioAccount {
            api_url: settings.carrier.api_url.clone(),
            account_sid: settings.carrier.account_sid.clone(),
            login: carrier_login(&settings.carrier),
            number: settings
                .sms
                .as_ref()
                .map_or_else(|| settings.carrier.number.clone(), |sms| sms.from.clone()),
        },
    ));
    let mail = match &settings.mail {
        Some(mail) => {
            Some(Arc::new(Smtp::new(smtp_account(mail, ground.vendor_timeout), ground.clock.clone())?)
                as Arc<dyn SingleSender>)
        }
        None => None,
    };
    let recordings = open_recordings(&settings, ground.vendor_timeout)?;
    let transcribing = transcribing(&settings)?;
    let shortener = match &settings.links {
        Links::Own => None,
        Links::Bitly { api_url, token } => {
            let (client, api_url, token) = (client.clone(), api_url.clone(), token.expose().to_owned());
            Some(Arc::new(Bitly::new(client, api_url, token)) as Arc<dyn Shortener>)
        }
    };
    let forwards = settings.forwards.iter().map(|to| (to.name.clone(), forward(to, &client)));
    let forwards = Arc::new(forwards.collect());
    let per_minute = |limit: u32| {
        let limit = NonZeroU32::new(limit).unwrap_or(NonZeroU32::MIN);
        Arc::new(RateLimit::per_minute(limit, ground.clock.clone()))
    };
    let public_url = match settings.server.public_url.clone() {
        Some(url) => url,
        None => format!("http://{}/", ground.address).parse()?,
    };
    let sms = settings.sms.as_ref().map(|_| carrier.clone() as Arc<dyn SingleSender>);
    let (calls, requests) =
        (settings.limits.calls_per_number_per_minute, settings.limits.requests_per_source_per_minute);
    let started = settings.clone();
    let live = Arc::new(ArcSwap::from_pointee(Live { settings, phrases }));
    let store = Arc::new(store);
    Ok(App::from(Parts {
        reload: reloader(live.clone(), started, ground.source),
        live,
        public_url,
        clock: ground.clock.clone(),
        ids: ground.ids,
        calls: store.clone(),
        alerts: store.clone(),
        links: store.clone(),
        keys: store.clone(),
        retention: store.clone(),
        outbox: store,
        telephony: carrier,
        recordings,
        transcribing,
        shortener,
        forwards,
        sms,
        mail,
        call_limit: per_minute(calls),
        request_limit: per_minute(requests),
        metrics: collect_metrics()?,
        outbox_wake: Arc::new(Notify::new()),
        under_way: UnderWay::default(),
    }))
}

/// Opens our own store of recordings: a bucket, or a folder.
pub fn open_recordings(settings: &Settings, timeout: Duration) -> Result<Arc<dyn Recordings>, StartError> {
    #[cfg(feature = "object-store-cloud")]
    if let Some(s3) = &settings.store.s3 {
        let bucket = S3Bucket {
            bucket: s3.bucket.clone(),
            prefix: s3.prefix.clone(),
            region: s3.region.clone(),
            endpoint: s3.endpoint.clone(),
            access_key_id: s3.access_key_id.clone(),
            secret_access_key: s3.secret_access_key.expose().to_owned(),
            path_style: s3.path_style,
        };
        let client = http_client::build(LISTENING)?;
        let store = SoundStore::s3(bucket, client, timeout).map_err(StartError::Bucket)?;
        return Ok(Arc::new(store));
    }
    let folder = &settings.store.recordings;
    let store = SoundStore::folder(folder, timeout);
    Ok(Arc::new(store.map_err(|error| StartError::Recordings(folder.clone(), error))?))
}

/// Who makes texts of our own recordings; `None`: the carrier makes them of its own.
fn transcribing(settings: &Settings) -> Result<Option<Transcribing>, StartError> {
    let settings::Transcriber { by, timeout, at_once, queue } = &settings.transcriber;
    let transcriber: Arc<dyn Transcriber> = match by {
        TranscriberBy::Carrier => return Ok(None),
        TranscriberBy::Http { url, api_key, model, send_language } => {
            let service = TranscriberService {
                url: url.clone(),
                api_key: api_key.as_ref().map(|key| key.expose().to_owned()),
                model: model.clone(),
                sends_language: *send_language,
            };
            Arc::new(HttpTranscriber::new(http_client::build(*timeout)?, service))
        }
        TranscriberBy::Command { program, arguments } => {
            Arc::new(CommandTranscriber::new(program.clone(), arguments.clone(), *timeout))
        }
    };
    Ok(Some(Transcribing { transcriber, at_once: *at_once, queue: *queue, timeout: *timeout }))
}

/// What opens the carrier's API. The checker has seen to it that there is a key or a token.
fn carrier_login(carrier: &settings::Carrier) -> TwilioLogin {
    let exposed = |secret: &Secret| secret.expose().to_owned();
    match &carrier.api_key {
        Some(key) => TwilioLogin::Key { sid: key.sid.clone(), secret: exposed(&key.secret) },
        None => TwilioLogin::Token(carrier.auth_token.as_ref().map(exposed).unwrap_or_default()),
    }
}

/// A system that alerts are passed on to.
fn forward(to: &ForwardTo, client: &reqwest::Client) -> Arc<dyn AlertTarget> {
    let url = |url: &Option<SecretUrl>| url.as_ref().map(|url| url.expose().clone());
    let login = |login: &Login| (login.user.expose().to_owned(), login.password.expose().to_owned());
    match to.kind {
        ForwardKind::Xmatters => {
            let triggers = Triggers {
                alert_url: url(&to.alert_url),
                conference_url: url(&to.conference_url),
                login: to.login.as_ref().map(login),
            };
            Arc::new(XmattersTarget::new(client.clone(), triggers))
        }
    }
}

fn smtp_account(mail: &settings::Mail, timeout: Duration) -> SmtpAccount {
    SmtpAccount {
        host: mail.host.clone(),
        port: mail.port,
        tls: match mail.tls {
            MailTls::None => SmtpTls::None,
            MailTls::Starttls => SmtpTls::StartTls,
            MailTls::Tls => SmtpTls::Tls,
        },
        login: mail.login.as_ref().map(|login| SmtpLogin {
            user: login.user.expose().to_owned(),
            password: login.password.expose().to_owned(),
        }),
        from: mail.from.clone(),
        timeout,
    }
}

/// What puts new settings in force: they are checked first, then swapped whole. What was built from the old ones
/// stays until a restart, and is named.
fn reloader(live: Arc<ArcSwap<Live>>, started: Settings, source: Source) -> Reload {
    Arc::new(move || {
        let Loaded { settings: mut new, phrases, warnings } =
            source.load().map_err(|problems| problems.report("nothing was changed"))?;
        for warning in &warnings {
            tracing::warn!("{warning}");
        }
        let old = &started;
        let sections = [
            ("server", old.server != new.server),
            ("store", old.store != new.store),
            ("log", old.log != new.log),
            (
                "carrier",
                old.carrier.account_sid != new.carrier.account_sid
                    || old.carrier.auth_token != new.carrier.auth_token
                    || old.carrier.api_key != new.carrier.api_key
                    || old.carrier.api_url != new.carrier.api_url
                    || old.carrier.number != new.carrier.number,
            ),
            ("transcriber", old.transcriber != new.transcriber),
            ("links", old.links != new.links),
            ("mail", old.mail != new.mail),
            ("forward", old.forwards != new.forwards),
            ("sms", old.sms != new.sms),
            ("limits", old.limits != new.limits),
            ("exchange", old.exchange != new.exchange),
        ];
        // Whom alerts are passed on to changes with a restart only, and so does what calls say of it.
        new.menu.forwards.clone_from(&old.menu.forwards);
        // Who makes the texts changes with a restart only, and so does whom calls ask for them.
        new.menu.carrier_transcribes = old.menu.carrier_transcribes;
        live.store(Arc::new(Live { settings: new, phrases }));
        let restart: Vec<_> =
            sections.into_iter().filter_map(|(name, changed)| changed.then_some(name)).collect();
        tracing::info!(needs_restart = ?restart, "settings reloaded");
        Ok(restart)
    })
}

/// The metrics of this process. They are collected once, however often the program is put together (tests do).
fn collect_metrics() -> Result<Metrics, StartError> {
    static HANDLE: Mutex<Option<PrometheusHandle>> = Mutex::new(None);
    let mut known = HANDLE.lock().unwrap_or_else(PoisonError::into_inner);
    let handle = match known.take() {
        Some(handle) => handle,
        None => recorder()?.install_recorder()?,
    };
    *known = Some(handle.clone());
    drop(known);
    Ok(Arc::new(move || {
        handle.run_upkeep();
        handle.render()
    }))
}

/// Durations fall into buckets, so that those of several processes can be put together. A turn is due within
/// milliseconds; a caller notices the first second, and the carrier gives up after the fourth.
fn recorder() -> Result<PrometheusBuilder, StartError> {
    const SECONDS: [f64; 11] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 4.0, 14.0];
    Ok(PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Suffix("_duration_seconds".to_owned()), &SECONDS)?)
}

/// Serves HTTP and works off what is due until `stop` turns true; then lets running turns finish, for the grace
/// time of the settings at most, and closes the store.
pub async fn run(
    app: App,
    store: SqlStore,
    listener: TcpListener,
    stop: watch::Receiver<bool>,
) -> Result<(), StartError> {
    let grace = app.live().settings.server.shutdown_grace;
    let workers = tokio::spawn(worker::run(app.clone(), stop.clone()));
    let router = http::router(app).into_make_service_with_connect_info::<SocketAddr>();
    let stopped = |mut stop: watch::Receiver<bool>| async move {
        // An error means that nobody can stop us any more, which is a stop as well.
        drop(stop.wait_for(|stop| *stop).await);
    };
    let server = axum::serve(listener, router).with_graceful_shutdown(stopped(stop.clone()));
    let patience = async {
        stopped(stop).await;
        worker::patience(grace).await;
    };
    tokio::select! {
        ended = server => ended.map_err(StartError::Serve)?,
        () = patience => tracing::warn!("requests still ran at the end of the grace time; they are cut off"),
    }
    tokio::select! {
        ended = workers => if let Err(error) = ended {
            tracing::error!(error = &error as &dyn Error, "the workers ended badly");
        },
        () = worker::patience(grace) => {
            tracing::warn!("effects still ran at the end of the grace time; they are done after their lease");
        }
    }
    store.close().await;
    tracing::info!("stopped");
    Ok(())
}
