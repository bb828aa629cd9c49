//! Only the carrier is heard (P45, P46, P51, P53).

use super::*;
use crate::world::{Logs, World};
use dutyline::settings::{self, Secret, SharedKey};
use dutyline::twiml::signature::SETTINGS_HEADER;
use sha2::{Digest, Sha256};
use std::path::Path;

const CALL: [(&str, &str); 2] = [("CallSid", "CA1"), ("From", "+15550101")];
const ROUTES: [&str; 8] = [
    "/voice",
    "/voice/status",
    "/voice/calls/01900000-0000-7000-8000-000000000001/legs/01900000-0000-7000-8000-000000000002/documents/1",
    "/voice/calls/01900000-0000-7000-8000-000000000001/legs/01900000-0000-7000-8000-000000000002/recording",
    "/voice/calls/01900000-0000-7000-8000-000000000001/legs/01900000-0000-7000-8000-000000000002/transcription",
    "/voice/rings/01900000-0000-7000-8000-000000000001/documents/1?moments=1&keys=4",
    "/voice/rings/01900000-0000-7000-8000-000000000001/status",
    "/voice/rings/01900000-0000-7000-8000-000000000001/machine",
];

fn signature(url: &str, key: &Key) -> String {
    sign(url, &SignedBody::Form(&fields(&CALL)), key)
}

#[tokio::test]
async fn p45_whoever_is_not_the_carrier_is_turned_away_on_every_route() {
    let World { app, .. } = &World::start("one-group").await;
    for path in ROUTES {
        let url = format!("{}{}", app.public_url, path.trim_start_matches('/'));
        assert_refused(&send(app, form(path, &CALL, None)).await, StatusCode::FORBIDDEN);
        let wrong = [
            String::new(),
            "nonsense".to_owned(),
            signature(&url, &Key::account_token("another")),
            signature(&format!("{url}x"), &token(app)),
            sign(&url, &SignedBody::Form(&fields(&[("CallSid", "CA2")])), &token(app)),
            sign(&url, &SignedBody::Nothing, &token(app)),
        ];
        for signature in wrong {
            assert_refused(&send(app, form(path, &CALL, Some(&signature))).await, StatusCode::FORBIDDEN);
        }
        let unsigned = Request::get(path).body(Body::empty()).unwrap();
        assert_refused(&send(app, unsigned).await, StatusCode::FORBIDDEN);
        let known = send(app, form(path, &CALL, Some(&signature(&url, &token(app))))).await;
        assert!(known.status.is_success(), "{path}: {}", known.status);
        if path == "/voice" {
            assert!(stored(app, "CA1").await.is_some());
        }
    }
}

#[tokio::test]
async fn p45_a_refused_call_leaves_no_trace() {
    let World { app, .. } = &World::start("one-group").await;
    send(app, form("/voice", &CALL, None)).await;
    assert_eq!(stored(app, "CA1").await, None);
}

#[tokio::test]
async fn p46_the_token_before_the_last_rotation_and_shared_keys_still_sign() {
    let world = World::start_with("one-group", |settings| {
        settings.carrier.previous_auth_token = Some(Secret::new("before".to_owned()));
        let secret = Secret::new("shared".to_owned());
        settings.carrier.shared_keys = vec![SharedKey { id: "webhooks_sharedkey_1".to_owned(), secret }];
    })
    .await;
    let url = world.url("/voice");
    let before = signature(&url, &Key::account_token("before"));
    assert_eq!(send(&world.app, form("/voice", &CALL, Some(&before))).await.status, StatusCode::OK);
    let shared = |named: &str, algorithm: &str| {
        let key = Key::shared("webhooks_sharedkey_1", "shared");
        let mut request = form("/voice", &CALL, Some(&signature(&url, &key)));
        let value = format!("key={named},algorithm={algorithm}").parse().unwrap();
        request.headers_mut().insert(SETTINGS_HEADER, value);
        request
    };
    let good = shared("webhooks_sharedkey_1", "HMAC_SHA256");
    assert_eq!(send(&world.app, good).await.status, StatusCode::OK);
    for (named, algorithm) in
        [("webhooks_sharedkey_2", "HMAC_SHA256"), ("webhooks_sharedkey_1", "HMAC_MD5"), ("", "HMAC_SHA256")]
    {
        assert_refused(&send(&world.app, shared(named, algorithm)).await, StatusCode::FORBIDDEN);
    }
}

#[tokio::test]
async fn a_json_body_is_covered_by_its_hash() {
    let World { app, .. } = &World::start("one-group").await;
    let body = r#"{"CallSid":"CA1","From":"+15550101"}"#;
    let request = |hashed: &str, sent: &'static str| {
        let path = format!("/voice?bodySHA256={}", hex::encode(Sha256::digest(hashed)));
        let url = format!("{}{}", app.public_url, path.trim_start_matches('/'));
        Request::post(path)
            .header(header::CONTENT_TYPE, "application/json")
            .header(SIGNATURE_HEADER, sign(&url, &SignedBody::Raw(hashed.as_bytes()), &token(app)))
            .body(Body::from(sent))
            .unwrap()
    };
    assert_refused(&send(app, request("{}", body)).await, StatusCode::FORBIDDEN);
    assert_eq!(stored(app, "CA1").await, None);
    assert_eq!(send(app, request(body, body)).await.status, StatusCode::OK);
    assert!(stored(app, "CA1").await.unwrap().caller.is_some());
    assert_refused(&send(app, request("no JSON", "no JSON")).await, StatusCode::BAD_REQUEST);
    let with_nul = r#"{"CallSid":"CA\u00002","From":"+15550101"}"#;
    assert_refused(&send(app, request(with_nul, with_nul)).await, StatusCode::BAD_REQUEST);
}

/// No text of the carrier's reaches the store that one of the databases could not hold.
#[tokio::test]
async fn a_form_with_a_nul_is_refused() {
    let World { app, .. } = &World::start("one-group").await;
    let form = [("CallSid", "CA1\0"), ("From", "+15550101")];
    assert_refused(&post(app, "/voice", &form).await, StatusCode::BAD_REQUEST);
    assert_eq!(call(app, "CA1", "+15550101").await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_get_is_read_from_its_signed_query() {
    let World { app, .. } = &World::start("one-group").await;
    let path = "/voice?CallSid=CA1&From=%2B15550101";
    let request =
        |signature| Request::get(path).header(SIGNATURE_HEADER, signature).body(Body::empty()).unwrap();
    let other = format!("{}voice?CallSid=CA1&From=%2B15550102", app.public_url);
    let other = sign(&other, &SignedBody::Nothing, &token(app));
    assert_refused(&send(app, request(other)).await, StatusCode::FORBIDDEN);
    let url = format!("{}{}", app.public_url, path.trim_start_matches('/'));
    let right = sign(&url, &SignedBody::Nothing, &token(app));
    assert_eq!(send(app, request(right)).await.status, StatusCode::OK);
    assert!(stored(app, "CA1").await.unwrap().caller.is_some());
}

#[tokio::test]
async fn p51_the_configured_address_counts_and_no_header_does() {
    let mut app = World::start("one-group").await.app.clone();
    for (public, url) in [
        ("https://gate.example/", "https://gate.example/voice"),
        ("https://gate.example:8443/", "https://gate.example:8443/voice"),
        ("https://gate.example/duty/line/", "https://gate.example/duty/line/voice"),
    ] {
        app.public_url = public.parse().unwrap();
        let request = |url: &str| {
            let mut request = form("/voice", &CALL, Some(&signature(url, &token(&app))));
            for (name, value) in [
                ("host", "evil.example"),
                ("x-forwarded-host", "evil.example"),
                ("x-forwarded-proto", "http"),
            ] {
                request.headers_mut().insert(name, value.parse().unwrap());
            }
            request
        };
        assert_eq!(send(&app, request(url)).await.status, StatusCode::OK, "{public}");
        for forged in ["http://evil.example/voice", "https://evil.example/voice", "https://gate.example/x"] {
            assert_refused(&send(&app, request(forged)).await, StatusCode::FORBIDDEN);
        }
    }
}

#[test]
fn p51_a_slash_at_the_end_of_the_address_makes_no_difference() {
    let address = |public: &str| {
        let text = settings::DEMO.replace("[server]", &format!("[server]\npublic_url = \"{public}\""));
        settings::parse("demo.toml", &text, Path::new("")).unwrap().settings.server.public_url.unwrap()
    };
    assert_eq!(address("https://gate.example/duty").as_str(), "https://gate.example/duty/");
    assert_eq!(address("https://gate.example/duty/"), address("https://gate.example/duty"));
    assert_eq!(address("https://gate.example").as_str(), "https://gate.example/");
}

#[tokio::test]
async fn p53_the_log_says_which_address_was_expected_and_nothing_of_the_query() {
    let mut app = World::start("one-group").await.app.clone();
    app.public_url = "https://gate.example/duty/".parse().unwrap();
    let logs = Logs::caught();
    let other = signature("https://other.example/", &token(&app));
    let request = form("/voice?From=%2B15550101&secret=abc&bob@example.com=1&tok-1", &CALL, Some(&other));
    send(&app, request).await;
    let warnings = logs.of("WARN");
    assert_eq!(warnings.len(), 1, "{}", logs.text());
    assert!(warnings[0].contains("https://gate.example/duty/voice?*"), "{warnings:?}");
    for never in ["15550101", "abc", "CA1", "bob", "tok-1"] {
        assert!(!logs.text().contains(never), "{never}: {}", logs.text());
    }
}
