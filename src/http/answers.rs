//! Answers of people: text messages, which the carrier brings, and the page behind a link in a message.
//!
//! The page asks before anything is done, since programs that look through mail follow links. It needs no script and
//! nothing from elsewhere, tells nobody where it was linked from, and stays out of search engines.

use super::error::ApiError;
use super::extract::signature::Signed;
use super::{page, schema};
use crate::app::App;
use crate::domain::alerting::reply::Deed;
use crate::service::answering::links::{self, LinkError, Pressed, Seen};
use crate::service::answering::texts::{self, TextIn};
use crate::twiml::write;
use askama::Template;
use axum::extract::rejection::{FormRejection, PathRejection};
use axum::extract::{Form, Path, State};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use std::sync::LazyLock;

/// `POST /sms`: a text message has come in. The answer is what is written back.
pub(super) async fn text(State(app): State<App>, Signed(said): Signed) -> Response {
    let (Some(carrier_id), Some(from)) = (said.message_sid.as_deref(), said.from.as_deref()) else {
        tracing::warn!("a text came without an id or a sender");
        return twiml(None);
    };
    let text = TextIn {
        carrier_id,
        from,
        text: said.body.as_deref().unwrap_or_default(),
        understood: said.opt_out_type.as_deref(),
    };
    match texts::take(&app, text).await {
        Ok(answer) => twiml(answer.as_deref()),
        Err(error) => {
            tracing::error!(error = &error as &dyn std::error::Error, "a text could not be answered");
            twiml(Some(texts::TROUBLE))
        }
    }
}

fn twiml(answer: Option<&str>) -> Response {
    ([(CONTENT_TYPE, "text/xml")], write::message(answer)).into_response()
}

/// The look of the page.
const STYLE: &str = include_str!("../../templates/answer.css");
/// Allows the page its own form and its own style, known by its hash, and nothing else.
static POLICY: LazyLock<String> = LazyLock::new(|| page::policy(STYLE, "form-action 'self'"));

/// What a form of the page sends.
#[derive(Deserialize)]
pub(super) struct Pushed {
    #[serde(rename = "do")]
    what: String,
}

/// `GET /a/{token}`: the page. Nothing is done.
#[utoipa::path(
    get,
    path = "/a/{token}",
    tag = "people",
    params(("token" = String, Path, description = "From a link in a message.")),
    responses(
        (status = 200, description = "The page.", body = String, content_type = "text/html; charset=utf-8"),
        (status = "default", description = "A page that says why not.", body = String, content_type = "text/html; charset=utf-8"),
    ),
)]
pub(super) async fn page(State(app): State<App>, token: Result<Path<String>, PathRejection>) -> Response {
    match links::follow(&app, &text_of(token)).await {
        Ok(seen) => shown(&Content::of(&seen, None)),
        Err(error) => apology(error),
    }
}

/// `POST /a/{token}`: a button was pressed.
#[utoipa::path(
    post,
    path = "/a/{token}",
    tag = "people",
    params(("token" = String, Path, description = "From a link in a message.")),
    request_body(content = schema::ButtonForm, content_type = "application/x-www-form-urlencoded"),
    responses(
        (status = 200, description = "The page.", body = String, content_type = "text/html; charset=utf-8"),
        (status = "default", description = "A page that says why not.", body = String, content_type = "text/html; charset=utf-8"),
    ),
)]
pub(super) async fn press(
    State(app): State<App>,
    token: Result<Path<String>, PathRejection>,
    pushed: Result<Form<Pushed>, FormRejection>,
) -> Response {
    let token = text_of(token);
    let deed = pushed.ok().and_then(|Form(pushed)| Deed::from_word(&pushed.what));
    let Some(deed) = deed else {
        // Of no button of ours: the page as it is.
        let mut response = page(State(app), Ok(Path(token))).await;
        if response.status().is_success() {
            *response.status_mut() = StatusCode::BAD_REQUEST;
        }
        return response;
    };
    match links::press(&app, &token, deed).await {
        Ok((seen, pressed)) => {
            let result = in_words(deed, &pressed);
            shown(&Content::of(&seen, Some(&result)))
        }
        Err(error) => apology(error),
    }
}

/// What is no text is no token either.
fn text_of(token: Result<Path<String>, PathRejection>) -> String {
    token.map_or_else(|_no_text| String::new(), |Path(token)| token)
}

/// The page, whatever stands on it.
#[derive(Template)]
#[template(path = "answer.html")]
struct Page<'a> {
    style: &'static str,
    content: &'a Content<'a>,
}

/// What stands on the page.
enum Content<'a> {
    /// An alert, and what became of the button that was pressed.
    Alert {
        /// What is shown of it.
        seen: &'a Seen,
        /// What became of the press; `None`: nothing was pressed.
        result: Option<&'a str>,
        /// What can be pressed.
        buttons: Vec<Button>,
    },
    /// There is none to be shown.
    Apology {
        /// What is wrong.
        heading: &'static str,
        /// What helps.
        advice: &'static str,
    },
}

/// A button of the page.
struct Button {
    /// What it sends.
    word: &'static str,
    /// What stands on it.
    label: &'static str,
    /// Whether it is what most come for.
    is_first: bool,
}

impl<'a> Content<'a> {
    fn of(seen: &'a Seen, result: Option<&'a str>) -> Self {
        let button = |(place, deed): (usize, &Deed)| Button {
            word: deed.word(),
            label: label(*deed),
            is_first: place == 0,
        };
        Self::Alert { seen, result, buttons: seen.may.iter().enumerate().map(button).collect() }
    }
    const UNKNOWN: Self = Self::Apology {
        heading: "This link leads nowhere",
        advice: "It was mistyped, or its time is over. The newest message about the alert has a fresh one.",
    };
    const TROUBLE: Self = Self::Apology {
        heading: "The alert can’t be shown at the moment",
        advice: "Whether anything was done is not known. Please try again in a minute.",
    };
}

/// What stands on a button.
const fn label(deed: Deed) -> &'static str {
    match deed {
        Deed::Acknowledge => "Acknowledge: I take care of it",
        Deed::Resolve => "Resolve: it has been dealt with",
        Deed::Escalate => "Escalate: tell the next",
    }
}

/// What became of a press, in words.
fn in_words(deed: Deed, pressed: &Pressed) -> String {
    match pressed {
        Pressed::Done => match deed {
            Deed::Acknowledge => "You have acknowledged it.".to_owned(),
            Deed::Resolve => "You have resolved it.".to_owned(),
            Deed::Escalate => "You have escalated it: the next are told.".to_owned(),
        },
        Pressed::AcknowledgedBefore(by) => format!("Nothing was done: it was already acknowledged by {by}."),
        Pressed::ResolvedBefore(by) => format!("Nothing was done: it was already resolved by {by}."),
        Pressed::Impossible(why) => format!("Nothing was done: it is {why}."),
        Pressed::Used => "Nothing was done: this link has been used for that, which works once. \
                          The newest message about the alert has a fresh one."
            .to_owned(),
        Pressed::EscalatedSince => {
            "Nothing was done: it has been escalated since this message was sent.".to_owned()
        }
    }
}

fn apology(error: LinkError) -> Response {
    match error {
        LinkError::Unknown => ApiError::not_found("there is no such link").shown_as(shown(&Content::UNKNOWN)),
        LinkError::Store(error) => ApiError::from(error).shown_as(shown(&Content::TROUBLE)),
    }
}

fn shown(content: &Content<'_>) -> Response {
    page::shown(&Page { style: STYLE, content }, &POLICY)
}
