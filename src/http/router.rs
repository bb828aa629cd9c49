//! Every route of the program, grouped by who calls, and what surrounds them all.

use super::extract::signature;
use super::{
    admin, alerting, calendar, calls, changes, error, health, layers, limits, links, on_call, outbox, sounds,
    voice,
};
use crate::app::App;
use axum::Router;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::{any, delete, get, post};
use tower_http::limit::RequestBodyLimitLayer;

/// The program as a web service. Whoever serves it adds the address of the peer to each request
/// (`into_make_service_with_connect_info::<SocketAddr>()`): requests are counted by it.
pub fn router(app: App) -> Router {
    // The carrier: signed webhooks.
    let documents = Router::new()
        .route("/voice", any(voice::arrived))
        .route("/voice/calls/{call}/legs/{leg}/documents/{document}", any(voice::replied))
        .route("/voice/calls/{call}/legs/{leg}/dismissed", any(voice::dismissed))
        .route_layer(from_fn_with_state(app.clone(), voice::in_time));
    let carrier = Router::new()
        .merge(documents)
        .route("/voice/status", any(voice::status))
        .route("/voice/check", any(voice::checked))
        .route("/voice/calls/{call}/legs/{leg}/status", any(voice::leg_status))
        .route("/voice/calls/{call}/legs/{leg}/machine", any(voice::machine))
        .route("/voice/calls/{call}/legs/{leg}/recording", any(voice::recording))
        .route("/voice/calls/{call}/legs/{leg}/transcription", any(voice::transcription))
        .route_layer(from_fn_with_state(app.clone(), signature::check));

    // Programs: a bearer key each.
    let programs = Router::new()
        .route("/api/alerts", get(alerting::list))
        .route("/api/alerts/{id}", get(alerting::one))
        .route("/api/alerts/{id}/recording", get(alerting::recording))
        .route("/api/alerts/{id}/resolve", post(alerting::resolve))
        .route("/api/calls", get(calls::list))
        .route("/api/calls/{id}", get(calls::one))
        .route("/api/on-call", get(on_call::on_call))
        .route("/api/on-call/gaps", get(on_call::gaps))
        .route("/api/on-call/{group}/explain", get(on_call::explain))
        .route("/api/absences", get(changes::absences).post(changes::add_absence))
        .route("/api/absences/{id}", delete(changes::remove_absence))
        .route("/api/overrides", get(changes::overrides).post(changes::add_override))
        .route("/api/overrides/{id}", delete(changes::remove_override))
        .route("/api/people/{id}/calendar.ics", get(calendar::of_person))
        .route("/api/groups/{name}/calendar.ics", get(calendar::of_group))
        .route("/api/schedules/{name}/calendar.ics", get(calendar::of_schedule))
        .route("/api/audit", get(changes::audit))
        .route("/api/reload", post(admin::reload))
        .route("/api/outbox", get(outbox::list))
        .route("/api/outbox/{id}/retry", post(outbox::retry))
        .route("/api/outbox/{id}", delete(outbox::drop))
        .route_layer(from_fn_with_state(app.clone(), limits::by_key_or_peer));

    // People: whoever has the link. And the sounds that callers hear, fetched by the carrier without a signature.
    let people = Router::new()
        .route("/sounds/ringing.wav", get(sounds::ringing))
        .route("/l/{code}", get(links::page))
        .route("/l/{code}/audio", get(links::audio))
        .route_layer(from_fn_with_state(app.clone(), limits::by_peer));

    // Operators: whatever watches over the process.
    let operators = Router::new()
        .route("/ready", get(health::ready))
        .route("/metrics", get(health::metrics))
        .route_layer(from_fn_with_state(app.clone(), limits::of_operators))
        .route("/health", get(health::alive));

    // The carrier's bodies are bounded where their signature is checked.
    let others = Router::new()
        .merge(programs)
        .merge(people)
        .merge(operators)
        .fallback(error::no_such_route)
        .method_not_allowed_fallback(error::no_such_method)
        .layer(RequestBodyLimitLayer::new(layers::LARGEST_BODY))
        .layer(from_fn(layers::refuse_large_body));

    Router::new()
        .merge(carrier)
        .merge(others)
        .layer(from_fn_with_state(app.clone(), layers::observe))
        .with_state(app)
}
