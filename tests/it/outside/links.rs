//! Links that somebody makes short.

use super::{alerts, call, story};
use crate::broken::{Broken, Way};
use crate::world::World;
use dutyline::settings::{Links, Secret, Settings};
use futures_util::future::join_all;
use serde_json::json;
use wiremock::matchers::any;
use wiremock::{Mock, MockServer, ResponseTemplate};

const SHORT: &str = "https://bit.ly/3xyz";

fn by(url: &str) -> impl FnOnce(&mut Settings) {
    let api_url = format!("{}/", url.trim_end_matches('/')).parse().unwrap();
    move |settings| settings.links = Links::Bitly { api_url, token: Secret::new("t".to_owned()) }
}

#[tokio::test]
async fn p19_people_get_the_short_link_which_is_made_once() {
    let server = MockServer::start().await;
    let answer = ResponseTemplate::new(200).set_body_json(json!({ "link": SHORT }));
    Mock::given(any()).respond_with(answer).mount(&server).await;
    let world = World::start_with("one-group", by(&server.uri())).await;
    call(&world, "press 1\ncall ends\nalerts 1\n").await;
    world.wait(60).await;
    let [alert] = alerts(&world).await.try_into().unwrap();
    assert_eq!(alert["link"], SHORT);
    let arrived = world.exchange.arrived(0);
    assert_eq!(arrived.len(), 8, "two people, two devices, the alert and its text");
    assert!(arrived.iter().all(|message| message.text.contains(SHORT)), "every message has it");
    let [request] = server.received_requests().await.unwrap().try_into().unwrap();
    let asked: serde_json::Value = serde_json::from_slice(&request.body).unwrap();
    let long = asked["long_url"].as_str().unwrap();
    let page = world.http.get(long).send().await.unwrap();
    assert!(page.status().is_success(), "the long one still leads to the message");
}

async fn with_a_broken_service(way: Way) {
    let broken = Broken::start(way).await;
    let world = World::start_with("one-group", by(&broken.url)).await;
    call(&world, "press 1\ncall ends\nalerts 1\n").await;
    let [alert] = alerts(&world).await.try_into().unwrap();
    let told = story(&alert);
    assert_eq!(told.iter().filter(|what| **what == "link_not_shortened").count(), 1, "{way:?}: {told:?}");
    assert!(told.contains(&"notified"), "{way:?}: {told:?}");
    let link = alert["link"].as_str().unwrap();
    assert!(link.starts_with(&world.url("/l/")), "{way:?}: {link}");
    let arrived = world.exchange.arrived(0);
    assert!(!arrived.is_empty() && arrived.iter().all(|message| message.text.contains(link)), "{way:?}");
    if way != Way::Refused {
        assert_eq!(broken.asked(), 1, "{way:?}: nobody waits for a second try");
    }
    assert_eq!(broken.followed(), 0, "{way:?}");
}

#[tokio::test]
async fn p19_with_a_link_service_that_is_broken_the_long_link_goes_out_at_once() {
    join_all(Way::ALL.map(with_a_broken_service)).await;
    let world = World::start("one-group").await;
    let figures = world.http.get(world.url("/metrics")).send().await.unwrap().text().await.unwrap();
    assert!(figures.contains("dutyline_links_shortened_total{result=\"failed\"}"), "{figures}");
}
