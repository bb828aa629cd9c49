//! The one thing that a path names.

use crate::http::error::ApiError;
use axum::extract::{FromRequestParts, Path};
use axum::http::request::Parts;
use serde::de::DeserializeOwned;

/// The id in a path. A text that is no id names nothing, so that its answer is 404.
#[derive(Debug, Clone, Copy)]
pub struct Item<T>(pub T);

impl<S, T> FromRequestParts<S> for Item<T>
where
    S: Send + Sync,
    T: DeserializeOwned + Send,
{
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        match Path::from_request_parts(parts, state).await {
            Ok(Path(id)) => Ok(Self(id)),
            Err(_no_id) => Err(ApiError::not_found("there is nothing of this id")),
        }
    }
}
