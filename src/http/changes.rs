//! Absences and overrides, changed by programs, and who changed them.

mod page;
mod said;
mod view;

use super::error::{ApiError, FieldError};
use super::extract::auth::{Admin, Authorised, Read, Schedule};
use super::extract::body::Fields;
use super::extract::item::Item;
use super::extract::page::Page;
use crate::app::App;
use crate::domain::directory::change::{Fault, NotAdded, NotRemoved, Wrong, override_id};
use crate::domain::ids::{AbsenceId, OverrideId};
use crate::http::schema;
use crate::service::changes::{self, ChangeError};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use page::{Absences, AuditPage, Overrides, paged};
use view::{AbsenceView, AbsencesView, AuditView, OverrideView, OverridesView};

/// `GET /api/absences`: who is away now, or will be, those first that begin first.
#[utoipa::path(
    get,
    path = "/api/absences",
    tag = "on call",
    params(("state" = Option<String>, Query, description = "`in_force` or `to_come`.", pattern = "^(in_force|to_come)$"), ("limit" = Option<u32>, Query, minimum = 1, maximum = 100, description = "How many, at most; 50 where nothing is said."), ("after" = Option<String>, Query, description = "The `next` of the page before.")),
    responses((status = 200, description = "A page.", body = AbsencesView)),
    security(("bearer" = ["read"])),
)]
pub(super) async fn absences(
    _: Authorised<Read>,
    State(app): State<App>,
    page: Page<Absences>,
) -> Result<Json<AbsencesView>, ApiError> {
    let now = app.clock.now();
    let (absences, next) = paged(changes::absences(&app).await?, &page, now);
    let absences = absences.into_iter().map(|one| AbsenceView::of(one, now)).collect();
    Ok(Json(AbsencesView { absences, next }))
}

/// `POST /api/absences`: somebody is away.
#[utoipa::path(
    post,
    path = "/api/absences",
    tag = "on call",
    request_body = schema::AbsenceForm,
    responses((status = 201, description = "It counts from now on.", body = AbsenceView)),
    security(("bearer" = ["schedule"])),
)]
pub(super) async fn add_absence(
    key: Authorised<Schedule>,
    State(app): State<App>,
    fields: Fields,
) -> Result<(StatusCode, Json<AbsenceView>), ApiError> {
    let now = app.clock.now();
    let added = changes::add_absence(&app, said::absence(fields, now)?, key.name()).await?;
    Ok((StatusCode::CREATED, Json(AbsenceView::of(added, now))))
}

/// `DELETE /api/absences/{id}`: they are not.
#[utoipa::path(
    delete,
    path = "/api/absences/{id}",
    tag = "on call",
    params(("id" = Uuid, Path)),
    responses((status = 204, description = "It does not count any more.")),
    security(("bearer" = ["schedule"])),
)]
pub(super) async fn remove_absence(
    key: Authorised<Schedule>,
    State(app): State<App>,
    Item(id): Item<AbsenceId>,
) -> Result<StatusCode, ApiError> {
    changes::remove_absence(&app, id, key.name()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// `GET /api/overrides`: those in force now, or later, those first that begin first.
#[utoipa::path(
    get,
    path = "/api/overrides",
    tag = "on call",
    params(("state" = Option<String>, Query, description = "`in_force` or `to_come`.", pattern = "^(in_force|to_come)$"), ("limit" = Option<u32>, Query, minimum = 1, maximum = 100, description = "How many, at most; 50 where nothing is said."), ("after" = Option<String>, Query, description = "The `next` of the page before.")),
    responses((status = 200, description = "A page.", body = OverridesView)),
    security(("bearer" = ["read"])),
)]
pub(super) async fn overrides(
    _: Authorised<Read>,
    State(app): State<App>,
    page: Page<Overrides>,
) -> Result<Json<OverridesView>, ApiError> {
    let now = app.clock.now();
    let (overrides, next) = paged(changes::overrides(&app).await?, &page, now);
    let overrides = overrides.into_iter().map(|one| OverrideView::of(one, now)).collect();
    Ok(Json(OverridesView { overrides, next }))
}

/// `POST /api/overrides`: others are on call than a schedule says. 409 when another override says otherwise.
#[utoipa::path(
    post,
    path = "/api/overrides",
    tag = "on call",
    request_body = schema::OverrideForm,
    responses((status = 201, description = "It counts from now on.", body = OverrideView)),
    security(("bearer" = ["schedule"])),
)]
pub(super) async fn add_override(
    key: Authorised<Schedule>,
    State(app): State<App>,
    fields: Fields,
) -> Result<(StatusCode, Json<OverrideView>), ApiError> {
    let now = app.clock.now();
    let added = changes::add_override(&app, said::one_override(fields, now)?, key.name()).await?;
    Ok((StatusCode::CREATED, Json(OverrideView::of(added, now))))
}

/// `DELETE /api/overrides/{id}`: those are on call whom the schedule says.
#[utoipa::path(
    delete,
    path = "/api/overrides/{id}",
    tag = "on call",
    params(("id" = Uuid, Path)),
    responses((status = 204, description = "It does not count any more.")),
    security(("bearer" = ["schedule"])),
)]
pub(super) async fn remove_override(
    key: Authorised<Schedule>,
    State(app): State<App>,
    Item(id): Item<OverrideId>,
) -> Result<StatusCode, ApiError> {
    changes::remove_override(&app, id, key.name()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// `GET /api/audit?what=&by=&from=&until=`: who did what, newest first.
#[utoipa::path(
    get,
    path = "/api/audit",
    tag = "operation",
    params(("what" = Option<String>, Query, description = "The kind of deed, e.g. `alert_resolved`."), ("by" = Option<String>, Query, description = "The name of the key, or the id of the person."), ("from" = Option<String>, Query, format = DateTime, description = "Then or later."), ("until" = Option<String>, Query, format = DateTime, description = "Before."), ("limit" = Option<u32>, Query, minimum = 1, maximum = 100, description = "How many, at most; 50 where nothing is said."), ("after" = Option<String>, Query, description = "The `next` of the page before.")),
    responses((status = 200, description = "A page.", body = AuditView)),
    security(("bearer" = ["admin"])),
)]
pub(super) async fn audit(
    _: Authorised<Admin>,
    State(app): State<App>,
    asked: AuditPage,
) -> Result<Json<AuditView>, ApiError> {
    let (entries, next) = changes::audit(&app, &asked.filter, asked.after, asked.limit).await?;
    Ok(Json(AuditView::of(entries, next)))
}

impl From<ChangeError> for ApiError {
    fn from(error: ChangeError) -> Self {
        match error {
            ChangeError::NotAdded(NotAdded::Wrong(wrong)) => {
                let field = |Wrong { field, fault }: Wrong| {
                    FieldError::in_body(field, Fault::code(fault), fault.to_string())
                };
                Self::invalid(wrong.into_iter().map(field).collect())
            }
            ChangeError::NotAdded(NotAdded::Overlaps(other)) => {
                let message = format!(
                    "the override {} changes the same person's place from {} until {}",
                    override_id(&other),
                    other.from,
                    other.until
                );
                Self::new(StatusCode::CONFLICT, "overlap", message)
            }
            ChangeError::NotRemoved(NotRemoved::Unknown) => {
                Self::not_found("there is nothing of this id any more")
            }
            ChangeError::NotRemoved(NotRemoved::DefinedInSettings) => {
                let message = "it is defined in settings, and is changed there";
                Self::new(StatusCode::CONFLICT, "defined_in_settings", message)
            }
            ChangeError::Store(error) => error.into(),
        }
    }
}
