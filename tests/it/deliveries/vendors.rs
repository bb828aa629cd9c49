//! Who transmits a message: the first that takes it, within the time that there is.

use super::*;
use crate::world::Broken;
use dutyline::exchange::behaviour::{Behaviour, Fault};
use dutyline::exchange::smtp;
use dutyline::service::effects;
use dutyline::service::ledger::{self, Fate, Opened};
use dutyline::settings::{MailServer, MailTls, Secret, SmsVendor};
use tokio::net::TcpListener;
use wiremock::matchers::{header, method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

/// A second vendor of texts, which answers that.
async fn second(answer: ResponseTemplate) -> MockServer {
    let server = MockServer::start().await;
    Mock::given(method("POST"))
        .and(path("/messages"))
        .and(header("authorization", "AccessKey tests only"))
        .respond_with(answer)
        .mount(&server)
        .await;
    server
}

fn vendor(server: &MockServer) -> SmsVendor {
    SmsVendor::MessageBird {
        access_key: Secret::new("tests only".to_owned()),
        from: "Dutyline".to_owned(),
        api_url: format!("{}/", server.uri()).parse().unwrap(),
    }
}

fn taken() -> ResponseTemplate {
    ResponseTemplate::new(201).set_body_json(json!({ "id": "mb-1" }))
}

#[tokio::test]
async fn g88_the_second_vendor_is_asked_at_once_when_the_first_is_down() {
    let server = second(taken()).await;
    let world = World::start_gated("demo", |settings| {
        settings.sms.as_mut().unwrap().vendors.push(vendor(&server));
    })
    .await;
    world.gates().carrier.shut(Broken::Down).await;
    let begun = world.now();
    let id = opened(&world, "Pumps").await;
    let ben = messages(&world, id, "ben").await.remove(0);
    assert_eq!((ben["state"].as_str(), ben["vendor"].as_str()), (Some("sent"), Some("messagebird")));
    assert_eq!((&ben["vendor_id"], ben["sent_at"].as_str()), (&json!("mb-1"), Some(&*begun.to_string())));
    let attempts: Vec<_> =
        ben["attempts"].as_array().unwrap().iter().map(|one| (&one["vendor"], &one["outcome"])).collect();
    assert_eq!(attempts, [(&json!("carrier"), &json!("failed")), (&json!("messagebird"), &json!("sent"))]);
    let requests = server.received_requests().await.unwrap();
    let bodies: Vec<Value> = requests.iter().map(|one| serde_json::from_slice(&one.body).unwrap()).collect();
    let own = bodies.iter().find(|body| body["reference"] == ben["id"]).unwrap();
    assert_eq!((&own["recipients"], &own["originator"]), (&json!([BEN]), &json!("Dutyline")));
    assert!(own["body"].as_str().unwrap().contains("HIGH alert"), "{own}");
}

#[tokio::test]
async fn what_is_written_back_is_asked_for_only_where_it_comes_in() {
    for (from, is_answered) in [("Dutyline", false), ("+15550190", false), ("+15550100", true)] {
        let server = second(taken()).await;
        let world = World::start_gated("demo", |settings| {
            let mut vendor = vendor(&server);
            if let SmsVendor::MessageBird { from: own, .. } = &mut vendor {
                from.clone_into(own);
            }
            settings.sms.as_mut().unwrap().vendors.push(vendor);
        })
        .await;
        let id = opened(&world, "Fans").await;
        assert!(texts(&world, BEN)[0].contains("Reply 1a to acknowledge"), "the carrier's");
        world.gates().carrier.shut(Broken::Down).await;
        opened(&world, "Pumps").await;
        let requests = server.received_requests().await.unwrap();
        let mut bodies = requests.iter().map(|one| serde_json::from_slice::<Value>(&one.body).unwrap());
        let own = bodies.rfind(|body| body["recipients"] == json!([BEN])).unwrap();
        let said = own["body"].as_str().unwrap();
        assert_eq!(said.contains("Reply 2a to acknowledge"), is_answered, "{from}: {said}");
        assert!(said.contains("Pumps") && said.contains("/a/"), "the link is there all the same: {said}");
        assert_eq!(states(&world, id, "ben").await, ["delivered"]);
    }
}

#[tokio::test]
async fn g88_the_second_vendor_is_asked_when_the_first_takes_the_message_and_says_nothing() {
    let server = second(taken()).await;
    let world = World::start_gated("demo", |settings| {
        settings.sms.as_mut().unwrap().vendors.push(vendor(&server));
    })
    .await;
    world.gates().carrier.shut(Broken::Slow).await;
    let id = opened(&world, "Pumps").await;
    let ben = messages(&world, id, "ben").await.remove(0);
    assert_eq!((ben["state"].as_str(), ben["vendor"].as_str()), (Some("sent"), Some("messagebird")), "{ben}");
    let attempts: Vec<_> =
        ben["attempts"].as_array().unwrap().iter().map(|one| (&one["vendor"], &one["outcome"])).collect();
    assert_eq!(attempts, [(&json!("carrier"), &json!("unknown")), (&json!("messagebird"), &json!("sent"))]);
}

#[tokio::test]
async fn g88_with_all_vendors_down_the_escalation_keeps_its_clock_and_the_log_says_so() {
    let server = second(ResponseTemplate::new(503)).await;
    let world = World::start_gated("demo", |settings| {
        settings.sms.as_mut().unwrap().vendors.push(vendor(&server));
        settings.carrier.conferences = false;
    })
    .await;
    world.gates().carrier.shut(Broken::Down).await;
    let id = opened(&world, "Pumps").await;
    let ben = messages(&world, id, "ben").await.remove(0);
    assert_eq!(ben["state"], "waiting");
    assert!(ben["cause"].as_str().unwrap().contains("; then "), "both are named: {ben}");
    let entries = log(&world, id, "ben").await;
    assert_eq!(entries.iter().map(|entry| &entry["what"]).collect::<Vec<_>>(), [&json!("not_notified_yet")]);
    world.wait(62).await;
    let alert = world.api(&format!("/api/alerts/{id}")).await;
    let steps = alert["log"].as_array().unwrap().iter().filter(|entry| entry["what"] == "escalated").count();
    assert_eq!(steps, 2, "the next step is made at its time");
    world.gates().carrier.open().await;
    world.wait(120).await;
    assert!(!texts(&world, BEN).is_empty());
    let left = world.api("/api/notifications?state=waiting").await;
    let is_written = |one: &&Value| one["by"] != "voice";
    assert_eq!(
        left["notifications"].as_array().unwrap().iter().find(is_written),
        None,
        "everything is settled"
    );
}

#[tokio::test]
async fn g25_what_fails_for_now_is_tried_again_after_15_seconds_and_what_fails_for_good_never() {
    let server = second(ResponseTemplate::new(503)).await;
    let only = |server: &MockServer| vec![vendor(server)];
    let world = World::start_with("demo", |settings| {
        settings.sms.as_mut().unwrap().vendors = only(&server);
        settings.policies.clear();
    })
    .await;
    let begun = world.now();
    let id = opened(&world, "Pumps").await;
    for attempt in 1..=4 {
        let ben = messages(&world, id, "ben").await.remove(0);
        let next: jiff::Timestamp = ben["next_at"].as_str().unwrap().parse().unwrap();
        let waits = if attempt < 4 { 15 } else { 60 };
        assert_eq!(next.duration_since(world.now()).as_secs(), waits, "after attempt {attempt}");
        assert_eq!(ben["attempts"].as_array().unwrap().len(), attempt);
        world.clock.set(next);
        world.settle().await;
    }
    assert_eq!(world.now().duration_since(begun).as_secs(), 105);

    let server = second(ResponseTemplate::new(422)).await;
    let world = World::start_with("demo", |settings| {
        settings.sms.as_mut().unwrap().vendors = only(&server);
    })
    .await;
    let id = opened(&world, "Pumps").await;
    let ben = messages(&world, id, "ben").await.remove(0);
    assert_eq!((ben["state"].as_str(), &ben["next_at"]), (Some("failed"), &Value::Null));
    assert!(ben["cause"].as_str().unwrap().contains("422"), "{ben}");
    let entry = log(&world, id, "ben").await.remove(0);
    assert_eq!((entry["what"].as_str(), &entry["why"]), (Some("not_notified"), &ben["cause"]));
}

#[tokio::test]
async fn g87_a_text_whose_answer_is_lost_is_asked_for_before_it_is_sent_again() {
    let world = World::start_with("demo", |settings| settings.policies.clear()).await;
    let faults = [Fault::TextAnswersLost].into();
    world.exchange.behave(Behaviour { faults, ..Behaviour::default() });
    let id = post(&world, json!({ "title": "Pumps" })).await;
    crate::world::acts::due(&world.app).await.unwrap();
    while world.run_effects().await > 0 {}
    assert_eq!(states(&world, id, "ben").await, ["sending"], "nobody knows");
    let entry = log(&world, id, "ben").await.remove(0);
    assert_eq!(entry["what"], "not_notified_yet");
    assert!(entry["why"].as_str().unwrap().starts_with("it is not known whether it was taken"), "{entry}");
    world.wait(20).await;
    assert_eq!(texts(&world, BEN).len(), 1, "it has arrived, and is not sent again");
    let ben = messages(&world, id, "ben").await.remove(0);
    assert_eq!((ben["state"].as_str(), &ben["attempts"][0]["outcome"]), (Some("delivered"), &json!("sent")));
    let told = log(&world, id, "ben").await;
    assert_eq!(told.iter().filter(|entry| entry["what"] == "notified").count(), 1, "{told:?}");
}

#[tokio::test]
async fn g88_nobody_waits_for_a_silent_vendor_to_say_what_it_has_taken() {
    let server = second(ResponseTemplate::new(500)).await;
    let world = World::start_gated("demo", |settings| {
        settings.sms.as_mut().unwrap().vendors.push(vendor(&server));
        settings.policies.clear();
    })
    .await;
    world.gates().carrier.shut(Broken::Down).await;
    let id = opened(&world, "Pumps").await;
    let ben = messages(&world, id, "ben").await.remove(0);
    assert_eq!((ben["state"].as_str(), ben["vendor"].as_str()), (Some("sending"), Some("messagebird")));
    world.gates().carrier.open().await;
    world.wait(20).await;
    assert_eq!(texts(&world, BEN).len(), 1, "the first is back, and the second still says nothing");
    let ben = messages(&world, id, "ben").await.remove(0);
    let outcomes: Vec<_> = ben["attempts"].as_array().unwrap().iter().map(|one| &one["outcome"]).collect();
    assert_eq!(
        outcomes,
        [&json!("failed"), &json!("unknown"), &json!("sent")],
        "what may be double is counted"
    );
    assert!((world.app.metrics)().contains("dutyline_deliveries_unknown_total"), "in the figures too");
}

#[tokio::test]
async fn a_vendors_word_that_a_message_is_lost_is_not_overtaken_by_its_having_taken_it() {
    let world = World::start_with("demo", |settings| settings.policies.clear()).await;
    let id = post(&world, json!({ "title": "Pumps" })).await;
    crate::world::acts::due(&world.app).await.unwrap();
    let ben = messages(&world, id, "ben").await.remove(0);
    let message = ben["id"].as_str().unwrap().parse().unwrap();
    let Opened::Ready(mut ready) = ledger::open(&world.app, message).await.unwrap() else { panic!() };
    ledger::begin(&world.app, &mut ready, "carrier", None, None).await.unwrap();
    let lost = Fate::Lost("error 30005".to_owned());
    ledger::heard(&world.app, message, "SM1", &lost).await.unwrap();
    let taken = ledger::sent(&world.app, &ready, Some("SM1".to_owned()));
    let effect = effects::claim(&world.app).await.unwrap();
    let effect = effect.iter().find(|one| one.claimed.effect.notification() == Some(message)).unwrap();
    world.app.outbox.complete(&effect.claimed, &taken).await.unwrap();
    let ben = messages(&world, id, "ben").await.remove(0);
    assert_eq!((ben["state"].as_str(), ben["cause"].as_str()), (Some("failed"), Some("error 30005")));
}

#[tokio::test]
async fn g54_the_message_log_says_why_a_message_has_failed() {
    let server = second(ResponseTemplate::new(422)).await;
    let world = World::start_with("demo", |settings| {
        settings.sms.as_mut().unwrap().vendors = vec![vendor(&server)];
        settings.policies.clear();
    })
    .await;
    let id = opened(&world, "Pumps").await;
    let failed = world.api("/api/notifications?state=failed").await;
    let failed = failed["notifications"].as_array().unwrap();
    let ben = failed.iter().find(|one| one["person"] == "ben").unwrap();
    let told = (ben["alert"].as_str(), ben["by"].as_str(), ben["state"].as_str());
    assert_eq!(told, (Some(&*id.to_string()), Some("sms"), Some("failed")));
    assert_eq!(ben["cause"], "MessageBird refused it (422)", "{ben}");
}

#[tokio::test]
async fn g25_what_can_not_reach_a_phone_is_said_with_its_reason() {
    let world = World::start("demo").await;
    let id = post(&world, json!({ "title": "Pumps" })).await;
    crate::world::acts::due(&world.app).await.unwrap();
    while world.run_effects().await > 0 {}
    let ben = messages(&world, id, "ben").await.remove(0);
    assert_eq!(ben["state"], "sent", "the carrier has said nothing of it yet");
    let (own, sid) = (ben["id"].as_str().unwrap(), ben["vendor_id"].as_str().unwrap());
    let fields = [("MessageSid", sid), ("MessageStatus", "undelivered"), ("ErrorCode", "30003")];
    crate::voice_edge::post(&world.app, &format!("/sms/status/{own}"), &fields).await;
    let ben = messages(&world, id, "ben").await.remove(0);
    assert_eq!(ben["state"], "failed");
    let entries = log(&world, id, "ben").await;
    let last = entries.last().unwrap();
    assert_eq!(last["why"], "the carrier could not deliver it (code 30003)", "{last}");
}

#[tokio::test]
async fn a_mail_goes_by_the_second_server_when_the_first_is_down() {
    let second = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = second.local_addr().unwrap().port();
    let world = World::start_gated("demo", |settings| {
        let server = MailServer { host: "127.0.0.1".to_owned(), port, tls: MailTls::None, login: None };
        settings.mail.as_mut().unwrap().next.push(server);
    })
    .await;
    tokio::spawn(smtp::serve(world.exchange.clone(), second, std::future::pending()));
    world.gates().mail.shut(Broken::Down).await;
    let id = opened(&world, "Pumps").await;
    let all = messages(&world, id, "ada").await;
    let mail = all.iter().find(|one| one["by"] == "email").unwrap();
    assert_eq!(
        (mail["state"].as_str(), &mail["vendor"]),
        (Some("sent"), &json!(format!("127.0.0.1:{port}")))
    );
}
