//! Links to recordings, followed by people: a page with a player, and the sound.
//!
//! The page needs no script and nothing from elsewhere, tells nobody where it was linked from, and stays out
//! of search engines. It names no caller: whoever has the link may see it.

use super::error::ApiError;
use super::extract::item::Item;
use super::{page, sound};
use crate::app::App;
use crate::domain::voice::recording::{Recording, Transcript};
use crate::service::links::{self, LinkError};
use askama::Template;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, Method};
use axum::response::{IntoResponse, Response};
use std::sync::LazyLock;

/// The look of the page.
const STYLE: &str = include_str!("../../templates/player.css");
/// Allows the page its own sound and its own style, known by its hash, and nothing else.
static POLICY: LazyLock<String> =
    LazyLock::new(|| page::policy(STYLE, "media-src 'self'; form-action 'none'"));

/// `GET /l/{code}`: the page.
#[utoipa::path(
    get,
    path = "/l/{code}",
    tag = "people",
    params(("code" = String, Path)),
    responses(
        (status = 200, description = "The page of a message.", body = String, content_type = "text/html; charset=utf-8"),
        (status = "default", description = "A page that says why not.", body = String, content_type = "text/html; charset=utf-8"),
    ),
)]
pub(super) async fn page(State(app): State<App>, code: Result<Path<String>, PathRejection>) -> Response {
    // What is no text is no code either.
    let code = code.map_or_else(|_no_text| String::new(), |Path(code)| code);
    match links::follow(&app, &code).await {
        Ok(recording) => shown(&Content::Message(Message::of(&code, &recording))),
        Err(error) => {
            let apology = match &error {
                LinkError::Unknown => &Content::UNKNOWN,
                LinkError::NotYet | LinkError::Erased | LinkError::Store(_) | LinkError::Sound(_) => {
                    &Content::TROUBLE
                }
            };
            ApiError::from(error).shown_as(shown(apology))
        }
    }
}

/// `GET /l/{code}/audio`: the sound; single ranges are answered.
#[utoipa::path(
    get,
    path = "/l/{code}/audio",
    tag = "people",
    params(("code" = String, Path)),
    responses((status = 200, description = "The sound.", body = Vec<u8>, content_type = "audio/*")),
)]
pub(super) async fn audio(
    State(app): State<App>,
    Item(code): Item<String>,
    method: Method,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let recording = links::follow(&app, &code).await?;
    Ok(([page::ROBOTS], sound::answer(&app, &recording, &method, &headers).await?).into_response())
}

/// The page, whatever stands on it.
#[derive(Template)]
#[template(path = "player.html")]
struct Player<'a> {
    style: &'static str,
    content: &'a Content<'a>,
}

/// What stands on the page.
enum Content<'a> {
    /// A message.
    Message(Message<'a>),
    /// There is none to be shown.
    Apology {
        /// What is wrong.
        heading: &'static str,
        /// What helps.
        advice: &'static str,
    },
}

impl Content<'_> {
    const UNKNOWN: Self = Self::Apology {
        heading: "This link leads nowhere",
        advice: "It was mistyped, or its time is over. Ask whoever manages the alerts for the message.",
    };
    const TROUBLE: Self = Self::Apology {
        heading: "The message can’t be shown at the moment",
        advice: "Please try again in a minute.",
    };
}

/// A message, in words.
struct Message<'a> {
    /// The code in the link, which the player asks for the sound.
    code: &'a str,
    /// When it was recorded, for programs.
    instant: String,
    /// The same for people.
    at: String,
    /// How long it is.
    length: String,
    /// Whether there is something to hear.
    is_here: bool,
    /// Whether there was, and its time is over.
    is_gone: bool,
    /// What was said, or why it can't be read.
    text: Text<'a>,
}

enum Text<'a> {
    Said(&'a str),
    Note(&'static str),
    Nothing,
}

impl<'a> Message<'a> {
    fn of(code: &'a str, recording: &'a Recording) -> Self {
        Self {
            code,
            instant: recording.made_at.to_string(),
            at: recording.made_at.strftime("%-d %B %Y, %H:%M UTC").to_string(),
            length: length(recording.seconds),
            is_here: recording.audio.is_some(),
            is_gone: recording.erased_at.is_some(),
            text: match &recording.transcript {
                Transcript::Text(text) => Text::Said(text),
                Transcript::Pending => Text::Note("The text of the message is not there yet."),
                Transcript::Failed => Text::Note("No text could be made of the message."),
                Transcript::Unwanted => Text::Nothing,
            },
        }
    }
}

/// A length in words: `1 minute 5 seconds`.
fn length(seconds: u32) -> String {
    let count = |n: u32, unit: &str| format!("{n} {unit}{}", if n == 1 { "" } else { "s" });
    match (seconds / 60, seconds % 60) {
        (0, seconds) => count(seconds, "second"),
        (minutes, 0) => count(minutes, "minute"),
        (minutes, seconds) => format!("{} {}", count(minutes, "minute"), count(seconds, "second")),
    }
}

fn shown(content: &Content<'_>) -> Response {
    page::shown(&Player { style: STYLE, content }, &POLICY)
}

#[cfg(test)]
mod tests;
