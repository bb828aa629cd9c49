//! The same done to many alerts: each is answered for itself.

use super::asked::{Doer, acting_as, filter};
use crate::app::App;
use crate::domain::alerting::act::Act;
use crate::domain::alerting::filter::AlertFilter;
use crate::domain::ids::AlertId;
use crate::http::error::ApiError;
use crate::http::extract::auth::{Authorised, Respond};
use crate::http::extract::body::Fields;
use crate::http::schema;
use crate::service::alerting::{self, Many, NotChanged};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;

/// What became of many alerts.
#[derive(Serialize, ToSchema)]
#[schema(as = Results)]
pub(in crate::http) struct ResultsView {
    /// In the order in which they were named, else newest first.
    results: Vec<ResultView>,
    /// Whether more alerts are of that filter than are done at a time: ask again.
    more: bool,
}

/// What became of one of them.
#[derive(Serialize, ToSchema)]
#[schema(as = Result)]
struct ResultView {
    #[schema(value_type = Uuid)]
    id: AlertId,
    /// What people call it by; `null`: there is none of that id.
    number: Option<u32>,
    /// 200: it is done; else what the same for it alone would have been answered with.
    status: u16,
    /// How it stands now: `open`, `acknowledged` or `resolved`; `null`: it is not known.
    #[schema(value_type = Option<schema::StateWord>)]
    state: Option<&'static str>,
    /// Why it was not done; `null`: it was.
    error: Option<RefusalView>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = Refusal)]
struct RefusalView {
    /// A word for programs.
    code: &'static str,
    /// A sentence for people.
    message: String,
}

/// `POST /api/alerts/acknowledge`: somebody takes care of all those of the `ids`, or of the `filter`.
#[utoipa::path(
    post,
    path = "/api/alerts/acknowledge",
    tag = "alerts",
    request_body = schema::ManyForm,
    responses((status = 207, description = "Each for itself.", body = ResultsView)),
    security(("bearer" = ["respond"])),
)]
pub(in crate::http) async fn acknowledge(
    key: Authorised<Respond>,
    State(app): State<App>,
    said: Fields,
) -> Result<(StatusCode, Json<ResultsView>), ApiError> {
    many(&app, &key, said, Act::Acknowledge).await
}

/// `POST /api/alerts/close`: they have been dealt with. Those that nobody has acknowledged stay open, and the answer
/// says so.
#[utoipa::path(
    post,
    path = "/api/alerts/close",
    tag = "alerts",
    request_body = schema::ManyForm,
    responses((status = 207, description = "Each for itself.", body = ResultsView)),
    security(("bearer" = ["respond"])),
)]
pub(in crate::http) async fn close(
    key: Authorised<Respond>,
    State(app): State<App>,
    said: Fields,
) -> Result<(StatusCode, Json<ResultsView>), ApiError> {
    many(&app, &key, said, Act::Close).await
}

/// Which ones.
enum Which {
    Ids(Vec<AlertId>),
    Filter(AlertFilter),
}

async fn many(
    app: &App,
    key: &Authorised<Respond>,
    mut said: Fields,
    act: Act,
) -> Result<(StatusCode, Json<ResultsView>), ApiError> {
    let acting_as = acting_as(&mut said);
    let ids = said.opt_texts("ids");
    let filter = said.opt_object("filter", filter);
    let which = match (ids, filter) {
        (Some(ids), None) => named(&mut said, &ids).map(Which::Ids),
        (None, Some(filter)) => Some(Which::Filter(filter)),
        (None, None) | (Some(_), Some(_)) => {
            said.wrong("ids", "one_of", "say one of `ids` and `filter`");
            None
        }
    };
    let which = said.finish(which)?;
    let by = Doer::of(app, key, acting_as).await?;
    let key = by.key.as_deref();
    let Many { done, is_more } = match which {
        Which::Ids(ids) => alerting::act_on(app, &ids, &act, &by.actor, key).await,
        Which::Filter(filter) => alerting::act_on_all(app, &filter, &act, &by.actor, key).await?,
    };
    let mut results = vec![];
    for (id, result) in done {
        results.push(match result {
            Ok(story) => ResultView {
                id,
                number: Some(story.number),
                status: StatusCode::OK.as_u16(),
                state: Some(story.alert.state().word()),
                error: None,
            },
            Err(error) => refused(app, id, error).await,
        });
    }
    Ok((StatusCode::MULTI_STATUS, Json(ResultsView { results, more: is_more })))
}

/// The ids of that many alerts at most; what is none, or too much, is noted.
fn named(said: &mut Fields, ids: &[String]) -> Option<Vec<AlertId>> {
    if ids.len() > alerting::AT_ONCE {
        said.wrong("ids", "too_many", format!("are more than {}", alerting::AT_ONCE));
        return None;
    }
    let parsed: Result<Vec<AlertId>, _> = ids.iter().map(|id| id.parse()).collect();
    let mut ids = parsed.ok();
    match &mut ids {
        Some(ids) => {
            let mut seen = std::collections::BTreeSet::new();
            ids.retain(|id| seen.insert(*id));
        }
        None => said.wrong("ids", "no_id", "has something in it that is no id of an alert"),
    }
    ids
}

/// What an alert is answered with to which it was not done.
async fn refused(app: &App, id: AlertId, error: NotChanged) -> ResultView {
    let story = match &error {
        // It was read before it was refused.
        NotChanged::Refused(_) => alerting::find(app, id).await.ok().flatten(),
        NotChanged::Unknown | NotChanged::Store(_) => None,
    };
    let error = ApiError::from(error);
    if error.status.is_server_error() {
        let cause = error.cause.as_ref().map(|cause| &**cause as &dyn std::error::Error);
        tracing::error!(alert = %id, code = error.code, error = cause, "an alert of many could not be changed");
    }
    ResultView {
        id,
        number: story.as_ref().map(|story| story.number),
        status: error.status.as_u16(),
        state: story.map(|story| story.alert.state().word()),
        error: Some(RefusalView { code: error.code, message: error.message.into_owned() }),
    }
}
