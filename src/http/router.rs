//! Every route of the program, grouped by who calls, and what surrounds them all.

use super::extract::signature;
use super::{
    admin, alerting, answers, calendar, calls, changes, error, etag, health, layers, limits, links,
    notifications, on_call, openapi, outbox, rings, sounds, stream, texts, voice, webhook,
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
        .route("/voice/rings/{ring}/documents/{document}", any(rings::document))
        .route_layer(from_fn_with_state(app.clone(), voice::in_time));
    let carrier = Router::new()
        .merge(documents)
        .route("/sms", any(answers::text))
        .route("/voice/status", any(voice::status))
        .route("/voice/check", any(voice::checked))
        .route("/voice/calls/{call}/legs/{leg}/status", any(voice::leg_status))
        .route("/voice/calls/{call}/legs/{leg}/machine", any(voice::machine))
        .route("/voice/calls/{call}/legs/{leg}/recording", any(voice::recording))
        .route("/voice/calls/{call}/legs/{leg}/transcription", any(voice::transcription))
        .route("/voice/rings/{ring}/status", any(rings::status))
        .route("/voice/rings/{ring}/machine", any(rings::machine))
        .route("/sms/status/{id}", any(texts::status))
        .route_layer(from_fn_with_state(app.clone(), signature::check));

    // Programs: a bearer key each.
    let programs = Router::new()
        .route("/api/alerts", get(alerting::list))
        .route("/api/alerts/acknowledge", post(alerting::bulk::acknowledge))
        .route("/api/alerts/close", post(alerting::bulk::close))
        .route("/api/alerts/by-number/{number}", get(alerting::by_number))
        .route("/api/alerts/{id}", get(alerting::one))
        .route("/api/alerts/{id}/log", get(alerting::log))
        .route("/api/alerts/{id}/notes", get(alerting::notes).post(alerting::acting::note))
        .route("/api/alerts/{id}/recording", get(alerting::recording))
        .route("/api/alerts/{id}/acknowledge", post(alerting::acting::acknowledge))
        .route("/api/alerts/{id}/undo-acknowledge", post(alerting::acting::undo_acknowledge))
        .route("/api/alerts/{id}/resolve", post(alerting::acting::resolve))
        .route("/api/alerts/{id}/undo-resolve", post(alerting::acting::undo_resolve))
        .route("/api/alerts/{id}/escalate", post(alerting::acting::escalate))
        .route("/api/alerts/{id}/snooze", post(alerting::acting::snooze))
        .route("/api/stream", get(stream::follow))
        .route("/api/notifications", get(notifications::list))
        .route("/api/alerts/{id}/attachments/{number}", get(alerting::attachment::attachment))
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
        .route_layer(from_fn(etag::tag))
        .route_layer(from_fn_with_state(app.clone(), limits::by_key_or_peer));

    // Other programs' events: the secret in the path is their key. Their bodies are bounded where they are read.
    let events = Router::new()
        .route("/webhook/{secret}", post(webhook::event))
        .route("/api/v2/events/{secret}", post(webhook::event))
        .route("/api/v2/events/{secret}/batch", post(webhook::batch))
        .method_not_allowed_fallback(error::no_such_method);

    // People: whoever has the link. And the sounds that callers hear, fetched by the carrier without a signature.
    let people = Router::new()
        .route("/sounds/ringing.wav", get(sounds::ringing))
        .route("/l/{code}", get(links::page))
        .route("/l/{code}/audio", get(links::audio))
        .route("/a/{token}", get(answers::page).post(answers::press))
        .route_layer(from_fn_with_state(app.clone(), limits::by_peer));

    // Operators: whatever watches over the process.
    let operators = Router::new()
        .route("/openapi.json", get(openapi::document))
        .route("/ready", get(health::ready))
        .route("/health/engine", get(health::engine))
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
        .merge(events)
        .merge(others)
        .layer(from_fn_with_state(app.clone(), layers::observe))
        .with_state(app)
}
