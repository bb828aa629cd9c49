//! What people write back (behaviours G13 to G21).

use super::*;
use crate::world::Logs;
use dutyline::domain::contact::PhoneNumber;
use dutyline::ports::answers::Texter;
use jiff::SignedDuration;

#[tokio::test]
async fn g13_an_alert_is_acknowledged_by_its_number_and_nobody_else_is_told() {
    let world = world().await;
    let alert = event(&world, "Pump 3 stands still").await;
    let number = alert["number"].as_u64().unwrap();
    let told = texts_to(&world, ADA);
    assert!(told[0].contains("Reply 1a to acknowledge, 1c to close, 1e to escalate."), "{told:?}");
    let answer = answer(&world, ADA, &format!("ack #{number}")).await;
    assert_eq!(answer, format!("Acknowledged #{number}: Pump 3 stands still"));
    world.wait(3_600).await;
    let alert = again(&world, &alert).await;
    assert_eq!(alert["state"], "acknowledged");
    assert_eq!(
        (&alert["acknowledged"]["by"], &alert["acknowledged"]["from"]),
        (&json!("ada"), &json!("sms"))
    );
    assert_eq!((texts_to(&world, BEN).len(), texts_to(&world, CLEO).len()), (0, 0));
}

#[tokio::test]
async fn g13_a_bare_number_that_this_phone_has_not_is_the_alert_s() {
    let world = world().await;
    let before = event(&world, "Pump 1").await;
    assert!(answer(&world, ADA, "1c").await.starts_with("Closed #"));
    let alert = event(&world, "Pump 2").await;
    assert!(texts_to(&world, ADA).last().unwrap().contains("Reply 1a to acknowledge"), "its short number");
    let number = alert["number"].as_u64().unwrap();
    assert_ne!(number, 1);
    assert_eq!(answer(&world, ADA, &format!("ack{number}")).await, format!("Acknowledged #{number}: Pump 2"));
    assert_eq!(
        (state(&world, &before).await, state(&world, &alert).await),
        ("resolved".into(), "acknowledged".into())
    );
    let sent = again(&world, &alert).await["notifications"].clone();
    let text = sent.as_array().unwrap().iter().find(|one| one["by"] == "sms").unwrap();
    assert_eq!((&text["person"], &text["state"]), (&json!("ada"), &json!("delivered")));
    world.wait(3_600).await;
    assert_eq!((texts_to(&world, BEN).len(), texts_to(&world, CLEO).len()), (0, 0), "nothing further");
}

#[tokio::test]
async fn g14_short_numbers_are_the_phone_s_own_and_go_to_another_alert_after_the_end() {
    let world = world().await;
    let first = event(&world, "Pump 1").await;
    let second = event(&world, "Pump 2").await;
    assert!(texts_to(&world, ADA)[1].contains("Reply 2a to acknowledge"));
    assert!(answer(&world, ADA, "'2c'").await.starts_with("Closed #"));
    assert_eq!(
        (state(&world, &first).await, state(&world, &second).await),
        ("open".into(), "resolved".into())
    );
    assert!(answer(&world, ADA, "2 a").await.ends_with("was already closed by you."));
    let third = event(&world, "Pump 3").await;
    assert!(texts_to(&world, ADA)[2].contains("Reply 2a to acknowledge"), "the smallest that is free");
    assert!(answer(&world, ADA, "ack 2").await.ends_with(": Pump 3"));
    assert_eq!(state(&world, &third).await, "acknowledged");
    // Ben is told of the first alert, as his own number 1.
    world.wait(300).await;
    assert!(texts_to(&world, BEN)[0].contains("Reply 1a to acknowledge"));
    assert!(answer(&world, BEN, "1a").await.ends_with(": Pump 1"));
    assert!(answer(&world, ADA, "a1").await.ends_with("was already acknowledged by Ben Brook."));
    assert!(answer(&world, BEN, "1a").await.ends_with("was already acknowledged by you."));
}

#[tokio::test]
async fn g15_g16_a_word_alone_acts_on_the_latest_alert() {
    let world = world().await;
    let first = event(&world, "Pump 1").await;
    let second = event(&world, "Pump 2").await;
    assert!(answer(&world, ADA, " “ACK” ").await.ends_with(": Pump 2"));
    assert_eq!(state(&world, &first).await, "open");
    assert!(answer(&world, ADA, "Close.").await.starts_with("Closed #"));
    assert_eq!(state(&world, &second).await, "resolved");
    assert!(answer(&world, ADA, "a").await.ends_with(": Pump 1"), "the latest that is open");
}

#[tokio::test]
async fn g30_aa_and_cc_act_on_all_alerts_with_a_number_or_without() {
    let world = world().await;
    let mut alerts = vec![];
    for title in ["Pump 1", "Pump 2", "Pump 3"] {
        alerts.push(event(&world, title).await);
    }
    let states = async || {
        let mut states = vec![];
        for alert in &alerts {
            states.push(state(&world, alert).await);
        }
        states
    };
    assert!(answer(&world, ADA, "1a").await.starts_with("Acknowledged #"));
    assert!(
        answer(&world, ADA, "100aa").await.starts_with("Acknowledged 2 alerts: #"),
        "those that are left"
    );
    assert_eq!(states().await, ["acknowledged"; 3]);
    assert_eq!(answer(&world, ADA, "aa").await, "There is no open alert left for that.");
    assert!(answer(&world, ADA, "'1 cc'").await.starts_with("Closed 3 alerts: #"));
    assert_eq!(states().await, ["resolved"; 3]);
    let more = [event(&world, "Pump 4").await, event(&world, "Pump 5").await];
    assert!(answer(&world, ADA, "AA").await.starts_with("Acknowledged 2 alerts: #"));
    assert!(answer(&world, ADA, "cc").await.starts_with("Closed 2 alerts: #"));
    for alert in &more {
        assert_eq!(state(&world, alert).await, "resolved");
    }
}

#[tokio::test]
async fn g17_whoever_escalates_means_the_step_that_they_were_told_by() {
    let world = world().await;
    let alert = event(&world, "Pump 3 stands still").await;
    let steps = async || story(&world, &alert).await.iter().filter(|what| *what == "escalated").count();
    assert_eq!(steps().await, 1);
    assert!(answer(&world, ADA, "e").await.starts_with("Escalated #"));
    assert_eq!((steps().await, texts_to(&world, BEN).len()), (2, 1), "Ben is told at once");
    assert!(answer(&world, ADA, "1e").await.contains("has been escalated since you were told"));
    assert_eq!((steps().await, texts_to(&world, CLEO).len()), (2, 0), "and Cleo is not");
    // Ben's message is of the second step: from there he may go on.
    assert!(answer(&world, BEN, "escalate 1").await.starts_with("Escalated #"));
    assert_eq!((steps().await, texts_to(&world, CLEO).len()), (3, 1));
}

#[tokio::test]
async fn g18_nonsense_is_answered_five_times_until_something_is_done() {
    let world = world().await;
    event(&world, "Pump 3 stands still").await;
    let mut answers = vec![];
    for _ in 0..10 {
        answers.extend(write(&world, ADA, "what is this?").await);
    }
    assert_eq!(answers.len(), 5);
    assert!(
        answers.iter().all(|answer| answer.starts_with("Sorry, that was not understood.")),
        "{answers:?}"
    );
    for text in ["what is this?", "help", "ack #999999", "2a"] {
        assert_eq!(write(&world, ADA, text).await, None, "{text}");
    }
    assert!(answer(&world, ADA, "a").await.starts_with("Acknowledged"), "whoever can do something is heard");
    for _ in 0..5 {
        assert!(answer(&world, ADA, "eh?").await.starts_with("Sorry"), "and may err again");
    }
    assert_eq!(write(&world, ADA, "eh?").await, None);
}

#[tokio::test]
async fn a_phone_that_has_written_nonsense_is_forgotten_a_day_after_its_last_text_and_one_that_is_stopped_is_not()
 {
    let world = world().await;
    let phone = |text: &str| PhoneNumber::parse(text).unwrap();
    for _ in 0..7 {
        write(&world, ADA, "eh?").await;
    }
    write(&world, BEN, "STOP").await;
    let clean = async |hours: i64| {
        world.clock.set(world.now() + SignedDuration::from_hours(hours));
        let (_stop, run) = tokio::sync::watch::channel(false);
        dutyline::service::retention::pass(&world.app, &run).await.unwrap();
    };
    clean(23).await;
    assert_eq!(world.app.answers.texter(&phone(ADA)).await.unwrap().errors, 7);
    assert_eq!(write(&world, ADA, "eh?").await, None, "and it keeps silent about the next");
    let logs = Logs::caught();
    clean(24).await;
    assert_eq!(world.app.answers.texter(&phone(ADA)).await.unwrap(), Texter::default());
    assert!(world.app.answers.texter(&phone(BEN)).await.unwrap().stopped_at.is_some());
    assert!(logs.text().contains("texters") && !logs.text().contains("5550101"), "{}", logs.text());
    assert!(answer(&world, ADA, "eh?").await.starts_with("Sorry"));
}

#[tokio::test]
async fn g19_strangers_get_no_answer_and_are_not_named_in_the_log() {
    let world = world().await;
    event(&world, "Pump 3 stands still").await;
    let logs = Logs::caught();
    for from in ["+15559999", "anonymous", "", "DUTY"] {
        for text in ["a", "hello", "STOP", "help"] {
            assert_eq!(write(&world, from, text).await, None, "{from}: {text}");
        }
    }
    assert!(!logs.text().contains("5559999"), "{}", logs.text());
    assert!(logs.text().contains("a text of a number that nobody has is not answered"), "{}", logs.text());
}

#[tokio::test]
async fn g20_g26_stop_ends_the_texts_to_one_phone_until_start() {
    let world = world().await;
    let alert = event(&world, "Pump 1").await;
    assert!(answer(&world, ADA, "please stop it").await.starts_with("Sorry"), "not within a sentence");
    assert_eq!(write(&world, ADA, "Stop").await, None);
    for text in ["1a", "aa", "a", "cc", "1e", "help", "stop"] {
        assert_eq!(write(&world, ADA, text).await, None, "a phone that is stopped gets no answer: {text}");
    }
    assert_eq!(state(&world, &alert).await, "open");
    let second = event(&world, "Pump 2").await;
    assert_eq!(texts_to(&world, ADA).len(), 1, "no text of the second alert");
    let log = again(&world, &second).await["log"].clone();
    let dropped = log.as_array().unwrap().iter().find(|entry| entry["what"] == "dropped").unwrap();
    assert_eq!((&dropped["person"], &dropped["by"]), (&json!("ada"), &json!("sms")));
    assert!(dropped["why"].as_str().unwrap().starts_with("they sent STOP on 2026-01-05"), "{dropped}");
    let mails = || world.exchange.arrived(0).into_iter().filter(|one| one.kind == Road::Mail).count();
    assert_eq!(mails(), 2, "mail goes on");
    assert!(answer(&world, ADA, "START").await.starts_with("You get texts about alerts again."));
    event(&world, "Pump 4").await;
    assert_eq!(texts_to(&world, ADA).len(), 2);
}

#[tokio::test]
async fn g20_what_the_carrier_has_answered_by_itself_gets_no_second_answer() {
    let world = world().await;
    let carrier = |id: &'static str, text: &'static str, word: &'static str| {
        [("MessageSid", id), ("From", ADA), ("To", "+15550100"), ("Body", text), ("OptOutType", word)]
    };
    for (id, text, word) in [("SM1", "HILFE", "HELP"), ("SM2", "ARRET", "STOP")] {
        let answer = post(&world, &carrier(id, text, word)).await.text().await.unwrap();
        assert_eq!(read::message(&answer), Ok(vec![]), "{word}");
    }
    event(&world, "Pump 1").await;
    assert_eq!(texts_to(&world, ADA).len(), 0, "the carrier's STOP counts");
    post(&world, &carrier("SM3", "GO", "START")).await;
    event(&world, "Pump 2").await;
    assert_eq!(texts_to(&world, ADA).len(), 1);
}

#[tokio::test]
async fn g21_where_replies_are_switched_off_they_do_nothing_and_say_so() {
    let one_way =
        |settings: &mut dutyline::settings::Settings| settings.sms.as_mut().unwrap().replies = false;
    let world = World::start_with("answers", one_way).await;
    let alert = event(&world, "Pump 1").await;
    assert!(!texts_to(&world, ADA)[0].contains("Reply"), "{:?}", texts_to(&world, ADA));
    assert!(answer(&world, ADA, "1a").await.starts_with("Replies to this number are not read"));
    assert_eq!(state(&world, &alert).await, "open");
    assert_eq!(write(&world, ADA, "STOP").await, None);
    event(&world, "Pump 2").await;
    assert_eq!(texts_to(&world, ADA).len(), 1, "STOP counts all the same");
}

#[tokio::test]
async fn g21_countries_without_a_way_back_get_no_short_numbers_and_china_no_links() {
    let world = world().await;
    event_of(&world, "abroad", json!({ "Title": "Line down" })).await;
    let (india, china) = (texts_to(&world, "+919876543210"), texts_to(&world, "+8613812345678"));
    assert!(!india[0].contains("Reply") && india[0].contains("/a/"), "{india:?}");
    assert!(!china[0].contains("Reply") && !china[0].contains("http"), "{china:?}");
}

#[tokio::test]
async fn of_several_who_must_each_is_told_that_the_others_must_too() {
    let world = world().await;
    let alert = event_of(&world, "pair", json!({ "Title": "Both of you" })).await;
    assert!(answer(&world, ADA, "1a").await.contains(", others must too: Both of you"));
    assert_eq!(state(&world, &alert).await, "open");
    assert!(answer(&world, ADA, "1a").await.ends_with("was already acknowledged by you."));
    assert!(answer(&world, BEN, "1a").await.ends_with(": Both of you"));
    assert_eq!(state(&world, &alert).await, "acknowledged");
}

#[tokio::test]
async fn nobody_answers_an_alert_that_they_were_not_told_of() {
    let world = world().await;
    let alert = event(&world, "Pump 1").await;
    let number = &alert["number"];
    let refused = answer(&world, CLEO, &format!("close #{number}")).await;
    assert_eq!(refused, format!("There is no alert #{number} that you were told of."));
    assert_eq!(answer(&world, CLEO, "7a").await, "There is no alert 7 that you were told of.");
    assert_eq!(answer(&world, CLEO, "a").await, "There is no open alert that you were told of here.");
    assert_eq!(state(&world, &alert).await, "open");
}

#[tokio::test]
async fn a_text_that_the_carrier_brings_twice_is_done_once_and_answered_alike() {
    let world = world().await;
    let alert = event(&world, "Pump 1").await;
    let first = write_as(&world, "SM1", ADA, "e").await;
    assert_eq!(write_as(&world, "SM1", ADA, "e").await, first);
    let escalated = story(&world, &alert).await.iter().filter(|what| *what == "escalated").count();
    assert_eq!(escalated, 2, "the first step, and the one that was asked for");
    let nonsense = write_as(&world, "SM2", ADA, "eh?").await;
    assert_eq!(write_as(&world, "SM2", ADA, "eh?").await, nonsense);
}

#[tokio::test]
async fn only_the_carrier_is_heard() {
    let world = world().await;
    let alert = event(&world, "Pump 1").await;
    let forged = [("MessageSid", "SM1"), ("From", ADA), ("Body", "1c")];
    let answer = world.http.post(world.url("/sms")).form(&forged).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::FORBIDDEN);
    assert_eq!(state(&world, &alert).await, "open");
    assert_eq!(post(&world, &[("From", ADA), ("Body", "1c")]).await.status(), StatusCode::OK);
    assert_eq!(state(&world, &alert).await, "open", "a text without an id can't be told from another");
}

#[tokio::test]
async fn whoever_writes_while_the_store_is_down_is_told_so() {
    let world = world().await;
    event(&world, "Pump 1").await;
    world.store.close().await;
    assert!(answer_raw(&world).await.starts_with("Sorry, that could not be done just now"));
}

async fn answer_raw(world: &World) -> String {
    let answer = post(world, &[("MessageSid", "SM1"), ("From", ADA), ("Body", "1a")]).await;
    read::message(&answer.text().await.unwrap()).unwrap().pop().unwrap()
}
