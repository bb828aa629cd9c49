//! Who asks: the bearer of an API key (RFC 6750).

use crate::app::App;
use crate::domain::access::{NotAdmitted, Scope};
use crate::http::error::ApiError;
use crate::service::keys::{self, KeyError};
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use std::marker::PhantomData;

/// What a route asks of the key, as a type, so that it stands in the handler's signature.
pub trait Asked: Send {
    /// The scope that the key must have.
    const SCOPE: Scope;
}

/// See alerts.
#[derive(Debug)]
pub struct Read;

/// Act on alerts: acknowledge, resolve, escalate, snooze, note, take back.
#[derive(Debug)]
pub struct Respond;

/// Say who is away, and who takes whose place on call.
#[derive(Debug)]
pub struct Schedule;

/// Reload the settings, see and manage the outbox, and see who did what.
#[derive(Debug)]
pub struct Admin;

impl Asked for Read {
    const SCOPE: Scope = Scope::Read;
}

impl Asked for Respond {
    const SCOPE: Scope = Scope::Respond;
}

impl Asked for Schedule {
    const SCOPE: Scope = Scope::Schedule;
}

impl Asked for Admin {
    const SCOPE: Scope = Scope::Admin;
}

/// Proof that the request came with a key which is good for `S`. Answers 401 without a key that counts, and
/// 403 when the key is for other things. The key's name is noted in the request's span.
#[derive(Debug)]
pub struct Authorised<S> {
    key: String,
    asked: PhantomData<S>,
}

impl<S> Authorised<S> {
    /// The name of the key.
    pub fn name(&self) -> &str {
        &self.key
    }
}

impl<S: Asked> FromRequestParts<App> for Authorised<S> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        let token = bearer(&parts.headers)
            .ok_or_else(|| missing("send an API key as `Authorization: Bearer dl_…`"))?;
        let key = keys::admit(app, token, S::SCOPE).await?;
        tracing::Span::current().record("api_key", &key);
        Ok(Self { key, asked: PhantomData })
    }
}

impl From<KeyError> for ApiError {
    fn from(error: KeyError) -> Self {
        match error {
            KeyError::Unknown => unauthorised("key_unknown", "the API key is not known"),
            KeyError::NotAdmitted(NotAdmitted::Expired) => {
                unauthorised("key_expired", "the API key has expired")
            }
            KeyError::NotAdmitted(lacks @ NotAdmitted::OutOfScope(_)) => {
                Self::new(StatusCode::FORBIDDEN, "scope_missing", lacks.to_string())
            }
            KeyError::Store(error) => error.into(),
        }
    }
}

/// The request has no key.
pub(super) fn missing(message: &'static str) -> ApiError {
    unauthorised("key_missing", message)
}

fn unauthorised(code: &'static str, message: &'static str) -> ApiError {
    ApiError::new(StatusCode::UNAUTHORIZED, code, message)
}

/// The token of a bearer; `None` when the request names none. The name of the scheme is read in any case of
/// letters (RFC 9110 §11.1).
pub(in crate::http) fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    let token = token.trim();
    (scheme.eq_ignore_ascii_case("bearer") && !token.is_empty()).then_some(token)
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    fn token(value: &'static str) -> Option<String> {
        let headers = HeaderMap::from_iter([(header::AUTHORIZATION, HeaderValue::from_static(value))]);
        bearer(&headers).map(str::to_owned)
    }

    #[test]
    fn a_bearer_is_read_and_nobody_else() {
        for value in ["Bearer dl_1", "bearer dl_1", "BEARER   dl_1 "] {
            assert_eq!(token(value).as_deref(), Some("dl_1"), "{value}");
        }
        for value in ["", "Bearer", "Bearer ", "Basic ZGxfMQ==", "dl_1", "Bearerdl_1"] {
            assert_eq!(token(value), None, "{value}");
        }
        assert_eq!(bearer(&HeaderMap::new()), None);
    }
}
