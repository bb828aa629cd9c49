//! What they are told.

use super::*;
use crate::world::ListedAlerts as _;
use dutyline::adapters::http_client;
use dutyline::adapters::xmatters::trigger::{Triggers, XmattersTarget};
use dutyline::domain::alerting::alert::AlertStory;
use dutyline::domain::voice::recording::{Recording, Transcript};
use dutyline::ports::alert_target::{AlertTarget, ForwardedAlert};
use dutyline::settings::{Links, Secret};
use insta::assert_snapshot;
use std::time::Duration;

/// The only alert of a world, as the store has it.
async fn story(world: &World) -> AlertStory {
    let id = world.app.alerts.alerts(None, None, 1).await.unwrap().remove(0).alert.id;
    world.app.alerts.alert(id).await.unwrap().unwrap()
}

/// An alert of a call that was made in a world without any target.
async fn some_story() -> AlertStory {
    let world = World::start("one-group").await;
    play(&world, &CALL.replace("press 1\npress 2\n", "press 1\n")).await;
    story(&world).await
}

/// What is posted of that alert with that text.
async fn posted(story: &AlertStory, text: &str) -> Value {
    let server = taking().await;
    let story = AlertStory {
        recording: story
            .recording
            .clone()
            .map(|recording| Recording { transcript: Transcript::Text(text.to_owned()), ..recording }),
        ..story.clone()
    };
    let url = Some(format!("{}/West/alert?apiKey={KEY}", server.uri()).parse().unwrap());
    let triggers = Triggers { alert_url: url, conference_url: None, login: None };
    let target = XmattersTarget::new(http_client::build(Duration::from_secs(2)).unwrap(), triggers);
    let page = "https://dutyline.test.example/l/23456789ABCDEFGHJKLMNP";
    let alert = ForwardedAlert { story: &story, link: page, page, carrier_call: Some("CA1") };
    assert_eq!(target.raise(alert).await, Ok(Some("req-1".to_owned())));
    told(&server, "/West/alert").await.remove(0)
}

#[tokio::test]
async fn p24_a_long_text_is_cut_by_characters() {
    let story = some_story().await;
    for letter in ["x", "ü", "🔥"] {
        let (short, long) = (letter.repeat(275), letter.repeat(276));
        let properties = posted(&story, &short).await["properties"].clone();
        assert_eq!(properties["Short Description"], short.as_str());
        let properties = posted(&story, &long).await["properties"].clone();
        assert_eq!(properties["Short Description"], format!("{}...", letter.repeat(274)));
        assert_eq!(properties["Description"], long.as_str());
        let properties = posted(&story, &letter.repeat(20_001)).await["properties"].clone();
        assert_eq!(properties["Description"], letter.repeat(20_000));
    }
}

#[tokio::test]
async fn p26_the_payload_has_what_the_original_reads_and_no_secret() {
    let server = taking().await;
    let world = world("forward", &server).await;
    play(&world, CALL).await;
    let requests = server.received_requests().await.unwrap();
    let west = requests.iter().find(|request| request.url.path() == "/West/alert").unwrap();
    assert_eq!(west.headers["content-type"], "application/json");
    assert_eq!(west.url.query(), Some(format!("apiKey={KEY}").as_str()));
    assert!(west.headers.get("authorization").is_none());
    let east = requests.iter().find(|request| request.url.path() == "/East/alert").unwrap();
    assert_eq!(east.headers["authorization"], "Basic ZHV0eWxpbmU6aHVudGVyMg==");
    let body = String::from_utf8(west.body.clone()).unwrap();
    let live = world.app.live();
    let carrier = &live.settings.carrier;
    let token = carrier.auth_token.as_ref().unwrap().expose();
    for secret in [KEY, token, &carrier.account_sid, &world.key] {
        assert!(!body.contains(secret), "{body}");
    }
    let told: Value = serde_json::from_str(&body).unwrap();
    let story = story(&world).await;
    let (message, recording) = (story.alert.message.unwrap(), story.recording.unwrap());
    let link = format!("{}l/{}", world.app.public_url, message.link.code.as_str());
    let call = world.app.calls.call(story.alert.origin.call().unwrap().call).await.unwrap().unwrap();
    assert_eq!(told["CallSid"], call.carrier_call);
    assert_eq!(told["RecordingSid"], recording.source.id());
    let shown = serde_json::to_string_pretty(&told)
        .unwrap()
        .replace(&link, "LINK")
        .replace(&call.carrier_call, "CALL")
        .replace(recording.source.id(), "RECORDING")
        .replace(&story.alert.id.to_string(), "ALERT");
    assert_snapshot!(shown, @r#"
    {
      "CallSid": "CALL",
      "From": "+15550101",
      "RecordingDuration": 5,
      "RecordingSid": "RECORDING",
      "RecordingUrl": "LINK",
      "Severity": "High",
      "Type": "Alert",
      "alertId": "ALERT",
      "properties": {
        "Audio URL": "LINK",
        "Description": "The cluster is gone",
        "Short Description": "The cluster is gone"
      },
      "recipient": "Cloud DevOps",
      "recipients": [
        {
          "id": "Cloud DevOps"
        }
      ],
      "shorturl": "LINK",
      "transcriptionText": "The cluster is gone",
      "transtatus": "completed",
      "what": "Alert"
    }
    "#);
}

#[tokio::test]
async fn p12_without_a_recipient_none_is_sent() {
    let server = taking().await;
    let world = world("forward-zero-groups", &server).await;
    play(&world, &CALL.replace("press 1\npress 2\n", "press 1\n")).await;
    let told = told(&server, "/West/alert").await;
    assert_eq!(told.len(), 1);
    assert_eq!(told[0]["recipient"], "");
    assert_eq!(told[0].get("recipients"), None);
}

#[tokio::test]
async fn p19_the_link_is_short_where_it_can_be_and_else_long() {
    for (status, is_short) in [(200, true), (500, false), (403, false)] {
        let server = taking().await;
        let bitly = MockServer::start().await;
        let link = serde_json::json!({ "link": "https://bit.test.example/abc" });
        answer(&bitly, ResponseTemplate::new(status).set_body_json(link)).await;
        let world = World::start_with("forward", |settings| {
            aim(settings, &server.uri());
            let (api_url, token) =
                (format!("{}/", bitly.uri()).parse().unwrap(), Secret::new("t".to_owned()));
            settings.links = Links::Bitly { api_url, token };
        })
        .await;
        play(&world, CALL).await;
        let told = told(&server, "/West/alert").await.remove(0);
        let link = &told["shorturl"];
        assert_eq!(link == "https://bit.test.example/abc", is_short, "{link}");
        let page = format!("{}l/", world.app.public_url);
        assert!(is_short || link.as_str().unwrap().starts_with(&page), "{link}");
        assert!(told["RecordingUrl"].as_str().unwrap().starts_with(&page));
        assert_eq!(&told["properties"]["Audio URL"], link);
    }
}

#[tokio::test]
async fn the_log_of_an_alert_for_a_group_elsewhere_says_who_tells_its_members() {
    let server = taking().await;
    let world = world("forward", &server).await;
    play(&world, CALL).await;
    let id = story(&world).await.alert.id;
    let alert = world.api(&format!("/api/alerts/{id}")).await;
    let log = alert["log"].as_array().unwrap();
    let announced = log.iter().find(|entry| entry["what"] == "announced").unwrap();
    assert_eq!(announced["messages"], 0);
    let skipped = "group Cloud DevOps: its members are known only where the alert is forwarded to";
    assert_eq!(announced["skipped"], serde_json::json!([skipped]));
    assert_eq!(
        told(&server, "/West/alert").await[0]["recipients"],
        serde_json::json!([{ "id": "Cloud DevOps" }])
    );
}
