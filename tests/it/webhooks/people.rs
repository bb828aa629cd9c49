//! People's own programs.

use super::*;
use dutyline::domain::contact::WebhookUrl;
use dutyline::domain::directory::device::Device;

fn equip(settings: &mut Settings, url: &str) {
    let ada = settings.directory.people.iter_mut().find(|person| person.id.0 == "ada").unwrap();
    ada.devices = vec![Device::Webhook(WebhookUrl::parse(url).unwrap())];
}

#[tokio::test]
async fn a_person_is_told_by_their_own_program() {
    let server = program(ok()).await;
    let world = world_with(vec![], |settings| {
        equip(settings, &server.uri());
        settings.alerting.private_devices = true;
    })
    .await;
    let (id, _) = take_in(&world, Transition::Open, "a1").await;
    world.settle().await;
    let request = requests(&server).await.remove(0);
    let told = json(&request);
    assert_eq!(told["type"], "notification");
    assert_eq!(told["data"]["person"], "ada");
    assert_eq!(told["data"]["alert"]["id"], id.to_string());
    assert_eq!(told["data"]["alert"]["title"], "Pump 3 stands still");
    assert_eq!(header(&request, "webhook-id"), told["data"]["id"].as_str().unwrap());
    assert_eq!(header(&request, "webhook-signature"), "");
    let story = world.api(&format!("/api/alerts/{id}")).await;
    let log = story["log"].as_array().unwrap();
    let is_ada = |entry: &&Value| entry["what"] == "notified" && entry["person"] == "ada";
    assert_eq!(log.iter().find(is_ada).unwrap()["by"], "webhook");
}

#[tokio::test]
async fn a_persons_program_in_our_own_network_is_not_told_and_the_log_says_so() {
    let server = program(ok()).await;
    let world = world_with(vec![], |settings| equip(settings, &server.uri())).await;
    let (id, _) = take_in(&world, Transition::Open, "a1").await;
    world.settle().await;
    assert_eq!(requests(&server).await.len(), 0);
    let story = world.api(&format!("/api/alerts/{id}")).await;
    let log = story["log"].as_array().unwrap();
    let is_ada = |entry: &&Value| entry["what"] == "not_notified" && entry["person"] == "ada";
    assert_eq!(log.iter().find(is_ada).unwrap()["by"], "webhook");
}
