//! What happens to alerts, as it happens: server-sent events (WHATWG HTML §9.2).

use super::alerting::LogView;
use super::error::{ApiError, FieldError};
use super::extract::auth::{Authorised, Read};
use crate::app::App;
use crate::domain::alerting::team::TeamName;
use crate::domain::ids::{AlertId, LogId};
use crate::domain::severity::Severity;
use crate::http::schema;
use crate::service::{FedEntry, feed};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::IntoResponse;
use axum::response::sse::{Event, KeepAlive, Sse};
use futures_util::stream::{self, StreamExt as _};
use serde::Serialize;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc;
use utoipa::ToSchema;

/// What a client sends to go on where it was (WHATWG HTML §9.2.4).
const LAST_EVENT_ID: &str = "last-event-id";
/// How often a line is sent where nothing happens, so that nobody in between takes the connection for dead.
const HEARTBEAT: Duration = Duration::from_secs(15);
/// After how long a client is to come again.
const RETRY: Duration = Duration::from_secs(2);
/// How many entries wait for a client before it is let go.
const WAITING: usize = 1_024;

/// Something that happened to an alert.
#[derive(Serialize, ToSchema)]
#[schema(as = News)]
pub(in crate::http) struct NewsView {
    alert: NewsAlert,
    /// What happened, as in the alert's log.
    entry: LogView,
}

/// An alert in short, as it stands now.
#[derive(Serialize, ToSchema)]
#[schema(as = NewsAlert)]
struct NewsAlert {
    #[schema(value_type = Uuid)]
    id: AlertId,
    /// What people call it by.
    number: u32,
    /// `open`, `acknowledged` or `resolved`.
    #[schema(value_type = schema::StateWord)]
    state: &'static str,
    #[schema(value_type = schema::SeverityWord)]
    severity: Severity,
    #[schema(value_type = Option<String>)]
    team: Option<TeamName>,
    title: Option<String>,
}

impl NewsView {
    fn of(fed: &FedEntry) -> Self {
        let FedEntry { id: _, alert, number, team, severity, state, title, entry } = fed;
        Self {
            alert: NewsAlert {
                id: *alert,
                number: *number,
                state: state.word(),
                severity: *severity,
                team: team.clone(),
                title: title.clone(),
            },
            entry: LogView::of(entry.clone()),
        }
    }
}

/// `GET /api/stream`: every entry of the log of every alert, as an event `alert`. Whoever sends the id of the last one
/// as `Last-Event-ID` gets what has come since, and what came in the last seconds before it once more, with the same
/// ids. Clients that are too slow are let go, those that have missed more than 5,000 entries after as many, and all of
/// them after ten minutes: they come again by themselves.
#[utoipa::path(
    get,
    path = "/api/stream",
    tag = "alerts",
    params(("Last-Event-ID" = Option<Uuid>, Header, description = "The id of the last event that came.")),
    responses((status = 200, description = "Events of the kind `alert`.", body = NewsView, content_type = "text/event-stream")),
    security(("bearer" = ["read"])),
)]
pub(super) async fn follow(
    _: Authorised<Read>,
    State(app): State<App>,
    headers: HeaderMap,
) -> Result<impl IntoResponse, ApiError> {
    let since = last_event(&headers)?;
    let follower = feed::follow(&app).await?.ok_or_else(|| {
        let message = "too many follow what happens at the moment";
        ApiError::new(StatusCode::SERVICE_UNAVAILABLE, "too_many_streams", message).retry_after(HEARTBEAT)
    })?;
    let (to, from) = mpsc::channel::<Arc<FedEntry>>(WAITING);
    tokio::spawn(feed::pass_on(app, follower, since, to));
    let news = stream::unfold(from, async |mut from| from.recv().await.map(|fed| (event(&fed), from)));
    let begin = stream::iter([Ok(Event::default().retry(RETRY).comment("what happens to alerts"))]);
    let events = Sse::new(begin.chain(news)).keep_alive(KeepAlive::new().interval(HEARTBEAT));
    // Some proxies wait for the end of an answer otherwise.
    Ok(([("X-Accel-Buffering", "no")], events))
}

fn event(fed: &FedEntry) -> Result<Event, axum::Error> {
    Event::default().id(fed.id.to_string()).event("alert").json_data(NewsView::of(fed))
}

/// What the client was told last.
fn last_event(headers: &HeaderMap) -> Result<Option<LogId>, ApiError> {
    let Some(value) = headers.get(LAST_EVENT_ID).filter(|value| !value.is_empty()) else { return Ok(None) };
    let id = value.to_str().ok().and_then(|text| text.parse().ok());
    let wrong = || {
        let loc = vec!["header".to_owned(), "Last-Event-ID".to_owned()];
        let field = FieldError { loc, msg: "is no `id` of an event before".to_owned(), code: None };
        ApiError::wrong_query(vec![field])
    };
    id.map(Some).ok_or_else(wrong)
}
