//! What the answers of a vendor's HTTP API, and its silence, mean for another try.

use super::cause::{innermost, last_line};
use crate::ports::error::VendorError;
use jiff::SignedDuration;
use reqwest::{Response, StatusCode, header};
use serde::de::DeserializeOwned;

/// Bytes of an answer that are read at most.
const LONGEST: usize = 1024 * 1024;

/// The longest wait that a vendor may ask of us, in seconds.
const LONGEST_WAIT: i64 = 3_600;

/// A vendor, as the operator's log speaks of him.
#[derive(Debug, Clone, Copy)]
pub(super) struct Vendor {
    /// E.g. `the transcriber`.
    pub(super) name: &'static str,
    /// The setting that says where he is.
    pub(super) url: &'static str,
    /// The setting that he knows us by.
    pub(super) credential: &'static str,
}

impl Vendor {
    /// The answer, when it is a 2xx.
    pub(super) async fn accepted(
        &self,
        asked: Result<Response, reqwest::Error>,
    ) -> Result<Response, VendorError> {
        let answer = asked.map_err(|error| self.trouble(error))?;
        let status = answer.status();
        if status.is_success() { Ok(answer) } else { Err(self.refused(status, answer).await) }
    }

    /// The value in an answer. Anything else than that value is the doing of something on the way, and passes; the
    /// cause names the field where it is otherwise, and never what is in it.
    pub(super) async fn json<T: DeserializeOwned>(&self, answer: Response) -> Result<T, VendorError> {
        let body = self.body(answer).await?;
        serde_path_to_error::deserialize(&mut serde_json::Deserializer::from_slice(&body)).map_err(|error| {
            let place = match error.path().to_string().as_str() {
                "." => String::new(),
                path => format!(" at {path}"),
            };
            VendorError::temporary(format!("{}'s answer can't be understood{place}", self.name))
        })
    }

    /// No answer, or one that broke off.
    fn trouble(&self, error: reqwest::Error) -> VendorError {
        let what = if error.is_timeout() {
            "did not answer in time"
        } else if error.is_connect() {
            "can't be reached"
        } else {
            "broke off"
        };
        VendorError::temporary(format!("{} {what}: {}", self.name, innermost(&error.without_url())))
    }

    async fn refused(&self, status: StatusCode, answer: Response) -> VendorError {
        let retry_after = retry_after(&answer);
        let said = self.body(answer).await.ok().and_then(|body| last_line(&String::from_utf8_lossy(&body)));
        let why = match said {
            Some(said) => format!("{}: {said}", status.as_u16()),
            None => status.as_u16().to_string(),
        };
        let Self { name, url, credential } = self;
        let later =
            |what: &str| VendorError::Temporary { retry_after, cause: format!("{name} {what} ({why})") };
        match status {
            // A credential that has just been replaced is mended by an operator.
            StatusCode::UNAUTHORIZED => {
                VendorError::temporary(format!("{name} does not know us ({why}); check {credential}"))
            }
            StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_EARLY | StatusCode::TOO_MANY_REQUESTS => {
                later("is busy")
            }
            _ if status.is_client_error() => VendorError::permanent(format!("{name} refused it ({why})")),
            _ if status.is_redirection() => {
                VendorError::permanent(format!("{name} sent us elsewhere ({why}); check {url}"))
            }
            _ => later("failed"),
        }
    }

    async fn body(&self, mut answer: Response) -> Result<Vec<u8>, VendorError> {
        let mut body = vec![];
        while let Some(piece) = answer.chunk().await.map_err(|error| self.trouble(error))? {
            if body.len() + piece.len() > LONGEST {
                return Err(VendorError::temporary(format!("{}'s answer does not end", self.name)));
            }
            body.extend_from_slice(&piece);
        }
        Ok(body)
    }
}

/// The wait that a vendor asks for; one given as a date is left to our own pace.
fn retry_after(answer: &Response) -> Option<SignedDuration> {
    let seconds: u32 = answer.headers().get(header::RETRY_AFTER)?.to_str().ok()?.trim().parse().ok()?;
    Some(SignedDuration::from_secs(i64::from(seconds).min(LONGEST_WAIT)))
}
