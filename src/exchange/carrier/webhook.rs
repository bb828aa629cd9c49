//! Delivers webhooks: signed, with timeouts and retries, and reads the documents that come back.

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use jiff::SignedDuration;
use reqwest::{Client, Response as Reply, header};

use crate::exchange::{audio, http};
use crate::twiml::{
    Play, Response, Say, Verb, read,
    signature::{self, Key, SignedBody},
};

use super::{
    overrides::{Overrides, Trouble},
    switchboard::{Job, Wants},
};

/// How long a sound is whose length its beginning doesn't tell.
const UNKNOWN_LENGTH: SignedDuration = SignedDuration::from_secs(4);

/// What the gateway answered.
pub(super) struct Answer {
    status: u16,
    content_type: String,
    body: Vec<u8>,
}

/// Delivers webhooks.
pub(super) struct Webhooks {
    key: Key,
    /// The pause before the first repetition; each further one is twice as long.
    retry_after: Duration,
    /// A client for each connection timeout that was asked for: it can't be set on a request.
    clients: Mutex<BTreeMap<Duration, Client>>,
}

impl Webhooks {
    pub(super) fn new(auth_token: &str, retry_after: Duration) -> Self {
        Self { key: Key::account_token(auth_token), retry_after, clients: Mutex::default() }
    }

    /// Delivers one webhook. The answer is that of the last delivery; an error says what went wrong without
    /// naming anybody.
    pub(super) async fn deliver(&self, job: &Job) -> Result<Answer, String> {
        let answer = self.try_until_answered(job).await;
        if job.repeated { self.try_until_answered(job).await } else { answer }
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "the carrier waits in real time for a gateway that is being restarted"
    )]
    async fn try_until_answered(&self, job: &Job) -> Result<Answer, String> {
        let (url, overrides) = Overrides::split(&job.url);
        let begun = Instant::now();
        let mut pause = self.retry_after;
        for attempt in 0..=overrides.retries {
            let left = overrides.total.saturating_sub(begun.elapsed());
            let failed = match self.try_once(job, url, &overrides, left).await {
                Ok(answer) => match trouble_of(answer.status) {
                    None => return Ok(answer),
                    Some(trouble) => (trouble, Ok(answer)),
                },
                Err((trouble, why)) => (trouble, Err(why)),
            };
            let last = attempt == overrides.retries || begun.elapsed() + pause >= overrides.total;
            if last || !overrides.policy.contains(&failed.0) {
                return failed.1.map_err(|why| format!("{}: {why}", place(url)));
            }
            tokio::time::sleep(pause).await;
            pause = pause.saturating_mul(2);
        }
        Err(format!("{}: no time was left", place(url)))
    }

    async fn try_once(
        &self,
        job: &Job,
        url: &str,
        overrides: &Overrides,
        left: Duration,
    ) -> Result<Answer, (Trouble, String)> {
        let client = self.client(overrides.connect).map_err(|why| (Trouble::Connection, why))?;
        let signature = signature::sign(url, &SignedBody::Form(&job.fields), &self.key);
        let request = match job.wants {
            Wants::Sound => client.get(url),
            Wants::Nothing | Wants::Document(_) | Wants::Reply { .. } => client.post(url).form(&job.fields),
        };
        let request = request
            .header(signature::SIGNATURE_HEADER, signature)
            .header("I-Twilio-Idempotency-Token", &job.token)
            .timeout(overrides.read.min(left));
        let reply = request.send().await.map_err(|error| explain(&error))?;
        let status = reply.status().as_u16();
        let content_type = reply.headers().get(header::CONTENT_TYPE);
        let content_type =
            content_type.and_then(|value| value.to_str().ok()).unwrap_or_default().to_ascii_lowercase();
        let body = body(reply).await.map_err(|error| explain(&error))?;
        Ok(Answer { status, content_type, body })
    }

    fn client(&self, connect: Duration) -> Result<Client, String> {
        let mut clients = self.clients.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(client) = clients.get(&connect) {
            return Ok(client.clone());
        }
        let client = http::client(connect).map_err(|error| format!("no HTTP client: {error}"))?;
        clients.insert(connect, client.clone());
        Ok(client)
    }
}

/// Reads one byte more than a document may have, so that a longer one is found out.
async fn body(mut reply: Reply) -> reqwest::Result<Vec<u8>> {
    let mut body = Vec::new();
    while body.len() <= read::MAX_BYTES {
        match reply.chunk().await? {
            Some(chunk) => body.extend_from_slice(&chunk),
            None => break,
        }
    }
    Ok(body)
}

fn explain(error: &reqwest::Error) -> (Trouble, String) {
    if error.is_connect() {
        (Trouble::Connection, "no connection".to_owned())
    } else if error.is_timeout() {
        (Trouble::Reading, "no answer in time".to_owned())
    } else {
        (Trouble::Reading, "the answer broke off".to_owned())
    }
}

fn trouble_of(status: u16) -> Option<Trouble> {
    match status {
        400..=499 => Some(Trouble::ClientError),
        500.. => Some(Trouble::ServerError),
        _ => None,
    }
}

/// A URL without its query and credentials.
fn place(url: &str) -> String {
    url::Url::parse(url).map_or_else(|_| "a URL that is none".to_owned(), |url| url.path().to_owned())
}

impl Answer {
    /// Whether a callback counts as taken; an error says why not.
    pub(super) fn taken(self) -> Result<(), String> {
        if self.is_fine() {
            Ok(())
        } else {
            Err(format!("a callback was answered with status {}", self.status))
        }
    }

    fn is_fine(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// How long the sound is that was asked for. An error says why it is none.
    pub(super) fn sound(self) -> Result<SignedDuration, String> {
        if !self.is_fine() {
            return Err(format!("a sound was answered with status {}", self.status));
        }
        if !self.is_sound() {
            return Err(format!("a sound was answered with content type {:?}", self.content_type));
        }
        Ok(audio::length(&self.body).unwrap_or(UNKNOWN_LENGTH))
    }

    /// What is written back to a text message. An error says what was wrong.
    pub(super) fn reply(self) -> Result<Vec<String>, String> {
        if !self.is_fine() {
            return Err(format!("answered with status {}", self.status));
        }
        let text =
            String::from_utf8(self.body).map_err(|error| format!("not an answer: {}", error.utf8_error()))?;
        read::message(&text).map_err(|error| format!("not an answer: {error}"))
    }

    fn is_sound(&self) -> bool {
        self.content_type.starts_with("audio/")
    }

    /// The answer as a document (Twilio, "TwiML for Programmable Voice", content types): plain text that is no
    /// TwiML is read aloud, and a sound is played. An error says what was wrong.
    pub(super) fn document(self, url: &str) -> Result<Response, String> {
        if !self.is_fine() {
            return Err(format!("answered with status {}", self.status));
        }
        if self.is_sound() {
            return Ok(Response { verbs: vec![Verb::Play(Play { url: url.to_owned() })] });
        }
        let text = String::from_utf8(self.body)
            .map_err(|error| format!("not a document: {}", error.utf8_error()))?;
        let kind = self.content_type.split(';').next().unwrap_or_default().trim();
        match (kind, read::read(&text)) {
            ("text/xml" | "application/xml" | "text/html" | "text/plain", Ok(response)) => Ok(response),
            ("text/plain", Err(_)) => Ok(aloud(text)),
            ("text/xml" | "application/xml" | "text/html", Err(error)) => {
                Err(format!("not a document: {error}"))
            }
            _ => Err(format!("answered with content type {kind:?}")),
        }
    }
}

fn aloud(text: String) -> Response {
    let say = Say { voice: "man".to_owned(), language: "en-US".to_owned(), text };
    Response { verbs: vec![Verb::Say(say)] }
}
