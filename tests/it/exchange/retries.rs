//! Repetitions of webhooks, in real time.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use axum::Router;
use axum::http::header;
use axum::routing::post;
use dutyline::exchange::leg::APPLICATION_ERROR;
use tokio::net::TcpListener;

use super::world::{Reply, World, xml};

/// A gateway that fails the first `failures` times, asked with these overrides; how often it was asked.
async fn tries(overrides: &'static str, failures: u32, reply: fn() -> Reply) -> (usize, Vec<String>) {
    let count = AtomicU32::new(0);
    let change = |config: &mut dutyline::exchange::carrier::Config| {
        config.voice_url.push_str(overrides);
        config.status_url = None;
    };
    let world = World::start_with(change, move |_| {
        if count.fetch_add(1, Ordering::SeqCst) < failures { reply() } else { xml("<Say>Hello</Say>") }
    })
    .await;
    let sid = world.dial().await;
    let seen = world.seen();
    assert!(seen.iter().all(|one| one.token == seen[0].token), "one token for all tries");
    (seen.len(), world.heard(&sid))
}

#[tokio::test]
async fn without_overrides_an_error_is_final() {
    assert_eq!(tries("", 1, || Reply::Status(503)).await, (1, vec![APPLICATION_ERROR.to_owned()]));
}

#[tokio::test]
async fn errors_are_repeated_as_the_fragment_says() {
    let hello = vec!["Hello".to_owned()];
    let error = vec![APPLICATION_ERROR.to_owned()];
    assert_eq!(tries("#rc=2&rp=5xx", 2, || Reply::Status(503)).await, (3, hello.clone()));
    assert_eq!(tries("#rc=2&rp=5xx", 3, || Reply::Status(503)).await, (3, error.clone()));
    assert_eq!(tries("#rc=2&rp=5xx", 1, || Reply::Status(404)).await, (1, error));
    assert_eq!(tries("#rc=1&rp=4xx", 1, || Reply::Status(404)).await, (2, hello.clone()));
    assert_eq!(tries("#rc=1&rp=all", 1, || Reply::Status(404)).await, (2, hello));
}

#[tokio::test]
async fn a_slow_answer_is_given_up() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let slow = format!("http://{}/voice#rt=100&rc=0", listener.local_addr().unwrap());
    tokio::spawn(async move {
        let never = post(|| async { std::future::pending::<()>().await });
        axum::serve(listener, Router::new().route("/voice", never)).await
    });
    let world = World::start_with(|config| config.voice_url = slow, |_| Reply::Status(204)).await;
    let sid = world.dial().await;
    assert_eq!(world.heard(&sid), [APPLICATION_ERROR]);
}

#[tokio::test]
async fn a_gateway_that_comes_back_is_reached() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let change = |config: &mut dutyline::exchange::carrier::Config| {
        config.voice_url = format!("http://{address}/voice#rc=5&rp=ct");
        config.retry_after = Duration::from_millis(50);
    };
    let world = World::start_with(change, |_| Reply::Status(204)).await;
    let gateway = async move {
        // The first try has failed by the time that a later one finds the door open.
        let document = ([(header::CONTENT_TYPE, "text/xml")], "<Response><Say>Back</Say></Response>");
        let listener = tokio::task::spawn_blocking(move || {
            std::thread::sleep(Duration::from_millis(120));
            std::net::TcpListener::bind(address).unwrap()
        });
        let listener = listener.await.unwrap();
        listener.set_nonblocking(true).unwrap();
        let listener = TcpListener::from_std(listener).unwrap();
        axum::serve(listener, Router::new().route("/voice", post(move || async move { document }))).await
    };
    let serving = tokio::spawn(gateway);
    let sid = world.dial().await;
    assert_eq!(world.heard(&sid), ["Back"]);
    serving.abort();
}

#[tokio::test]
async fn nobody_there_is_an_application_error() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let change = |config: &mut dutyline::exchange::carrier::Config| {
        config.voice_url = format!("http://{address}/voice");
    };
    let world = World::start_with(change, |_| Reply::Status(204)).await;
    let sid = world.dial().await;
    assert_eq!(world.heard(&sid), [APPLICATION_ERROR]);
}
