//! A bucket of S3 as far as the program uses it. It checks every signature, down to the last byte.
//!
//! Source: the API reference of Amazon S3: "Signature Calculations for the Authorization Header", and the pages of the
//! actions on objects and on multipart uploads.

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::State;
use axum::http::request::Parts;
use axum::http::{Method, Request, StatusCode, header};
use axum::response::{IntoResponse, Response};
use hmac::{Hmac, Mac};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::{Arc, Mutex};
use tokio::net::TcpListener;

pub(crate) const BUCKET: &str = "recordings-of-ours";
pub(crate) const REGION: &str = "eu-central-1";
pub(crate) const KEY_ID: &str = "AKIAEXAMPLE";
pub(crate) const SECRET: &str = "a-secret/that+nobody-else-may-see";

/// A bucket and what is in it.
pub(crate) struct Bucket {
    /// Where it is, with a trailing slash.
    pub(crate) url: String,
    inside: Arc<Mutex<Inside>>,
}

#[derive(Default)]
struct Inside {
    objects: BTreeMap<String, Bytes>,
    uploads: BTreeMap<String, BTreeMap<u32, Bytes>>,
    asked: Vec<String>,
}

impl Bucket {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap());
        let inside = Arc::new(Mutex::new(Inside::default()));
        let router = axum::Router::new().fallback(answer).with_state(inside.clone());
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { url, inside }
    }

    /// What is in it: keys and lengths.
    pub(crate) fn objects(&self) -> Vec<(String, usize)> {
        let inside = self.inside.lock().unwrap();
        inside.objects.iter().map(|(key, bytes)| (key.clone(), bytes.len())).collect()
    }

    /// Uploads that were neither completed nor aborted.
    pub(crate) fn unfinished(&self) -> usize {
        self.inside.lock().unwrap().uploads.len()
    }

    /// What it was asked: methods and what follows the bucket's name.
    pub(crate) fn asked(&self) -> Vec<String> {
        self.inside.lock().unwrap().asked.clone()
    }
}

async fn answer(State(inside): State<Arc<Mutex<Inside>>>, request: Request<Body>) -> Response {
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, 200 * 1024 * 1024).await.unwrap();
    if let Err(code) = signed(&parts, &body) {
        let said = format!("<AWSAccessKeyId>{KEY_ID}</AWSAccessKeyId>");
        return failed(StatusCode::FORBIDDEN, code, &said);
    }
    let host = parts.headers[header::HOST].to_str().unwrap();
    let before = if host.starts_with(&format!("{BUCKET}.")) { "/".to_owned() } else { format!("/{BUCKET}/") };
    let Some(key) = parts.uri.path().strip_prefix(&before) else {
        return failed(StatusCode::NOT_FOUND, "NoSuchBucket", "");
    };
    let query: BTreeMap<String, String> =
        serde_urlencoded::from_str(parts.uri.query().unwrap_or_default()).unwrap();
    let mut inside = inside.lock().unwrap();
    let names: Vec<_> = query.keys().map(String::as_str).collect();
    inside.asked.push(format!("{} {key} {}", parts.method, names.join(" ")).trim_end().to_owned());
    inside.act(&parts, key, &query, body)
}

impl Inside {
    fn act(&mut self, parts: &Parts, key: &str, query: &BTreeMap<String, String>, body: Bytes) -> Response {
        match (&parts.method, query.get("uploadId")) {
            (&Method::POST, None) if query.contains_key("uploads") => {
                let id = format!("upload-{}_of.ours~", self.asked.len());
                self.uploads.insert(id.clone(), BTreeMap::new());
                let xml = format!(
                    "<InitiateMultipartUploadResult><Bucket>{BUCKET}</Bucket><Key>{key}</Key>\
                     <UploadId>{id}</UploadId></InitiateMultipartUploadResult>"
                );
                xml.into_response()
            }
            (&Method::PUT, Some(id)) => {
                let number = query["partNumber"].parse().unwrap();
                self.uploads.get_mut(id).unwrap().insert(number, body);
                ([(header::ETAG, format!("\"part {number}\""))], "").into_response()
            }
            (&Method::POST, Some(id)) => {
                let parts = self.uploads.remove(id).unwrap();
                let least = parts.values().rev().skip(1).map(Bytes::len).min();
                if least.is_some_and(|least| least < 5 * 1024 * 1024) {
                    return failed(StatusCode::BAD_REQUEST, "EntityTooSmall", "");
                }
                self.objects.insert(key.to_owned(), parts.into_values().collect::<Vec<_>>().concat().into());
                let xml = format!(
                    "<CompleteMultipartUploadResult><Bucket>{BUCKET}</Bucket><Key>{key}</Key>\
                     <ETag>\"whole\"</ETag></CompleteMultipartUploadResult>"
                );
                xml.into_response()
            }
            (&Method::DELETE, Some(id)) => {
                self.uploads.remove(id);
                StatusCode::NO_CONTENT.into_response()
            }
            (&Method::PUT, None) => {
                self.objects.insert(key.to_owned(), body);
                ([(header::ETAG, "\"whole\"")], "").into_response()
            }
            (&Method::DELETE, None) => {
                self.objects.remove(key);
                StatusCode::NO_CONTENT.into_response()
            }
            (&Method::GET | &Method::HEAD, None) => match self.objects.get(key) {
                Some(bytes) => part(bytes, parts),
                None => failed(StatusCode::NOT_FOUND, "NoSuchKey", ""),
            },
            other => panic!("nobody asks a bucket for {other:?}"),
        }
    }
}

/// An object, or the range of it that is asked for.
fn part(bytes: &Bytes, parts: &Parts) -> Response {
    let whole = bytes.len();
    let range = parts.headers.get(header::RANGE).map(|range| {
        let range = range.to_str().unwrap().strip_prefix("bytes=").unwrap();
        let (from, last) = range.split_once('-').unwrap();
        (from.parse::<usize>().unwrap(), last.parse::<usize>().unwrap().min(whole - 1))
    });
    let dates = [
        (header::ETAG, "\"whole\"".to_owned()),
        (header::LAST_MODIFIED, "Mon, 05 Jan 2026 09:00:00 GMT".to_owned()),
    ];
    match range {
        Some((from, last)) => {
            let content = [(header::CONTENT_RANGE, format!("bytes {from}-{last}/{whole}"))];
            (StatusCode::PARTIAL_CONTENT, dates, content, bytes.slice(from..=last)).into_response()
        }
        None => (dates, bytes.clone()).into_response(),
    }
}

fn failed(status: StatusCode, code: &str, more: &str) -> Response {
    let xml =
        format!("<?xml version=\"1.0\"?>\n<Error><Code>{code}</Code><Message>no</Message>{more}</Error>");
    (status, xml).into_response()
}

/// Checks the signature of a request, version 4.
fn signed(parts: &Parts, body: &[u8]) -> Result<(), &'static str> {
    let text =
        |name: &str| parts.headers.get(name).map(|value| value.to_str().unwrap()).ok_or("AccessDenied");
    let given = text("authorization")?.strip_prefix("AWS4-HMAC-SHA256 ").ok_or("AccessDenied")?;
    let pairs: BTreeMap<_, _> = given.split(", ").filter_map(|pair| pair.split_once('=')).collect();
    let (moment, content) = (text("x-amz-date")?, text("x-amz-content-sha256")?);
    let day = &moment[..8];
    let scope = format!("{day}/{REGION}/s3/aws4_request");
    if pairs["Credential"] != format!("{KEY_ID}/{scope}") {
        return Err("InvalidAccessKeyId");
    }
    if content != hex::encode(Sha256::digest(body)) {
        return Err("XAmzContentSHA256Mismatch");
    }
    let mut canonical = format!("{}\n{}\n", parts.method, parts.uri.path());
    let query: Vec<(String, String)> =
        serde_urlencoded::from_str(parts.uri.query().unwrap_or_default()).unwrap();
    let mut query: Vec<_> =
        query.iter().map(|(name, value)| format!("{}={}", encoded(name), encoded(value))).collect();
    query.sort_unstable();
    writeln!(canonical, "{}", query.join("&")).unwrap();
    for name in pairs["SignedHeaders"].split(';') {
        writeln!(canonical, "{name}:{}", text(name)?.trim()).unwrap();
    }
    write!(canonical, "\n{}\n{content}", pairs["SignedHeaders"]).unwrap();
    let digest = hex::encode(Sha256::digest(canonical));
    let key = [day, REGION, "s3", "aws4_request"]
        .iter()
        .fold(format!("AWS4{SECRET}").into_bytes(), |key, part| mac(&key, part));
    let expected = mac(&key, &format!("AWS4-HMAC-SHA256\n{moment}\n{scope}\n{digest}"));
    if pairs["Signature"] == hex::encode(expected) { Ok(()) } else { Err("SignatureDoesNotMatch") }
}

fn mac(key: &[u8], text: &str) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).unwrap();
    mac.update(text.as_bytes());
    mac.finalize().into_bytes().to_vec()
}

/// A text as it stands in what is signed.
fn encoded(text: &str) -> String {
    text.bytes().fold(String::new(), |mut encoded, byte| {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => encoded.push(byte.into()),
            other => write!(encoded, "%{other:02X}").unwrap(),
        }
        encoded
    })
}
