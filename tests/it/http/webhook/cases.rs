//! The status of a matter, and what an event says of itself: the cases that users of the webhook rely on.

use super::*;
use dutyline::domain::retention::Retention;
use dutyline::exchange::line::Road;
use dutyline::service::retention;
use jiff::SignedDuration;
use tokio::sync::watch;

#[tokio::test]
async fn s01_an_event_opens_an_alert_with_everything_that_it_says() {
    let world = world().await;
    let answer = event(&world, critical()).await;
    assert!(answer["eventId"].is_string(), "{answer}");
    assert_eq!((&answer["outcome"], &answer["discarded"]), (&json!("opened"), &json!(false)));
    let alerts = alerts(&world).await;
    assert_eq!(alerts.len(), 1);
    let alert = &alerts[0];
    assert_eq!((&alert["id"], &alert["state"]), (&answer["alertId"], &json!("open")));
    assert_eq!(alert["title"], "Critical production failure");
    assert_eq!(alert["text"], "Line 3 stands still.");
    assert_eq!(detail(alert, "Severity"), Some("Critical"));
    assert_eq!(detail(alert, "Business Details.Impact"), Some("high"));
    assert_eq!(detail(alert, "X-S4-ExternalID"), None, "control parameters are not shown");
    assert_eq!((&alert["team"], &alert["event"]["integration"]), (&json!("Plant"), &json!("prtg")));
}

#[tokio::test]
async fn s02_s03_g83_the_same_id_acknowledges_and_resolves_it() {
    let world = world().await;
    let opened = event(&world, critical()).await;
    for (status, outcome, state) in
        [("Acknowledged", "acknowledged", "acknowledged"), ("Resolved", "resolved", "resolved")]
    {
        let mut later = critical();
        later["X-S4-Status"] = status.into();
        let answer = event(&world, later).await;
        assert_eq!((&answer["outcome"], &answer["matched"]), (&json!(outcome), &json!(1)), "{answer}");
        assert_eq!(answer["alertId"], opened["alertId"]);
        assert_eq!(states(&world).await, [state]);
    }
    let alert = world.api(&format!("/api/alerts/{}", opened["alertId"].as_str().unwrap())).await;
    assert_eq!((&alert["resolved"]["by"], &alert["resolved"]["from"]), (&json!("prtg"), &json!("webhook")));
}

#[tokio::test]
async fn s04_without_a_status_it_is_new() {
    let world = world().await;
    let mut new = critical();
    new.as_object_mut().unwrap().remove("X-S4-Status");
    assert_eq!(event(&world, new).await["outcome"], "opened");
}

#[tokio::test]
async fn s05_s06_g83_an_end_needs_no_content_and_may_be_written_in_any_case() {
    let world = world().await;
    for word in ["Resolved", "resolved", "RESOLVED", " Resolved ", "Closed"] {
        event(&world, critical()).await;
        assert_eq!(event(&world, status("a1", word)).await["outcome"], "resolved", "{word}");
    }
    assert_eq!(states(&world).await, ["resolved"; 5]);
}

#[tokio::test]
async fn s07_g83_an_unknown_status_is_discarded_and_the_answer_says_so() {
    let world = world().await;
    event(&world, critical()).await;
    let answer = event(&world, status("a1", "Investigating")).await;
    assert_eq!((&answer["discarded"], &answer["discardedBy"]), (&json!(true), &json!("status")));
    assert!(answer["reason"].as_str().unwrap().contains("Investigating"), "{answer}");
    assert!(answer["eventId"].is_string(), "clients look for it");
    assert_eq!(states(&world).await, ["open"]);
}

#[tokio::test]
async fn s08_what_ends_a_matter_that_nobody_knows_matches_nothing() {
    let world = world().await;
    for word in ["Acknowledged", "Resolved"] {
        let answer = event(&world, status("nobody", word)).await;
        assert_eq!((&answer["matched"], &answer["outcome"]), (&json!(0), &json!("unmatched")), "{word}");
    }
    assert!(alerts(&world).await.is_empty());
}

#[tokio::test]
async fn an_end_that_overtakes_its_beginning_is_not_lost() {
    let world = world().await;
    event(&world, status("a1", "Resolved")).await;
    world.wait(9 * 60).await;
    let answer = event(&world, critical()).await;
    assert_eq!(answer["outcome"], "opened_resolved");
    assert_eq!(states(&world).await, ["resolved"]);
    event(&world, status("a2", "Resolved")).await;
    world.wait(11 * 60).await;
    let mut late = critical();
    late["X-S4-ExternalID"] = "a2".into();
    assert_eq!(event(&world, late).await["outcome"], "opened", "that is another one");
}

#[tokio::test]
async fn s09_the_same_matter_once_more_is_the_same_alert() {
    let world = world().await;
    let first = event(&world, critical()).await;
    let second = event(&world, critical()).await;
    assert_eq!((&second["outcome"], &second["matched"]), (&json!("repeated"), &json!(1)));
    assert_eq!(second["alertId"], first["alertId"]);
    assert_ne!(second["eventId"], first["eventId"]);
    assert_eq!(alerts(&world).await[0]["repeats"], 1);
}

/// However old it is: an alert is matched by its id as long as it is open, and nothing of an open alert is forgotten.
#[tokio::test]
async fn s03_an_alert_of_last_year_is_still_that_matter() {
    let days = Some(30);
    let world = World::start_with("events", |settings| {
        settings.retention = Retention {
            calls: days,
            recordings: days,
            closed_alerts: days,
            log: days,
            absences: days,
            audit: days,
        };
    })
    .await;
    let opened = event(&world, critical()).await;
    world.clock.set(world.now() + SignedDuration::from_hours(24 * 400));
    let (_run, stop) = watch::channel(false);
    retention::pass(&world.app, &stop).await.unwrap();
    let ended = event(&world, status("a1", "Resolved")).await;
    assert_eq!((&ended["outcome"], &ended["alertId"]), (&json!("resolved"), &opened["alertId"]));
    assert_eq!(states(&world).await, ["resolved"]);
}

#[tokio::test]
async fn s10_after_its_end_the_same_matter_is_a_new_alert() {
    let world = world().await;
    event(&world, critical()).await;
    event(&world, status("a1", "Resolved")).await;
    assert_eq!(event(&world, critical()).await["outcome"], "opened");
    assert_eq!(states(&world).await, ["resolved", "open"]);
}

#[tokio::test]
async fn s11_an_end_that_does_not_say_of_what_changes_nothing() {
    let world = world().await;
    event(&world, critical()).await;
    let answer = event(&world, json!({ "X-S4-Status": "Resolved" })).await;
    assert_eq!(answer["discardedBy"], "no_external_id");
    assert_eq!(states(&world).await, ["open"]);
}

#[tokio::test]
async fn s12_g83_the_url_says_where_the_status_is() {
    let world = world().await;
    let query = "?ExtIdParam=Id&ExtStatusParam=Status_t&NewStatus=DOWN&AckStatus=PENDING&ResolvedStatus=UP";
    let said = |status: &str| json!({ "Title": "Pump", "Id": "e3b0c44", "Status_t": status });
    let mut outcomes = vec![];
    for status in ["IDENTIFIED", "DOWN", "IDENTIFIED", "PENDING", "UP"] {
        let answer = event_by(&world, query, said(status)).await;
        outcomes.push(answer["outcome"].as_str().unwrap().to_owned());
    }
    assert_eq!(outcomes, ["discarded", "opened", "discarded", "acknowledged", "resolved"]);
    assert_eq!(states(&world).await, ["resolved"]);
}

#[tokio::test]
async fn s13_s14_without_a_word_for_new_every_other_one_is_new_and_names_have_any_case() {
    for query in [
        "?ExtIdParam=id&ExtStatusParam=state&ResolvedStatus=OK",
        "?EXTIDPARAM=id&EXTSTATUSPARAM=state&RESOLVEDSTATUS=OK",
        "?ExtIDParam=ID&extstatusparam=State&resolvedStatus=ok",
    ] {
        let world = world().await;
        assert_eq!(event_by(&world, query, json!({ "id": 7, "state": "WARN" })).await["outcome"], "opened");
        assert_eq!(event_by(&world, query, json!({ "id": 7, "state": "OK" })).await["outcome"], "resolved");
    }
}

#[tokio::test]
async fn s15_a_parameter_that_is_missing_makes_it_a_plain_event_and_is_noted() {
    let world = world().await;
    let query = "?ExtIdParam=id&ExtStatusParam=state&ResolvedStatus=OK";
    let answer = event_by(&world, query, json!({ "title": "Pump" })).await;
    assert_eq!(answer["outcome"], "opened");
    assert!(!answer["notes"].as_array().unwrap().is_empty(), "{answer}");
}

#[tokio::test]
async fn s15_without_a_status_an_id_alone_opens_its_matter_and_is_noted() {
    let world = world().await;
    let query = "?ExtIdParam=id&ExtStatusParam=state&ResolvedStatus=OK";
    let answer = event_by(&world, query, json!({ "id": 7, "title": "Pump" })).await;
    assert_eq!(answer["outcome"], "opened");
    let notes = answer["notes"].as_array().unwrap();
    assert!(
        matches!(notes.as_slice(), [note] if note.as_str().unwrap().contains("ExtStatusParam")),
        "{notes:?}"
    );
    let end = event_by(&world, query, json!({ "id": 7, "state": "OK" })).await;
    assert_eq!((&end["outcome"], &end["alertId"]), (&json!("resolved"), &answer["alertId"]), "its id counts");
}

#[tokio::test]
async fn s16_an_id_may_be_nested_and_a_number_is_the_same_as_its_digits() {
    let world = world().await;
    let query = "?ExtIdParam=alert.id&ExtStatusParam=status&ResolvedStatus=resolved";
    let said = |id: Value, status: &str| json!({ "alert": { "id": id }, "status": status });
    assert_eq!(event_by(&world, query, said(json!(123), "firing")).await["outcome"], "opened");
    assert_eq!(event_by(&world, query, said(json!("123"), "resolved")).await["outcome"], "resolved");
}

#[tokio::test]
async fn s17_g83_a_category_that_is_named_counts_more_than_words() {
    let world = world().await;
    let said = |service: &str| json!({ "title": "postgres is slow", "X-S4-Service": service });
    let answer = event(&world, said("other")).await;
    assert_eq!((&answer["category"], &answer["categoryReason"]), (&json!("Other"), &json!("named")));
    let answer = event(&world, said("Nothing of the kind")).await;
    assert!(answer["notes"][0].as_str().unwrap().contains("Nothing of the kind"), "{answer}");
    assert_eq!(answer["outcome"], "opened");
    let answer = event(&world, json!({ "title": "Replication lags" })).await;
    assert_eq!((&answer["category"], &answer["categoryReason"]), (&json!("Database"), &json!("words")));
    assert_eq!(answer["decidedBy"], "replication", "the deciding word");
    assert_eq!(answer["severity"], "critical", "the category's");
    let answer = event(&world, json!({ "title": "A drill: postgres is slow" })).await;
    assert_eq!((&answer["category"], &answer["categoryReason"]), (&json!("Other"), &json!("default")));
    let opened = alerts(&world).await.pop().unwrap();
    assert!(opened["severity"].is_string() && answer["severity"] == opened["severity"], "{answer}");
}

#[tokio::test]
async fn s18_g83_a_place_is_shown_on_a_map_and_a_bad_one_is_noted() {
    let world = world().await;
    let said = |place: &str| json!({ "title": "Pump", "X-S4-Location": place });
    event(&world, said("52.4354955,13.0540154")).await;
    let alert = alerts(&world).await.remove(0);
    assert_eq!(alert["location"]["latitude"], 52.435_495_5);
    world.settle().await;
    let mails: Vec<_> = world.exchange.arrived(0).into_iter().filter(|one| one.kind == Road::Mail).collect();
    let map = "https://www.openstreetmap.org/?mlat=52.4354955&mlon=13.0540154#map=16/52.4354955/13.0540154";
    assert!(!mails.is_empty());
    for mail in mails {
        assert!(mail.text.lines().any(|line| line == format!("Map: {map}")), "{}", mail.text);
    }
    for bad in ["abc", "95,10", "1;2", "1,2,3", ""] {
        let answer = event(&world, said(bad)).await;
        assert_eq!(answer["outcome"], "opened", "{bad}");
        if !bad.is_empty() {
            assert!(!answer["notes"].as_array().unwrap().is_empty(), "{bad}");
        }
    }
    assert_eq!(alerts(&world).await.len(), 6);
}

#[tokio::test]
async fn s19_s20_g83_only_what_fits_a_category_where_that_is_asked_for() {
    let world = world().await;
    let said = |title: &str, filtering: Value| json!({ "title": title, "X-S4-Filtering": filtering });
    for yes in [json!(true), json!("true"), json!("True"), json!(" TRUE ")] {
        let answer = event(&world, said("Pump", yes.clone())).await;
        assert_eq!(answer["discardedBy"], "no_category", "{yes}");
        let answer = event(&world, said("postgres", yes.clone())).await;
        assert_eq!(
            (&answer["outcome"], &answer["category"]),
            (&json!("opened"), &json!("Database")),
            "{yes}"
        );
        let answer = event(&world, said("postgres drill", yes.clone())).await;
        assert_eq!(answer["discardedBy"], "no_category", "{yes}");
    }
    for no in [json!(false), json!("false"), json!("False")] {
        assert_eq!(event(&world, said("Pump", no.clone())).await["category"], "Other", "{no}");
    }
}

#[tokio::test]
async fn s19_a_way_in_can_ask_for_it_by_itself() {
    let world = world().await;
    let send = async |body: Value| {
        said(
            post(&world, "/webhook/strict-secret-of-tests").json(&body).send().await.unwrap(),
            StatusCode::CREATED,
        )
        .await
    };
    assert_eq!(send(json!({ "title": "Pump" })).await["discardedBy"], "no_category");
    assert_eq!(send(json!({ "title": "Pump", "X-S4-Filtering": false })).await["outcome"], "opened");
    assert_eq!(send(json!({ "title": "postgres" })).await["outcome"], "opened");
}

#[tokio::test]
async fn s26_s27_control_parameters_count_wherever_they_are_and_in_any_case() {
    let world = world().await;
    let nested = json!({ "title": "Pump", "more": { "deep": [{ "x-s4-externalid": "n1" }] } });
    event(&world, nested).await;
    assert_eq!(
        event(&world, json!({ "x-s4-EXTERNALID": "n1", "X-s4-status": "resolved" })).await["matched"],
        1
    );
    assert_eq!(states(&world).await, ["resolved"]);
}

#[tokio::test]
async fn a_matter_is_its_teams_own() {
    let world = world().await;
    event(&world, critical()).await;
    let office = post(&world, "/webhook/office-secret-of-tests").json(&status("a1", "Resolved"));
    assert_eq!(said(office.send().await.unwrap(), StatusCode::CREATED).await["matched"], 0);
    assert_eq!(states(&world).await, ["open"]);
}
