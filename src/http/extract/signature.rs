//! The carrier's signature, checked before anything else on every voice route: it fails closed.

use crate::app::App;
use crate::http::error::whole_seconds;
use crate::http::layers::LARGEST_BODY;
use crate::http::limits;
use crate::service::signing;
use crate::twiml::request::CarrierRequest;
use crate::twiml::signature::{Field, SETTINGS_HEADER, SIGNATURE_HEADER, SignedBody, verify};
use axum::body::{Body, to_bytes};
use axum::extract::{FromRequestParts, Request, State};
use axum::http::header::{CONTENT_TYPE, RETRY_AFTER};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

/// A NUL as JSON writes it.
const NUL: &[u8] = b"\\u0000";

/// What the carrier says, once its signature has been found good.
#[derive(Debug, Clone)]
pub(crate) struct Signed(pub(crate) CarrierRequest);

impl<S: Send + Sync> FromRequestParts<S> for Signed {
    type Rejection = Response;

    /// Only [`check`] puts it there; a route that forgot that layer refuses everything.
    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Response> {
        parts.extensions.remove::<Self>().ok_or_else(forbidden)
    }
}

/// The layer around every voice route.
pub(crate) async fn check(State(app): State<App>, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    let Ok(body) = to_bytes(body, LARGEST_BODY).await else {
        tracing::warn!("webhook refused: its body is cut off or too long");
        return empty(StatusCode::PAYLOAD_TOO_LARGE);
    };
    let path_and_query = parts.uri.path_and_query().map_or("/", |path| path.as_str());
    let url = format!("{}{path_and_query}", app.public_url.as_str().trim_end_matches('/'));
    let form = form_fields(&parts.headers, &body);
    let signed = match &form {
        Some(fields) => SignedBody::Fields(fields),
        None if body.is_empty() => SignedBody::Nothing,
        None => SignedBody::Raw(&body),
    };
    let header = |name: &str| parts.headers.get(name).and_then(|value| value.to_str().ok());
    let keys = signing::keys(&app.live().settings.carrier);
    if let Err(refusal) =
        verify(&url, &signed, header(SIGNATURE_HEADER).unwrap_or_default(), header(SETTINGS_HEADER), &keys)
    {
        metrics::counter!("dutyline_webhooks_refused_total").increment(1);
        let source = limits::peer(&app, &parts.headers, &parts.extensions);
        if let Err(pause) = app.request_limit.check(&format!("unsigned {source}")) {
            let pause = [(RETRY_AFTER, whole_seconds(pause).to_string())];
            return (pause, empty(StatusCode::TOO_MANY_REQUESTS)).into_response();
        }
        tracing::warn!(%refusal, "webhook refused: is public_url what the carrier calls, and the token right?");
        return forbidden();
    }
    let Some(said) = said(&parts, form.as_deref(), &body) else {
        tracing::warn!("webhook refused: its body is neither a form nor JSON, or holds a NUL");
        return empty(StatusCode::BAD_REQUEST);
    };
    parts.extensions.insert(Signed(said));
    next.run(Request::from_parts(parts, Body::empty())).await
}

/// The form's fields, decoded, in the order sent; `None` when the body is no form.
fn form_fields<'a>(headers: &HeaderMap, body: &'a [u8]) -> Option<Vec<Field<'a>>> {
    const FORM: &[u8] = b"application/x-www-form-urlencoded";
    if body.is_empty() {
        return None;
    }
    let media_type = headers.get(CONTENT_TYPE)?.as_bytes().trim_ascii_start();
    let is_form = media_type.get(..FORM.len()).is_some_and(|kind| kind.eq_ignore_ascii_case(FORM));
    is_form.then(|| fields(body))
}

/// The fields of a form or of a query. Most have nothing in them that is encoded, and are taken as they are.
fn fields(form: &[u8]) -> Vec<Field<'_>> {
    let encoded = |byte: &u8| matches!(byte, b'%' | b'+');
    let pairs = form.split(|byte| *byte == b'&').filter(|pair| !pair.is_empty());
    let field = |pair| match str::from_utf8(pair) {
        Ok(plain) if !pair.iter().any(encoded) => {
            let (name, value) = plain.split_once('=').unwrap_or((plain, ""));
            Some((name.into(), value.into()))
        }
        _ => url::form_urlencoded::parse(pair).next(),
    };
    pairs.filter_map(field).collect()
}

/// The carrier's words: from the form, the JSON body, or the query of a GET. Text with a NUL in it is none: not
/// every database can hold it.
fn said(parts: &Parts, form: Option<&[Field<'_>]>, body: &[u8]) -> Option<CarrierRequest> {
    let from_fields = |fields: &[Field<'_>]| {
        let has_nul = fields.iter().any(|(_, value)| value.contains('\0'));
        (!has_nul).then(|| CarrierRequest::from_fields(fields))
    };
    match form {
        Some(form) => from_fields(form),
        None if body.is_empty() => {
            let query = parts.uri.query().unwrap_or_default();
            from_fields(&fields(query.as_bytes()))
        }
        None if body.windows(NUL.len()).any(|part| part == NUL) => None,
        None => serde_json::from_slice(body).ok(),
    }
}

fn forbidden() -> Response {
    empty(StatusCode::FORBIDDEN)
}

/// A document that does nothing: even a refusal must not be read out as an error.
fn empty(status: StatusCode) -> Response {
    (status, [(CONTENT_TYPE, "text/xml")], crate::twiml::Response::default().to_xml()).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn fields_are_those_of_the_url_standard(form in "([a-c%+=&é]|%[0-9A-F]{2}|\\PC){0,40}") {
            let expected: Vec<_> = url::form_urlencoded::parse(form.as_bytes()).collect();
            prop_assert_eq!(fields(form.as_bytes()), expected);
        }

        #[test]
        fn fields_of_what_is_no_text_as_well(form in proptest::collection::vec(any::<u8>(), 0..40)) {
            let expected: Vec<_> = url::form_urlencoded::parse(&form).collect();
            prop_assert_eq!(fields(&form), expected);
        }
    }
}
