//! Callers whom another directory knows: xMatters, played by a mock server.

mod on_call;

use crate::world::{Logs, PeopleServer, World, device, voice};
use dutyline::exchange::carrier::Dial;
use dutyline::exchange::line::Kind;
use dutyline::service::directory;
use jiff::SignedDuration;
use serde_json::json;
use std::time::Duration;
use wiremock::ResponseTemplate;

/// Nobody in the settings has it.
const NUMBER: &str = "+15550155";

/// A world at that directory, in which callers wait no longer than a tenth of a second at a time.
async fn world(server: &PeopleServer) -> World {
    World::start_with("xmatters", |settings| {
        server.set(settings);
        settings.elsewhere.as_mut().unwrap().patience = Duration::from_millis(100);
    })
    .await
}

/// Dials; answers the call.
async fn dial(world: &World, from: Option<&str>) -> String {
    let call = world.exchange.dial(Dial { from: from.map(str::to_owned), attestation: None });
    world.settle().await;
    call
}

/// All that was said on a call so far.
fn heard(world: &World, call: &str) -> String {
    let line = world.exchange.line(call, 0).unwrap();
    let said = line.iter().filter(|event| event.kind == Kind::Heard);
    said.map(|event| event.text.as_str()).collect::<Vec<_>>().join(" ")
}

/// Dials and lets some seconds pass; answers what was said.
async fn says(world: &World, from: Option<&str>) -> String {
    let call = dial(world, from).await;
    world.wait(4).await;
    heard(world, &call)
}

#[tokio::test]
async fn p01_a_caller_whom_only_the_other_directory_knows_is_greeted_by_name() {
    let server = PeopleServer::start().await;
    server.knows("u1", &[voice(NUMBER)]).await;
    server.knows("u%2F2", &[]).await;
    let world = world(&server).await;
    let heard = says(&world, Some(NUMBER)).await;
    assert!(heard.contains("Hello Uma Underhill.") && heard.contains("Press 1"), "{heard}");
    assert!(!heard.contains("One moment"), "{heard}");
}

#[tokio::test]
async fn p02_a_number_that_everybody_was_asked_about_and_nobody_has_is_refused() {
    let server = PeopleServer::start().await;
    server.knows("u1", &[voice("+15550156")]).await;
    server.knows("u%2F2", &[]).await;
    let world = world(&server).await;
    let heard = says(&world, Some(NUMBER)).await;
    assert!(heard.contains("not authorized") && !heard.contains("One moment"), "{heard}");
    assert_eq!(server.asked("u%2F2").await, 1, "ids are percent-encoded");
}

#[tokio::test]
async fn known_people_of_ours_are_let_in_without_asking() {
    let server = PeopleServer::start().await;
    let world = world(&server).await;
    let heard = says(&world, Some("+15550101")).await;
    assert!(heard.contains("Hello Ada Admin."), "{heard}");
    assert_eq!(server.asked("u1").await, 0);
}

#[tokio::test]
async fn p04_somebody_who_is_not_there_has_no_devices() {
    let server = PeopleServer::start().await;
    let not_found = json!({"code": 404, "reason": "Not Found", "message": "Could not find u1"});
    server.answers("u1", ResponseTemplate::new(404).set_body_json(not_found)).await;
    server.knows("u%2F2", &[voice(NUMBER)]).await;
    let world = world(&server).await;
    let heard = says(&world, Some(NUMBER)).await;
    assert!(heard.contains("Hello Uma"), "{heard}");
    let heard = says(&world, Some("+15550156")).await;
    assert!(heard.contains("not authorized"), "{heard}");
}

#[tokio::test]
async fn p05_a_match_wins_at_once_whether_others_fail_or_hang() {
    for fails in [true, false] {
        let server = PeopleServer::start().await;
        if fails {
            server.answers("u1", ResponseTemplate::new(500)).await;
        } else {
            server.hangs("u1").await;
        }
        server.knows("u%2F2", &[voice(NUMBER)]).await;
        let world = World::start_with("xmatters", |settings| {
            server.set(settings);
            settings.elsewhere.as_mut().unwrap().patience = Duration::from_hours(1);
        })
        .await;
        let heard = says(&world, Some(NUMBER)).await;
        assert!(heard.contains("Hello Uma") && !heard.contains("One moment"), "{heard}");
    }
}

#[tokio::test]
async fn p05_without_a_match_a_caller_holds_while_somebody_could_not_be_asked_and_hears_whom_to_call() {
    for fails in [true, false] {
        let server = PeopleServer::start().await;
        server.knows("u1", &[]).await;
        if fails {
            server.answers("u%2F2", ResponseTemplate::new(500)).await;
        } else {
            server.hangs("u%2F2").await;
        }
        let world = world(&server).await;
        let (began, call) = (world.now(), dial(&world, Some(NUMBER)).await);
        world.wait(60).await;
        let heard = heard(&world, &call);
        assert!(heard.starts_with("One moment, please. We are still checking"), "{heard}");
        assert!(heard.ends_with("cannot be checked at the moment. Please call the control room. Goodbye."));
        assert!(!heard.contains("not authorized"), "{heard}");
        let line = world.exchange.line(&call, 0).unwrap();
        let last = line.iter().rfind(|event| event.kind == Kind::Heard).unwrap();
        let held = last.at.duration_since(began);
        assert!(held <= SignedDuration::from_secs(13), "held for {held}");
        let asked = server.asked("u%2F2").await;
        // One that hangs is asked once, and waited for; one that fails is asked anew.
        assert_eq!(asked > 1, fails, "asked {asked} times");
    }
}

#[tokio::test]
async fn p05_a_caller_who_holds_is_let_in_or_refused_when_the_answer_comes() {
    for (number, words) in [(NUMBER, "Hello Uma Underhill."), ("+15550156", "not authorized")] {
        let server = PeopleServer::start().await;
        server.knows("u1", &[]).await;
        server.answers("u%2F2", ResponseTemplate::new(503)).await;
        let world = world(&server).await;
        let call = dial(&world, Some(number)).await;
        assert_eq!(heard(&world, &call), "One moment, please.");
        server.forgets().await;
        server.knows("u%2F2", &[voice(NUMBER)]).await;
        world.exchange.press(&call, "1").unwrap();
        world.wait(4).await;
        let heard = heard(&world, &call);
        assert!(heard.contains(words), "{heard}");
        assert_eq!(server.asked("u1").await, 0, "whoever has answered is not asked again");
    }
}

#[tokio::test]
async fn p05_a_caller_who_held_raises_an_alert_in_their_name() {
    let server = PeopleServer::start().await;
    server.answers("u1", ResponseTemplate::new(503)).await;
    let mut world = world(&server).await;
    let call = dial(&world, Some(NUMBER)).await;
    server.forgets().await;
    server.knows("u1", &[voice(NUMBER)]).await;
    server.knows("u%2F2", &[]).await;
    world.restart().await;
    world.wait(4).await;
    world.exchange.press(&call, "1").unwrap();
    world.wait(25).await;
    world.exchange.say(&call, "The pumps are down", SignedDuration::from_secs(4)).unwrap();
    world.wait(8).await;
    world.exchange.hang_up(&call).unwrap();
    world.wait(60).await;
    let alerts = world.api("/api/alerts").await;
    assert_eq!(alerts["alerts"][0]["caller"]["name"], "Uma Underhill", "{alerts}");
    assert_eq!(alerts["alerts"][0]["caller"]["person"], "u1", "{alerts}");
}

#[tokio::test]
async fn p06_only_phones_that_somebody_calls_from_count() {
    let server = PeopleServer::start().await;
    let mut off = voice(NUMBER);
    off["status"] = "INACTIVE".into();
    let devices = ["VOICE_IVR", "TEXT_PHONE", "FAX"].map(|kind| device(kind, Some(NUMBER)));
    let mail = json!({"deviceType": "EMAIL", "emailAddress": NUMBER});
    server.knows("u1", &[devices.as_slice(), &[mail, off]].concat()).await;
    server.knows("u%2F2", &[]).await;
    let world = world(&server).await;
    let heard = says(&world, Some(NUMBER)).await;
    assert!(heard.contains("not authorized"), "{heard}");
}

#[tokio::test]
async fn p07_numbers_are_compared_in_their_international_form() {
    let server = PeopleServer::start().await;
    server.knows("u1", &[voice("+1 (555) 01-55")]).await;
    server.knows("u%2F2", &[]).await;
    let world = world(&server).await;
    let heard = says(&world, Some("15550155")).await;
    assert!(heard.contains("Hello Uma"), "{heard}");
}

#[tokio::test]
async fn p51_a_device_without_a_number_is_nobodys_caller_id() {
    let server = PeopleServer::start().await;
    server.knows("u1", &[device("VOICE", None), voice(""), voice("anonymous")]).await;
    server.knows("u%2F2", &[]).await;
    let world = world(&server).await;
    for from in [None, Some(""), Some("anonymous")] {
        let heard = says(&world, from).await;
        assert!(heard.contains("did not come through"), "{from:?}: {heard}");
    }
    let heard = says(&world, Some(NUMBER)).await;
    assert!(heard.contains("not authorized"), "{heard}");
}

#[tokio::test]
async fn what_was_answered_counts_while_the_directory_is_down_and_not_for_ever() {
    let server = PeopleServer::start().await;
    server.knows("u1", &[voice(NUMBER)]).await;
    server.knows("u%2F2", &[]).await;
    let mut world = world(&server).await;
    directory::refresh(&world.app).await.unwrap();
    server.forgets().await;
    world.restart().await;
    assert!(says(&world, Some(NUMBER)).await.contains("Hello Uma"));
    assert!(says(&world, Some("+15550156")).await.contains("not authorized"));
    assert_eq!(server.asked("u1").await, 0, "a fresh answer is not asked for again");

    server.answers("u1", ResponseTemplate::new(503)).await;
    server.answers("u%2F2", ResponseTemplate::new(503)).await;
    world.clock.set(world.now() + SignedDuration::from_hours(71));
    assert!(says(&world, Some(NUMBER)).await.contains("Hello Uma"));
    assert!(says(&world, Some("+15550156")).await.contains("not authorized"));
    assert!(server.asked("u1").await > 0, "an old one is");

    world.clock.set(world.now() + SignedDuration::from_hours(1));
    assert!(says(&world, Some(NUMBER)).await.starts_with("One moment"));
    let place = world.app.elsewhere.as_ref().unwrap().people.place().to_owned();
    assert_eq!(world.app.directory.answers(&place).await.unwrap().len(), 2);
    directory::refresh(&world.app).await.unwrap();
    assert_eq!(world.app.directory.answers(&place).await.unwrap(), [], "what counts no more is not kept");
}

#[tokio::test]
async fn a_new_answer_replaces_the_old_one() {
    let server = PeopleServer::start().await;
    server.knows("u1", &[voice(NUMBER)]).await;
    server.knows("u%2F2", &[]).await;
    let world = world(&server).await;
    assert!(says(&world, Some(NUMBER)).await.contains("Hello Uma"));
    server.forgets().await;
    server.knows("u1", &[voice("+15550156")]).await;
    server.knows("u%2F2", &[]).await;
    world.clock.set(world.now() + SignedDuration::from_mins(10));
    assert!(says(&world, Some(NUMBER)).await.contains("not authorized"));
    assert!(says(&world, Some("+15550156")).await.contains("Hello Uma"));
}

#[tokio::test]
async fn answers_are_asked_for_anew_before_a_caller_needs_them() {
    let server = PeopleServer::start().await;
    server.knows("u1", &[voice(NUMBER)]).await;
    server.knows("u%2F2", &[]).await;
    let world = world(&server).await;
    for (minutes, asked) in [(0, 1), (4, 1), (1, 2), (4, 2), (60, 3)] {
        world.clock.set(world.now() + SignedDuration::from_mins(minutes));
        directory::refresh(&world.app).await.unwrap();
        assert_eq!(server.asked("u1").await, asked, "after {minutes} more minutes");
    }
}

#[tokio::test]
async fn a_directory_that_asks_for_rest_gets_it() {
    let server = PeopleServer::start().await;
    let busy = ResponseTemplate::new(429).insert_header("retry-after", "300");
    server.answers("u1", busy).await;
    server.knows("u%2F2", &[]).await;
    let world = world(&server).await;
    for (seconds, asked) in [(0, 1), (299, 1), (1, 2)] {
        world.clock.set(world.now() + SignedDuration::from_secs(seconds));
        directory::refresh(&world.app).await.unwrap();
        assert_eq!(server.asked("u1").await, asked, "after {seconds} more seconds");
    }
}

#[tokio::test]
async fn an_answer_that_means_nothing_is_no_answer_and_is_told_of_once_with_its_field() {
    let logs = Logs::caught();
    let server = PeopleServer::start().await;
    let odd = json!({"data": [{"deviceType": "EMAIL"}, {"deviceType": 5, "phoneNumber": NUMBER}]});
    server.answers("u1", ResponseTemplate::new(200).set_body_json(odd)).await;
    server.knows("u%2F2", &[]).await;
    let world = world(&server).await;
    let heard = says(&world, Some(NUMBER)).await;
    assert!(heard.starts_with("One moment"), "{heard}");
    directory::refresh(&world.app).await.unwrap();
    let errors = logs.of("ERROR");
    assert_eq!(errors.len(), 1, "{errors:?}");
    assert!(errors[0].contains("data[1].deviceType") && errors[0].contains("nth_authorised=1"), "{errors:?}");

    server.forgets().await;
    server.knows("u1", &[voice(NUMBER)]).await;
    directory::refresh(&world.app).await.unwrap();
    directory::refresh(&world.app).await.unwrap();
    let well = logs.of("INFO");
    assert_eq!(well.iter().filter(|line| line.contains("can be looked up again")).count(), 1);
    assert!(!logs.text().contains(&NUMBER[1..]), "{}", logs.text());
}

#[tokio::test]
async fn an_outage_is_told_of_once_and_so_is_its_end() {
    let logs = Logs::caught();
    let server = PeopleServer::start().await;
    for id in ["u1", "u%2F2"] {
        server.answers(id, ResponseTemplate::new(503)).await;
    }
    let world = world(&server).await;
    for _ in 0..3 {
        directory::refresh(&world.app).await.unwrap();
    }
    assert_eq!(logs.of("ERROR").len(), 1, "{:?}", logs.of("ERROR"));
    server.forgets().await;
    server.knows("u1", &[]).await;
    server.answers("u%2F2", ResponseTemplate::new(503)).await;
    directory::refresh(&world.app).await.unwrap();
    let again = || logs.of("INFO").iter().filter(|line| line.contains("can be looked up again")).count();
    assert_eq!(again(), 0, "one still can't");
    server.forgets().await;
    server.knows("u%2F2", &[]).await;
    directory::refresh(&world.app).await.unwrap();
    assert_eq!((logs.of("ERROR").len(), again()), (1, 1));
}
