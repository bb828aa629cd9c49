//! The carrier's side of the edge, asked without a carrier: signed requests go straight to the router.

mod errors;
mod late;
mod limits;
mod logs;
mod rings;
mod signatures;
mod troubled;

use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode, header};
use dutyline::app::App;
use dutyline::domain::voice::call::Call;
use dutyline::http::router;
use dutyline::twiml::Verb;
use dutyline::twiml::read::read;
use dutyline::twiml::signature::{Key, SIGNATURE_HEADER, SignedBody, sign};
use tower::ServiceExt;

/// An answer, whole.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    headers: HeaderMap,
    body: String,
}

impl Answer {
    /// The verbs of the document that it is.
    fn verbs(&self) -> Vec<Verb> {
        assert_eq!(self.headers[header::CONTENT_TYPE], "text/xml", "{}", self.body);
        read(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.body)).verbs
    }

    /// What is said before the call is ended, if that is all that the document does.
    fn last_words(&self) -> String {
        assert_eq!(self.status, StatusCode::OK, "{}", self.body);
        let mut verbs = self.verbs();
        assert_eq!(verbs.pop(), Some(Verb::Hangup), "{}", self.body);
        let words = verbs.into_iter().map(|verb| {
            let Verb::Say(say) = verb else { panic!("{verb:?}") };
            say.text
        });
        words.collect::<Vec<_>>().join(" ")
    }
}

/// A refusal that no carrier reads out: an empty document.
fn assert_refused(answer: &Answer, status: StatusCode) {
    assert_eq!(answer.status, status, "{}", answer.body);
    assert_eq!(answer.verbs(), []);
}

/// The key that the carrier signs with.
fn token(app: &App) -> Key {
    Key::account_token(app.live().settings.carrier.auth_token.as_ref().unwrap().expose())
}

/// The fields of a form.
fn fields(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

/// A form that the carrier posts; `signature`: what stands in the header, if anything.
fn form(path: &str, said: &[(&str, &str)], signature: Option<&str>) -> Request<Body> {
    let mut request = Request::post(path).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    if let Some(signature) = signature {
        request = request.header(SIGNATURE_HEADER, signature);
    }
    request.body(Body::from(serde_urlencoded::to_string(said).unwrap())).unwrap()
}

/// The same, signed with the carrier's token for the address that the carrier knows.
fn signed(app: &App, path: &str, said: &[(&str, &str)]) -> Request<Body> {
    let url = format!("{}{}", app.public_url, path.trim_start_matches('/'));
    form(path, said, Some(&sign(&url, &SignedBody::Form(&fields(said)), &token(app))))
}

async fn send(app: &App, request: Request<Body>) -> Answer {
    let (parts, body) = router(app.clone()).oneshot(request).await.unwrap().into_parts();
    let body = to_bytes(body, usize::MAX).await.unwrap();
    Answer { status: parts.status, headers: parts.headers, body: String::from_utf8(body.to_vec()).unwrap() }
}

pub(crate) async fn post(app: &App, path: &str, said: &[(&str, &str)]) -> Answer {
    send(app, signed(app, path, said)).await
}

/// Somebody calls.
pub(crate) async fn call(app: &App, sid: &str, from: &str) -> Answer {
    post(app, "/voice", &[("CallSid", sid), ("From", from)]).await
}

/// Where the reply to the present document of a call goes.
pub(crate) fn place(call: &Call) -> String {
    format!("/voice/calls/{}/legs/{}/documents/{}", call.id, call.leg, call.document)
}

pub(crate) async fn stored(app: &App, sid: &str) -> Option<Call> {
    app.calls.by_carrier(sid).await.unwrap()
}

/// A call in a world with one group that stands at its recording.
pub(crate) async fn recording(app: &App, sid: &str) -> Call {
    call(app, sid, "+15550101").await;
    let menu = stored(app, sid).await.unwrap();
    post(app, &place(&menu), &[("CallSid", sid), ("Digits", "1")]).await;
    let call = stored(app, sid).await.unwrap();
    assert_eq!(call.state.word(), "recording");
    call
}

/// What the carrier says of a message that was sent with key 1.
pub(crate) const SENT: [(&str, &str); 4] = [
    ("RecordingUrl", "http://127.0.0.1:8090/Recordings/RE1"),
    ("RecordingSid", "RE1"),
    ("RecordingDuration", "14"),
    ("Digits", "1"),
];

/// Somebody in a world with one group leaves a message, which the carrier keeps under that id.
pub(crate) async fn leave_message(app: &App, call: &str, recording_sid: &str) {
    let at = recording(app, call).await;
    let [url, _, seconds, key] = SENT;
    let said = [("CallSid", call), url, ("RecordingSid", recording_sid), seconds, key];
    assert_eq!(post(app, &place(&at), &said).await.status, StatusCode::OK);
}
