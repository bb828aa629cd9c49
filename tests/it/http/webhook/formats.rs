//! The same event in each of the formats that programs post.

use super::*;
use reqwest::header::CONTENT_TYPE;
use reqwest::multipart::Form;

async fn sent(world: &World, kind: &str, body: impl Into<Vec<u8>>) -> Value {
    let request = posted(world, "").header(CONTENT_TYPE, kind).body(body.into());
    said(request.send().await.unwrap(), StatusCode::CREATED).await
}

#[tokio::test]
async fn s23_xml_form_parts_and_json_say_the_same() {
    let world = world().await;
    sent(
        &world,
        "application/json",
        r#"{"subject":"Pump","body":"It leaks","Severity":"low","X-S4-ExternalID":"j"}"#,
    )
    .await;
    sent(
        &world,
        "application/xml",
        "<?xml version=\"1.0\"?><event><subject>Pump</subject><body>It leaks</body><Severity>low</Severity>\
         <X-S4-ExternalID>x</X-S4-ExternalID></event>",
    )
    .await;
    sent(
        &world,
        "application/x-www-form-urlencoded",
        "subject=Pump&body=It+leaks&Severity=low&X-S4-ExternalID=f",
    )
    .await;
    let parts = Form::new().text("subject", "Pump").text("body", "It leaks").text("Severity", "low");
    let parts = posted(&world, "").multipart(parts.text("X-S4-ExternalID", "m"));
    said(parts.send().await.unwrap(), StatusCode::CREATED).await;
    let alerts = alerts(&world).await;
    assert_eq!(alerts.len(), 4);
    for (alert, id) in alerts.iter().zip(["j", "x", "f", "m"]) {
        assert_eq!((&alert["title"], &alert["text"]), (&json!("Pump"), &json!("It leaks")), "{id}");
        assert_eq!((&alert["severity"], detail(alert, "Severity")), (&json!("low"), Some("low")), "{id}");
        assert_eq!(alert["event"]["external_id"], id);
    }
}

#[tokio::test]
async fn s23_a_plain_text_is_the_message() {
    let world = world().await;
    sent(&world, "text/plain", "Pump: it leaks\nin hall 3").await;
    assert_eq!(alerts(&world).await[0]["text"], "Pump: it leaks\nin hall 3");
}

#[tokio::test]
async fn s28_letters_of_all_kinds_arrive_as_they_are() {
    let world = world().await;
    sent(&world, "application/json", "\u{feff}{\"title\":\"Überlauf in Köln – 水\"}").await;
    sent(&world, "application/x-www-form-urlencoded", b"title=%DCberlauf in K\xf6ln".to_vec()).await;
    sent(&world, "application/x-www-form-urlencoded; charset=iso-8859-1", "title=%DCberlauf+in+K%F6ln").await;
    let titles: Vec<_> = alerts(&world).await.iter().map(|alert| alert["title"].clone()).collect();
    assert_eq!(titles, ["Überlauf in Köln – 水", "Überlauf in Köln", "Überlauf in Köln"]);
}

#[tokio::test]
async fn g37_a_query_alone_is_an_event_as_well() {
    let world = world().await;
    let query = "?title=Pump+down&Severity=low&ExtIdParam=dedup&dedup=q1";
    let answer = posted(&world, query).send().await.unwrap();
    assert_eq!(said(answer, StatusCode::CREATED).await["outcome"], "opened");
    let alert = alerts(&world).await.remove(0);
    assert_eq!((&alert["title"], &alert["event"]["external_id"]), (&json!("Pump down"), &json!("q1")));
    assert_eq!(detail(&alert, "ExtIdParam"), None);
}

#[tokio::test]
async fn g24_an_event_that_says_nothing_is_told_all_the_same() {
    let world = world().await;
    let answer = posted(&world, "").send().await.unwrap();
    let answer = said(answer, StatusCode::CREATED).await;
    assert_eq!(answer["outcome"], "opened");
    assert_eq!(alerts(&world).await[0]["title"], "No summary provided");
}

#[tokio::test]
async fn both_paths_take_events() {
    let world = world().await;
    let path = format!("/api/v2/events/{SECRET}");
    let answer = post(&world, &path).json(&critical()).send().await.unwrap();
    assert_eq!(said(answer, StatusCode::CREATED).await["outcome"], "opened");
    assert_eq!(event(&world, status("a1", "Resolved")).await["matched"], 1);
}
