//! The description of the API, from the code: OpenAPI 3.1. Every route but the carrier's is in it.

use super::error::{Body, FieldError};
use super::{
    admin, alerting, answers, calendar, calls, changes, health, links, notifications, on_call, outbox,
    sounds, stream, webhook,
};
use axum::http::header;
use axum::response::IntoResponse;
use std::sync::LazyLock;
use utoipa::openapi::content::ContentBuilder;
use utoipa::openapi::path::{Operation, Parameter, ParameterIn, PathItem};
use utoipa::openapi::response::ResponseBuilder;
use utoipa::openapi::schema::{AnyOfBuilder, Type};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{ObjectBuilder, Ref, RefOr, Required, Response};
use utoipa::{Modify, OpenApi};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Dutyline",
        description = "One number to call, and one place for events: people on call are told until somebody answers."
    ),
    paths(
        alerting::list,
        alerting::one,
        alerting::by_number,
        alerting::log,
        alerting::notes,
        alerting::recording,
        alerting::attachment::attachment,
        alerting::acting::acknowledge,
        alerting::acting::resolve,
        alerting::acting::escalate,
        alerting::acting::undo_acknowledge,
        alerting::acting::undo_resolve,
        alerting::acting::snooze,
        alerting::acting::note,
        alerting::bulk::acknowledge,
        alerting::bulk::close,
        notifications::list,
        stream::follow,
        calls::list,
        calls::one,
        on_call::on_call,
        on_call::explain,
        on_call::gaps,
        changes::absences,
        changes::add_absence,
        changes::remove_absence,
        changes::overrides,
        changes::add_override,
        changes::remove_override,
        changes::audit,
        calendar::of_person,
        calendar::of_group,
        calendar::of_schedule,
        admin::reload,
        outbox::list,
        outbox::retry,
        outbox::drop,
        health::alive,
        health::ready,
        health::engine,
        health::metrics,
        links::page,
        links::audio,
        sounds::ringing,
        answers::page,
        answers::press,
        webhook::event,
        document,
    ),
    components(schemas(Body<'static>, FieldError)),
    modifiers(&Everywhere),
    tags(
        (name = "alerts", description = "Open matters that someone must take."),
        (name = "calls", description = "Who called, and what came of it."),
        (name = "on call", description = "Who is on call, and what changes it."),
        (name = "events", description = "What other programs say."),
        (name = "people", description = "What people get by their links."),
        (name = "operation", description = "The program itself."),
    )
)]
struct Description;

/// What holds for every route.
struct Everywhere;

impl Modify for Everywhere {
    fn modify(&self, api: &mut utoipa::openapi::OpenApi) {
        // The package names none, and the description would have one without a name.
        api.info.license = None;
        let bearer = HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .description(Some("An API key, e.g. `dl_…`, with the scope that the route asks for."));
        let components = api.components.get_or_insert_default();
        components.add_security_scheme("bearer", SecurityScheme::Http(bearer.build()));
        webhook::describe(&mut api.paths);
        for item in api.paths.paths.values_mut() {
            for operation in operations(item) {
                for parameter in operation.parameters.iter_mut().flatten() {
                    or_empty(parameter);
                }
                let responses = &mut operation.responses.responses;
                responses.entry("default".to_owned()).or_insert_with(|| RefOr::T(refused()));
            }
        }
    }
}

/// A parameter of a query that is empty counts as left out.
fn or_empty(parameter: &mut Parameter) {
    if matches!(parameter.parameter_in, ParameterIn::Query) && !matches!(parameter.required, Required::True) {
        let nothing = ObjectBuilder::new().schema_type(Type::String).max_length(Some(0));
        let said =
            parameter.schema.take().map(|schema| AnyOfBuilder::new().item(schema).item(nothing).into());
        parameter.schema = said;
    }
}

fn operations(item: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    [&mut item.get, &mut item.post, &mut item.delete].into_iter().flatten()
}

/// Every refusal has one form.
fn refused() -> Response {
    let form = ContentBuilder::new().schema(Some(Ref::from_schema_name("Error"))).build();
    ResponseBuilder::new()
        .description("It is not answered as asked.")
        .content("application/json", form)
        .build()
}

/// The description as JSON.
static DOCUMENT: LazyLock<String> = LazyLock::new(|| Description::openapi().to_json().unwrap_or_default());

/// `GET /openapi.json`: this description.
#[utoipa::path(
    get,
    path = "/openapi.json",
    tag = "operation",
    responses((status = 200, description = "The description.", body = Object)),
)]
pub(super) async fn document() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "application/json")], DOCUMENT.as_str())
}
