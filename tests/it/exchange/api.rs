//! The carrier's API, over HTTP.

use dutyline::exchange::line::Road;
use jiff::SignedDuration;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use super::rest_client::Api;
use super::world::{ACCOUNT, CALLER, KEY, NUMBER, Reply, TOKEN, World, xml};

const RECORD: &str = "<Record action=\"HOST/recorded\" timeout=\"0\" transcribe=\"true\" maxLength=\"100\" \
                      transcribeCallback=\"HOST/transcribed\"/>";

async fn world() -> World {
    World::start(|seen| match seen.path.as_str() {
        "/voice" => xml(RECORD),
        "/recorded" => xml("<Pause length=\"60\"/>"),
        _ => Reply::Status(204),
    })
    .await
}

/// A call that is recorded and waits.
async fn recorded(world: &World) -> (String, String) {
    let sid = world.dial().await;
    world.exchange.say(&sid, "Pumps are down", SignedDuration::from_secs(14)).unwrap();
    world.pass(14).await;
    world.press(&sid, "1").await;
    let recording = world.at("/recorded").field("RecordingSid").unwrap().to_owned();
    (sid, recording)
}

#[tokio::test]
async fn strangers_are_not_let_in() {
    let world = world().await;
    let mut api = Api::of(&world).await;
    api.token = "guessed";
    assert_eq!(api.refused(Method::GET, "Calls.json", &[]).await, (401, json!(20003)));
    api.token = TOKEN;
    api.base = api.base.replace(ACCOUNT, "AC00000000000000000000000000000002");
    assert_eq!(api.refused(Method::GET, "Calls.json", &[]).await, (404, json!(20404)));
}

/// Source: "API keys", types of keys: the account itself is for main keys only.
#[tokio::test]
async fn a_key_opens_all_but_the_account_itself() {
    let world = world().await;
    let mut api = Api::of(&world).await;
    let account = format!("../{ACCOUNT}.json");
    assert_eq!(api.get(&account).await["status"], "active");
    (api.user, api.token) = KEY;
    assert_eq!(api.get("Recordings.json").await["recordings"], json!([]));
    assert_eq!(api.refused(Method::GET, &account, &[]).await, (401, json!(20003)));
    api.token = "guessed";
    assert_eq!(api.refused(Method::GET, "Recordings.json", &[]).await, (401, json!(20003)));
    (api.user, api.token) = (ACCOUNT, KEY.1);
    assert_eq!(api.refused(Method::GET, "Recordings.json", &[]).await, (401, json!(20003)));
}

#[tokio::test]
async fn the_number_is_found_by_a_part_of_it_and_says_where_it_leads() {
    let world = world().await;
    let api = Api::of(&world).await;
    let found = async |asked: &str| {
        let list = api.get(&format!("IncomingPhoneNumbers.json?PhoneNumber={asked}")).await;
        list["incoming_phone_numbers"].as_array().unwrap().clone()
    };
    assert_eq!(found("%2B15550188").await, [Value::Null; 0]);
    let number = found("15550").await.remove(0);
    assert_eq!(number["phone_number"], NUMBER);
    assert_eq!(number["voice_url"], format!("{}/voice", world.gateway));
    assert_eq!(number["status_callback"], format!("{}/status", world.gateway));
}

#[tokio::test]
async fn a_text_message_arrives_and_is_reported() {
    let world = world().await;
    let api = Api::of(&world).await;
    let callback = format!("{}/sms", world.gateway);
    let form =
        [("To", CALLER), ("From", NUMBER), ("Body", "Pumps <down> & ü"), ("StatusCallback", &callback)];
    let (status, sent) = api.ask(Method::POST, "Messages.json", &form).await;
    assert_eq!((status, &sent["status"]), (StatusCode::CREATED, &json!("queued")));
    assert_eq!(sent["body"], "Pumps <down> & ü");
    let arrived = world.exchange.arrived(0);
    assert_eq!(arrived.len(), 1);
    assert_eq!((arrived[0].kind, arrived[0].to.as_str()), (Road::Sms, CALLER));
    assert_eq!(arrived[0].text, "Pumps <down> & ü");
    world.pass_all().await;
    let told = world.at("/sms");
    assert_eq!(told.field("MessageStatus"), Some("delivered"));
    assert_eq!(told.field("MessageSid"), sent["sid"].as_str());
    let shown = api.get(&format!("Messages/{}.json", sent["sid"].as_str().unwrap())).await;
    assert_eq!(shown["status"], "delivered");
    assert_eq!(api.get("Messages.json").await["messages"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn text_messages_that_make_no_sense_are_refused() {
    let world = world().await;
    let api = Api::of(&world).await;
    let long = "x".repeat(1601);
    for (form, code) in [
        ([("From", NUMBER), ("Body", "x"), ("", "")], 21604),
        ([("To", "911"), ("From", NUMBER), ("Body", "x")], 21211),
        ([("To", CALLER), ("Body", "x"), ("", "")], 21603),
        ([("To", CALLER), ("From", NUMBER), ("Body", "")], 21602),
        ([("To", CALLER), ("From", NUMBER), ("Body", &long)], 21617),
    ] {
        assert_eq!(api.refused(Method::POST, "Messages.json", &form).await, (400, json!(code)));
    }
    assert!(world.exchange.arrived(0).is_empty());
}

#[tokio::test]
async fn a_call_can_be_looked_at_and_ended() {
    let world = world().await;
    let api = Api::of(&world).await;
    let (sid, _) = recorded(&world).await;
    let path = format!("Calls/{sid}.json");
    let call = api.get(&path).await;
    assert_eq!((&call["status"], &call["duration"]), (&json!("in-progress"), &Value::Null));
    assert_eq!((&call["from"], &call["direction"]), (&json!(CALLER), &json!("inbound")));
    let (status, call) = api.ask(Method::POST, &path, &[("Status", "completed")]).await;
    assert_eq!((status, &call["status"]), (StatusCode::OK, &json!("completed")));
    assert_eq!(call["duration"], "14");
    world.pass_all().await;
    assert_eq!(world.at("/status").field("CallDuration"), Some("14"));
    assert_eq!(api.refused(Method::POST, &path, &[("Status", "completed")]).await, (400, json!(21220)));
    assert_eq!(api.refused(Method::POST, &path, &[]).await, (400, json!(20001)));
    assert_eq!(api.get("Calls.json").await["calls"].as_array().unwrap().len(), 1);
    assert_eq!(api.refused(Method::GET, "Calls/CAx.json", &[]).await, (404, json!(20404)));
}

#[tokio::test]
async fn a_recording_has_data_sound_and_an_end() {
    let world = world().await;
    let api = Api::of(&world).await;
    let (sid, recording) = recorded(&world).await;
    let path = format!("Recordings/{recording}");
    let data = api.get(&format!("{path}.json")).await;
    assert_eq!((&data["status"], &data["duration"]), (&json!("processing"), &json!("14")));
    assert_eq!(api.refused(Method::GET, &path, &[]).await, (404, json!(20404)), "not there yet");
    world.pass(1).await;
    for name in [path.clone(), format!("{path}.wav"), format!("{path}.mp3")] {
        let request = api.http.get(format!("{}/{name}", api.base)).basic_auth(ACCOUNT, Some(TOKEN));
        let reply = request.send().await.unwrap();
        assert_eq!(reply.headers()["content-type"], "audio/x-wav");
        assert_eq!(reply.bytes().await.unwrap().len(), 44 + 14 * 16_000);
    }
    let of_call = api.get(&format!("Calls/{sid}/Recordings.json")).await;
    assert_eq!(of_call["recordings"][0]["status"], "completed");
    assert_eq!(api.ask(Method::DELETE, &format!("{path}.json"), &[]).await.0, StatusCode::NO_CONTENT);
    for method in [Method::GET, Method::DELETE] {
        assert_eq!(api.refused(method, &format!("{path}.json"), &[]).await, (404, json!(20404)));
    }
}

#[tokio::test]
async fn p20_a_transcription_is_in_progress_and_then_completed() {
    let world = world().await;
    let api = Api::of(&world).await;
    let (_, recording) = recorded(&world).await;
    let path = format!("Recordings/{recording}/Transcriptions.json");
    let list = api.get(&path).await;
    assert_eq!(list["transcriptions"][0]["status"], "in-progress");
    world.pass(4).await;
    let list = api.get(&path).await;
    let first = &list["transcriptions"][0];
    assert_eq!(
        (&first["status"], &first["transcription_text"]),
        (&json!("completed"), &json!("Pumps are down"))
    );
    let one = api.get(&format!("Transcriptions/{}.json", first["sid"].as_str().unwrap())).await;
    assert_eq!(&one, first);
    assert_eq!(api.refused(Method::GET, "Transcriptions/TRx.json", &[]).await, (404, json!(20404)));
    assert_eq!(api.refused(Method::GET, "Applications.json", &[]).await, (404, json!(20404)));
}
