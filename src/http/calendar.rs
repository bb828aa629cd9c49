//! Calendars to subscribe to.

mod ical;

use super::error::ApiError;
use super::extract::item::Item;
use super::extract::subscriber::Subscriber;
use super::on_call::unknown;
use crate::app::App;
use crate::domain::directory::Recipient;
use crate::domain::directory::group::GroupName;
use crate::domain::directory::person::PersonId;
use crate::domain::directory::schedule::ScheduleName;
use crate::service::calendar;
use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};

/// `GET /api/people/{id}/calendar.ics`: when somebody is on call, stands in for another, or is away.
#[utoipa::path(
    get,
    path = "/api/people/{id}/calendar.ics",
    tag = "on call",
    params(("id" = String, Path)),
    responses((status = 200, description = "The calendar (RFC 5545).", body = String, content_type = "text/calendar; charset=utf-8")),
    security(("bearer" = ["read"])),
)]
pub(super) async fn of_person(
    _: Subscriber,
    State(app): State<App>,
    Item(id): Item<PersonId>,
) -> Result<Response, ApiError> {
    answer(&app, Recipient::Person(id)).await
}

/// `GET /api/groups/{name}/calendar.ics`: who is on call by the group's schedules, and who of it is away.
#[utoipa::path(
    get,
    path = "/api/groups/{name}/calendar.ics",
    tag = "on call",
    params(("name" = String, Path)),
    responses((status = 200, description = "The calendar (RFC 5545).", body = String, content_type = "text/calendar; charset=utf-8")),
    security(("bearer" = ["read"])),
)]
pub(super) async fn of_group(
    _: Subscriber,
    State(app): State<App>,
    Item(name): Item<GroupName>,
) -> Result<Response, ApiError> {
    answer(&app, Recipient::Group(name)).await
}

/// `GET /api/schedules/{name}/calendar.ics`: who is on call by a schedule.
#[utoipa::path(
    get,
    path = "/api/schedules/{name}/calendar.ics",
    tag = "on call",
    params(("name" = String, Path)),
    responses((status = 200, description = "The calendar (RFC 5545).", body = String, content_type = "text/calendar; charset=utf-8")),
    security(("bearer" = ["read"])),
)]
pub(super) async fn of_schedule(
    _: Subscriber,
    State(app): State<App>,
    Item(name): Item<ScheduleName>,
) -> Result<Response, ApiError> {
    answer(&app, Recipient::Schedule(name)).await
}

async fn answer(app: &App, of: Recipient) -> Result<Response, ApiError> {
    let calendar = calendar::of(app, of.clone()).await?.ok_or_else(|| unknown(&of))?;
    let headers = [(CONTENT_TYPE, "text/calendar; charset=utf-8"), (CACHE_CONTROL, "private, no-cache")];
    Ok((headers, ical::write(&calendar, &of)).into_response())
}
