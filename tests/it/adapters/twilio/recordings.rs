use super::{ACCOUNT, answering, asked, twilio};
use dutyline::adapters::twilio::{TWILIO, Twilio};
use dutyline::domain::voice::recording::Source;
use dutyline::ports::error::VendorError;
use dutyline::ports::telephony::{KeptRecording, Telephony, TextOf};
use futures_util::TryStreamExt;
use insta::assert_snapshot;
use serde_json::json;
use wiremock::{MockServer, ResponseTemplate};

fn wav() -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_raw(b"RIFF and so on".to_vec(), "audio/x-wav; rate=8000")
}

pub(super) fn named(sid: &str) -> Source {
    Source { url: "https://elsewhere.example/RE9".to_owned(), sid: Some(sid.to_owned()) }
}

fn located(url: String) -> Source {
    Source { url, sid: None }
}

/// Media type and bytes, or what went wrong on the way.
pub(super) async fn sound(twilio: &Twilio, source: &Source) -> Result<(String, Vec<u8>), VendorError> {
    let sound = twilio.open_recording(source).await?;
    let bytes = sound.bytes.try_collect::<Vec<_>>().await?;
    Ok((sound.media_type, bytes.concat()))
}

#[tokio::test]
async fn a_recording_is_fetched_as_a_wav_file() {
    let (server, twilio) = answering(wav()).await;
    let sound = sound(&twilio, &named("RE1")).await.unwrap();
    assert_eq!(sound, ("audio/wav".to_owned(), b"RIFF and so on".to_vec()));
    assert_snapshot!(asked(&server).await, @r"
    GET /2010-04-01/Accounts/AC0123456789abcdef0123456789abcdef/Recordings/RE1.wav
    authorization: Basic QUMwMTIzNDU2Nzg5YWJjZGVmMDEyMzQ1Njc4OWFiY2RlZjphLXRva2VuLXRoYXQtbm9ib2R5LWVsc2UtbWF5LXNlZQ==
    user-agent: dutyline/0.1.0
    ");
}

#[tokio::test]
async fn a_recording_without_a_sid_is_found_by_its_url() {
    let (server, twilio) = answering(wav()).await;
    for ending in ["", ".wav", ".mp3", "?Download=true"] {
        let url = format!("{}/2010-04-01/Accounts/{ACCOUNT}/Recordings/RE1{ending}", server.uri());
        sound(&twilio, &located(url)).await.unwrap();
    }
    for request in server.received_requests().await.unwrap() {
        assert_eq!(request.url.path(), format!("/2010-04-01/Accounts/{ACCOUNT}/Recordings/RE1.wav"));
    }
}

#[tokio::test]
async fn a_forged_recording_url_is_refused_without_a_request() {
    let (elsewhere, _) = answering(wav()).await;
    let (server, twilio) = answering(wav()).await;
    let (ours, evil) = (server.uri(), elsewhere.uri());
    let resource = format!("2010-04-01/Accounts/{ACCOUNT}/Recordings");
    let forged = [
        format!("{evil}/{resource}/RE1"),
        format!("{}@{}/{resource}/RE1", ours, evil.trim_start_matches("http://")),
        format!("{ours}.evil.example/{resource}/RE1"),
        format!("{}/{resource}/RE1", ours.replace("http://", "https://")),
        format!("{ours}/2010-04-01/Accounts/AC9/Recordings/RE1"),
        format!("{ours}/{resource}/../Calls/CA1"),
        format!("{ours}/{resource}/%2e%2e/Messages"),
        format!("{ours}/{resource}/RE1/Transcriptions"),
        format!("{ours}/{resource}/RE1%2f..%2f..%2fMessages"),
        format!("{ours}/{resource}/"),
        "file:///etc/passwd".to_owned(),
        "RE1".to_owned(),
        String::new(),
    ];
    for url in forged {
        for answer in [
            sound(&twilio, &located(url.clone())).await.map(|_sound| ()),
            twilio.delete_recording(&located(url.clone())).await,
        ] {
            assert!(matches!(answer, Err(VendorError::Permanent { .. })), "{url}: {answer:?}");
        }
    }
    assert_eq!(requests(&server).await + requests(&elsewhere).await, 0);
}

#[tokio::test]
async fn a_recording_with_a_sid_is_only_ever_looked_for_at_our_carrier() {
    let (elsewhere, _) = answering(wav()).await;
    let (server, twilio) = answering(wav()).await;
    let url = format!("{}/2010-04-01/Accounts/{ACCOUNT}/Recordings/RE1", elsewhere.uri());
    for sid in ["RE1", "../../../evil", "RE1/../../Messages", "RE1?x=y#z", "..", "v3:ÄÖ %"] {
        sound(&twilio, &Source { url: url.clone(), sid: Some(sid.to_owned()) }).await.unwrap();
    }
    assert_eq!(requests(&elsewhere).await, 0);
    let paths = server.received_requests().await.unwrap();
    let paths: Vec<_> = paths.iter().map(|request| request.url.path()).collect();
    assert_snapshot!(paths.join("\n").replace(ACCOUNT, "AC1"), @r"
    /2010-04-01/Accounts/AC1/Recordings/RE1.wav
    /2010-04-01/Accounts/AC1/Recordings/..%2F..%2F..%2Fevil.wav
    /2010-04-01/Accounts/AC1/Recordings/RE1%2F..%2F..%2FMessages.wav
    /2010-04-01/Accounts/AC1/Recordings/RE1%3Fx=y%23z.wav
    /2010-04-01/Accounts/AC1/Recordings/...wav
    /2010-04-01/Accounts/AC1/Recordings/v3:%C3%84%C3%96%20%25.wav
    ");
}

#[tokio::test]
async fn an_api_below_a_path_keeps_the_path() {
    let (server, _) = answering(wav()).await;
    let below = twilio(&format!("{}/carrier/", server.uri()));
    sound(&below, &named("RE1")).await.unwrap();
    let asked = asked(&server).await;
    assert!(asked.starts_with(&format!("GET /carrier/2010-04-01/Accounts/{ACCOUNT}/Recordings/RE1.wav")));
}

#[tokio::test]
async fn a_recording_is_deleted_and_one_that_is_gone_counts_as_deleted() {
    for status in [204, 404] {
        let (server, twilio) = answering(ResponseTemplate::new(status)).await;
        assert_eq!(twilio.delete_recording(&named("RE1")).await, Ok(()));
        let asked = asked(&server).await;
        assert!(asked.starts_with(&format!("DELETE /2010-04-01/Accounts/{ACCOUNT}/Recordings/RE1.json")));
    }
}

#[tokio::test]
async fn the_recordings_of_a_call_come_newest_first_and_finished_only() {
    let recording = |sid: &str, status: &str, seconds: Option<&str>, at: &str| json!({ "sid": sid, "status": status, "duration": seconds, "date_created": at, "channels": 1 });
    let answer = ResponseTemplate::new(200).set_body_json(json!({ "page": 0, "recordings": [
        recording("RE1", "completed", Some("7"), "Mon, 05 Jan 2026 09:00:00 +0000"),
        recording("RE2", "processing", None, "Mon, 05 Jan 2026 09:03:00 +0000"),
        recording("RE3", "completed", Some("12"), "Mon, 05 Jan 2026 09:01:00 +0000"),
        recording("RE4", "absent", Some("0"), "Mon, 05 Jan 2026 09:02:00 +0000"),
    ] }));
    let (server, twilio) = answering(answer).await;
    let kept = twilio.recordings_of("CA/1").await.unwrap();
    let expected = |sid: &str, seconds| KeptRecording {
        source: Source {
            url: format!("{}/2010-04-01/Accounts/{ACCOUNT}/Recordings/{sid}", server.uri()),
            sid: Some(sid.to_owned()),
        },
        seconds,
    };
    assert_eq!(kept, [expected("RE3", 12), expected("RE1", 7)]);
    let asked = asked(&server).await;
    assert!(asked.starts_with(&format!("GET /2010-04-01/Accounts/{ACCOUNT}/Calls/CA%2F1/Recordings.json")));
}

#[test]
fn the_url_fragment_holds_what_twilio_allows() {
    let overrides: Vec<_> = TWILIO.url_fragment.strip_prefix('#').unwrap().split('&').collect();
    let within = |pair: &str, range: std::ops::RangeInclusive<u32>| {
        range.contains(&pair.split_once('=').unwrap().1.parse().unwrap())
    };
    for pair in overrides {
        match pair.split_once('=').unwrap().0 {
            "ct" => assert!(within(pair, 100..=10_000)),
            "rt" => assert!(within(pair, 100..=15_000)),
            "rc" => assert!(within(pair, 0..=5)),
            "rp" => assert_eq!(pair, "rp=ct,rt,5xx"),
            other => panic!("{other} is no override"),
        }
    }
}

async fn requests(server: &MockServer) -> usize {
    server.received_requests().await.unwrap().len()
}

#[tokio::test]
async fn p22_the_newest_text_of_a_recording_counts_and_none_is_not_yet() {
    let one = |status: &str, text: Option<&str>, at: &str| json!({ "sid": "TR1", "status": status, "transcription_text": text, "date_created": at });
    let (early, late) = ("Mon, 05 Jan 2026 09:00:00 +0000", "Mon, 05 Jan 2026 09:01:00 +0000");
    for (list, expected) in [
        (vec![], TextOf::NotYet),
        (vec![one("in-progress", None, early)], TextOf::NotYet),
        (vec![one("completed", Some("Pumps"), early)], TextOf::Ready("Pumps".to_owned())),
        (vec![one("completed", Some("Old"), early), one("failed", None, late)], TextOf::Failed),
    ] {
        let answer = ResponseTemplate::new(200).set_body_json(json!({ "transcriptions": list }));
        let (server, twilio) = answering(answer).await;
        assert_eq!(twilio.text_of(&named("RE1")).await, Ok(expected));
        let asked = asked(&server).await;
        let path = format!("GET /2010-04-01/Accounts/{ACCOUNT}/Recordings/RE1/Transcriptions.json");
        assert!(asked.starts_with(&path), "{asked}");
    }
}
