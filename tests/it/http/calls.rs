//! Calls, read by programs.

use super::*;
use std::process::Command;

/// A world in which Ada has talked to Eva, after Dmitri has declined.
async fn talked() -> World {
    let world = World::start("demo").await;
    play(
        &world,
        "caller ada\ndmitri declines after 3 seconds\neva answers after 4 seconds\ndial\npress 3\npress 3\n\
         eva hears \"Taste\"\neva presses 7\nconnected\nsays \"Zebras\"\neva hears \"Zebras\"\nwait 5 seconds\nhangs up\n\
         eva is cut off\n",
    )
    .await;
    world
}

async fn play(world: &World, steps: &str) {
    let script = script::parse("calls", steps).unwrap();
    world.play(&script).await.unwrap_or_else(|failure| panic!("{failure}"));
    world.wait(30).await;
}

/// The only call that there is, as the list shows it, and its story.
async fn only_call(world: &World) -> (Value, Value) {
    let page = world.api("/api/calls").await;
    assert_eq!(page["calls"].as_array().unwrap().len(), 1);
    assert_eq!(page["next"], Value::Null);
    let listed = page["calls"][0].clone();
    let call = world.api(&format!("/api/calls/{}", listed["id"].as_str().unwrap())).await;
    (listed, call)
}

/// What happened, and to whom.
fn told(call: &Value) -> Vec<String> {
    let events = call["events"].as_array().unwrap();
    let times: Vec<_> = events.iter().map(|event| event["at"].as_str().unwrap()).collect();
    let parsed: Vec<jiff::Timestamp> = times.iter().map(|time| time.parse().unwrap()).collect();
    assert!(parsed.is_sorted(), "{times:?}");
    let word = |event: &Value| {
        let who = event["person"].as_str().or(event["by"].as_str()).unwrap_or_default();
        format!("{} {who}", event["what"].as_str().unwrap()).trim_end().to_owned()
    };
    events.iter().map(word).collect()
}

#[tokio::test]
async fn p27_the_story_of_a_live_call_is_told_in_order() {
    let world = talked().await;
    let (listed, call) = only_call(&world).await;
    assert_eq!(
        told(&call),
        [
            "call_began",
            "opened",
            "hunt",
            "called dmitri",
            "phone_chosen dmitri",
            "phone_asked dmitri",
            "phone_rang dmitri",
            "phone_ended dmitri",
            "not_reached dmitri",
            "called eva",
            "phone_chosen eva",
            "phone_asked eva",
            "phone_rang eva",
            "phone_answered eva",
            "phone_accepted eva",
            "acknowledged eva",
            "phone_ended eva",
            "call_ended",
        ]
    );
    for (name, value) in listed.as_object().unwrap() {
        assert_eq!(&call[name], value, "{name}");
    }
    assert_eq!(call["state"], "ended");
    assert_eq!(call["events"].as_array().unwrap().last().unwrap()["ending"], call["ending"]);
    let ada = serde_json::json!({ "person": "ada", "name": "Ada Admin", "number": "+15550101" });
    assert_eq!(call["caller"], ada);
    let [dmitri, eva] = call["legs"].as_array().unwrap().as_slice() else { panic!("{call:#}") };
    for (leg, expected) in [
        (dmitri, ["dmitri", "Dmitri Dahl", "+15550104", "busy", "busy"]),
        (eva, ["eva", "Eva Engel", "+4930123125", "talked", "talked"]),
    ] {
        assert_eq!(
            ["person", "name", "number", "end", "why"].map(|name| leg[name].as_str().unwrap()),
            expected
        );
    }
    assert_eq!((&dmitri["keys"], &dmitri["answered_at"]), (&Value::Null, &Value::Null));
    assert_eq!((&eva["keys"], &eva["ringing_at"]), (&"7".into(), &"2026-01-05T09:00:03Z".into()));
    assert_eq!(eva["answered_at"], "2026-01-05T09:00:07Z");
    let alert = only_alert(&world).await;
    assert_eq!((&alert["state"], &alert["call"]), (&"acknowledged".into(), &call["id"]));
    let whole = world.api(&format!("/api/alerts/{}", alert["id"].as_str().unwrap())).await;
    assert_eq!(call["alerts"], serde_json::json!([whole]));
    assert_eq!(call["recordings"], serde_json::json!([]));
    let figures = get(&world, "/metrics").send().await.unwrap().text().await.unwrap();
    for figure in [
        "dutyline_legs_total{end=\"busy\"} 1",
        "dutyline_legs_total{end=\"talked\"} ",
        "dutyline_live_calls_total{result=\"answered\"} 1",
    ] {
        assert!(figures.contains(figure), "{figure} in\n{figures}");
    }
}

#[tokio::test]
async fn a_conference_that_somebody_joins_is_no_live_call_that_was_taken() {
    let world = World::start("demo").await;
    let steps = "caller ada\ndmitri declines after 3 seconds\neva answers after 4 seconds\ndial\npress 2\npress 3\n\
                 records \"Pumps\" for 5 seconds\npress 1\neva presses 7\nwait 10 seconds\nhangs up\n";
    play(&world, steps).await;
    let alert = only_alert(&world).await;
    assert_eq!(alert["state"], "acknowledged");
    let figures = get(&world, "/metrics").send().await.unwrap().text().await.unwrap();
    assert!(figures.contains("dutyline_alerts_opened_total{action=\"conference\"} 1"), "{figures}");
    assert!(!figures.contains("dutyline_live_calls_total"), "{figures}");
}

/// The state of a call holds the numbers of everybody who could be called; that of Felix was never rung.
#[tokio::test]
async fn nobody_is_shown_who_was_not_called() {
    let world = talked().await;
    let (listed, call) = only_call(&world).await;
    for shown in [listed.to_string(), call.to_string()] {
        assert!(!shown.to_lowercase().contains("felix") && !shown.contains("+4930123126"), "{shown}");
    }
}

#[tokio::test]
async fn a_call_that_goes_on_is_under_way() {
    let world = World::start("demo").await;
    let steps = "caller ada\nben answers\ndial\npress 3\npress 1\nben hears \"Press any key\"\nben presses 1\nconnected\n";
    world
        .play(&script::parse("under way", steps).unwrap())
        .await
        .unwrap_or_else(|failure| panic!("{failure}"));
    let (listed, call) = only_call(&world).await;
    assert_eq!(call["state"], "connected");
    for name in ["ended_at", "ending"] {
        assert_eq!((&call[name], &listed[name]), (&Value::Null, &Value::Null));
    }
    assert_eq!((&call["legs"][0]["ended_at"], &call["legs"][0]["why"]), (&Value::Null, &Value::Null));
    assert_eq!(told(&call).last().unwrap(), "acknowledged ben");
    assert_eq!(world.api("/api/calls?state=under_way").await["calls"], serde_json::json!([listed]));
    assert_eq!(world.api("/api/calls?state=ended").await["calls"], serde_json::json!([]));
}

#[tokio::test]
async fn a_message_has_its_place_in_the_story_and_what_was_thrown_away_is_there() {
    let world = World::start("one-group").await;
    play(
        &world,
        "settings one-group\ncaller ada\ndial\npress 1\nrecords \"Never mind\" for 5 seconds\npress 2\n\
         records \"Pumps\" for 9 seconds\npress 1\nhears \"alert\"\nhangs up\n",
    )
    .await;
    let (_, call) = only_call(&world).await;
    let recordings = call["recordings"].as_array().unwrap();
    let shown = |name: &str| recordings.iter().map(|one| one[name].clone()).collect::<Vec<_>>();
    assert_eq!(shown("status"), ["discarded", "sent"]);
    assert_eq!(shown("seconds"), [5, 9]);
    assert_eq!(shown("text")[1], "Pumps");
    assert_eq!(shown("alert"), [Value::Null, call["alerts"][0]["id"].clone()]);
    let told = told(&call);
    let place = |word: &str| told.iter().position(|event| event == word).unwrap();
    assert!(place("call_began") < place("message_recorded"), "{told:?}");
    assert!(place("message_recorded") < place("opened"), "{told:?}");
    assert_eq!(told.iter().filter(|event| *event == "message_recorded").count(), 2, "{told:?}");
    assert_eq!((&call["ending"], &call["legs"]), (&"alerted".into(), &serde_json::json!([])));
}

#[tokio::test]
async fn a_caller_who_was_refused_is_nobody() {
    let world = World::start("one-group").await;
    play(&world, "settings one-group\ncaller +15550199\ndial\ncall ends\n").await;
    let (listed, call) = only_call(&world).await;
    assert_eq!((&listed["caller"], &listed["ending"]), (&Value::Null, &"refused".into()));
    assert_eq!(told(&call), ["call_began", "call_ended"]);
    assert!(!call.to_string().contains("1555019"), "{call}");
}

#[tokio::test]
async fn pages_of_calls_follow_one_another_and_are_narrowed_by_their_state() {
    let world =
        World::start_with("one-group", |settings| settings.limits.calls_per_number_per_minute = 100).await;
    for number in 0..5 {
        crate::voice_edge::leave_message(&world.app, &format!("CA{number}"), &format!("RE{number}")).await;
    }
    let ids = |page: &Value| -> Vec<String> {
        page["calls"].as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap().to_owned()).collect()
    };
    let all = ids(&world.api("/api/calls").await);
    assert_eq!(all.len(), 5);
    assert!(all.is_sorted_by(|a, b| a > b), "{all:?}");
    let mut seen = vec![];
    let mut path = "/api/calls?limit=2".to_owned();
    loop {
        let page = world.api(&path).await;
        seen.extend(ids(&page));
        let Some(next) = page["next"].as_str() else { break };
        path = format!("/api/calls?limit=2&after={next}");
    }
    assert_eq!(seen, all);
    let under_way = ids(&world.api("/api/calls?state=under_way").await);
    let over = ids(&world.api("/api/calls?state=ended").await);
    assert_eq!(under_way.len() + over.len(), 5);
    assert!(under_way.iter().all(|id| !over.contains(id)));
    let answer = get(&world, "/api/calls?state=hunting").bearer_auth(&world.key).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn a_call_that_there_is_not_is_not_found_and_none_is_told_without_a_key() {
    let world = World::start("one-group").await;
    for id in ["x", "01900000-0000-7000-8000-0000000000ff"] {
        let path = format!("/api/calls/{id}");
        let answer = get(&world, &path).bearer_auth(&world.key).send().await.unwrap();
        assert_eq!(error(answer, StatusCode::NOT_FOUND).await.0, "not_found");
        let answer = get(&world, &path).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::UNAUTHORIZED);
    }
    assert_eq!(get(&world, "/api/calls").send().await.unwrap().status(), StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn the_command_line_tells_calls() {
    let world = talked().await;
    let client = world.folder().join("client.toml");
    std::fs::write(&client, format!("url = \"{}\"\napi_key = \"{}\"\n", world.url(""), world.key)).unwrap();
    let run = async |words: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_dutyline"));
        command.args(words).arg("--client").arg(&client);
        let output = tokio::task::spawn_blocking(move || command.output()).await.unwrap().unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        (output.status.success(), text(output.stdout) + &text(output.stderr))
    };
    let (_, call) = only_call(&world).await;
    let id = call["id"].as_str().unwrap();
    let ending = call["ending"].as_str().unwrap();
    let line = format!("{id}  2026-01-05T09:00:00Z  ended: {ending}, by Ada Admin, +15550101\n");
    assert_eq!(run(&["calls"]).await, (true, line.clone()));
    assert_eq!(run(&["calls", "--state", "under_way"]).await, (true, "no calls\n".to_owned()));
    let (_, json) = run(&["calls", id, "--json"]).await;
    assert_eq!(serde_json::from_str::<Value>(&json).unwrap(), call);
    let (done, said) = run(&["calls", id]).await;
    assert!(done && said.starts_with(&line), "{said}");
    for part in [
        "  phone of Dmitri Dahl: +15550104, busy\n",
        "  phone of Eva Engel: +4930123125, talked, keys 7\n",
        "  2026-01-05T09:00:00Z  call_began\n",
        "  2026-01-05T09:00:03Z  phone_ended end \"busy\", person \"dmitri\"\n",
        "Z  call_ended ending \"",
    ] {
        assert!(said.contains(part), "{part} in\n{said}");
    }
    let (done, said) = run(&["calls", "nonsense"]).await;
    assert!(!done && said.contains("the gateway refused: there is nothing of this id"), "{said}");
    let alert = call["alerts"][0]["id"].as_str().unwrap();
    let (done, said) = run(&["alerts", alert]).await;
    assert!(done && said.contains(", acknowledged\n  acknowledged 2026-01-05T09:00:"), "{said}");
    assert!(said.contains(" by eva\n") && said.contains("\n  no message\n"), "{said}");
}
