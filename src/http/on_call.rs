//! Who is on call, as programs ask for it.

mod asked;
mod view;

use super::error::ApiError;
use super::extract::auth::{Authorised, Read};
use super::extract::item::Item;
use crate::app::App;
use crate::domain::directory::Recipient;
use crate::domain::directory::group::GroupName;
use crate::service::on_call::{self, Answer};
use asked::{Asked, At, Days};
use axum::Json;
use axum::extract::State;
use jiff::Timestamp;
use view::{ExplainedView, GapsView, OnCallView};

/// `GET /api/on-call?group=&at=`, or `person=`, or `schedule=`: everyone to reach, in order.
#[utoipa::path(
    get,
    path = "/api/on-call",
    tag = "on call",
    params(("group" = Option<String>, Query, description = "One of `group`, `person` and `schedule`."), ("person" = Option<String>, Query), ("schedule" = Option<String>, Query), ("at" = Option<String>, Query, format = DateTime, description = "Left out: now.")),
    responses((status = 200, description = "Who is on call.", body = OnCallView)),
    security(("bearer" = ["read"])),
)]
pub(super) async fn on_call(
    _: Authorised<Read>,
    State(app): State<App>,
    asked: Asked,
) -> Result<Json<OnCallView>, ApiError> {
    let at = asked.at.unwrap_or_else(|| app.clock.now());
    let answer = answer(&app, &asked.of, at).await?;
    Ok(Json(OnCallView::of(answer, asked.of, at).0))
}

/// `GET /api/on-call/{group}/explain?at=`: the same, with everyone who is left out and why.
#[utoipa::path(
    get,
    path = "/api/on-call/{group}/explain",
    tag = "on call",
    params(("group" = String, Path), ("at" = Option<String>, Query, format = DateTime, description = "Left out: now.")),
    responses((status = 200, description = "Who is on call, and who is not.", body = ExplainedView)),
    security(("bearer" = ["read"])),
)]
pub(super) async fn explain(
    _: Authorised<Read>,
    State(app): State<App>,
    Item(group): Item<GroupName>,
    At(at): At,
) -> Result<Json<ExplainedView>, ApiError> {
    let (of, at) = (Recipient::Group(group), at.unwrap_or_else(|| app.clock.now()));
    let answer = answer(&app, &of, at).await?;
    let (on_call, skipped) = OnCallView::of(answer, of, at);
    Ok(Json(ExplainedView::of(on_call, skipped)))
}

/// `GET /api/on-call/gaps?days=`: when a schedule has nobody, from now on.
#[utoipa::path(
    get,
    path = "/api/on-call/gaps",
    tag = "on call",
    params(("days" = Option<u32>, Query, minimum = 1, maximum = 366)),
    responses((status = 200, description = "The gaps.", body = GapsView)),
    security(("bearer" = ["read"])),
)]
pub(super) async fn gaps(
    _: Authorised<Read>,
    State(app): State<App>,
    Days(days): Days,
) -> Result<Json<GapsView>, ApiError> {
    Ok(Json(GapsView::of(on_call::gaps(&app, days).await?)))
}

/// Who is on call there. 404 when there is nobody, or nothing, of that name.
async fn answer(app: &App, of: &Recipient, at: Timestamp) -> Result<Answer, ApiError> {
    let answer = on_call::on_call(app, of, at).await?;
    if answer.directory.knows(of) { Ok(answer) } else { Err(unknown(of)) }
}

/// There is nobody, or nothing, of that name.
pub(super) fn unknown(of: &Recipient) -> ApiError {
    ApiError::not_found(match of {
        Recipient::Group(_) => "there is no such group",
        Recipient::Person(_) => "there is no such person",
        Recipient::Schedule(_) => "there is no such schedule",
    })
}
