//! Every request that the adapter makes, held against Twilio's public description of its API. The variable
//! `TWILIO_OPENAPI` names the file; it is not a part of this project.

mod description;

use super::calls::{ada, new_call};
use super::messages::sms;
use super::recordings::{named, sound};
use super::{ACCOUNT, TOKEN, twilio_by};
use description::Description;
use dutyline::adapters::twilio::{Twilio, TwilioLogin};
use dutyline::domain::contact::PhoneNumber;
use dutyline::domain::directory::device::Device;
use dutyline::ports::telephony::{NewCall, Telephony};
use dutyline::ports::vendor::{SingleSender, Sought};
use jiff::Timestamp;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;
use syn::{Item, TraitItem};
use wiremock::matchers::any;
use wiremock::{Mock, MockServer, Request, Respond, ResponseTemplate};

const RECORDING: &str = "RE0123456789abcdef0123456789abcdef";
const CALL: &str = "CA0123456789abcdef0123456789abcdef";

/// Makes every request that the adapter can make; the names of the ports' methods that were called. Each must be
/// content with what it is answered.
async fn drive(twilio: &Twilio) -> BTreeSet<&'static str> {
    let url = || "https://duty.example/legs/1".to_owned();
    twilio.place_call(&NewCall { machine_url: Some(url()), ..new_call() }).await.unwrap();
    twilio.redirect_call(CALL, &url()).await.unwrap();
    twilio.hang_up(CALL).await.unwrap();
    twilio.stop_ringing(CALL).await.unwrap();
    twilio.call_status(CALL).await.unwrap();
    twilio.calls_to(&ada(), Timestamp::UNIX_EPOCH).await.unwrap();
    sound(twilio, &named(RECORDING)).await.unwrap();
    twilio.delete_recording(&named(RECORDING)).await.unwrap();
    twilio.text_of(&named(RECORDING)).await.unwrap();
    twilio.recordings_of(CALL).await.unwrap();
    Telephony::probe(twilio).await.unwrap();
    twilio.number(&PhoneNumber::parse("+15550199").unwrap()).await.unwrap();
    let message = sms("Pumps are down");
    twilio.send(&message).await.unwrap();
    let trace = twilio.trace(&message);
    let to = Device::Sms(ada());
    let sought = Sought { id: message.id, to: &to, trace: trace.as_deref(), since: Timestamp::UNIX_EPOCH };
    twilio.knows(&sought).await.unwrap();
    SingleSender::probe(twilio).await.unwrap();
    let calls = ["place_call", "redirect_call", "hang_up", "stop_ringing", "call_status", "calls_to"];
    let others = [
        "open_recording",
        "delete_recording",
        "text_of",
        "recordings_of",
        "probe",
        "number",
        "send",
        "knows",
    ];
    calls.into_iter().chain(others).collect()
}

/// The asynchronous methods of a trait, in a source file.
fn methods(file: &str, name: &str) -> BTreeSet<String> {
    let items = syn::parse_file(&std::fs::read_to_string(file).unwrap()).unwrap().items;
    let found = items.into_iter().find_map(|item| {
        let Item::Trait(one) = item else { return None };
        (one.ident == name).then_some(one.items)
    });
    let asynchronous = |item| {
        let TraitItem::Fn(method) = item else { return None };
        method.sig.asyncness.is_some().then(|| method.sig.ident.to_string())
    };
    found.unwrap().into_iter().filter_map(asynchronous).collect()
}

/// Answers as the description's own examples do; without one, with what all are content with.
struct Examples(Option<Arc<Description>>);

impl Respond for Examples {
    fn respond(&self, request: &Request) -> ResponseTemplate {
        if is_sound(request) {
            return ResponseTemplate::new(200).set_body_raw(b"RIFF".to_vec(), "audio/x-wav");
        }
        match self.0.as_ref().and_then(|description| description.example(request)) {
            Some((204, _)) => ResponseTemplate::new(204),
            Some((status, example)) => ResponseTemplate::new(status).set_body_json(example),
            None => ResponseTemplate::new(200).set_body_json(json!({
                "sid": "SM1", "status": if request.url.path().contains("/Calls/") { "completed" } else { "active" },
                "calls": [], "recordings": [], "transcriptions": [], "incoming_phone_numbers": [],
                "messages": [],
            })),
        }
    }
}

fn is_sound(request: &Request) -> bool {
    Path::new(request.url.path()).extension().is_some_and(|ending| ending == "wav")
}

/// All that is asked, by the account's token and by a key.
async fn asked(description: Option<&Arc<Description>>) -> Vec<Request> {
    let server = MockServer::start().await;
    Mock::given(any()).respond_with(Examples(description.cloned())).mount(&server).await;
    for login in [
        TwilioLogin::Token(TOKEN.to_owned()),
        TwilioLogin::Key { sid: "SK1".to_owned(), secret: TOKEN.to_owned() },
    ] {
        drive(&twilio_by(&server.uri(), login)).await;
    }
    server.received_requests().await.unwrap()
}

#[tokio::test]
async fn every_request_keeps_to_the_public_description() {
    let Some(file) = std::env::var_os("TWILIO_OPENAPI") else {
        println!("skipped: TWILIO_OPENAPI is not set; it names Twilio's public OpenAPI description");
        return;
    };
    let text = std::fs::read_to_string(&file).unwrap_or_else(|error| panic!("TWILIO_OPENAPI: {error}"));
    let description = Arc::new(Description(serde_json::from_str(&text).unwrap()));
    let requests = asked(Some(&description)).await;
    assert!(requests.len() >= 26, "{}", requests.len());
    let problems: Vec<_> = requests
        .into_iter()
        .map(|mut request| {
            if is_sound(&request) {
                // The description has the recording itself; its sound is the same resource under another ending
                // (the page of Recordings, "Fetch a Recording's media file").
                let path = request.url.path().replace(".wav", ".json");
                request.url.set_path(&path);
            }
            request
        })
        .flat_map(|request| description.problems(&request))
        .collect();
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

/// So that a new request can't pass by the test above.
#[tokio::test]
async fn every_method_of_the_adapter_is_driven() {
    let server = MockServer::start().await;
    Mock::given(any()).respond_with(Examples(None)).mount(&server).await;
    let driven = drive(&twilio_by(&server.uri(), TwilioLogin::Token(TOKEN.to_owned()))).await;
    let mut all = methods("src/ports/telephony.rs", "Telephony");
    all.extend(methods("src/ports/vendor.rs", "SingleSender"));
    assert_eq!(driven.into_iter().map(str::to_owned).collect::<BTreeSet<_>>(), all);
    for request in asked(None).await {
        assert!(request.url.path().contains(ACCOUNT), "{}", request.url);
    }
}

/// A description of two operations, to see that what is wrong is found.
fn small() -> Description {
    let sid = json!({ "type": "string", "minLength": 34, "maxLength": 34, "pattern": "^RE[0-9a-fA-F]{32}$" });
    Description(json!({
        "paths": {
            "/Recordings/{Sid}.json": { "get": { "parameters": [
                { "name": "Sid", "in": "path", "required": true, "schema": sid },
                { "name": "PageSize", "in": "query",
                  "schema": { "type": "integer", "minimum": 1, "maximum": 1000 } },
                { "name": "Since", "in": "query", "schema": { "type": "string", "format": "date" } },
            ] } },
            "/Messages.json": { "post": {
                "requestBody": { "content": { "application/x-www-form-urlencoded": { "schema": {
                    "properties": {
                        "To": { "type": "string", "format": "phone-number" },
                        "MediaUrl": { "type": "array", "items": { "type": "string", "format": "uri" } },
                        "Kept": { "$ref": "#/components/schemas/kept" },
                        "Smart": { "type": "boolean" },
                    },
                    "required": ["To"],
                } } } },
                "x-twilio": { "conditional": [["to", "media_url"], ["smart", "kept"]] },
            } },
        },
        "components": { "schemas": { "kept": { "type": "string", "enum": ["retain", "discard"] } } },
    }))
}

fn request(method: &str, path: &str, body: &str) -> Request {
    let mut headers = reqwest::header::HeaderMap::new();
    headers.insert("authorization", "Basic QUM=".parse().unwrap());
    if !body.is_empty() {
        headers.insert("content-type", "application/x-www-form-urlencoded".parse().unwrap());
    }
    Request {
        url: format!("http://api.example{path}").parse().unwrap(),
        method: method.parse().unwrap(),
        headers,
        body: body.into(),
    }
}

#[test]
fn what_keeps_to_a_description_has_no_problems() {
    let recording = format!("/Recordings/{RECORDING}.json?PageSize=1");
    assert_eq!(small().problems(&request("GET", &recording, "")), [""; 0]);
    let form = "To=%2B15550101&Kept=retain&MediaUrl=http%3A%2F%2Fa&MediaUrl=http%3A%2F%2Fb";
    assert_eq!(small().problems(&request("POST", "/Messages.json", form)), [""; 0]);
}

#[test]
fn what_does_not_keep_to_a_description_is_found() {
    let of = |method: &str, path: &str, body: &str| small().problems(&request(method, path, body)).join("\n");
    let recording = |query: &str| of("GET", &format!("/Recordings/{RECORDING}.json?{query}"), "");
    let message = |form: &str| of("POST", "/Messages.json", form);
    for (told, problem) in [
        (of("GET", "/Recording/RE1.json", ""), "there is no such path"),
        (of("DELETE", "/Messages.json", ""), "does not take that method"),
        (of("GET", "/Recordings/RE1.json", ""), "Sid: \"RE1\" is too short or too long"),
        (of("GET", &format!("/Recordings/CA{}.json", &RECORDING[2..]), ""), "does not fit ^RE"),
        (of("GET", &format!("/Recordings/{RECORDING}.json"), "a=b"), "has a body"),
        (recording("PageSize=0"), "PageSize: \"0\" is not as it should be"),
        (recording("PageSize=1&PageSize=2"), "PageSize: is given 2 times"),
        (recording("Size=1"), "Size: there is no such parameter"),
        (recording("Since=2026-01-05"), "Since: the format \"date\" is not checked"),
        (message("Kept=retain"), "To: is missing"),
        (message("To=15550101&Kept=retain"), "To: \"15550101\" is no phone number"),
        (message("To=%2B15550101&Kept=no"), "Kept: \"no\" is none of the words"),
        (message("To=%2B15550101&Smart=1"), "Smart: \"1\" is not as it should be"),
        (message("To=%2B15550101&Smart=true&MediaUrl=x"), "MediaUrl: \"x\" is no address"),
        (message("To=%2B15550101&Kept=retain&to=x"), "to: there is no such field"),
        (message("To=%2B15550101"), "has none of Smart, Kept"),
    ] {
        assert!(told.contains(problem), "{problem} in {told}");
    }
    let mut typed = request("POST", "/Messages.json", "{}");
    typed.headers.insert("content-type", "application/json".parse().unwrap());
    typed.headers.remove("authorization");
    let told: Vec<Value> = small().problems(&typed).into_iter().map(Value::from).collect();
    assert_eq!(told.len(), 2, "{told:?}");
}
