//! Calls, read by programs: who called, whose phones were rung, and what came of it.

mod page;
mod view;

use super::error::ApiError;
use super::extract::auth::{Authorised, Read};
use super::extract::item::Item;
use super::extract::page::{Page, write_cursor};
use crate::app::App;
use crate::domain::ids::CallId;
use crate::service::calls;
use axum::Json;
use axum::extract::State;
use page::Calls;
use view::{CallView, FullCall, ListView};

/// `GET /api/calls`: newest first, a page at a time.
#[utoipa::path(
    get,
    path = "/api/calls",
    tag = "calls",
    params(("state" = Option<String>, Query, description = "`under_way` or `ended`.", pattern = "^(under_way|ended)$"), ("limit" = Option<u32>, Query, minimum = 1, maximum = 100, description = "How many, at most; 50 where nothing is said."), ("after" = Option<String>, Query, description = "The `next` of the page before.")),
    responses((status = 200, description = "A page.", body = ListView)),
    security(("bearer" = ["read"])),
)]
pub(super) async fn list(
    _: Authorised<Read>,
    State(app): State<App>,
    page: Page<Calls>,
) -> Result<Json<ListView>, ApiError> {
    let (calls, next) = calls::list(&app, page.state, page.after, page.limit).await?;
    let calls = calls.into_iter().map(CallView::of).collect();
    Ok(Json(ListView { calls, next: next.map(|next| write_cursor(next.started_at, next.id.0)) }))
}

/// `GET /api/calls/{id}`: one with its story.
#[utoipa::path(
    get,
    path = "/api/calls/{id}",
    tag = "calls",
    params(("id" = Uuid, Path)),
    responses((status = 200, description = "The call.", body = FullCall)),
    security(("bearer" = ["read"])),
)]
pub(super) async fn one(
    _: Authorised<Read>,
    State(app): State<App>,
    Item(id): Item<CallId>,
) -> Result<Json<FullCall>, ApiError> {
    let story = calls::find(&app, id).await?;
    let story = story.ok_or_else(|| ApiError::not_found("there is no call of this id"))?;
    Ok(Json(FullCall::of(&app, story).await?))
}
