//! What another program posts, from bytes to a tree of values, in whatever format it is.

mod charset;
mod error;
mod fields;
mod form;
mod json;
mod kind;
mod multipart;
#[cfg(test)]
mod tests;
mod xml;

pub(super) use error::BadBody;

use crate::domain::alerting::payload::{Node, Payload};
use bytes::Bytes;
use kind::{Format, Kind};

/// Reads a body. `content_type`: that header as it was sent; without one, or with one that says nothing, the body's first
/// character tells what it is.
pub(super) async fn read(content_type: Option<&str>, body: Bytes) -> Result<Payload, BadBody> {
    let kind = Kind::of(content_type, &body);
    let charset = kind.charset.as_deref();
    let root = match kind.format {
        Format::Json => json::read(&charset::decode(&body, charset))?,
        Format::Xml => xml::read(&body, charset)?,
        Format::Form => form::read(&body, charset),
        Format::Multipart => return multipart::read(content_type.unwrap_or_default(), body).await,
        Format::Text => Node::Text(charset::decode(&body, charset).into_owned()),
    };
    Ok(Payload { root, files: vec![] })
}
