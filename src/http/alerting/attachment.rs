//! A file of an alert as an answer.

use crate::app::App;
use crate::domain::ids::AlertId;
use crate::http::error::ApiError;
use crate::http::extract::auth::{Authorised, Read};
use crate::http::extract::item::Item;
use crate::service::intake::{self, FileError};
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures_util::TryStreamExt;
use std::error::Error;
use std::fmt::Write;

/// `GET /api/alerts/{id}/attachments/{number}`: a file that was sent along with its event, counted from 1.
#[utoipa::path(
    get,
    path = "/api/alerts/{id}/attachments/{number}",
    tag = "alerts",
    params(("id" = Uuid, Path), ("number" = u32, Path, description = "Counted from 1.")),
    responses((status = 200, description = "The file.", body = Vec<u8>, content_type = "*/*")),
    security(("bearer" = ["read"])),
)]
pub(in crate::http) async fn attachment(
    _: Authorised<Read>,
    State(app): State<App>,
    Item((id, number)): Item<(AlertId, usize)>,
) -> Result<Response, ApiError> {
    let (file, bytes) = intake::open_file(&app, id, number).await?;
    let span = tracing::Span::current();
    let bytes = bytes.inspect_err(move |error| {
        span.in_scope(|| {
            tracing::error!(alert = %id, number, error = error as &dyn Error, "a file broke off on its way out");
        });
    });
    let mut response = Body::from_stream(bytes).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_LENGTH, file.bytes.into());
    headers.insert(header::CONTENT_TYPE, file.media_type.parse().map_err(ApiError::internal)?);
    headers.insert(header::CONTENT_DISPOSITION, disposition(&file.name)?);
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private"));
    // Another program has sent it: nothing of it is ever run.
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'none'; sandbox"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    Ok(response)
}

impl From<FileError> for ApiError {
    fn from(error: FileError) -> Self {
        match error {
            FileError::Unknown => Self::not_found("there is no such alert, or it has no file of this number"),
            FileError::Store(error) => error.into(),
            FileError::Unreadable(error) => {
                let message = "the file can't be read at the moment";
                Self::new(StatusCode::SERVICE_UNAVAILABLE, "file_unavailable", message).because(error)
            }
        }
    }
}

/// A file is saved under its name, and never shown in place (RFC 6266; names of other letters as RFC 8187 writes them).
fn disposition(name: &str) -> Result<HeaderValue, ApiError> {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_. ".contains(c);
    let plain: String = name.chars().map(|c| if is_plain(c) { c } else { '_' }).collect();
    let mut value = format!("attachment; filename=\"{plain}\"");
    if plain != name {
        value.push_str("; filename*=UTF-8''");
        for byte in name.bytes() {
            if byte.is_ascii_alphanumeric() || b"-_.".contains(&byte) {
                value.push(char::from(byte));
            } else {
                write!(value, "%{byte:02X}").map_err(ApiError::internal)?;
            }
        }
    }
    HeaderValue::from_str(&value).map_err(ApiError::internal)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_of_any_letters_goes_into_the_header() {
        assert_eq!(disposition("a b.png").unwrap(), "attachment; filename=\"a b.png\"");
        let umlaut = "attachment; filename=\"f_r__.txt\"; filename*=UTF-8''f%C3%BCr%22%0A.txt";
        assert_eq!(disposition("für\"\n.txt").unwrap(), umlaut);
    }
}
