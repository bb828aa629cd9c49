//! Files that are sent along with an event.

use super::*;
use dutyline::domain::retention::Retention;
use jiff::SignedDuration;
use reqwest::multipart::{Form, Part};

const LONGEST: usize = 4_194_304;

fn png(length: usize) -> Vec<u8> {
    let mut bytes = b"\x89PNG\r\n\x1a\n".to_vec();
    bytes.resize(length, 7);
    bytes
}

fn with(files: &[(&str, Vec<u8>)]) -> Form {
    let form = Form::new().text("title", "Pump").text("X-S4-ExternalID", "a1");
    files.iter().enumerate().fold(form, |form, (number, (name, bytes))| {
        form.part(format!("file{number}"), Part::bytes(bytes.clone()).file_name((*name).to_owned()))
    })
}

async fn sent(world: &World, files: &[(&str, Vec<u8>)]) -> Response {
    posted(world, "").multipart(with(files)).send().await.unwrap()
}

fn kept(world: &World) -> usize {
    std::fs::read_dir(world.folder().join("recordings")).map_or(0, Iterator::count)
}

#[tokio::test]
async fn s24_a_file_of_four_megabytes_belongs_to_its_alert() {
    let world = world().await;
    let files = [("Pump «3».png", png(LONGEST)), ("notes.txt", b"leaks".to_vec()), ("empty.txt", vec![])];
    let answer = said(sent(&world, &files).await, StatusCode::CREATED).await;
    let id = answer["alertId"].as_str().unwrap();
    let alert = world.api(&format!("/api/alerts/{id}")).await;
    let shown = &alert["attachments"];
    assert_eq!((&shown[0]["media_type"], &shown[0]["bytes"]), (&json!("image/png"), &json!(LONGEST)));
    for (number, (name, bytes)) in (1..).zip(&files) {
        assert_eq!(shown[number - 1]["name"], *name);
        let path = format!("/api/alerts/{id}/attachments/{number}");
        assert_eq!(get(&world, &path).send().await.unwrap().status(), StatusCode::UNAUTHORIZED);
        let file = get(&world, &path).bearer_auth(&world.key).send().await.unwrap();
        assert_eq!(file.status(), StatusCode::OK);
        assert!(header(&file, "content-disposition").starts_with("attachment; "));
        assert_eq!(header(&file, "x-content-type-options"), "nosniff");
        assert_eq!(header(&file, "content-type"), shown[number - 1]["media_type"].as_str().unwrap());
        assert_eq!(file.bytes().await.unwrap(), *bytes);
    }
    for nothing in ["0", "4", "x", "-1"] {
        let path = format!("/api/alerts/{id}/attachments/{nothing}");
        let answer = get(&world, &path).bearer_auth(&world.key).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::NOT_FOUND, "{nothing}");
    }
}

#[tokio::test]
async fn s24_too_long_too_many_and_of_no_kind_that_is_taken() {
    let world = world().await;
    let script = b"#!/bin/sh".to_vec();
    for (files, status, code) in [
        (vec![("a.png", png(LONGEST + 1))], StatusCode::PAYLOAD_TOO_LARGE, "file_too_large"),
        (vec![("setup.exe", b"MZ\x90\0".to_vec())], StatusCode::BAD_REQUEST, "file_type"),
        (vec![("no ending", script.clone())], StatusCode::BAD_REQUEST, "file_type"),
        (vec![("picture.png", script)], StatusCode::BAD_REQUEST, "file_content"),
        (vec![("a.png", png(9)); 11], StatusCode::BAD_REQUEST, "too_many_files"),
        (vec![("a.png", png(LONGEST)); 11], StatusCode::PAYLOAD_TOO_LARGE, "too_large"),
    ] {
        assert_eq!(error(sent(&world, &files).await, status).await.0, code);
    }
    assert!(alerts(&world).await.is_empty());
    assert_eq!(kept(&world), 0);
}

#[tokio::test]
async fn files_of_an_event_that_opens_nothing_are_not_kept_and_the_sender_is_told() {
    let world = world().await;
    said(sent(&world, &[("a.png", png(9))]).await, StatusCode::CREATED).await;
    assert_eq!(kept(&world), 1);
    let again = said(sent(&world, &[("b.png", png(9))]).await, StatusCode::CREATED).await;
    assert_eq!(again["outcome"], "repeated");
    assert!(again["notes"][0].as_str().unwrap().contains("files"), "{again}");
    assert_eq!(kept(&world), 1);
}

#[tokio::test]
async fn files_go_with_their_alert() {
    let retention = Retention { closed_alerts: Some(2), log: Some(2), ..Retention::default() };
    let world = World::start_with("events", |settings| settings.retention = retention).await;
    said(sent(&world, &[("a.png", png(9)), ("b.txt", b"x".to_vec())]).await, StatusCode::CREATED).await;
    event(&world, status("a1", "Resolved")).await;
    event(&world, status("early", "Resolved")).await;
    let (_run, stop) = tokio::sync::watch::channel(false);
    let mut left = vec![];
    for _ in 0..2 {
        world.clock.set(world.now() + SignedDuration::from_hours(24));
        dutyline::service::retention::pass(&world.app, &stop).await.unwrap();
        world.run_effects().await;
        left.push((alerts(&world).await.len(), kept(&world)));
    }
    assert_eq!(left, [(1, 2), (0, 0)]);
    let sql = "select (select count(*) from events) + (select count(*) from early_ends)";
    let database = rusqlite::Connection::open(world.folder().join("dutyline.db")).unwrap();
    assert_eq!(database.query_one(sql, [], |row| row.get::<_, i64>(0)).unwrap(), 0);
}
