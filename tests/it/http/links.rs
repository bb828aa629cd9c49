//! Links to messages, followed by people.

use super::*;
use dutyline::adapters::random_ids::RandomIds;
use dutyline::adapters::system_clock::SystemClock;
use dutyline::domain::ids::Ids;
use dutyline::domain::links::LinkCode;
use jiff::SignedDuration;
use std::collections::HashSet;
use std::sync::Arc;

async fn link(world: &World) -> String {
    let link = only_alert(world).await["link"].as_str().unwrap().to_owned();
    link.strip_prefix(&world.url("")).unwrap().to_owned()
}

#[tokio::test]
async fn whoever_has_the_link_reads_and_hears_the_message() {
    let world = alerted("").await;
    let path = link(&world).await;
    let page = get(&world, &path).send().await.unwrap();
    assert_eq!(page.status(), StatusCode::OK);
    for (name, value) in [
        ("cache-control", "no-store"),
        ("content-type", "text/html; charset=utf-8"),
        ("referrer-policy", "no-referrer"),
        ("x-content-type-options", "nosniff"),
        ("x-robots-tag", "noindex, nofollow"),
    ] {
        assert_eq!(header(&page, name), value, "{name}");
    }
    let policy = header(&page, "content-security-policy");
    assert!(
        policy.starts_with("default-src 'none'; media-src 'self'; form-action 'none'; style-src 'sha256-"),
        "{policy}"
    );
    let page = page.text().await.unwrap();
    assert!(page.contains("Pumps &#60;b&#62;down&#60;/b&#62;") && page.contains("<audio"), "{page}");
    for never in ["Ada", "15550101", "<b>down"] {
        assert!(!page.contains(never), "{never}: {page}");
    }
    let sound = get(&world, &format!("{path}/audio")).header("range", "bytes=0-3").send().await.unwrap();
    assert_eq!(sound.status(), StatusCode::PARTIAL_CONTENT);
    assert_eq!(header(&sound, "x-robots-tag"), "noindex, nofollow");
    assert_eq!(sound.bytes().await.unwrap(), "RIFF");
}

#[test]
fn a_code_is_long_random_and_readable() {
    let ids = RandomIds::new(Arc::new(SystemClock));
    let codes: HashSet<_> = (0..500).map(|_| LinkCode::of(ids.secret())).collect();
    assert_eq!(codes.len(), 500);
    assert!(codes.iter().all(|code| code.as_str().len() == 22));
    let letters: HashSet<_> = codes.iter().flat_map(|code| code.as_str().chars()).collect();
    assert_eq!(letters.len(), 56);
    assert!("01lIOo".chars().all(|letter| !letters.contains(&letter)), "{letters:?}");
}

#[tokio::test]
async fn a_text_that_is_not_there_yet_is_announced() {
    let world = alerted("transcription never comes").await;
    let page = get(&world, &link(&world).await).send().await.unwrap().text().await.unwrap();
    assert!(page.contains("not there yet"), "{page}");
}

#[tokio::test]
async fn a_link_ends_by_the_clock_and_then_is_like_one_that_never_was() {
    let world = alerted("").await;
    let path = link(&world).await;
    let ends = only_alert(&world).await["link_expires_at"].as_str().unwrap().parse().unwrap();
    world.clock.set(ends - SignedDuration::from_secs(1));
    assert_eq!(get(&world, &path).send().await.unwrap().status(), StatusCode::OK);
    world.clock.set(ends);
    let expired = get(&world, &path).send().await.unwrap();
    let unknown = get(&world, "/l/23456789ABCDEFGHJKLMNP").send().await.unwrap();
    assert_eq!((expired.status(), unknown.status()), (StatusCode::NOT_FOUND, StatusCode::NOT_FOUND));
    assert_eq!(header(&expired, "referrer-policy"), "no-referrer");
    assert_eq!(expired.text().await.unwrap(), unknown.text().await.unwrap());
    let sound = get(&world, &format!("{path}/audio")).send().await.unwrap();
    assert_eq!(error(sound, StatusCode::NOT_FOUND).await.0, "not_found");
}

#[tokio::test]
async fn what_can_be_no_code_leads_nowhere() {
    let world = World::start("one-group").await;
    for code in ["x", "%FF", "..%2F..%2Fetc%2Fpasswd", "23456789ABCDEFGHJKLMN0", "%27%20or%201=1"] {
        let page = get(&world, &format!("/l/{code}")).send().await.unwrap();
        assert_eq!(page.status(), StatusCode::NOT_FOUND, "{code}");
        assert!(page.text().await.unwrap().contains("leads nowhere"), "{code}");
    }
}

#[tokio::test]
async fn a_store_that_is_down_asks_for_patience() {
    let world = alerted("").await;
    let path = link(&world).await;
    world.store.close().await;
    let page = get(&world, &path).send().await.unwrap();
    assert_eq!((page.status(), header(&page, "retry-after")), (StatusCode::SERVICE_UNAVAILABLE, "5"));
    assert!(page.text().await.unwrap().contains("try again in a minute"));
    let api = get(&world, "/api/alerts").bearer_auth(&world.key).send().await.unwrap();
    assert_eq!(error(api, StatusCode::SERVICE_UNAVAILABLE).await.0, "store_unavailable");
}
