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

/// How long a note may be, in letters.
const LONGEST_NOTE: usize = 4_000;

type Answer = Result<Json<FullAlert>, ApiError>;

/// Deeds that need no words but for whom they are done.
macro_rules! simple_deeds {
    ($($(#[$says:meta])+ $name:ident: $path:literal, $act:expr;)+) => { $(
        $(#[$says])+
        #[utoipa::path(
            post,
            path = $path,
            tag = "alerts",
            params(("id" = Uuid, Path)),
            request_body = Option<schema::DeedForm>,
            responses((status = 200, description = "The alert as it stands now.", body = FullAlert)),
            security(("bearer" = ["respond"])),
        )]
        pub(in crate::http) async fn $name(
            key: Authorised<Respond>,
            State(app): State<App>,
            Item(id): Item<AlertId>,
            OptFields(said): OptFields,
        ) -> Answer {
            simply(&app, &key, id, said, $act).await
        }
    )+ };
}

simple_deeds! {
    /// `POST /api/alerts/{id}/acknowledge`: somebody takes care of it.
    acknowledge: "/api/alerts/{id}/acknowledge", Act::Acknowledge;
    /// `POST /api/alerts/{id}/resolve`: it has been dealt with.
    resolve: "/api/alerts/{id}/resolve", Act::Resolve;
    /// `POST /api/alerts/{id}/escalate`: the next step of its policy is made now.
    escalate: "/api/alerts/{id}/escalate", Act::Escalate;
    /// `POST /api/alerts/{id}/undo-acknowledge`: nobody takes care of it after all.
    undo_acknowledge: "/api/alerts/{id}/undo-acknowledge", Act::UndoAcknowledge;
    /// `POST /api/alerts/{id}/undo-resolve`: it has not been dealt with after all.
    undo_resolve: "/api/alerts/{id}/undo-resolve", Act::UndoResolve;
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
    let is_one = said.has("until") != said.has("minutes");
    let until = said.opt_time("until");
    let minutes = said.opt_number("minutes", 1..=u32::MAX);
    let until = match (until, minutes) {
        (Some(until), None) => Some(until),
        (None, Some(minutes)) => {
            let end = app.clock.now().checked_add(SignedDuration::from_mins(minutes.into()));
            Some(end.unwrap_or(Timestamp::MAX))
        }
        // One that is wrong has been said to be.
        (None, None) if is_one => None,
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
