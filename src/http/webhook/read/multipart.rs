//! A form with files.

use super::charset;
use super::error::BadBody;
use super::fields::Fields;
use crate::domain::alerting::file::{File, FileRefused, MAX_FILES};
use crate::domain::alerting::payload::{Node, Payload};
use axum::http::StatusCode;
use bytes::Bytes;
use futures_util::stream;
use std::convert::Infallible;

/// How many parts a form may have.
const MOST_PARTS: usize = 1_000;

/// How long everything in it may be that is no file, in bytes: as long as a body without files.
const LONGEST_TEXT: usize = 1024 * 1024;

const UNREADABLE: &str = "the body is no multipart form";

/// Reads the parts: those with a file's name are files, the others fields.
pub(super) async fn read(content_type: &str, body: Bytes) -> Result<Payload, BadBody> {
    let boundary = multer::parse_boundary(content_type);
    let boundary = boundary.map_err(malformed("the content type names no boundary"))?;
    let bytes = stream::iter([Ok::<_, Infallible>(body)]);
    let mut parts = multer::Multipart::new(bytes, boundary);
    let mut fields = Fields::default();
    let mut files = vec![];
    let mut text_bytes = 0;
    while let Some(part) = parts.next_field().await.map_err(malformed(UNREADABLE))? {
        if part.index() >= MOST_PARTS {
            return Err(BadBody::new("too_many_parts", format!("a form may have {MOST_PARTS} parts")));
        }
        let name = part.name().unwrap_or_default().trim().to_owned();
        let file = part.file_name().map(str::to_owned);
        let encoding =
            part.content_type().and_then(|kind| kind.get_param("charset")).map(|it| it.as_str().to_owned());
        let bytes = part.bytes().await.map_err(malformed(UNREADABLE))?;
        match file {
            // What a page sends where no file was chosen.
            Some(file) if file.is_empty() && bytes.is_empty() => {}
            Some(_) if files.len() == MAX_FILES => {
                return Err(BadBody::new(
                    "too_many_files",
                    format!("an event brings up to {MAX_FILES} files"),
                ));
            }
            Some(file) => files.push(File::new(&file, bytes.into()).map_err(refused)?),
            None => {
                text_bytes += name.len() + bytes.len();
                if text_bytes > LONGEST_TEXT {
                    let status = StatusCode::PAYLOAD_TOO_LARGE;
                    let message = format!("a form may have {LONGEST_TEXT} bytes besides its files");
                    return Err(BadBody { status, ..BadBody::new("too_large", message) });
                }
                let text = charset::decode(&bytes, encoding.as_deref()).into_owned();
                fields.add(name, Node::Text(text));
            }
        }
    }
    Ok(Payload { root: fields.done(), files })
}

/// The reader's own words are left out: they repeat what was sent.
fn malformed(what: &'static str) -> impl Fn(multer::Error) -> BadBody {
    move |_| BadBody::new("malformed_multipart", what)
}

fn refused(why: FileRefused) -> BadBody {
    let status = match why {
        FileRefused::TooLong => StatusCode::PAYLOAD_TOO_LARGE,
        FileRefused::Kind | FileRefused::Content => StatusCode::BAD_REQUEST,
    };
    BadBody { status, ..BadBody::new(why.code(), why.to_string()) }
}
