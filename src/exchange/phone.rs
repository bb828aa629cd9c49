//! The phones' side of the exchange, JSON under `/phone/…`: for the phone in the terminal and for scripts.
//!
//! Whoever has the account's token may use it, as a bearer token.
//!
//! | request | what it does |
//! |---|---|
//! | `POST /phone/calls` `{from?, attestation?}` | dials; `{sid}` |
//! | `GET /phone/calls/{sid}/events?after=N&wait=SECONDS` | what happened on the line, at once or when something does |
//! | `POST /phone/calls/{sid}/keys` `{digits}` | presses keys; `{done}`: whether the call was going on |
//! | `POST /phone/calls/{sid}/say` `{text, seconds?}` | speaks; `{done}`: whether anybody hears it |
//! | `POST /phone/calls/{sid}/hang-up` | hangs up; `{done}` |
//! | `POST /phone/calls/{sid}/pick-up`, `…/decline` | answers a call that rings, or doesn't; `{done}` |
//! | `GET /phone/handsets/{number}/calls?after=N&wait=SECONDS` | the calls to a phone ([`CallTo`]) |
//! | `GET /phone/ringing` | `{phones}`: how many phones ring |
//! | `POST /phone/texts` `{from, text}` | sends a text to the number; `{sid}` |
//! | `GET /phone/messages?after=N&wait=SECONDS` | text messages and mails that arrived |
//! | `POST /phone/behaviour` | what the carrier does wrong, and phones do that ring, from now on ([`Behaviour`]) |

use std::time::Duration;

use axum::{
    Json, Router,
    extract::{Path, Query, Request, State},
    http::{StatusCode, header},
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use jiff::SignedDuration;
use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq as _;

use super::{
    behaviour::Behaviour,
    carrier::{CallTo, Dial, Exchange, NoSuchCall},
    line::{Arrived, LineEvent},
};

/// A longer wait is cut to this; the caller asks again.
const LONGEST_WAIT: f64 = 60.0;

/// Characters of a text that a person says in a second.
const CHARACTERS_PER_SECOND: usize = 15;

/// A new call or text, asked for and answered.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct NewCall {
    pub(super) sid: String,
}

/// Keys to press.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Keys {
    pub(super) digits: String,
}

/// Something to say.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Words {
    pub(super) text: String,
    /// How long it takes at a human pace; left out: as long as such a text takes.
    #[serde(default)]
    pub(super) seconds: Option<u32>,
}

/// A text that a phone sends.
#[derive(Serialize, Deserialize)]
pub(super) struct NewText {
    pub(super) from: String,
    pub(super) text: String,
}

/// How many phones ring.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Ringing {
    pub(super) phones: usize,
}

/// Whether what was asked for had an effect.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Done {
    pub(super) done: bool,
}

#[derive(Debug, Deserialize)]
struct Since {
    #[serde(default)]
    after: usize,
    #[serde(default)]
    wait: f64,
}

impl Since {
    fn wait(&self) -> Duration {
        Duration::try_from_secs_f64(self.wait.clamp(0.0, LONGEST_WAIT)).unwrap_or_default()
    }
}

/// The phones' routes.
pub(super) fn router(exchange: Exchange) -> Router {
    Router::new()
        .route("/phone/calls", post(dial))
        .route("/phone/calls/{sid}/events", get(events))
        .route("/phone/calls/{sid}/keys", post(keys))
        .route("/phone/calls/{sid}/say", post(say))
        .route("/phone/calls/{sid}/hang-up", post(hang_up))
        .route("/phone/calls/{sid}/pick-up", post(pick_up))
        .route("/phone/calls/{sid}/decline", post(decline))
        .route("/phone/handsets/{number}/calls", get(calls_to))
        .route("/phone/ringing", get(ringing))
        .route("/phone/texts", post(text))
        .route("/phone/messages", get(messages))
        .route("/phone/behaviour", post(behave))
        .layer(middleware::from_fn_with_state(exchange.clone(), let_in))
        .with_state(exchange)
}

async fn let_in(State(exchange): State<Exchange>, request: Request, next: Next) -> Response {
    let given = request.headers().get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let given = given.and_then(|value| value.strip_prefix("Bearer ")).unwrap_or_default();
    if given.as_bytes().ct_eq(exchange.config().auth_token.as_bytes()).into() {
        next.run(request).await
    } else {
        StatusCode::UNAUTHORIZED.into_response()
    }
}

impl IntoResponse for NoSuchCall {
    fn into_response(self) -> Response {
        (StatusCode::NOT_FOUND, self.to_string()).into_response()
    }
}

async fn dial(State(exchange): State<Exchange>, Json(dial): Json<Dial>) -> Json<NewCall> {
    Json(NewCall { sid: exchange.dial(dial) })
}

async fn events(
    State(exchange): State<Exchange>,
    Path(sid): Path<String>,
    Query(since): Query<Since>,
) -> Result<Json<Vec<LineEvent>>, NoSuchCall> {
    let look = || match exchange.line(&sid, since.after) {
        Ok(events) if events.is_empty() => None,
        found => Some(found),
    };
    exchange.something_new(since.wait(), look).await.unwrap_or(Ok(Vec::new())).map(Json)
}

async fn keys(
    State(exchange): State<Exchange>,
    Path(sid): Path<String>,
    Json(keys): Json<Keys>,
) -> Result<Json<Done>, NoSuchCall> {
    exchange.press(&sid, &keys.digits).map(|done| Json(Done { done }))
}

async fn say(
    State(exchange): State<Exchange>,
    Path(sid): Path<String>,
    Json(words): Json<Words>,
) -> Result<Json<Done>, NoSuchCall> {
    let length = words.seconds.map_or_else(|| usual_length(&words.text), i64::from);
    exchange.say(&sid, &words.text, SignedDuration::from_secs(length)).map(|done| Json(Done { done }))
}

/// Whole seconds that a person takes to say a text.
fn usual_length(text: &str) -> i64 {
    let seconds = text.chars().count().div_ceil(CHARACTERS_PER_SECOND);
    i64::try_from(seconds).unwrap_or(i64::MAX)
}

async fn hang_up(
    State(exchange): State<Exchange>,
    Path(sid): Path<String>,
) -> Result<Json<Done>, NoSuchCall> {
    exchange.hang_up(&sid).map(|done| Json(Done { done }))
}

async fn pick_up(
    State(exchange): State<Exchange>,
    Path(sid): Path<String>,
) -> Result<Json<Done>, NoSuchCall> {
    exchange.pick_up(&sid).map(|done| Json(Done { done }))
}

async fn decline(
    State(exchange): State<Exchange>,
    Path(sid): Path<String>,
) -> Result<Json<Done>, NoSuchCall> {
    exchange.decline(&sid).map(|done| Json(Done { done }))
}

async fn calls_to(
    State(exchange): State<Exchange>,
    Path(number): Path<String>,
    Query(since): Query<Since>,
) -> Json<Vec<CallTo>> {
    let look = || Some(exchange.calls_to(&number, since.after)).filter(|calls| !calls.is_empty());
    Json(exchange.something_new(since.wait(), look).await.unwrap_or_default())
}

async fn ringing(State(exchange): State<Exchange>) -> Json<Ringing> {
    Json(Ringing { phones: exchange.ringing() })
}

async fn text(State(exchange): State<Exchange>, Json(new): Json<NewText>) -> Json<NewCall> {
    Json(NewCall { sid: exchange.text(&new.from, &new.text) })
}

async fn messages(State(exchange): State<Exchange>, Query(since): Query<Since>) -> Json<Vec<Arrived>> {
    let look = || Some(exchange.arrived(since.after)).filter(|arrived| !arrived.is_empty());
    Json(exchange.something_new(since.wait(), look).await.unwrap_or_default())
}

async fn behave(State(exchange): State<Exchange>, Json(behaviour): Json<Behaviour>) -> StatusCode {
    exchange.behave(behaviour);
    StatusCode::NO_CONTENT
}
