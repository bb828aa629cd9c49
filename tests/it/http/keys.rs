//! Who may ask what.

use super::*;
use dutyline::domain::access::{ApiKey, Scope, TokenHash};
use dutyline::domain::ids::Ids;
use dutyline::ports::store::KeyStore;
use dutyline::service::keys;
use jiff::SignedDuration;

const FROM_SETTINGS: &str = "dl_from_the_settings";

async fn world() -> World {
    World::start_with("one-group", |settings| {
        settings.api_keys.push(ApiKey {
            name: "board".to_owned(),
            hash: TokenHash::of(FROM_SETTINGS),
            scopes: [Scope::Read].into_iter().collect(),
            expires: Some("2026-01-05T10:00:00Z".parse().unwrap()),
        });
    })
    .await
}

#[tokio::test]
async fn without_a_good_key_nothing_is_shown() {
    let world = world().await;
    for path in ["/api/alerts", "/api/alerts/x", "/api/alerts/x/recording", "/api/outbox"] {
        let answer = get(&world, path).send().await.unwrap();
        assert_eq!(header(&answer, "www-authenticate"), "Bearer", "{path}");
        assert_eq!(error(answer, StatusCode::UNAUTHORIZED).await.0, "key_missing", "{path}");
        let answer = get(&world, path).bearer_auth("dl_wrong").send().await.unwrap();
        assert_eq!(header(&answer, "www-authenticate"), "Bearer", "{path}");
        assert_eq!(error(answer, StatusCode::UNAUTHORIZED).await.0, "key_unknown", "{path}");
    }
    let basic = get(&world, "/api/alerts").basic_auth("dl", Some(&world.key)).send().await.unwrap();
    assert_eq!(error(basic, StatusCode::UNAUTHORIZED).await.0, "key_missing");
}

#[tokio::test]
async fn a_key_of_the_settings_opens_what_it_is_for_until_its_time_is_over() {
    let world = world().await;
    let ask = |path: &str| get(&world, path).bearer_auth(FROM_SETTINGS).send();
    assert_eq!(ask("/api/alerts").await.unwrap().status(), StatusCode::OK);
    let (code, message) = error(ask("/api/outbox").await.unwrap(), StatusCode::FORBIDDEN).await;
    assert_eq!((code.as_str(), message.as_str()), ("scope_missing", "the key lacks the scope admin"));
    let reload =
        request(&world, Method::POST, "/api/reload").bearer_auth(FROM_SETTINGS).send().await.unwrap();
    assert_eq!(error(reload, StatusCode::FORBIDDEN).await.0, "scope_missing");
    world.clock.set(world.now() + SignedDuration::from_hours(1));
    assert_eq!(error(ask("/api/alerts").await.unwrap(), StatusCode::UNAUTHORIZED).await.0, "key_expired");
}

#[tokio::test]
async fn a_key_of_the_store_opens_until_it_is_revoked() {
    let world = world().await;
    let scopes = [Scope::Admin].into_iter().collect();
    let (ids, now) = (&*world.app.ids, world.now());
    let token = keys::add(&world.store, ids, now, "ops", scopes, None).await.unwrap();
    let ask = |path: &str| get(&world, path).bearer_auth(&token).send();
    assert_eq!(ask("/api/outbox").await.unwrap().status(), StatusCode::OK);
    let (_, message) = error(ask("/api/alerts").await.unwrap(), StatusCode::FORBIDDEN).await;
    assert_eq!(message, "the key lacks the scope read");
    assert!(world.store.revoke_key("ops").await.unwrap());
    assert_eq!(error(ask("/api/outbox").await.unwrap(), StatusCode::UNAUTHORIZED).await.0, "key_unknown");
}

#[tokio::test]
async fn only_the_hash_of_a_token_is_at_rest() {
    let world = World::start("one-group").await;
    let ids = dutyline::adapters::random_ids::RandomIds::new(world.clock.clone());
    let ids: &dyn Ids = &ids;
    let scopes = [Scope::Read].into_iter().collect();
    let token = keys::add(&world.store, ids, world.now(), "a-name-to-look-for", scopes, None).await.unwrap();
    let secret = token.strip_prefix("dl_").unwrap();
    assert_eq!(secret.len(), 64, "256 bits");
    assert_eq!(get(&world, "/api/alerts").bearer_auth(&token).send().await.unwrap().status(), StatusCode::OK);
    let mut at_rest = vec![];
    for entry in std::fs::read_dir(world.folder()).unwrap() {
        let path = entry.unwrap().path();
        if path.is_file() {
            at_rest.extend(std::fs::read(path).unwrap());
        }
    }
    let holds = |bytes: &[u8]| at_rest.windows(bytes.len()).any(|window| window == bytes);
    assert!(holds(b"a-name-to-look-for"), "the right files were read");
    assert!(!holds(secret.as_bytes()), "the token");
    assert!(!holds(&hex::decode(secret).unwrap()), "the secret behind it");
}
