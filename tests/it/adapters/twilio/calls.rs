//! Calls that are placed, sent elsewhere, ended and asked for.

use super::{ACCOUNT, OUR_NUMBER, TOKEN, account, answering, asked, twilio};
use dutyline::adapters::http_client;
use dutyline::adapters::twilio::{TWILIO, Twilio, TwilioAccount, TwilioLogin};
use dutyline::domain::contact::PhoneNumber;
use dutyline::ports::error::{Undone, VendorError};
use dutyline::ports::telephony::{CallAtCarrier, CallOver, CallProgress, NewCall, Telephony};
use dutyline::twiml::render::Capabilities;
use insta::assert_snapshot;
use jiff::Timestamp;
use serde_json::{Value, json};
use std::time::Duration;
use tokio::io::AsyncReadExt;
use tokio::net::TcpListener;
use wiremock::matchers::method;
use wiremock::{Mock, MockServer, ResponseTemplate};

pub(super) fn ada() -> PhoneNumber {
    PhoneNumber::parse("+15550101").unwrap()
}

pub(super) fn new_call() -> NewCall {
    NewCall {
        to: ada(),
        from: None,
        url: "https://duty.example/legs/1".to_owned(),
        status_url: "https://duty.example/legs/1/status".to_owned(),
        machine_url: None,
        ring_seconds: 12,
    }
}

fn status(status: u16) -> ResponseTemplate {
    ResponseTemplate::new(status)
}

fn refusal(number: u16, code: u32, message: &str) -> ResponseTemplate {
    status(number).set_body_json(json!({ "code": code, "message": message, "status": number }))
}

/// A carrier that refuses to change a call, and then says that of the call.
async fn refusing(call: ResponseTemplate) -> (MockServer, Twilio) {
    let server = MockServer::start().await;
    let refused = refusal(400, 21220, "Call is not in-progress. Cannot redirect.");
    Mock::given(method("POST")).respond_with(refused).mount(&server).await;
    Mock::given(method("GET")).respond_with(call).mount(&server).await;
    let twilio = twilio(&server.uri());
    (server, twilio)
}

fn call(word: &str) -> ResponseTemplate {
    status(200).set_body_json(json!({ "sid": "CA1", "status": word }))
}

/// What becomes of a call that is placed.
async fn placed(answer: ResponseTemplate) -> Result<String, Undone> {
    let (_server, twilio) = answering(answer).await;
    twilio.place_call(&new_call()).await
}

/// What the server was asked in forms, a field a line, the fragment of each URL cut to its `#`.
async fn fields(server: &MockServer) -> String {
    let requests = server.received_requests().await.unwrap();
    let forms = requests.iter().map(|request| {
        let fields = url::form_urlencoded::parse(&request.body);
        let fields = fields.map(|(name, value)| {
            let value = value.replace("#ct=2000&rt=4500&rc=5&rp=ct,rt,5xx", "#");
            format!("{name}: {value}\n")
        });
        format!("{} {}\n{}", request.method, request.url.path(), fields.collect::<String>())
    });
    forms.collect::<String>().replace(ACCOUNT, "AC1")
}

#[tokio::test]
async fn a_call_is_placed_and_its_sid_comes_back() {
    let answer = status(201).set_body_json(json!({ "sid": "CA1", "status": "queued" }));
    let (server, twilio) = answering(answer).await;
    assert_eq!(twilio.place_call(&new_call()).await, Ok("CA1".to_owned()));
    assert_snapshot!(fields(&server).await, @r"
    POST /2010-04-01/Accounts/AC1/Calls.json
    To: +15550101
    From: +15550199
    Url: https://duty.example/legs/1#
    Method: POST
    StatusCallback: https://duty.example/legs/1/status#
    StatusCallbackMethod: POST
    Timeout: 12
    StatusCallbackEvent: initiated
    StatusCallbackEvent: ringing
    StatusCallbackEvent: answered
    StatusCallbackEvent: completed
    ");
    assert!(asked(&server).await.contains("authorization: Basic "));
}

#[tokio::test]
async fn a_call_can_show_another_number_and_have_machines_found_beside_it() {
    let answer = status(201).set_body_json(json!({ "sid": "CA1", "status": "queued" }));
    let (server, twilio) = answering(answer).await;
    let machine_url = Some("https://duty.example/legs/1/machine".to_owned());
    let from = PhoneNumber::parse("+15550142").ok();
    twilio.place_call(&NewCall { from, machine_url, ..new_call() }).await.unwrap();
    assert_snapshot!(fields(&server).await, @r"
    POST /2010-04-01/Accounts/AC1/Calls.json
    To: +15550101
    From: +15550142
    Url: https://duty.example/legs/1#
    Method: POST
    StatusCallback: https://duty.example/legs/1/status#
    StatusCallbackMethod: POST
    Timeout: 12
    StatusCallbackEvent: initiated
    StatusCallbackEvent: ringing
    StatusCallbackEvent: answered
    StatusCallbackEvent: completed
    MachineDetection: Enable
    AsyncAmd: true
    AsyncAmdStatusCallback: https://duty.example/legs/1/machine#
    AsyncAmdStatusCallbackMethod: POST
    ");
}

#[tokio::test]
async fn a_refusal_is_certain_and_tells_why_without_the_number() {
    for answer in [
        refusal(400, 21211, "The phone number you are attempting to call, +15550101, is not valid."),
        refusal(
            400,
            21215,
            "Account not authorized to call +15550101. Perhaps you need to enable some perms.",
        ),
        refusal(403, 20003, "Permission Denied"),
        status(404),
    ] {
        let refused = placed(answer).await.unwrap_err();
        assert!(matches!(refused, Undone::Certainly(VendorError::Permanent { .. })), "{refused}");
        assert!(!format!("{refused} {refused:?}").contains("5550101"), "{refused}");
    }
    let refused = placed(refusal(400, 21217, "'+15550101' does not appear to be valid")).await.unwrap_err();
    assert_snapshot!(refused, @"for good: the carrier refused it (400, code 21217: '…' does not appear to be valid)");
}

#[tokio::test]
async fn a_call_that_is_refused_for_now_can_be_placed_later() {
    let unknown = placed(refusal(401, 20003, "Authenticate")).await.unwrap_err();
    assert_snapshot!(unknown, @"for now: the carrier does not know us (401, code 20003: Authenticate); check carrier.account_sid and carrier.auth_token");
    let busy = placed(status(429).insert_header("Retry-After", "3")).await.unwrap_err();
    let pace = VendorError::Temporary {
        retry_after: Some(jiff::SignedDuration::from_secs(3)),
        cause: "the carrier is busy (429)".to_owned(),
    };
    assert_eq!(busy, Undone::Certainly(pace));
    let failing = placed(status(503)).await.unwrap_err();
    assert_snapshot!(failing, @"for now: the carrier failed (503)");
    assert!(matches!(failing, Undone::Certainly(_)), "it says that it can't now: {failing:?}");
    let elsewhere = placed(status(307).insert_header("Location", "http://elsewhere.example/")).await;
    assert_snapshot!(elsewhere.unwrap_err(), @"for now: the carrier sent us elsewhere (307); check carrier.api_url");
}

#[tokio::test]
async fn where_nobody_is_there_no_call_is_placed() {
    let nobody = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let refused = twilio(&format!("http://{nobody}")).place_call(&new_call()).await.unwrap_err();
    assert!(matches!(refused, Undone::Certainly(VendorError::Temporary { .. })), "{refused}");
}

#[tokio::test]
async fn what_fails_at_the_carrier_may_have_placed_the_call() {
    assert_snapshot!(placed(status(500)).await.unwrap_err(), @"it is not known whether it was done: for now: the carrier failed (500)");
    assert_snapshot!(placed(status(201).set_body_string("welcome")).await.unwrap_err(), @"it is not known whether it was done: for now: the carrier's answer can't be understood");
    let slow = placed(status(201).set_delay(Duration::from_secs(30))).await.unwrap_err();
    assert_snapshot!(slow, @"it is not known whether it was done: for now: the carrier did not answer in time: operation timed out");
}

#[tokio::test]
async fn an_answer_that_is_lost_may_have_placed_the_call() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        let (mut connection, _) = listener.accept().await.unwrap();
        let _read = connection.read(&mut [0; 4_096]).await.unwrap();
    });
    let lost = twilio(&format!("http://{address}")).place_call(&new_call()).await.unwrap_err();
    assert!(matches!(lost, Undone::Perhaps(VendorError::Temporary { .. })), "{lost}");
}

#[tokio::test]
async fn a_call_goes_on_with_another_document() {
    let (server, twilio) = answering(call("in-progress")).await;
    assert_eq!(twilio.redirect_call("CA/1", "https://duty.example/legs/1/2").await, Ok(()));
    assert_snapshot!(fields(&server).await, @r"
    POST /2010-04-01/Accounts/AC1/Calls/CA%2F1.json
    Url: https://duty.example/legs/1/2#
    Method: POST
    ");
}

#[tokio::test]
async fn a_call_that_is_not_in_progress_goes_nowhere() {
    let redirected = async |answer: ResponseTemplate| {
        let (_server, twilio) = answering(answer).await;
        twilio.redirect_call("CA1", "https://duty.example/legs/1/2").await.unwrap_err()
    };
    let refused = refusal(400, 21220, "Unable to update record. Call is not in-progress. Cannot redirect.");
    assert_snapshot!(redirected(refused).await, @"for good: the carrier refused it (400, code 21220: Unable to update record. Call is not in-progress. Cannot redirect.)");
    assert_snapshot!(redirected(refusal(404, 20404, "Not found")).await, @"for good: the carrier refused it (404, code 20404: Not found)");
    assert_snapshot!(redirected(status(503)).await, @"for now: the carrier failed (503)");
}

#[tokio::test]
async fn a_call_is_ended_however_far_it_is() {
    let (server, twilio) = answering(call("completed")).await;
    assert_eq!(twilio.hang_up("CA1").await, Ok(()));
    assert_snapshot!(fields(&server).await, @r"
    POST /2010-04-01/Accounts/AC1/Calls/CA1.json
    Status: completed
    ");
}

#[tokio::test]
async fn a_phone_stops_ringing_and_whoever_has_picked_up_is_not_cut_off() {
    let (server, twilio) = answering(call("canceled")).await;
    assert_eq!(twilio.stop_ringing("CA1").await, Ok(()));
    assert_snapshot!(fields(&server).await, @r"
    POST /2010-04-01/Accounts/AC1/Calls/CA1.json
    Status: canceled
    ");
    for now in [call("in-progress"), call("completed"), call("no-answer"), status(404)] {
        let (_server, twilio) = refusing(now).await;
        assert_eq!(twilio.stop_ringing("CA1").await, Ok(()));
    }
    for word in ["queued", "ringing"] {
        let (_server, twilio) = refusing(call(word)).await;
        assert!(matches!(twilio.stop_ringing("CA1").await, Err(VendorError::Temporary { .. })), "{word}");
    }
}

#[tokio::test]
async fn a_call_that_is_over_or_unknown_is_ended() {
    let (server, twilio) = answering(refusal(404, 20404, "Not found")).await;
    assert_eq!(twilio.hang_up("CA1").await, Ok(()));
    assert_eq!(server.received_requests().await.unwrap().len(), 1);
    for now in [call("completed"), call("no-answer"), call("canceled"), status(404)] {
        let (_server, twilio) = refusing(now).await;
        assert_eq!(twilio.hang_up("CA1").await, Ok(()));
    }
}

#[tokio::test]
async fn a_call_that_goes_on_has_to_be_ended_later() {
    for word in ["queued", "ringing", "in-progress"] {
        let (_server, twilio) = refusing(call(word)).await;
        let told = "the carrier refused it (400, code 21220: Call is not in-progress. Cannot redirect.)";
        assert_eq!(twilio.hang_up("CA1").await, Err(VendorError::temporary(told)));
    }
    let (_server, twilio) = refusing(status(503)).await;
    assert_eq!(twilio.hang_up("CA1").await, Err(VendorError::temporary("the carrier failed (503)")));
    for failure in [401, 429, 500] {
        let (server, twilio) = answering(status(failure)).await;
        assert!(matches!(twilio.hang_up("CA1").await, Err(VendorError::Temporary { .. })), "{failure}");
        assert_eq!(server.received_requests().await.unwrap().len(), 1);
    }
}

#[tokio::test]
async fn a_call_is_as_far_as_its_word_says() {
    for (word, expected) in [
        ("queued", CallProgress::Queued),
        ("initiated", CallProgress::Queued),
        ("ringing", CallProgress::Ringing),
        ("in-progress", CallProgress::InProgress),
        ("busy", CallProgress::Over(CallOver::Busy)),
        ("no-answer", CallProgress::Over(CallOver::NoAnswer)),
        ("failed", CallProgress::Over(CallOver::Failed)),
        ("canceled", CallProgress::Over(CallOver::Canceled)),
        ("completed", CallProgress::Over(CallOver::Completed)),
    ] {
        let (server, twilio) = answering(call(word)).await;
        assert_eq!(twilio.call_status("CA1").await, Ok(Some(expected)), "{word}");
        let path = format!("GET /2010-04-01/Accounts/{ACCOUNT}/Calls/CA1.json\n");
        assert!(asked(&server).await.starts_with(&path));
    }
}

#[tokio::test]
async fn a_call_that_the_carrier_does_not_know_has_no_status() {
    let answered = async |answer: ResponseTemplate| {
        let (_server, twilio) = answering(answer).await;
        twilio.call_status("CA1").await
    };
    assert_eq!(answered(refusal(404, 20404, "Not found")).await, Ok(None));
    assert_snapshot!(answered(call("levitating")).await.unwrap_err(), @"for now: the carrier's answer can't be understood at status");
    assert_snapshot!(answered(status(500)).await.unwrap_err(), @"for now: the carrier failed (500)");
    assert_snapshot!(answered(status(429)).await.unwrap_err(), @"for now: the carrier is busy (429)");
    assert_snapshot!(answered(status(403)).await.unwrap_err(), @"for good: the carrier refused it (403)");
    let slow = call("ringing").set_delay(Duration::from_secs(30));
    assert_snapshot!(answered(slow).await.unwrap_err(), @"for now: the carrier did not answer in time: operation timed out");
}

/// A call in a list.
fn listed(sid: &str, status: &str, direction: &str, to: &str, created: Option<&str>) -> Value {
    json!({ "sid": sid, "status": status, "direction": direction, "to": to, "date_created": created })
}

#[tokio::test]
async fn a_call_whose_id_was_lost_is_among_those_under_way_to_its_number() {
    let since: Timestamp = "2026-01-05T09:00:00.5Z".parse().unwrap();
    let (before, then) = (Some("Mon, 05 Jan 2026 08:59:59 +0000"), Some("Mon, 05 Jan 2026 09:00:00 +0000"));
    let ada = ada();
    let (number, api) = (ada.as_str(), "outbound-api");
    let (server, twilio) = answering(status(200).set_body_json(json!({ "calls": [
        listed("CA1", "in-progress", api, number, then),
        listed("CA2", "ringing", api, number, then),
        listed("CA3", "queued", api, number, None),
        listed("CA4", "queued", api, number, before),
        listed("CA5", "completed", api, number, then),
        listed("CA6", "ringing", "outbound-dial", number, then),
        listed("CA7", "in-progress", "inbound", number, then),
        listed("CA8", "ringing", api, "+155501012", then),
    ] })))
    .await;
    let found = |sid: &str, progress| CallAtCarrier { carrier_call: sid.to_owned(), progress };
    let expected = [
        found("CA1", CallProgress::InProgress),
        found("CA2", CallProgress::Ringing),
        found("CA3", CallProgress::Queued),
    ];
    assert_eq!(twilio.calls_to(&ada, since).await.unwrap(), expected);
    let requests = server.received_requests().await.unwrap();
    assert_eq!(requests[0].url.path(), format!("/2010-04-01/Accounts/{ACCOUNT}/Calls.json"));
    assert_eq!(requests[0].url.query(), Some("To=%2B15550101&PageSize=100"));
}

#[tokio::test]
async fn calls_that_can_not_be_listed_are_asked_for_again_or_not() {
    let answered = async |answer: ResponseTemplate| {
        let (_server, twilio) = answering(answer).await;
        twilio.calls_to(&ada(), Timestamp::UNIX_EPOCH).await.unwrap_err()
    };
    assert_snapshot!(answered(status(200).set_body_json(json!({ "calls": [{ "sid": "CA1", "status": "?" }] }))).await, @"for now: the carrier's answer can't be understood at calls[0].status");
    assert_snapshot!(answered(refusal(400, 20001, "To: +15550101")).await, @"for good: the carrier refused it (400, code 20001: To: …)");
    assert_snapshot!(answered(status(429)).await, @"for now: the carrier is busy (429)");
    assert_snapshot!(answered(status(502)).await, @"for now: the carrier failed (502)");
    assert_snapshot!(answered(status(200).set_delay(Duration::from_secs(30))).await, @"for now: the carrier did not answer in time: operation timed out");
}

#[test]
fn whoever_only_speaks_the_carriers_documents_has_no_conferences() {
    let login = TwilioLogin::Token(TOKEN.to_owned());
    for conferences in [true, false] {
        let account = TwilioAccount { conferences, ..account("http://127.0.0.1:9", login.clone()) };
        let can = Twilio::new(http_client::build(Duration::from_secs(1)).unwrap(), account).capabilities();
        assert_eq!(can, Capabilities { conferences, ..TWILIO });
    }
}

#[test]
fn a_call_to_be_placed_shows_no_number() {
    let shown = format!("{:?}", NewCall { from: PhoneNumber::parse(OUR_NUMBER).ok(), ..new_call() });
    for hidden in ["5550101", "5550199", TOKEN] {
        assert!(!shown.contains(hidden), "{shown}");
    }
}
