//! Messages to people, and what becomes of them.

mod page;
mod view;

use super::error::ApiError;
use super::extract::auth::{Authorised, Read};
use super::extract::page::Page;
use super::schema;
use crate::app::App;
use crate::service::ledger;
use axum::Json;
use axum::extract::State;
use page::Notifications;
use view::ListView;
pub(super) use view::NotificationView;

/// `GET /api/notifications`: every message, newest first, a page at a time.
#[utoipa::path(
    get,
    path = "/api/notifications",
    tag = "alerts",
    params(
        ("state" = Option<schema::DeliveryWord>, Query),
        ("limit" = Option<u32>, Query, minimum = 1, maximum = 100, description = "How many, at most; 50 where nothing is said."),
        ("after" = Option<String>, Query, description = "The `next` of the page before."),
    ),
    responses((status = 200, description = "A page.", body = ListView)),
    security(("bearer" = ["read"])),
)]
pub(super) async fn list(
    _: Authorised<Read>,
    State(app): State<App>,
    page: Page<Notifications>,
) -> Result<Json<ListView>, ApiError> {
    let (deliveries, next) = ledger::list(&app, page.state, page.after, page.limit).await?;
    let notifications = deliveries.into_iter().map(NotificationView::of).collect();
    Ok(Json(ListView { notifications, next: next.map(|next| next.to_string()) }))
}
