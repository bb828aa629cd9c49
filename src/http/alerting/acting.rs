//! What programs do to an alert: a path a deed.

use super::asked::{Doer, acting_as};
use super::view::FullAlert;
use crate::app::App;
use crate::domain::alerting::act::Act;
use crate::domain::ids::AlertId;
use crate::http::error::ApiError;
use crate::http::extract::auth::{Authorised, Respond};
use crate::http::extract::body::{Fields, OptFields};
use crate::http::extract::item::Item;
use crate::http::schema;
use crate::service::alerting;
use axum::Json;
use axum::extract::State;
use jiff::{SignedDuration, Timestamp};
use std::ops::RangeInclusive;

/// For how many minutes an alert can be snoozed: up to a month.
const MINUTES: RangeInclusive<u32> = 1..=31 * 24 * 60;

/// How long a note may be, in letters.
const LONGEST_NOTE: usize = 4_000;

type Answer = Result<Json<FullAlert>, ApiError>;

/// `POST /api/alerts/{id}/acknowledge`: somebody takes care of it.
#[utoipa::path(
    post,
    path = "/api/alerts/{id}/acknowledge",
    tag = "alerts",
    params(("id" = Uuid, Path)),
    request_body = Option<schema::DeedForm>,
    responses((status = 200, description = "The alert as it stands now.", body = FullAlert)),
    security(("bearer" = ["respond"])),
)]
pub(in crate::http) async fn acknowledge(
    key: Authorised<Respond>,
    State(app): State<App>,
    Item(id): Item<AlertId>,
    OptFields(said): OptFields,
) -> Answer {
    simply(&app, &key, id, said, Act::Acknowledge).await
}

/// `POST /api/alerts/{id}/resolve`: it has been dealt with.
#[utoipa::path(
    post,
    path = "/api/alerts/{id}/resolve",
    tag = "alerts",
    params(("id" = Uuid, Path)),
    request_body = Option<schema::DeedForm>,
    responses((status = 200, description = "The alert as it stands now.", body = FullAlert)),
    security(("bearer" = ["respond"])),
)]
pub(in crate::http) async fn resolve(
    key: Authorised<Respond>,
    State(app): State<App>,
    Item(id): Item<AlertId>,
    OptFields(said): OptFields,
) -> Answer {
    simply(&app, &key, id, said, Act::Resolve).await
}

/// `POST /api/alerts/{id}/escalate`: the next step of its policy is made now.
#[utoipa::path(
    post,
    path = "/api/alerts/{id}/escalate",
    tag = "alerts",
    params(("id" = Uuid, Path)),
    request_body = Option<schema::DeedForm>,
    responses((status = 200, description = "The alert as it stands now.", body = FullAlert)),
    security(("bearer" = ["respond"])),
)]
pub(in crate::http) async fn escalate(
    key: Authorised<Respond>,
    State(app): State<App>,
    Item(id): Item<AlertId>,
    OptFields(said): OptFields,
) -> Answer {
    simply(&app, &key, id, said, Act::Escalate).await
}

/// `POST /api/alerts/{id}/undo-acknowledge`: nobody takes care of it after all.
#[utoipa::path(
    post,
    path = "/api/alerts/{id}/undo-acknowledge",
    tag = "alerts",
    params(("id" = Uuid, Path)),
    request_body = Option<schema::DeedForm>,
    responses((status = 200, description = "The alert as it stands now.", body = FullAlert)),
    security(("bearer" = ["respond"])),
)]
pub(in crate::http) async fn undo_acknowledge(
    key: Authorised<Respond>,
    State(app): State<App>,
    Item(id): Item<AlertId>,
    OptFields(said): OptFields,
) -> Answer {
    simply(&app, &key, id, said, Act::UndoAcknowledge).await
}

/// `POST /api/alerts/{id}/undo-resolve`: it has not been dealt with after all.
#[utoipa::path(
    post,
    path = "/api/alerts/{id}/undo-resolve",
    tag = "alerts",
    params(("id" = Uuid, Path)),
    request_body = Option<schema::DeedForm>,
    responses((status = 200, description = "The alert as it stands now.", body = FullAlert)),
    security(("bearer" = ["respond"])),
)]
pub(in crate::http) async fn undo_resolve(
    key: Authorised<Respond>,
    State(app): State<App>,
    Item(id): Item<AlertId>,
    OptFields(said): OptFields,
) -> Answer {
    simply(&app, &key, id, said, Act::UndoResolve).await
}

/// `POST /api/alerts/{id}/snooze`: nobody is told of it for so many `minutes`, or `until` a moment.
#[utoipa::path(
    post,
    path = "/api/alerts/{id}/snooze",
    tag = "alerts",
    params(("id" = Uuid, Path)),
    request_body = schema::SnoozeForm,
    responses((status = 200, description = "The alert as it stands now.", body = FullAlert)),
    security(("bearer" = ["respond"])),
)]
pub(in crate::http) async fn snooze(
    key: Authorised<Respond>,
    State(app): State<App>,
    Item(id): Item<AlertId>,
    mut said: Fields,
) -> Answer {
    let acting_as = acting_as(&mut said);
    let until = said.opt_time("until");
    let minutes = said.opt_number("minutes", MINUTES);
    let until = match (until, minutes) {
        (Some(until), None) => Some(until),
        (None, Some(minutes)) => {
            let end = app.clock.now().checked_add(SignedDuration::from_mins(minutes.into()));
            Some(end.unwrap_or(Timestamp::MAX))
        }
        (None, None) | (Some(_), Some(_)) => {
            said.wrong("until", "one_of", "say one of `until` and `minutes`");
            None
        }
    };
    let act = Act::Snooze(said.finish(until)?);
    done(&app, id, &act, &Doer::of(&app, &key, acting_as).await?).await
}

/// `POST /api/alerts/{id}/notes`: somebody writes something about it.
#[utoipa::path(
    post,
    path = "/api/alerts/{id}/notes",
    tag = "alerts",
    params(("id" = Uuid, Path)),
    request_body = schema::NoteForm,
    responses((status = 200, description = "The alert as it stands now.", body = FullAlert)),
    security(("bearer" = ["respond"])),
)]
pub(in crate::http) async fn note(
    key: Authorised<Respond>,
    State(app): State<App>,
    Item(id): Item<AlertId>,
    mut said: Fields,
) -> Answer {
    let acting_as = acting_as(&mut said);
    let text = said.text("text");
    if text.as_ref().is_some_and(|text| text.chars().count() > LONGEST_NOTE) {
        said.wrong("text", "too_long", format!("is longer than {LONGEST_NOTE} letters"));
    }
    let act = Act::Note(said.finish(text)?);
    done(&app, id, &act, &Doer::of(&app, &key, acting_as).await?).await
}

/// Something that needs no words but for whom it is done.
async fn simply(app: &App, key: &Authorised<Respond>, id: AlertId, mut said: Fields, act: Act) -> Answer {
    let acting_as = acting_as(&mut said);
    said.finish(Some(()))?;
    done(app, id, &act, &Doer::of(app, key, acting_as).await?).await
}

async fn done(app: &App, id: AlertId, act: &Act, by: &Doer) -> Answer {
    let story = alerting::act(app, id, act, &by.actor, by.key.as_deref()).await?;
    Ok(Json(FullAlert::of(app, story).await?))
}
