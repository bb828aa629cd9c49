//! The page behind the link in a message: it asks before it acts, and needs no script.

use super::*;
use crate::world::Logs;
use jiff::SignedDuration;

async fn get(world: &World, path: &str) -> Response {
    world.http.get(world.url(path)).send().await.unwrap()
}

async fn page(world: &World, path: &str) -> String {
    let answer = get(world, path).await;
    assert_eq!(answer.status(), StatusCode::OK);
    answer.text().await.unwrap()
}

async fn press(world: &World, path: &str, what: &str) -> String {
    let answer = world.http.post(world.url(path)).form(&[("do", what)]).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
    let page = answer.text().await.unwrap();
    world.settle().await;
    page
}

fn buttons(page: &str) -> Vec<&str> {
    let after = page.split("name=\"do\" value=\"").skip(1);
    after.map(|rest| rest.split('"').next().unwrap()).collect()
}

#[tokio::test]
async fn the_page_shows_the_alert_and_asks_before_it_acts() {
    let world = world().await;
    let event = json!({
        "Title": "Pump <3> stands still", "Message": "No flow since\nnoon & after", "X-S4-Location": "52.52,13.405"
    });
    let alert = event_of(&world, "plant", event).await;
    let path = link(&world, ADA);
    for _ in 0..3 {
        let head = world.http.head(world.url(&path)).send().await.unwrap();
        assert_eq!((head.status(), head.text().await.unwrap().len()), (StatusCode::OK, 0));
        let page = page(&world, &path).await;
        for shown in [
            "<h1 dir=\"auto\">Pump &#60;3&#62; stands still</h1>",
            "No flow since\nnoon &#38; after",
            "<dt>State</dt><dd>open</dd>",
            "5 January 2026, 10:00 CET</time>",
            "fill=\"#c0392b\"",
            "<span aria-hidden=\"true\">P</span> Pumps</dd>",
            "href=\"https://www.openstreetmap.org/?mlat=52.52&#38;mlon=13.405#map=16/52.52/13.405\"",
            "This page is for Ada Admin",
        ] {
            assert!(page.contains(shown), "{shown}: {page}");
        }
        assert_eq!(buttons(&page), ["acknowledge", "resolve", "escalate"]);
    }
    assert_eq!(state(&world, &alert).await, "open", "who only looks does nothing");
    let page = press(&world, &path, "acknowledge").await;
    assert!(page.contains("<p class=\"result\" role=\"status\">You have acknowledged it.</p>"), "{page}");
    assert!(
        page.contains("<dt>State</dt><dd>acknowledged by Ada Admin, 5 January 2026, 10:00 CET</dd>"),
        "{page}"
    );
    assert_eq!(buttons(&page), ["resolve", "escalate"]);
    let alert = again(&world, &alert).await;
    assert_eq!(
        (&alert["acknowledged"]["by"], &alert["acknowledged"]["from"]),
        (&json!("ada"), &json!("link"))
    );
}

#[tokio::test]
async fn the_page_stays_where_it_is_and_needs_nothing_from_elsewhere() {
    let world = world().await;
    event(&world, "Pump 1").await;
    let path = link(&world, ADA);
    let answer = get(&world, &path).await;
    for (name, value) in [
        ("cache-control", "no-store"),
        ("content-type", "text/html; charset=utf-8"),
        ("referrer-policy", "no-referrer"),
        ("x-content-type-options", "nosniff"),
        ("x-robots-tag", "noindex, nofollow"),
    ] {
        assert_eq!(answer.headers()[name], value, "{name}");
    }
    let policy = answer.headers()["content-security-policy"].to_str().unwrap().to_owned();
    let parts: Vec<&str> = policy.split("; ").collect();
    let exact = ["default-src 'none'", "form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'"];
    assert!(exact.iter().all(|part| parts.contains(part)), "{policy}");
    let others: Vec<_> = parts.iter().filter(|part| !exact.contains(part)).collect();
    assert!(matches!(others.as_slice(), [style] if style.starts_with("style-src 'sha256-")), "{policy}");
    let page = answer.text().await.unwrap();
    for never in ["<script", " style=", "@import", "url(", "15550101", "ada@test.example"] {
        assert!(!page.contains(never), "{never}: {page}");
    }
    assert!(page.contains("<html lang=\"en\">") && page.contains("width=device-width"), "{page}");
    assert_eq!(page.matches("<h1").count(), 1, "{page}");
}

#[tokio::test]
async fn each_thing_is_done_once_by_a_link() {
    let world = world().await;
    let alert = event(&world, "Pump 1").await;
    let path = link(&world, ADA);
    assert!(press(&world, &path, "escalate").await.contains("You have escalated it"));
    assert_eq!(texts_to(&world, BEN).len(), 1);
    let again_ = press(&world, &path, "escalate").await;
    assert!(again_.contains("this link has been used for that"), "{again_}");
    assert_eq!((buttons(&again_), texts_to(&world, CLEO).len()), (vec!["acknowledge", "resolve"], 0));
    press(&world, &path, "acknowledge").await;
    let bens = link(&world, BEN);
    let page = press(&world, &bens, "acknowledge").await;
    assert!(page.contains("Nothing was done: it was already acknowledged by Ada Admin."), "{page}");
    assert!(press(&world, &bens, "resolve").await.contains("You have resolved it."));
    let page = press(&world, &path, "resolve").await;
    assert!(page.contains("Nothing was done: it was already resolved by Ben Brook."), "{page}");
    assert_eq!(buttons(&page), Vec::<&str>::new());
    assert_eq!(state(&world, &alert).await, "resolved");
}

#[tokio::test]
async fn g17_a_link_escalates_as_of_its_message() {
    let world = world().await;
    event(&world, "Pump 1").await;
    let path = link(&world, ADA);
    world.wait(300).await;
    assert_eq!(texts_to(&world, BEN).len(), 1, "the second step was made by the clock");
    assert_eq!(buttons(&page(&world, &path).await), ["acknowledge", "resolve"]);
    let page = press(&world, &path, "escalate").await;
    assert!(page.contains("it has been escalated since this message was sent"), "{page}");
    assert_eq!(texts_to(&world, CLEO).len(), 0);
}

#[tokio::test]
async fn a_mail_has_a_link_of_its_own() {
    let world = world().await;
    let alert = event(&world, "Pump 1").await;
    let arrived = world.exchange.arrived(0);
    let mail = arrived.iter().find(|one| one.kind == Road::Mail).unwrap();
    assert!(!mail.text.contains("Reply 1a"), "{}", mail.text);
    let path = path_in(&world, &mail.text);
    assert_ne!(path, link(&world, ADA));
    press(&world, &path, "resolve").await;
    assert_eq!(state(&world, &alert).await, "resolved");
}

#[tokio::test]
async fn the_message_of_a_caller_is_heard_from_the_page() {
    let world = World::start("one-group").await;
    let text = "settings one-group\ncaller ada\ndial\npress 1\nrecords \"Pumps are down\" for 14 seconds\npress 1\n\
                hears \"alert\"\nhangs up\nalerts 1\n";
    let script = dutyline::exchange::script::parse("message", text).unwrap();
    world.play(&script).await.unwrap_or_else(|failure| panic!("{failure}"));
    world.wait(30).await;
    let page = page(&world, &link(&world, BEN)).await;
    let list = world.api("/api/alerts").await;
    let recording = list["alerts"][0]["link"].as_str().unwrap();
    assert!(page.contains(&format!("<a href=\"{recording}\">Listen to the message</a>")), "{page}");
    assert!(page.contains("<h1 dir=\"auto\">Pumps are down</h1>"), "{page}");
}

#[tokio::test]
async fn a_link_that_is_over_or_mistyped_says_so_and_shows_nothing() {
    let world = world().await;
    let alert = event(&world, "Pump 1").await;
    let path = link(&world, ADA);
    world.clock.set(world.now() + SignedDuration::from_hours(7 * 24));
    let over = get(&world, &path).await;
    assert_eq!(over.status(), StatusCode::NOT_FOUND);
    let over = over.text().await.unwrap();
    assert!(over.contains("This link leads nowhere") && !over.contains("Pump"), "{over}");
    let pressed = world.http.post(world.url(&path)).form(&[("do", "resolve")]).send().await.unwrap();
    assert_eq!(pressed.status(), StatusCode::NOT_FOUND);
    assert_ne!(state(&world, &alert).await, "resolved");
    for token in ["x", "23456789ABCDEFGHJKLMNP", "%FF", "..%2Fapi"] {
        let answer = get(&world, &format!("/a/{token}")).await;
        assert_eq!(answer.status(), StatusCode::NOT_FOUND, "{token}");
        assert_eq!(
            answer.text().await.unwrap(),
            over,
            "nobody can tell a link that was from one that never was"
        );
    }
}

#[tokio::test]
async fn a_form_of_somebody_else_does_nothing() {
    let world = world().await;
    let alert = event(&world, "Pump 1").await;
    let path = link(&world, ADA);
    for body in ["do=delete", "", "do", "{\"do\":\"resolve\"}"] {
        let form = "application/x-www-form-urlencoded";
        let answer =
            world.http.post(world.url(&path)).header("content-type", form).body(body).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::BAD_REQUEST, "{body}");
        assert_eq!(buttons(&answer.text().await.unwrap()).len(), 3);
    }
    assert_eq!(state(&world, &alert).await, "open");
}

#[tokio::test]
async fn no_log_and_no_table_holds_a_link() {
    let logs = Logs::caught();
    let world = world().await;
    event(&world, "Pump 1").await;
    let path = link(&world, ADA);
    press(&world, &path, "acknowledge").await;
    let token = path.strip_prefix("/a/").unwrap();
    assert!(!logs.text().contains(token), "{}", logs.text());
    world.store.close().await;
    for file in std::fs::read_dir(world.folder()).unwrap() {
        let path = file.unwrap().path();
        if path.is_file() {
            let bytes = std::fs::read(&path).unwrap();
            let holds = bytes.windows(token.len()).any(|part| part == token.as_bytes());
            assert!(!holds, "{}", path.display());
        }
    }
}

#[tokio::test]
async fn a_store_that_is_down_asks_for_patience() {
    let world = world().await;
    event(&world, "Pump 1").await;
    let path = link(&world, ADA);
    world.store.close().await;
    let answer = get(&world, &path).await;
    assert_eq!(answer.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert!(answer.text().await.unwrap().contains("try again in a minute"));
}
