use super::*;

#[test]
fn s01_title_text_and_everything_else() {
    let event = posted(&example(Some("New")));
    assert_eq!(event.event.content.title.as_deref(), Some("Critical production failure"));
    assert_eq!(event.event.content.text.as_deref(), Some("Check line machine C immediately"));
    assert_eq!(event.detail("Severity"), Some("High"));
    assert_eq!(event.detail("Business Details.Impact"), Some("Major"));
    assert_eq!(event.detail("Business Details.Scope"), Some("Unlimited"));
    assert_eq!(event.event.content.details.len(), 3);
}

#[test]
fn s01_every_decision_has_its_reason() {
    let steps = [
        "X-S4-ExternalID is `e3b0c44`: that is its matter",
        "X-S4-Status is `New`: it is new",
        "its category is `Lines`: it has `machine`",
        "its `severity` is `High`: its severity is high",
        "how many must acknowledge: single_ack",
    ];
    assert_eq!(posted(&example(Some("New"))).steps, steps);
}

#[test]
fn the_outermost_names_are_title_and_text_in_any_case_of_letters() {
    for (title, text) in [("subject", "body"), ("SUBJECT", "Message"), ("tiTle", "BODY")] {
        let event = posted(&json!({title: "one", text: "two", "inner": {"title": "three", "body": "four"}}));
        let content = &event.event.content;
        assert_eq!((content.title.as_deref(), content.text.as_deref()), (Some("one"), Some("two")));
        assert_eq!((event.detail("inner.title"), event.detail("inner.body")), (Some("three"), Some("four")));
    }
    let other = posted(&json!({"subject": " ", "title": "one", "message": {"a": 1}, "body": "two"}));
    let content = &other.event.content;
    assert_eq!((content.title.as_deref(), content.text.as_deref()), (Some("one"), Some("two")));
    assert_eq!(other.detail("message.a"), Some("1"));
}

#[test]
fn a_title_is_one_line() {
    let event = posted(&json!({"title": " a\r\nb\tc ", "message": " a\nb "}));
    assert_eq!(event.event.content.title.as_deref(), Some("a  b c"));
    assert_eq!(event.event.content.text.as_deref(), Some("a\nb"));
}

#[test]
fn nested_values_have_paths_and_what_is_empty_is_not_shown() {
    let event = posted(&json!({
        "title": "x",
        "tags": ["a", {"b": true}, [1.5]],
        "nothing": null,
        "blank": " ",
        "empty": {},
    }));
    let details: Vec<_> =
        event.event.content.details.iter().map(|one| format!("{}={}", one.name, one.value)).collect();
    assert_eq!(details, ["tags.1=a", "tags.2.b=true", "tags.3.1=1.5"]);
}

#[test]
fn s18_a_place_is_latitude_and_longitude() {
    let at = |text: &str| posted(&json!({"title": "x", "X-S4-Location": text}));
    let there = at("52.4354955,13.0540154");
    let location = there.event.content.location.unwrap();
    assert_eq!((location.latitude(), location.longitude()), (52.435_495_5, 13.054_015_4));
    let link = "https://www.openstreetmap.org/?mlat=52.4354955&mlon=13.0540154#map=16/52.4354955/13.0540154";
    assert_eq!(location.map_link(), link);
    assert!(at(" -33.9 , 151 ").event.content.location.is_some());
    for text in ["abc", "95,10", "1;2", "1,181", "nan,0", "1", "52,4,13,0", "inf,inf", ","] {
        let nowhere = at(text);
        assert_eq!(nowhere.event.content.location, None, "{text}");
        assert_eq!(nowhere.event.transition, Transition::Open);
        nowhere.notes_say(&["X-S4-Location is ignored"]);
    }
}

#[test]
fn g24_an_event_without_words_is_called_by_where_it_comes_from() {
    let title = |body: Value| posted(&body).event.content.title;
    assert_eq!(title(json!({})).as_deref(), Some("No summary provided"));
    assert_eq!(title(json!("")).as_deref(), Some("No summary provided"));
    assert_eq!(title(json!({"X-S4-ExternalID": 7})).as_deref(), Some("No summary provided"));
    assert_eq!(title(json!({"sensor": 7})).as_deref(), Some("Event of prtg"));
    assert_eq!(
        title(json!({"sensor": 7, "X-S4-SourceSystem": "Watcher"})).as_deref(),
        Some("Event of Watcher")
    );
    assert_eq!(title(json!({"message": "x"})), None, "a text is enough");
    posted(&json!({})).notes_say(&["neither title nor text"]);
}

#[test]
fn s23_a_text_alone_is_the_message() {
    let event = posted(&json!("Pump 3 is hot\nsecond line"));
    let content = &event.event.content;
    assert_eq!(
        (content.title.as_deref(), content.text.as_deref()),
        (None, Some("Pump 3 is hot\nsecond line"))
    );
    assert!(content.details.is_empty());
}

#[test]
fn what_is_too_long_is_cut_and_noted() {
    let long = |longest: usize| "ü".repeat(longest + 1);
    let event = posted(&json!({
        "title": long(LONGEST_TITLE), "body": long(LONGEST_TEXT), "a": long(LONGEST_DETAIL), "b": long(LONGEST_DETAIL),
    }));
    let content = &event.event.content;
    assert_eq!(content.title.as_ref().unwrap().chars().count(), LONGEST_TITLE);
    assert_eq!(content.text.as_ref().unwrap().chars().count(), LONGEST_TEXT);
    assert_eq!(content.details[1].value.chars().count(), LONGEST_DETAIL);
    event.notes_say(&["its title is cut", "its text is cut", "a value is cut"]);
    let many: Vec<_> = (0..MOST_DETAILS + 3).collect();
    let event = posted(&json!({"title": "x", "many": many}));
    assert_eq!(event.event.content.details.len(), MOST_DETAILS);
    event.notes_say(&["3 values more than the 200"]);
}

#[test]
fn many_values_below_a_long_name_take_no_memory() {
    let event = posted(&json!({"title": "x", "n".repeat(100_000): vec![1; 100]}));
    assert!(event.event.content.details.iter().all(|detail| detail.name.chars().count() <= 256));
}

#[test]
fn there_are_no_zeros_in_what_is_stored() {
    let event =
        posted(&json!({"title": "a\0b", "n\0": "v\0", "X-S4-ExternalID": "e\0", "message": "\0"})).event;
    assert!(!format!("{event:?}").contains("\\0"), "{event:?}");
    assert_eq!(event.external_id.as_deref(), Some("e"));
}

#[test]
fn files_get_a_name_in_our_store() {
    let file = File::new("photo.PNG", b"\x89PNG\r\n\x1a\n".to_vec()).unwrap();
    let payload = Payload { root: Node::default(), files: vec![file.clone(), file] };
    let event = understand(&team(), &integration(), payload, &StatusMap::default(), &OneId).event;
    let keys: Vec<_> = event.content.attachments.iter().map(|one| one.key.as_str()).collect();
    let id = event.id;
    assert_eq!(keys, [format!("file-{id}-1"), format!("file-{id}-2")]);
    assert_eq!(event.content.attachments[0].media_type, "image/png");
    assert_eq!((event.content.attachments[0].bytes, event.attachments[1].bytes.len()), (8, 8));
    assert_eq!(event.content.title.as_deref(), Some("Event of prtg"));
}
