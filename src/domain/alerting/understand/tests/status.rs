use super::*;
use Transition::{Acknowledge, Open, Resolve};

const MAP: [(&str, &str); 5] = [
    ("ExtIdParam", "Id"),
    ("ExtStatusParam", "Status_t"),
    ("NewStatus", "DOWN"),
    ("AckStatus", "PENDING"),
    ("ResolvedStatus", "UP"),
];

fn transition(body: &Value) -> Transition {
    posted(body).event.transition
}

fn discarded(word: &str) -> Transition {
    Transition::Discard(Discarded::Status(word.to_owned()))
}

#[test]
fn s01_to_s04_one_matter_from_its_beginning_to_its_end() {
    for (status, wanted) in [
        (Some("New"), Open),
        (None, Open),
        (Some("Acknowledged"), Acknowledge),
        (Some("Resolved"), Resolve),
        (Some("Closed"), Resolve),
    ] {
        let event = posted(&example(status)).event;
        assert_eq!(event.transition, wanted, "{status:?}");
        assert_eq!(event.external_id.as_deref(), Some("e3b0c44"));
        assert!(event.notes.is_empty(), "{:?}", event.notes);
    }
}

#[test]
fn s05_an_end_needs_nothing_but_its_id() {
    let end = posted(&json!({"X-S4-ExternalID": "e3b0c44", "X-S4-Status": "Resolved"}));
    assert_eq!(end.event.transition, Resolve);
    assert_eq!((&end.event.content.title, &end.event.content.text), (&None, &None));
    end.notes_say(&[]);
}

#[test]
fn s06_a_status_counts_in_any_case_of_letters_and_without_its_blanks() {
    for word in ["resolved", "RESOLVED", " Resolved ", "closed", "cLoSeD"] {
        assert_eq!(transition(&example(Some(word))), Resolve, "{word}");
    }
    assert_eq!(transition(&example(Some(" "))), Open, "an empty one is none");
}

#[test]
fn s07_a_status_that_nobody_knows_does_nothing_and_says_so() {
    let event = posted(&example(Some("Investigating")));
    assert_eq!(event.event.transition, discarded("Investigating"));
    event.notes_say(&["X-S4-Status is `Investigating`"]);
}

#[test]
fn s11_a_status_without_an_id_does_nothing() {
    for word in ["Resolved", "Acknowledged"] {
        let event = posted(&json!({"X-S4-Status": word, "Title": "x"}));
        assert_eq!(event.event.transition, Transition::Discard(Discarded::NoExternalId), "{word}");
        event.notes_say(&["without the id"]);
    }
    assert_eq!(transition(&json!({"X-S4-Status": "New", "Title": "x"})), Open);
}

#[test]
fn s12_the_url_says_where_the_status_is_and_what_it_means() {
    let event = |status: &str| {
        let event = mapped(&MAP, &json!({"Title": "x", "Id": "e3b0c44", "Status_t": status})).event;
        assert_eq!(event.external_id.as_deref(), Some("e3b0c44"));
        event.transition
    };
    assert_eq!(event("DOWN"), Open);
    assert_eq!(event("PENDING"), Acknowledge);
    assert_eq!(event("UP"), Resolve);
    assert_eq!(event(" up "), Resolve);
    assert_eq!(event("IDENTIFIED"), discarded("IDENTIFIED"));
}

#[test]
fn s13_without_a_new_status_whatever_means_nothing_else_is_new() {
    let map = [("ExtIdParam", "id"), ("ExtStatusParam", "state"), ("ResolvedStatus", "OK")];
    let event = |state: &str| mapped(&map, &json!({"id": 1, "state": state})).event.transition;
    assert_eq!(event("WARN"), Open);
    assert_eq!(event("ok"), Resolve);
}

#[test]
fn s13_a_status_of_the_url_may_be_there_more_than_once() {
    let map =
        [("ExtIdParam", "id"), ("ExtStatusParam", "s"), ("ResolvedStatus", "up"), ("ResolvedStatus", "ok")];
    for state in ["up", "ok"] {
        assert_eq!(mapped(&map, &json!({"id": 1, "s": state})).event.transition, Resolve, "{state}");
    }
}

#[test]
fn s14_the_names_in_the_url_count_in_any_case_of_letters() {
    for names in [
        ["EXTIDPARAM", "EXTSTATUSPARAM", "NEWSTATUS", "ACKSTATUS", "RESOLVEDSTATUS"],
        ["ExtIDParam", "extStatusParam", "newStatus", "AckStatus", "resolvedstatus"],
    ] {
        let map: Vec<_> = names.into_iter().zip(MAP.map(|(_, value)| value)).collect();
        let event = mapped(&map, &json!({"id": "e3b0c44", "status_T": "UP"})).event;
        assert_eq!((event.transition, event.external_id.as_deref()), (Resolve, Some("e3b0c44")));
    }
}

#[test]
fn s15_a_parameter_that_is_not_there_makes_a_new_alert_and_is_noted() {
    let event = mapped(&MAP, &json!({"Title": "x"}));
    assert_eq!((&event.event.transition, &event.event.external_id), (&Open, &None));
    event.notes_say(&["ExtIdParam names `Id`", "ExtStatusParam names `Status_t`"]);
    let no_id = mapped(&MAP, &json!({"Title": "x", "Status_t": "UP"}));
    assert_eq!(no_id.event.transition, Transition::Discard(Discarded::NoExternalId));
}

#[test]
fn s16_a_number_is_the_same_id_as_its_text_wherever_it_is() {
    for (path, body) in [
        ("id", json!({"id": 123})),
        ("id", json!({"id": " 123 "})),
        ("sensor.id", json!({"sensor": {"id": 123}})),
        ("SENSOR.ID", json!({"id": 7, "sensor": {"id": "123"}})),
        ("id", json!({"sensor": {"id": 123}})),
        ("alerts.2.id", json!({"alerts": [{"id": 7}, {"id": 123}]})),
        ("sensor.id", json!({"sensor.id": 123, "sensor": {"id": 7}})),
        ("a.b.c", json!({"a.b": {"c": 123}})),
    ] {
        let event = mapped(&[("ExtIdParam", path)], &body).event;
        assert_eq!(event.external_id.as_deref(), Some("123"), "{path} in {body}");
    }
}

#[test]
fn our_own_words_count_more_than_the_url() {
    let body = json!({"Id": "a", "Status_t": "DOWN", "X-S4-ExternalID": "b", "X-S4-Status": "Resolved"});
    let event = mapped(&MAP, &body).event;
    assert_eq!((event.transition, event.external_id.as_deref()), (Resolve, Some("b")));
}

#[test]
fn s26_and_s27_control_parameters_are_found_wherever_they_are_in_any_case_and_are_not_shown() {
    let event = posted(&json!({
        "Title": "x",
        "control": {"deep": [{"x-s4-externalid": "e3b0c44", "X-S4-STATUS": "resolved"}]},
        "x-S4-sourceSystem": "Watcher",
        "room": "B12",
    }));
    let details: Vec<_> = event.event.content.details.iter().map(|detail| detail.name.as_str()).collect();
    assert_eq!(details, ["room"]);
    assert_eq!(event.event.transition, Resolve);
    assert_eq!(event.event.external_id.as_deref(), Some("e3b0c44"));
    assert_eq!(event.event.source.as_deref(), Some("Watcher"));
}

#[test]
fn of_two_control_parameters_the_outer_one_counts() {
    let two = posted(&json!({"a": {"X-S4-ExternalID": "inner"}, "x-s4-externalid": "outer", "Title": "x"}));
    assert_eq!(two.event.external_id.as_deref(), Some("outer"));
    two.notes_say(&["X-S4-ExternalID is there more than once"]);
    posted(&json!({"a": {"X-S4-ExternalID": "1"}, "x-s4-externalid": 1, "Title": "x"})).notes_say(&[]);
    let list = posted(&json!({"X-S4-ExternalID": ["a", "b"], "X-S4-Status": null, "Title": "x"}));
    assert_eq!((list.event.external_id.clone(), list.event.transition.clone()), (None, Open));
    list.notes_say(&["X-S4-ExternalID is ignored"]);
}

#[test]
fn a_very_long_id_stays_the_same_and_different_from_others() {
    let id =
        |text: String| posted(&json!({"X-S4-ExternalID": text, "Title": "x"})).event.external_id.unwrap();
    let [one, again, other] = ["a", "a", "b"].map(|end| id("x".repeat(LONGEST_ID) + end));
    assert_eq!(one, again);
    assert_ne!(one, other);
    assert!(one.len() < LONGEST_ID && one.starts_with("sha256:"), "{one}");
    assert_eq!(id("x".repeat(LONGEST_ID)), "x".repeat(LONGEST_ID));
}
