//! Who asks, where programs can't send a bearer's header: calendars send a name and a password.

use super::auth::{bearer, missing};
use crate::app::App;
use crate::domain::access::Scope;
use crate::http::error::{ApiError, Challenge};
use crate::service::keys;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// Proof that the request came with a key that may read: as a bearer's token, or as the password beside any name.
#[derive(Debug)]
pub(in crate::http) struct Subscriber;

impl FromRequestParts<App> for Subscriber {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        let token = bearer(&parts.headers).map(str::to_owned).or_else(|| password(&parts.headers));
        let challenged = |error: ApiError| ApiError { challenge: Challenge::Basic, ..error };
        let token =
            token.ok_or_else(|| challenged(missing("send an API key as the password, with any name")))?;
        let key = keys::admit(app, &token, Scope::Read).await.map_err(|error| challenged(error.into()))?;
        tracing::Span::current().record("api_key", &key);
        Ok(Self)
    }
}

/// The password of basic authentication (RFC 7617); `None` when the request has none.
fn password(headers: &HeaderMap) -> Option<String> {
    let (scheme, pair) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let pair = String::from_utf8(STANDARD.decode(pair.trim()).ok()?).ok()?;
    let (_name, password) = pair.split_once(':')?;
    (!password.is_empty()).then(|| password.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(value: &str) -> Option<String> {
        password(&HeaderMap::from_iter([(header::AUTHORIZATION, value.parse().unwrap())]))
    }

    #[test]
    fn a_password_is_read_beside_any_name() {
        let basic = |pair: &str| format!("Basic {}", STANDARD.encode(pair));
        assert_eq!(of(&basic("calendar:dl_1")).as_deref(), Some("dl_1"));
        assert_eq!(of(&basic(":dl_1")).as_deref(), Some("dl_1"));
        assert_eq!(of(&basic("ada:dl:1")).as_deref(), Some("dl:1"), "a password may have colons");
        assert_eq!(of(&basic("ada:dl_1").replace("Basic", "bASIC")).as_deref(), Some("dl_1"));
        for bad in ["", "Basic", "Basic ???", "Bearer dl_1", &basic("dl_1"), &basic("ada:")] {
            assert_eq!(of(bad), None, "{bad}");
        }
    }
}
