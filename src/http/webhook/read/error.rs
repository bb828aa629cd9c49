//! Why a body can't be read.

use axum::http::StatusCode;

/// A body that can't be read. Its own words are not in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::http) struct BadBody {
    /// What the sender is answered: 400, or 413 where something is too large.
    pub(in crate::http) status: StatusCode,
    /// The word for programs: `malformed_json`, `malformed_xml`, `malformed_multipart`, `too_many_parts`, `too_large`,
    /// `too_many_files`, or that of
    /// [`crate::domain::alerting::file::FileRefused`].
    pub(in crate::http) code: &'static str,
    /// What is wrong, in words.
    pub(in crate::http) message: String,
    /// In which line, from 1, where that can be said.
    pub(in crate::http) line: Option<usize>,
    /// At which byte of that line, from 1.
    pub(in crate::http) column: Option<usize>,
}

impl BadBody {
    /// A body that is wrong as a whole.
    pub(super) fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self { status: StatusCode::BAD_REQUEST, code, message: message.into(), line: None, column: None }
    }

    /// A body that goes wrong at a place.
    pub(super) fn at(code: &'static str, what: &str, line: usize, column: usize) -> Self {
        let message = format!("{what}, at line {line} column {column}");
        Self { line: Some(line), column: Some(column), ..Self::new(code, message) }
    }
}
