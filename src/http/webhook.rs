//! Events of other programs: whoever has the secret of a way in posts them, one or many at a time.
//!
//! The secret stands in the path. It is looked at before anything else; whoever does not have it learns nothing,
//! whatever else is wrong.

mod answer;
mod asked;
mod batch;
mod body;
mod read;

use super::error::{ApiError, Challenge};
use super::{limits, schema};
use crate::app::App;
use crate::domain::alerting::payload::{Node, Payload};
use crate::domain::alerting::understand::{Understood, understand};
use crate::service::StoreError;
use crate::service::intake::{self, NotOnce, NotTaken, Once, Taken, WayIn};
use answer::AnswerView;
use asked::Asked;
use axum::extract::{FromRequestParts, Path, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use read::BadBody;
use std::time::Duration;
use utoipa::openapi::Ref;
use utoipa::openapi::content::ContentBuilder;
use utoipa::openapi::path::Paths;
use utoipa::openapi::schema::ArrayBuilder;

/// The headers in which a body's signature may stand: ours, and the one that many programs have.
const SIGNATURES: [&str; 2] = ["x-dutyline-signature", "x-hub-signature-256"];

/// Says that a request has come before, and is answered as it was then.
const REPLAYED: HeaderName = HeaderName::from_static("idempotent-replayed");

/// When a sender is welcome again where there was no room for its event.
const PAUSE: Duration = Duration::from_secs(1);
/// The same where its files could not be kept.
const FILES_PAUSE: Duration = Duration::from_secs(5);

/// The beginnings of their paths.
const WAYS_IN: [&str; 2] = ["/webhook/", ALSO_AT];
/// Where other programs know the ways in.
const ALSO_AT: &str = "/api/v2/events/";

/// Whether a request of that route brings files along, which take their time to arrive.
pub(super) fn takes_files(route: &str, headers: &HeaderMap) -> bool {
    WAYS_IN.iter().any(|way_in| route.starts_with(way_in)) && body::has_files(headers)
}

/// `POST /webhook/{secret}`: an event; a JSON array is a batch. The same is at `/api/v2/events/{secret}`.
#[utoipa::path(
    post,
    path = "/webhook/{secret}",
    tag = "events",
    params(
        ("secret" = String, Path, description = "The secret of a way in."),
        ("simulate" = Option<String>, Query, description = "`1`: only say what would happen."),
        ("ExtIdParam" = Option<String>, Query, description = "The parameter that holds the id of the matter."),
        ("ExtStatusParam" = Option<String>, Query, description = "The parameter that holds its status."),
        ("NewStatus" = Option<String>, Query, description = "The status there that opens an alert."),
        ("AckStatus" = Option<String>, Query, description = "The status there that acknowledges it."),
        ("ResolvedStatus" = Option<String>, Query, description = "The status there that resolves it."),
        ("Idempotency-Key" = Option<String>, Header, description = "A request with a key that came before is answered as it was then."),
    ),
    request_body(
        content(
            (schema::PayloadForm = "application/json"),
            (String = "application/xml"),
            (schema::FieldsForm = "application/x-www-form-urlencoded"),
            (schema::FieldsForm = "multipart/form-data"),
            (String = "text/plain"),
        ),
    ),
    responses(
        (status = 200, description = "With `simulate=1`: what would happen; nothing is stored.", body = Object),
        (status = 201, description = "It is taken in, and stored.", body = Object),
        (status = 207, description = "Several events are taken in, each for itself.", body = Object),
    ),
)]
pub(super) async fn event(State(app): State<App>, request: Request) -> Result<Response, ApiError> {
    take(&app, request, false).await
}

/// `POST /api/v2/events/{secret}/batch`: several events.
pub(super) async fn batch(State(app): State<App>, request: Request) -> Result<Response, ApiError> {
    take(&app, request, true).await
}

/// Describes where else events are posted, by what is said of the one place.
pub(super) fn describe(paths: &mut Paths) {
    let Some(event) = paths.paths.get("/webhook/{secret}").cloned() else { return };
    let mut batch = event.clone();
    if let Some(post) = &mut batch.post {
        post.operation_id = Some("batch".to_owned());
        post.summary = Some("`POST /api/v2/events/{secret}/batch`: several events.".to_owned());
        post.responses.responses.remove("201");
        if let Some(body) = &mut post.request_body {
            let list = ArrayBuilder::new().items(Ref::from_schema_name("AnyForm"));
            let list = ContentBuilder::new().schema(Some(list)).build();
            body.content = [("application/json".to_owned(), list)].into();
        }
    }
    let mut same = event;
    if let Some(post) = &mut same.post {
        post.operation_id = Some("event_v2".to_owned());
        post.summary = Some("`POST /api/v2/events/{secret}`: an event; a JSON array is a batch.".to_owned());
    }
    paths.paths.insert(format!("{ALSO_AT}{{secret}}"), same);
    paths.paths.insert(format!("{ALSO_AT}{{secret}}/batch"), batch);
}

/// Takes in what is posted. `is_batch`: only an array will do.
async fn take(app: &App, request: Request, is_batch: bool) -> Result<Response, ApiError> {
    let live = app.live();
    let (mut parts, body) = request.into_parts();
    let secret = Path::<String>::from_request_parts(&mut parts, app).await;
    // A secret that is no text at all is as wrong as any other.
    let way_in = secret.ok().and_then(|Path(secret)| WayIn::of(&live.settings, &secret));
    let way_in = way_in.ok_or_else(|| stranger(app, &parts, None))?;
    limited(app, way_in)?;
    let _room = app.event_room.take(body::most_bytes(&parts.headers)).ok_or_else(|| {
        let message = "too many events are being taken in at the moment";
        ApiError::new(StatusCode::SERVICE_UNAVAILABLE, "busy", message).retry_after(PAUSE)
    })?;
    let body = body::whole(&parts.headers, body).await?;
    let signature = SIGNATURES.iter().find_map(|name| parts.headers.get(*name)?.to_str().ok());
    if !way_in.takes(&body, signature) {
        return Err(stranger(app, &parts, Some(way_in)));
    }
    let once = once(way_in, &parts, &body)?;
    let asked = Asked::of(parts.uri.query().unwrap_or_default());
    let payload = if let Some(form) = asked.as_form().filter(|_| body.is_empty()) {
        read::read(Some(asked::FORM), form.into()).await?
    } else {
        let media_type = parts.headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
        read::read(media_type, body).await?
    };
    let sender = Sender { app, way_in, asked: &asked };
    if let Node::List(items) = payload.root {
        return batch::take(sender, items, once.as_ref()).await;
    }
    if is_batch {
        let message = "a batch is a JSON array of events";
        return Err(ApiError::new(StatusCode::BAD_REQUEST, "no_array", message));
    }
    sender.take(payload, once.as_ref()).await.map(Done::alone)
}

/// Who sends events, and how they are to be understood.
#[derive(Clone, Copy)]
struct Sender<'a> {
    app: &'a App,
    way_in: WayIn<'a>,
    asked: &'a Asked,
}

/// What one event is answered.
struct Done {
    status: StatusCode,
    body: String,
    /// Whether it came before, and was answered so then.
    is_replayed: bool,
}

impl Sender<'_> {
    fn understand(self, payload: Payload) -> Understood {
        let WayIn { team, integration, .. } = self.way_in;
        understand(team, integration, payload, &self.asked.status_map, &*self.app.ids)
    }

    /// Takes in one event.
    async fn take(self, payload: Payload, once: Option<&Once>) -> Result<Done, ApiError> {
        let understood = self.understand(payload);
        self.take_understood(&understood, once).await
    }

    async fn take_understood(self, understood: &Understood, once: Option<&Once>) -> Result<Done, ApiError> {
        let (app, team, event) = (self.app, self.way_in.team, &understood.event);
        if self.asked.is_simulated {
            let ingested = intake::simulate(app, team, event).await?;
            let body = answer::simulated(understood, &ingested);
            return Ok(Done { status: StatusCode::OK, body, is_replayed: false });
        }
        let body = |ingested: &_| answer::json(&AnswerView::of(understood, ingested));
        let status = StatusCode::CREATED;
        Ok(match intake::take_in_once(app, team, event, once, status.as_u16(), body).await? {
            Taken::Now(ingested) => Done { status, body: body(&ingested), is_replayed: false },
            Taken::Before(answer) => {
                let status = StatusCode::from_u16(answer.status).map_err(ApiError::internal)?;
                Done { status, body: answer.body, is_replayed: true }
            }
        })
    }
}

impl Done {
    fn alone(self) -> Response {
        answered(self.status, self.body, self.is_replayed)
    }
}

/// JSON as an answer.
fn answered(status: StatusCode, json: String, is_replayed: bool) -> Response {
    let mut response = (status, [(header::CONTENT_TYPE, "application/json")], json).into_response();
    if is_replayed {
        response.headers_mut().insert(REPLAYED, HeaderValue::from_static("true"));
    }
    response
}

/// Nobody whom we know. Unknown, malformed and wrong are answered the same; who tries one after the other is slowed down.
/// `unsigned`: whose secret they have, without its signature.
fn stranger(app: &App, parts: &Parts, unsigned: Option<WayIn<'_>>) -> ApiError {
    metrics::counter!("dutyline_events_refused_total").increment(1);
    let source = limits::peer(app, &parts.headers, &parts.extensions);
    if let Err(too_many) = limits::within(app, &format!("stranger {source}")) {
        return too_many;
    }
    if let Some(WayIn { team, integration, .. }) = unsigned {
        let (team, integration) = (team.name.0.as_str(), integration.name.0.as_str());
        tracing::warn!(team, integration, "event refused: its signature is missing or wrong");
    } else {
        tracing::warn!("event refused: nothing here has such a secret");
    }
    let message = "the secret in the path, or the signature of the body, is wrong";
    ApiError {
        challenge: Challenge::Secret,
        ..ApiError::new(StatusCode::UNAUTHORIZED, "unknown_secret", message)
    }
}

/// Counts one event of that way in.
fn limited(app: &App, way_in: WayIn<'_>) -> Result<(), ApiError> {
    app.event_limit.check(&way_in.limit_key()).map_err(|pause| {
        let message = "too many events of this integration; `Retry-After` says when the next is welcome";
        ApiError::new(StatusCode::TOO_MANY_REQUESTS, "too_many_events", message).retry_after(pause)
    })
}

/// The key against being done twice, where the request has one.
fn once(way_in: WayIn<'_>, parts: &Parts, body: &[u8]) -> Result<Option<Once>, ApiError> {
    const LONGEST: usize = 255;
    let Some(key) = parts.headers.get("idempotency-key") else { return Ok(None) };
    let is_visible = |key: &&str| {
        (1..=LONGEST).contains(&key.len()) && key.bytes().all(|byte| byte.is_ascii_graphic() || byte == b' ')
    };
    let key = key.to_str().ok().map(str::trim).filter(is_visible).ok_or_else(|| {
        let message = "an Idempotency-Key has 1 to 255 visible characters of ASCII";
        ApiError::new(StatusCode::BAD_REQUEST, "idempotency_key_invalid", message)
    })?;
    let said = |headers: &HeaderMap| headers.get(header::CONTENT_TYPE).map(|value| value.as_bytes().to_vec());
    let media_type = said(&parts.headers).unwrap_or_default();
    let query = parts.uri.query().unwrap_or_default().as_bytes();
    Ok(Some(Once::of(&way_in.limit_key(), key, &[query, &media_type, body])))
}

impl From<NotTaken> for ApiError {
    fn from(error: NotTaken) -> Self {
        match error {
            NotTaken::Reused => NotOnce::Reused.into(),
            NotTaken::Busy => {
                let message = "so much happens to this matter that its turn has not come; send it again";
                Self::new(StatusCode::SERVICE_UNAVAILABLE, "busy", message).retry_after(PAUSE)
            }
            NotTaken::Files(error) => {
                let message = "files can't be kept at the moment";
                Self::new(StatusCode::SERVICE_UNAVAILABLE, "files_unavailable", message)
                    .retry_after(FILES_PAUSE)
                    .because(error)
            }
            NotTaken::Store(error) => error.into(),
        }
    }
}

impl From<NotOnce> for ApiError {
    fn from(error: NotOnce) -> Self {
        match error {
            NotOnce::Reused => {
                let message = "this Idempotency-Key has been used for another request";
                Self::new(StatusCode::UNPROCESSABLE_ENTITY, "idempotency_key_reused", message)
            }
            NotOnce::Store(error) => StoreError::into(error),
        }
    }
}

impl From<BadBody> for ApiError {
    fn from(bad: BadBody) -> Self {
        let number = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        let position = bad.line.zip(bad.column).map(|(line, column)| (number(line), number(column)));
        Self { position, ..Self::new(bad.status, bad.code, bad.message) }
    }
}
