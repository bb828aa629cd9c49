//! What the answers of a vendor's HTTP API, and its silence, mean for another try.

use super::cause::{last_line, short, silence};
use crate::ports::error::{Undone, VendorError};
use jiff::SignedDuration;
use reqwest::{Response, StatusCode, header};
use serde::Deserialize;
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
    /// Whether his own words may stand in our log: not where they may repeat people's ids or a key in a URL.
    pub(super) is_quoted: bool,
}

impl Vendor {
    /// The answer, when it is a 2xx.
    pub(super) async fn accepted(
        &self,
        asked: Result<Response, reqwest::Error>,
    ) -> Result<Response, VendorError> {
        self.success(asked.map_err(|error| self.trouble(error))?).await
    }

    /// The answer to something that is done whenever it is asked for, when it is a 2xx. Whether it was done is known from that
    /// alone: a refusal, whatever its reason, comes before anything happens, and without a connection there is no request.
    /// So does 503 (RFC 9110, 15.6.4). What is not known is what an answer that never comes or that breaks off stands for,
    /// and one that says that something failed there.
    pub(super) async fn done(&self, asked: Result<Response, reqwest::Error>) -> Result<Response, Undone> {
        let answer = asked.map_err(|error| {
            let meaning = if error.is_connect() { Undone::Certainly } else { Undone::Perhaps };
            meaning(self.trouble(error))
        })?;
        let status = answer.status();
        let is_refusal =
            status.is_client_error() || status.is_redirection() || status == StatusCode::SERVICE_UNAVAILABLE;
        let meaning = if is_refusal { Undone::Certainly } else { Undone::Perhaps };
        self.success(answer).await.map_err(meaning)
    }

    /// That answer, when it is a 2xx.
    pub(super) async fn success(&self, answer: Response) -> Result<Response, VendorError> {
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
    pub(super) fn trouble(&self, error: reqwest::Error) -> VendorError {
        silence(self.name, error)
    }

    async fn refused(&self, status: StatusCode, answer: Response) -> VendorError {
        let retry_after = retry_after(&answer);
        let why = if self.is_quoted {
            why(status, &self.body(answer).await.unwrap_or_default())
        } else {
            status.as_u16().to_string()
        };
        let Self { name, url, credential, is_quoted: _ } = self;
        let later =
            |what: &str| VendorError::Temporary { retry_after, cause: format!("{name} {what} ({why})") };
        match status {
            // A credential that has just been replaced is mended by an operator: no alert may be lost to it.
            StatusCode::UNAUTHORIZED => {
                VendorError::temporary(format!("{name} does not know us ({why}); check {credential}"))
            }
            StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_EARLY | StatusCode::TOO_MANY_REQUESTS => {
                later("is busy")
            }
            _ if status.is_client_error() => VendorError::permanent(format!("{name} refused it ({why})")),
            // A proxy on the way that has lost its own way, or a setting: an operator mends either.
            _ if status.is_redirection() => VendorError::Temporary {
                retry_after,
                cause: format!("{name} sent us elsewhere ({why}); check {url}"),
            },
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

/// What many say of a refusal. The message may repeat what was asked.
#[derive(Deserialize)]
struct Refusal {
    /// A number of the vendor's own.
    code: Option<u32>,
    message: Option<String>,
}

/// A status, and what the vendor says of it; pages for people's eyes are left out.
fn why(status: StatusCode, body: &[u8]) -> String {
    let status = status.as_u16();
    let (code, said) = match serde_json::from_slice(body) {
        Ok(Refusal { code, message: Some(message) }) => (code, Some(short(&message))),
        Ok(Refusal { code: Some(code), message: None }) => (Some(code), None),
        Ok(Refusal { code: None, message: None }) | Err(_) => {
            let line = last_line(&String::from_utf8_lossy(body));
            (None, line.filter(|line| !line.starts_with('<')))
        }
    };
    let code = code.filter(|code| *code != u32::from(status)).map(|code| format!(", code {code}"));
    let said = said.map(|said| format!(": {said}"));
    format!("{status}{}{}", code.unwrap_or_default(), said.unwrap_or_default())
}

/// The wait that a vendor asks for; one given as a date is left to our own pace.
fn retry_after(answer: &Response) -> Option<SignedDuration> {
    let seconds: u32 = answer.headers().get(header::RETRY_AFTER)?.to_str().ok()?.trim().parse().ok()?;
    Some(SignedDuration::from_secs(i64::from(seconds).min(LONGEST_WAIT)))
}
