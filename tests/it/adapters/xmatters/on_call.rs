//! Who is on call there.

use super::{PASSWORD, answering, directory, id};
use dutyline::adapters::xmatters::directory::XmattersDirectory;
use dutyline::domain::contact::PhoneNumber;
use dutyline::domain::directory::elsewhere::on_call::{
    GroupOnCall, Leave, MemberOnCall, Named, ShiftOnCall, Who,
};
use dutyline::domain::directory::group::GroupName;
use dutyline::ports::error::VendorError;
use dutyline::ports::people::People;
use jiff::Timestamp;
use serde_json::{Value, json};
use std::collections::HashMap;
use wiremock::matchers::{method, path, query_param};
use wiremock::{Mock, MockServer, ResponseTemplate};

fn group(name: &str) -> GroupName {
    GroupName(name.to_owned())
}

fn now() -> Timestamp {
    "2026-01-05T09:00:00Z".parse().unwrap()
}

/// Somebody who takes part in a shift.
fn person(id: &str) -> Value {
    json!({"member": {"id": "b2341d69", "targetName": id, "recipientType": "PERSON", "status": "ACTIVE",
        "firstName": "Uma", "lastName": id}})
}

fn shifts(members: &[&[Value]]) -> Value {
    let shifts = members.iter().map(|members| json!({"members": {"data": members}}));
    json!({"data": shifts.collect::<Vec<_>>()})
}

async fn on_call(body: Value) -> Result<Option<GroupOnCall>, VendorError> {
    let (_server, directory) = answering(ResponseTemplate::new(200).set_body_json(body)).await;
    directory.on_call(&group("Database"), now()).await
}

async fn members(members: &[Value]) -> Vec<MemberOnCall> {
    let answer = on_call(shifts(&[members])).await.unwrap().unwrap();
    answer.shifts.into_iter().next().unwrap().members
}

/// The people of each shift.
fn ids(answer: &GroupOnCall) -> Vec<Vec<String>> {
    let id = |member: &MemberOnCall| match &member.who {
        Who::Person(person) => Some(person.id.0.clone()),
        Who::Phone { .. } | Who::Silent(_) | Who::Group(_) | Who::DynamicTeam(_) | Who::Strange(_) => None,
    };
    answer.shifts.iter().map(|shift| shift.members.iter().filter_map(id).collect()).collect()
}

fn named(person: &str, name: Option<&str>) -> Named {
    Named { id: id(person), name: name.map(str::to_owned) }
}

#[tokio::test]
async fn p27_p44_a_group_of_any_name_is_asked_for_with_our_credentials() {
    let body = shifts(&[&[person("ann"), person("bob")]]);
    let (server, directory) = answering(ResponseTemplate::new(200).set_body_json(body)).await;
    let answer = directory.on_call(&group("R&D #1 50%"), now()).await.unwrap().unwrap();
    assert_eq!(ids(&answer), [["ann", "bob"]]);
    let request = &server.received_requests().await.unwrap()[0];
    assert_eq!(request.url.path(), "/api/xm/1/on-call");
    let asked: HashMap<_, _> = request.url.query_pairs().into_owned().collect();
    let of = |key: &str| asked.get(key).map(String::as_str);
    assert_eq!(of("groups"), Some("R&D #1 50%"));
    assert_eq!(of("at"), Some("2026-01-05T09:00:00Z"));
    assert_eq!((of("membersPerShift"), of("embed")), (Some("100"), Some("members.owner")));
    assert!(request.headers.contains_key("authorization"));
    assert!(!request.url.as_str().contains(PASSWORD));
}

#[tokio::test]
async fn p44_a_group_with_a_comma_in_its_name_is_asked_for_by_its_id() {
    let server = MockServer::start().await;
    Mock::given(path("/api/xm/1/groups/Pumps,%20Valves"))
        .respond_with(ResponseTemplate::new(200).set_body_json(json!({"id": "90e00c4a"})))
        .mount(&server)
        .await;
    Mock::given(path("/api/xm/1/on-call"))
        .and(query_param("groups", "90e00c4a"))
        .respond_with(ResponseTemplate::new(200).set_body_json(shifts(&[&[person("ann")]])))
        .mount(&server)
        .await;
    let directory = directory(&format!("{}/", server.uri()));
    let answer = directory.on_call(&group("Pumps, Valves"), now()).await.unwrap().unwrap();
    assert_eq!(ids(&answer), [["ann"]]);
    assert_eq!(directory.on_call(&group("Pumps, Tubes"), now()).await, Ok(None));
}

#[tokio::test]
async fn p42_every_shift_that_is_on_counts_in_order() {
    let answer = on_call(shifts(&[&[person("ann")], &[], &[person("bob"), person("cid")]])).await;
    assert_eq!(ids(&answer.unwrap().unwrap()), [vec!["ann"], vec![], vec!["bob", "cid"]]);
}

#[tokio::test]
async fn p41_p36_nobody_is_on_call_in_each_way_to_say_so() {
    assert_eq!(on_call(json!({"data": []})).await, Ok(Some(GroupOnCall::default())));
    let empty = GroupOnCall { shifts: vec![ShiftOnCall::default()] };
    for shift in
        [json!({}), json!({"members": {"data": []}}), json!({"members": {}}), json!({"members": null})]
    {
        assert_eq!(on_call(json!({"data": [shift]})).await, Ok(Some(empty.clone())), "{shift}");
    }
}

#[tokio::test]
async fn members_come_in_the_order_of_their_positions() {
    let at = |name: &str, position: i64| {
        let mut member = person(name);
        member["position"] = position.into();
        member["delay"] = 5.into();
        member
    };
    let answer = on_call(shifts(&[&[at("cid", 3), at("ann", 1), at("bob", 2)]])).await;
    assert_eq!(ids(&answer.unwrap().unwrap()), [["ann", "bob", "cid"]]);
}

#[tokio::test]
async fn p32_p33_p34_every_absence_comes_with_its_time_and_who_stands_in() {
    let (from, until) = ("2026-01-05T08:00:00Z", "2026-01-06T08:00:00.000Z");
    let ben = json!({"targetName": "ben", "recipientType": "PERSON", "firstName": "Ben"});
    let off = json!({"targetName": "off", "recipientType": "PERSON", "status": "INACTIVE"});
    let leave = |replacement: Option<Named>| Leave {
        from: from.parse().unwrap(),
        until: Some(until.parse().unwrap()),
        replacement,
    };
    let absent = |kind: &str, who: &Value| json!({"absenceType": kind, "start": from, "end": until, "replacement": who});
    for (absence, expected) in [
        (absent("REPLACEMENT", &ben), leave(Some(named("ben", Some("Ben"))))),
        (absent("VACANCY", &ben), leave(None)),
        (absent("REPLACEMENT", &Value::Null), leave(None)),
        (absent("REPLACEMENT", &off), leave(None)),
        (json!({"start": from, "end": until}), leave(None)),
        (json!({"start": from}), Leave { until: None, ..leave(None) }),
    ] {
        for all in [json!({"data": [absence.clone()]}), json!([absence.clone()])] {
            let mut member = person("ann");
            member["absences"] = all;
            let members = members(&[member]).await;
            assert_eq!(members[0].absences, std::slice::from_ref(&expected), "{absence}");
        }
    }
    let mut member = person("ann");
    member["replacements"] = json!({"data": [{"start": from, "end": until, "replacement": ben}]});
    assert_eq!(members(&[member]).await[0].absences, [leave(Some(named("ben", Some("Ben"))))]);
}

#[tokio::test]
async fn p38_p39_members_of_every_kind_are_told_apart() {
    let owner = json!({"targetName": "ann", "recipientType": "PERSON", "firstName": "Ann"});
    let device = |kind: &str, number: &str| {
        json!({"member": {"id": "d1", "targetName": "ann|Work Phone", "recipientType": "DEVICE", "deviceType": kind,
            "phoneNumber": number, "owner": owner}})
    };
    let mut lone = device("VOICE", "+1 (555) 01-55");
    lone["member"].as_object_mut().unwrap().remove("owner");
    let other = |kind: &str| json!({"member": {"id": "x", "targetName": "Some one", "recipientType": kind}});
    let mut off = person("off");
    off["member"]["status"] = "INACTIVE".into();
    let ann = || named("ann", Some("Ann"));
    let number = |text: &str| Some(PhoneNumber::parse(text).unwrap());
    let expected = [
        Who::Phone { owner: ann(), number: number("+15550155") },
        Who::Phone { owner: ann(), number: None },
        Who::Phone { owner: named("ann", None), number: number("+15550155") },
        Who::Silent(ann()),
        Who::Silent(ann()),
        Who::Group(group("Some one")),
        Who::DynamicTeam("Some one".to_owned()),
        Who::Strange("Some one".to_owned()),
        Who::Person(named("off", Some("Uma off"))),
    ];
    let members = members(&[
        device("VOICE", "+15550155"),
        device("VOICE", "4711"),
        lone,
        device("EMAIL", ""),
        device("TEXT_PHONE", "+15550155"),
        other("GROUP"),
        other("DYNAMIC_TEAM"),
        other("SERVICE"),
        off,
    ])
    .await;
    assert_eq!(
        members.iter().map(|member| &member.who).collect::<Vec<_>>(),
        expected.iter().collect::<Vec<_>>()
    );
    let active: Vec<_> = members.iter().map(|member| member.is_active).collect();
    assert_eq!(active, [true, true, true, true, true, true, true, true, false]);
}

/// A page of an answer, at the place where it begins.
async fn page(server: &MockServer, offset: &str, body: Value) {
    Mock::given(method("GET"))
        .and(path("/api/xm/1/on-call"))
        .and(query_param("groups", "R&D #1 50%"))
        .and(query_param("at", "2026-01-05T09:00:00Z"))
        .and(query_param("offset", offset))
        .respond_with(ResponseTemplate::new(200).set_body_json(body))
        .mount(server)
        .await;
}

async fn paged(server: &MockServer) -> Result<Option<GroupOnCall>, VendorError> {
    let directory: XmattersDirectory = directory(&format!("{}/", server.uri()));
    directory.on_call(&group("R&D #1 50%"), now()).await
}

#[tokio::test]
async fn every_page_of_shifts_and_of_members_is_read() {
    for has_link in [true, false] {
        let server = MockServer::start().await;
        let more = "/api/xm/1/on-call/members?shift=s1&offset=1";
        let first = json!({"members": {"data": [person("ann")], "total": 3, "links": {"next": more}}});
        let next = "/api/xm/1/on-call?groups=R%26D%20%231%2050%25&at=2026-01-05T09:00:00Z&offset=1";
        let links = if has_link { json!({"next": next}) } else { json!({}) };
        page(&server, "0", json!({"data": [first], "total": 2, "links": links})).await;
        page(&server, "1", json!({"data": [{"members": {"data": [person("dan")]}}], "total": 2})).await;
        let rest = [
            (
                "1",
                json!({"data": [person("bob")], "links": {"next": "/api/xm/1/on-call/members?shift=s1&offset=2"}}),
            ),
            ("2", json!({"data": [person("cid")], "total": 3})),
        ];
        for (offset, body) in rest {
            Mock::given(path("/api/xm/1/on-call/members"))
                .and(query_param("offset", offset))
                .respond_with(ResponseTemplate::new(200).set_body_json(body))
                .mount(&server)
                .await;
        }
        let answer = paged(&server).await.unwrap().unwrap();
        assert_eq!(ids(&answer), [vec!["ann", "bob", "cid"], vec!["dan"]], "{has_link}");
    }
}

#[tokio::test]
async fn a_list_without_an_end_and_one_that_leads_elsewhere_are_no_answers() {
    let server = MockServer::start().await;
    let shift = json!({"members": {"data": [person("ann")]}});
    let again = "/api/xm/1/on-call?groups=R%26D%20%231%2050%25&at=2026-01-05T09:00:00Z&offset=0";
    page(&server, "0", json!({"data": [shift], "links": {"next": again}})).await;
    let error = paged(&server).await.unwrap_err().to_string();
    assert!(error.contains("does not end"), "{error}");
    for links in [json!({"next": "https://elsewhere.example/"}), json!({"next": "http://127.0.0.1:1/"})] {
        let server = MockServer::start().await;
        page(&server, "0", json!({"data": [{"members": {"data": [person("ann")], "links": links}}]})).await;
        let error = paged(&server).await.unwrap_err().to_string();
        assert!(error.contains("links.next"), "{error}");
    }
}

#[tokio::test]
async fn a_malformed_answer_is_never_nobody_and_its_field_is_named() {
    let one = |member: Value| json!({"data": [{"members": {"data": [person("ann"), member]}}]});
    for (body, field) in [
        (json!({}), "can't be understood"),
        (json!(null), "can't be understood"),
        (json!({"data": null}), "at data"),
        (json!({"data": [{"members": "none"}]}), "at data[0].members"),
        (json!({"data": [{"end": "tomorrow"}]}), "at data[0].end"),
        (json!({"data": [{}, {"members": {"data": {}}}]}), "at data[1].members.data"),
        (one(json!({})), "at data[0].members.data[1]"),
        (one(json!({"member": null})), "at data[0].members.data[1].member"),
        (one(json!({"member": {"targetName": "bob"}})), "at data[0].members.data[1].member"),
        (one(json!({"member": {"recipientType": "PERSON"}})), "at data[0].members.data[1].member"),
        (
            one(json!({"member": {"targetName": "+15550155", "recipientType": 5}})),
            "at data[0].members.data[1].member.recipientType",
        ),
        (
            one(
                json!({"member": {"targetName": "bob", "recipientType": "PERSON"}, "absences": [{"end": null}]}),
            ),
            "at data[0].members.data[1].absences[0]",
        ),
        (
            one(json!({"member": {"targetName": "bob", "recipientType": "PERSON"},
                "absences": {"data": [{"start": "+15550155"}]}})),
            "at data[0].members.data[1].absences.data[0].start",
        ),
    ] {
        let error = on_call(body.clone()).await.unwrap_err();
        let text = error.to_string();
        assert!(text.ends_with(field) && !text.contains("15550155"), "{body}: {text}");
        assert!(matches!(error, VendorError::Temporary { .. }), "{text}");
    }
}

#[tokio::test]
async fn a_group_that_is_not_there_is_told_from_one_without_anybody() {
    let (_server, directory) = answering(ResponseTemplate::new(404)).await;
    assert_eq!(directory.on_call(&group("Database"), now()).await, Ok(None));
    for status in [401, 403, 429, 500, 302] {
        let (_server, directory) = answering(ResponseTemplate::new(status)).await;
        directory.on_call(&group("Database"), now()).await.unwrap_err();
    }
}
