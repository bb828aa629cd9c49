use super::*;
use crate::domain::severity::Severity;

#[test]
fn s17_a_named_category_beats_words_and_an_unknown_one_is_the_default() {
    let mut body = example(None);
    assert_eq!(posted(&body).category(), "Lines");
    body["X-S4-Service"] = " database ".into();
    let named = posted(&body);
    assert_eq!((named.category(), &named.category), ("Database", &CategoryReason::Named));
    body["X-S4-Service"] = "Plumbing".into();
    let unknown = posted(&body);
    assert_eq!((unknown.category(), &unknown.category), ("General", &CategoryReason::Default));
    unknown.notes_say(&["X-S4-Service is `Plumbing`"]);
}

#[test]
fn s19_strict_filtering_drops_what_fits_no_category() {
    let strict = |text: &str| posted(&json!({"message": text, "X-S4-Filtering": true}));
    let none = strict("the coffee is out");
    assert_eq!(none.event.transition, Transition::Discard(Discarded::NoCategory));
    assert_eq!((none.category(), none.category.code()), ("", "filtered"));
    none.notes_say(&["fits no category"]);
    let fits = strict("MS-SQL is down");
    assert_eq!((fits.category(), fits.event.transition.clone()), ("Database", Transition::Open));
    assert_eq!(fits.category.decided_by().as_deref(), Some("sql"));
    let blocked = strict("SQL of the TESTbed is down");
    assert_eq!(blocked.event.transition, Transition::Discard(Discarded::NoCategory));
    assert!(
        blocked.steps.iter().any(|step| step == "it is not `Database`: it has `test`"),
        "{:?}",
        blocked.steps
    );
    let default = posted(&json!({"message": "the coffee is out", "X-S4-Filtering": false}));
    assert_eq!((default.category(), default.event.transition.clone()), ("General", Transition::Open));
}

#[test]
fn s20_yes_and_no_may_be_texts() {
    let filtering = |value: Value| posted(&json!({"message": "coffee", "X-S4-Filtering": value}));
    for yes in [json!("true"), json!("True"), json!(true), json!(" TRUE "), json!(1)] {
        assert_eq!(filtering(yes.clone()).category, CategoryReason::Filtered, "{yes}");
    }
    for no in [json!("false"), json!(false), json!(""), json!(null)] {
        let event = filtering(no.clone());
        assert_eq!(event.category, CategoryReason::Default, "{no}");
        event.notes_say(&[]);
    }
    filtering(json!("maybe")).notes_say(&["X-S4-Filtering is ignored: `maybe`"]);
}

#[test]
fn a_strict_way_in_drops_what_does_not_say_otherwise() {
    let integration = Integration { is_strict: true, ..integration() };
    let event = |body: Value| {
        understand(&team(), &integration, payload(&body), &StatusMap::default(), &OneId).event.transition
    };
    assert_eq!(event(json!({"message": "coffee"})), Transition::Discard(Discarded::NoCategory));
    assert_eq!(event(json!({"message": "coffee", "X-S4-Filtering": false})), Transition::Open);
    // An end is never lost for its words, nor an emergency, nor what names its category, however badly.
    let end = json!({"X-S4-ExternalID": "a", "X-S4-Status": "Resolved"});
    assert_eq!(event(end), Transition::Resolve);
    assert_eq!(event(json!({"message": "coffee", "X-S4-AlertingScenario": "emergency"})), Transition::Open);
    assert_eq!(event(json!({"message": "coffee", "X-S4-Service": "Plumbing"})), Transition::Open);
}

#[test]
fn s22_an_emergency_has_its_category_and_a_named_one_beats_it() {
    let mut body = example(None);
    body["X-S4-AlertingScenario"] = "Emergency".into();
    let event = posted(&body);
    assert_eq!((event.category(), event.event.scenario), ("Red", Scenario::Emergency));
    body["X-S4-Service"] = "Database".into();
    let event = posted(&body);
    assert_eq!((event.category(), event.event.scenario), ("Database", Scenario::Emergency));
    body["X-S4-AlertingScenario"] = "panic".into();
    let event = posted(&body);
    assert_eq!(event.event.scenario, Scenario::SingleAck);
    event.notes_say(&["X-S4-AlertingScenario is ignored: `panic`"]);
}

#[test]
fn the_first_category_of_the_team_wins_and_all_words_may_be_asked_for() {
    let both = posted(&json!({"message": "sql on the conveyor"}));
    assert_eq!((both.category(), both.category.decided_by().as_deref()), ("Lines", Some("conveyor")));
    assert_eq!(posted(&json!({"message": "Fire!"})).category(), "General");
    let fire = posted(&json!({"title": "Fire", "details": {"seen": ["Smokes"]}}));
    assert_eq!((fire.category(), fire.category.decided_by().as_deref()), ("Fire", Some("fire, smoke")));
}

#[test]
fn words_are_looked_for_in_values_and_not_in_names() {
    assert_eq!(posted(&json!({"message": "x", "machine": "none"})).category(), "General");
    assert_eq!(posted(&json!({"message": "x", "where": {"at": "Machine 7"}})).category(), "Lines");
    assert_eq!(posted(&json!({"message": "x", "X-S4-SourceSystem": "machine"})).category(), "General");
}

#[test]
fn a_category_may_look_at_one_parameter_alone() {
    let mut team = team();
    team.categories[1].parameter = Some("site.name".to_owned());
    assert_eq!(posted_to(&team, &json!({"message": "machine"})).category(), "General");
    assert_eq!(posted_to(&team, &json!({"site": {"Name": "Machine hall"}})).category(), "Lines");
    team.categories[1].parameter = Some("message".to_owned());
    assert_eq!(posted_to(&team, &json!("machine")).category(), "Lines", "a text alone is the message");
}

#[test]
fn a_category_of_excluding_words_alone_takes_whatever_has_none_of_them() {
    let mut team = team();
    team.categories[0].exclude = words(&["heartbeat"]);
    let event = |text: &str| posted_to(&team, &json!({"message": text, "X-S4-Filtering": true}));
    let kept = event("coffee");
    assert_eq!((kept.category(), kept.category.code()), ("General", "not_excluded"));
    assert_eq!(event("heartbeat").category.code(), "filtered");
    assert_eq!(event("heartbeat of the machine").category(), "Lines", "the default is asked last");
    let loose = posted_to(&team, &json!({"message": "heartbeat"}));
    assert_eq!((loose.category(), loose.category.code()), ("General", "default"));
}

#[test]
fn a_team_without_a_default_has_events_without_category() {
    let mut team = team();
    team.categories[0].is_default = false;
    let event = posted_to(&team, &json!({"message": "coffee"}));
    assert_eq!((event.category(), event.category.code()), ("", "none"));
    assert_eq!(event.event.transition, Transition::Open);
}

#[test]
fn a_category_adds_what_the_event_does_not_say() {
    let mut team = team();
    let detail = |name: &str, value: &str| Detail { name: name.to_owned(), value: value.to_owned() };
    team.categories[1].augment =
        vec![detail("Runbook", "page 7"), detail("Site", "West"), detail("Site", "East")];
    team.categories[1].scenario = Some(Scenario::MultiAck);
    let event = posted_to(&team, &json!({"message": "machine", "runbook": "page 9"}));
    let details: Vec<_> =
        event.event.content.details.iter().map(|one| (one.name.as_str(), one.value.as_str())).collect();
    assert_eq!(details, [("runbook", "page 9"), ("Site", "West"), ("Site", "East")]);
    assert_eq!(event.event.scenario, Scenario::MultiAck);
    let single = json!({"message": "machine", "X-S4-AlertingScenario": "single_ack"});
    assert_eq!(posted_to(&team, &single).event.scenario, Scenario::SingleAck);
}

#[test]
fn how_bad_it_is_says_the_parameter_of_the_category_then_a_usual_one_then_the_category() {
    let mut team = team();
    let lines = &mut team.categories[1];
    lines.severity_parameter = Some("impact.level".to_owned());
    lines.severities = vec![("7".to_owned(), Severity::Critical), ("low".to_owned(), Severity::Medium)];
    lines.severity = Some(Severity::Low);
    let severity = |body: Value| posted_to(&team, &body).event.severity;
    let level =
        |level: Value| severity(json!({"m": "machine", "severity": "info", "impact": {"Level": level}}));
    assert_eq!(level(json!(7)), Some(Severity::Critical));
    assert_eq!(level(json!("LOW")), Some(Severity::Medium), "the mapping beats our own words");
    assert_eq!(level(json!("Warning")), Some(Severity::Medium), "our own words need no mapping");
    assert_eq!(level(json!("odd")), Some(Severity::Info), "what means nothing is passed over");
    assert_eq!(severity(json!({"m": "machine", "labels": {"Priority": "P2"}})), Some(Severity::High));
    assert_eq!(severity(json!({"m": "machine"})), Some(Severity::Low));
    assert_eq!(severity(json!({"m": "coffee"})), None);
    assert_eq!(
        severity(json!({"m": "coffee", "priority": "low", "severity": "disaster"})),
        Some(Severity::Critical)
    );
    posted_to(&team, &json!({"m": "coffee", "priority": 5}))
        .notes_say(&["its `priority` is `5`", "neither title"]);
}

#[test]
fn every_word_of_the_scale_is_its_own() {
    for severity in Severity::ALL {
        assert_eq!(grade::of_word(&severity.word().to_uppercase()), Some(severity));
    }
}
