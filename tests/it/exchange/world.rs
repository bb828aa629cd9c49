//! A clock that is moved by hand, and a gateway whose answers a test makes up.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use dutyline::exchange::carrier::{Config, Dial, Exchange};
use dutyline::exchange::line::Kind;
use dutyline::exchange::transcript::{self, Side};
use dutyline::ports::clock::Clock;
use dutyline::twiml::signature::{Key, SignedBody, verify};
use jiff::{SignedDuration, Timestamp};
use tokio::net::TcpListener;

pub(super) const ACCOUNT: &str = "AC00000000000000000000000000000001";
pub(super) const TOKEN: &str = "the-account-token";
pub(super) const KEY: (&str, &str) = ("SK00000000000000000000000000000001", "the-secret-of-the-key");
pub(super) const NUMBER: &str = "+15550199";
pub(super) const CALLER: &str = "+15550100";

/// A clock that is moved by hand.
pub(super) struct HandClock(Mutex<Timestamp>);

impl HandClock {
    pub(super) fn set(&self, at: Timestamp) {
        *self.0.lock().unwrap() = at;
    }
}

impl Clock for HandClock {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap()
    }
}

/// One webhook as it arrived.
#[derive(Debug, Clone)]
pub(super) struct Seen {
    pub(super) path: String,
    pub(super) fields: Vec<(String, String)>,
    pub(super) token: String,
}

impl Seen {
    /// The value of a field, or nothing.
    pub(super) fn field(&self, name: &str) -> Option<&str> {
        self.fields.iter().find(|(field, _)| field == name).map(|(_, value)| value.as_str())
    }
}

/// What the gateway answers.
pub(super) enum Reply {
    Xml(String),
    Typed(&'static str, String),
    Status(u16),
}

/// The verbs in a document; `HOST` stands for the gateway's address.
pub(super) fn xml(verbs: &str) -> Reply {
    Reply::Xml(format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?><Response>{verbs}</Response>"))
}

type Answer = Arc<dyn Fn(&Seen) -> Reply + Send + Sync>;

#[derive(Clone)]
struct Door {
    url: String,
    seen: Arc<Mutex<Vec<Seen>>>,
    answer: Answer,
}

async fn knock(State(door): State<Door>, uri: Uri, headers: HeaderMap, body: Bytes) -> Response {
    let fields: Vec<(String, String)> = url::form_urlencoded::parse(&body).into_owned().collect();
    let text = |name: &str| headers.get(name).map(|value| value.to_str().unwrap().to_owned());
    let signature = text("X-Twilio-Signature").unwrap_or_default();
    let keys = [Key::account_token(TOKEN)];
    if verify(&format!("{}{uri}", door.url), &SignedBody::Form(&fields), &signature, None, &keys).is_err() {
        return StatusCode::FORBIDDEN.into_response();
    }
    let token = text("I-Twilio-Idempotency-Token").unwrap();
    let seen = Seen { path: uri.path().to_owned(), fields, token };
    door.seen.lock().unwrap().push(seen.clone());
    match (door.answer)(&seen) {
        Reply::Xml(body) => {
            let body = body.replace("HOST", &door.url);
            ([(header::CONTENT_TYPE, "text/xml; charset=utf-8")], body).into_response()
        }
        Reply::Typed(kind, body) => ([(header::CONTENT_TYPE, kind)], body).into_response(),
        Reply::Status(status) => StatusCode::from_u16(status).unwrap().into_response(),
    }
}

/// An exchange and its gateway.
pub(super) struct World {
    pub(super) exchange: Exchange,
    pub(super) clock: Arc<HandClock>,
    pub(super) gateway: String,
    seen: Arc<Mutex<Vec<Seen>>>,
}

impl World {
    pub(super) async fn start(answer: impl Fn(&Seen) -> Reply + Send + Sync + 'static) -> Self {
        Self::start_with(|_| {}, answer).await
    }

    pub(super) async fn start_with(
        change: impl FnOnce(&mut Config),
        answer: impl Fn(&Seen) -> Reply + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let gateway = format!("http://{}", listener.local_addr().unwrap());
        let seen = Arc::new(Mutex::new(Vec::new()));
        let door = Door { url: gateway.clone(), seen: Arc::clone(&seen), answer: Arc::new(answer) };
        let router = Router::new().fallback(knock).with_state(door);
        tokio::spawn(async move { axum::serve(listener, router).await });

        let clock = Arc::new(HandClock(Mutex::new("2026-01-05T09:00:00Z".parse().unwrap())));
        let mut config = config(&gateway);
        change(&mut config);
        let exchange = Exchange::new(config, Arc::clone(&clock) as Arc<dyn Clock>);
        Self { exchange, clock, gateway, seen }
    }

    /// The present moment.
    pub(super) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Dials as the usual caller and lets the first document come.
    pub(super) async fn dial(&self) -> String {
        let sid = self.exchange.dial(Dial { from: Some(CALLER.to_owned()), attestation: None });
        self.exchange.settle().await;
        sid
    }

    /// Lets seconds pass, from one event to the next.
    pub(super) async fn pass(&self, seconds: i64) {
        let until = self.clock.now() + SignedDuration::from_secs(seconds);
        self.exchange.settle().await;
        while let Some(due) = self.exchange.next_due().filter(|due| *due <= until) {
            self.clock.set(due.max(self.clock.now()));
            self.exchange.settle().await;
        }
        self.clock.set(until);
    }

    /// Lets time pass until nothing will happen any more.
    pub(super) async fn pass_all(&self) {
        self.exchange.settle().await;
        while let Some(due) = self.exchange.next_due() {
            self.clock.set(due.max(self.clock.now()));
            self.exchange.settle().await;
        }
    }

    pub(super) async fn press(&self, sid: &str, keys: &str) {
        self.exchange.press(sid, keys).unwrap();
        self.exchange.settle().await;
    }

    pub(super) fn heard(&self, sid: &str) -> Vec<String> {
        let line = self.exchange.line(sid, 0).unwrap();
        line.into_iter().filter(|event| event.kind == Kind::Heard).map(|event| event.text).collect()
    }

    /// The whole call in words, as the caller has it.
    pub(super) fn transcript(&self, sid: &str) -> String {
        let line = self.exchange.line(sid, 0).unwrap();
        transcript::render(&[Side { who: None, line: &line }], &self.exchange.arrived(0))
    }

    /// A call and all calls to the phones of these people, in words.
    pub(super) fn conversation(&self, sid: &str, people: &[(&str, &str)]) -> String {
        let mut lines = vec![(None, self.exchange.line(sid, 0).unwrap())];
        for (who, number) in people {
            let calls = self.exchange.calls_to(number, 0).into_iter();
            lines.extend(calls.map(|call| (Some(*who), self.exchange.line(&call.sid, 0).unwrap())));
        }
        let sides: Vec<Side<'_>> = lines.iter().map(|(who, line)| Side { who: *who, line }).collect();
        transcript::render(&sides, &[])
    }

    /// The webhooks that came, oldest first.
    pub(super) fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }

    /// The paths of the webhooks that came.
    pub(super) fn paths(&self) -> Vec<String> {
        self.seen().into_iter().map(|seen| seen.path).collect()
    }

    /// The last webhook at a path.
    pub(super) fn at(&self, path: &str) -> Seen {
        self.seen().into_iter().rfind(|seen| seen.path == path).unwrap()
    }
}

pub(super) fn config(gateway: &str) -> Config {
    let voice = format!("{gateway}/voice");
    let mut config = Config::new(ACCOUNT, TOKEN, NUMBER, &voice, "http://127.0.0.1:8090/");
    config.status_url = Some(format!("{gateway}/status"));
    config.retry_after = Duration::from_millis(20);
    config.seed = Some(1);
    config.api_key = Some((KEY.0.to_owned(), KEY.1.to_owned()));
    config
}
