//! Whether the world outside is as the settings say: a probe each thing, and the remedy where it is not.
//!
//! Nothing is started and nothing is sent. No finding holds a secret, a number or a mail address: the settings
//! are named in their place.

mod carrier;
mod edge;
mod elsewhere;
mod people;

use crate::app::App;
use crate::ports::error::VendorError;
use crate::ports::shortener::Shortener;
use crate::ports::vendor::SingleSender;
use crate::ports::visitor::Visitor;
use crate::settings::{Problem, TranscriberBy};
use futures_util::future::{BoxFuture, join_all};
use futures_util::stream::{FuturesOrdered, Stream};
use std::fmt;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::timeout;

/// How long one probe may take.
pub const PATIENCE: Duration = Duration::from_secs(10);

/// One thing to look at.
pub struct Probe {
    what: &'static str,
    look: BoxFuture<'static, Verdict>,
}

/// What a look at one thing has shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What was looked at.
    pub what: &'static str,
    /// How it is.
    pub verdict: Verdict,
}

/// How something is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// As it should be; what was seen.
    Ok(String),
    /// It was not looked at; why.
    Skipped(String),
    /// Not as it should be.
    Failed {
        /// What was seen.
        cause: String,
        /// What to do about it.
        remedy: String,
    },
}

/// One line.
impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = self.what;
        match &self.verdict {
            Verdict::Ok(seen) => write!(f, "ok       {what}: {seen}"),
            Verdict::Skipped(why) => write!(f, "skipped  {what}: {why}"),
            Verdict::Failed { cause, remedy } => write!(f, "FAILED   {what}: {cause} -> {remedy}"),
        }
    }
}

impl Verdict {
    /// As it should be.
    pub fn ok(seen: impl Into<String>) -> Self {
        Self::Ok(seen.into())
    }

    /// Not looked at.
    pub fn skipped(why: impl Into<String>) -> Self {
        Self::Skipped(why.into())
    }

    /// Not as it should be.
    pub fn failed(cause: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self::Failed { cause: cause.into(), remedy: remedy.into() }
    }

    /// Whether something has to be mended.
    pub const fn is_failed(&self) -> bool {
        matches!(self, Self::Failed { .. })
    }
}

impl Probe {
    /// A look at something.
    pub fn new(what: &'static str, look: impl Future<Output = Verdict> + Send + 'static) -> Self {
        Self { what, look: Box::pin(look) }
    }

    async fn run(self, patience: Duration) -> Finding {
        let verdict = timeout(patience, self.look).await.unwrap_or_else(|_elapsed| {
            let cause = format!("no answer within {} seconds", patience.as_secs());
            Verdict::failed(
                cause,
                "see whether it is reached from this machine, and how long it takes to answer",
            )
        });
        Finding { what: self.what, verdict }
    }
}

/// Runs all of them at the same time, each for that time at most; the findings come in the order of the probes.
pub fn run(probes: impl IntoIterator<Item = Probe>, patience: Duration) -> impl Stream<Item = Finding> {
    probes.into_iter().map(|probe| probe.run(patience)).collect::<FuturesOrdered<_>>()
}

/// What can be looked at in every program that is put together: a line each. `warnings`: of its settings.
pub fn probes(app: &App, visitor: &Arc<dyn Visitor>, warnings: &[Problem]) -> Vec<Probe> {
    let (login, ours) = (carrier::log_in(app), carrier::look_up(app));
    vec![
        Probe::new("carrier login", carrier::login(app.clone(), login.clone())),
        Probe::new("carrier number", carrier::number(login, ours.clone())),
        Probe::new("Voice URL", carrier::voice_url(app.clone(), ours.clone())),
        Probe::new("status callback", carrier::status_callback(app.clone(), ours.clone())),
        Probe::new("text messages", carrier::texts(app.clone(), ours.clone())),
        Probe::new("replies by text", carrier::replies(app.clone(), ours)),
        Probe::new("text vendors", each(app.sms.iter().chain(&app.sms_next).cloned().collect(), TEXTS)),
        Probe::new("mail login", each(app.mail.iter().chain(&app.mail_next).cloned().collect(), MAILS)),
        Probe::new("transcriber", transcriber(app.clone())),
        Probe::new("short links", shortener(app.shortener.clone())),
        Probe::new("public URL", edge::answers(app.clone(), visitor.clone())),
        Probe::new("signature", edge::signature(app.clone(), visitor.clone())),
        Probe::new("callers", std::future::ready(people::callers(app, warnings))),
        Probe::new("groups", std::future::ready(people::groups(app))),
        Probe::new("forward targets", std::future::ready(forwards(app))),
        Probe::new("directory login", elsewhere::login(app.clone())),
        Probe::new("directory callers", elsewhere::callers(app.clone())),
        Probe::new("directory groups", elsewhere::groups(app.clone())),
    ]
}

/// Whether recordings can be stored.
pub async fn recordings(app: App) -> Verdict {
    match app.recordings.ready().await {
        Ok(()) => Verdict::ok("recordings can be stored"),
        Err(error) => failed(&error, recordings_remedy(&app)),
    }
}

fn recordings_remedy(app: &App) -> &'static str {
    match &app.live().settings.store.s3 {
        Some(_) => {
            "check bucket, region, endpoint and keys of [store.s3]; the key must be allowed to put, get and delete"
        }
        None => "see that store.recordings can be written by the user who runs this",
    }
}

/// What is said of those who transmit messages of a kind.
struct Senders {
    none: &'static str,
    one: &'static str,
    many: &'static str,
    remedy: &'static str,
}

const TEXTS: Senders = Senders {
    none: "sms.enabled is false",
    one: "who transmits texts knows us",
    many: "all who transmit texts know us",
    remedy: "check [carrier], or api_url and access_key of that [[sms.vendor]]",
};

const MAILS: Senders = Senders {
    none: "there is no [mail]",
    one: "the mail server lets us in",
    many: "all mail servers let us in",
    remedy: "check mail.host, mail.port and mail.tls, and mail.user with its password",
};

/// Asks those who transmit messages of a kind, all at the same time; of several, it is said which ones fail, by their
/// place in the settings.
async fn each(senders: Vec<Arc<dyn SingleSender>>, words: Senders) -> Verdict {
    let is_one = senders.len() == 1;
    // One that says nothing is named before the whole look is given up.
    let patience = PATIENCE.saturating_sub(Duration::from_secs(1));
    let asked = senders.iter().map(|sender| async move {
        let silent = |_elapsed| Err(VendorError::temporary("no answer"));
        timeout(patience, sender.probe()).await.unwrap_or_else(silent)
    });
    let answers = join_all(asked).await;
    let mut causes = vec![];
    for ((place, sender), answer) in (1..).zip(&senders).zip(answers) {
        match answer {
            Err(error) if is_one => causes.push(error.cause().to_owned()),
            Err(error) => causes.push(format!("{place}. ({}): {}", sender.name(), error.cause())),
            Ok(()) => {}
        }
    }
    match senders.len() {
        0 => Verdict::skipped(words.none),
        _ if !causes.is_empty() => Verdict::failed(causes.join("; "), words.remedy),
        1 => Verdict::ok(words.one),
        many => Verdict::ok(format!("{}: {many}", words.many)),
    }
}

async fn transcriber(app: App) -> Verdict {
    let Some(transcribing) = &app.transcribing else {
        return Verdict::skipped("transcriber.kind is \"carrier\"");
    };
    let remedy = match &app.live().settings.transcriber.by {
        TranscriberBy::Command { .. } => "see that transcriber.command can be run by the user who runs this",
        TranscriberBy::Http { .. } | TranscriberBy::Carrier => {
            "check transcriber.url and transcriber.api_key"
        }
    };
    match transcribing.transcriber.probe().await {
        Ok(()) => Verdict::ok("the transcriber can be asked"),
        Err(error) => failed(&error, remedy),
    }
}

/// A target has no other question than an alert.
fn forwards(app: &App) -> Verdict {
    match app.forwards.len() {
        0 => Verdict::skipped("there is no [[forward]]"),
        count => Verdict::skipped(format!("they can't be tried without raising an alert: {count}")),
    }
}

async fn shortener(shortener: Option<Arc<dyn Shortener>>) -> Verdict {
    let Some(shortener) = shortener else { return Verdict::skipped("links.kind is \"own\"") };
    match shortener.probe().await {
        Ok(()) => Verdict::ok("the link service knows us"),
        Err(error) => failed(&error, "check links.token and links.api_url"),
    }
}

fn failed(error: &VendorError, remedy: impl Into<String>) -> Verdict {
    Verdict::failed(error.cause(), remedy)
}
