//! Lists and things that say whether they have changed since they were asked for last (RFC 9110 §8.8.3).

use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use sha2::{Digest, Sha256};

use super::error::ApiError;

/// Gives an answer in JSON its tag, and leaves out its body where whoever asks has it.
pub(super) async fn tag(request: Request, next: Next) -> Result<Response, ApiError> {
    let is_read = [Method::GET, Method::HEAD].contains(request.method());
    let known = request.headers().get_all(header::IF_NONE_MATCH).iter().cloned().collect::<Vec<_>>();
    let response = next.run(request).await;
    let headers = response.headers();
    // A file that somebody has sent along is no answer of ours.
    let is_ours = is_json(headers) && !headers.contains_key(header::CONTENT_DISPOSITION);
    if !is_read || response.status() != StatusCode::OK || !is_ours {
        return Ok(response);
    }
    let (mut parts, body) = response.into_parts();
    // It is in memory already: nothing of ours sends JSON in pieces.
    let body = to_bytes(body, usize::MAX).await.map_err(ApiError::internal)?;
    let tag = tag_of(&body);
    parts.headers.insert(header::ETAG, tag.clone());
    parts.headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    if known.iter().any(|known| names(known, &tag)) {
        parts.headers.remove(header::CONTENT_TYPE);
        parts.headers.remove(header::CONTENT_LENGTH);
        return Ok((StatusCode::NOT_MODIFIED, parts.headers).into_response());
    }
    Ok(Response::from_parts(parts, Body::from(body)))
}

fn is_json(headers: &HeaderMap) -> bool {
    headers.get(header::CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"application/json"))
}

/// A tag for those bytes.
fn tag_of(body: &[u8]) -> HeaderValue {
    let hash = hex::encode(Sha256::digest(body));
    let quoted = format!("\"{}\"", hash.get(..32).unwrap_or_default());
    // Hexadecimal digits and quotes fit in a header.
    HeaderValue::from_str(&quoted).unwrap_or_else(|_| HeaderValue::from_static("\"\""))
}

/// Whether a list of tags has that one in it; a weak one counts as well.
fn names(known: &HeaderValue, tag: &HeaderValue) -> bool {
    let (Ok(known), Ok(tag)) = (known.to_str(), tag.to_str()) else { return false };
    known.split(',').map(str::trim).any(|one| one == "*" || one.trim_start_matches("W/") == tag)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_is_found_in_a_list() {
        let tag = tag_of(b"{}");
        let text = tag.to_str().unwrap();
        for known in [text.to_owned(), format!("\"x\", W/{text}"), "*".to_owned()] {
            assert!(names(&known.parse().unwrap(), &tag), "{known}");
        }
        for other in ["\"x\"", "", "W/"] {
            assert!(!names(&other.parse().unwrap(), &tag), "{other}");
        }
    }
}
