//! API keys that were made at run time.

use super::{Store, at, conflict, store};
use crate::storage::subject::on_every_driver;
use dutyline::domain::access::{ApiKey, Scope, TokenHash};
use dutyline::domain::ids::KeyId;
use dutyline::ports::store::{KeyStore, StoredKey};

on_every_driver! {
    store;
    a_key_is_found_by_its_hash
    names_and_hashes_are_given_once
    a_revoked_key_is_forgotten
    a_store_with_room_is_ready_and_keeps_nothing_of_the_trial
}

fn key(s: &Store, name: &str, made: i64) -> StoredKey {
    StoredKey {
        id: KeyId::next(&*s.ids),
        key: ApiKey {
            name: name.to_owned(),
            hash: TokenHash::of(name),
            scopes: [Scope::Read, Scope::Admin].into_iter().collect(),
            expires: (made > 1).then(|| at(made)),
        },
        created_at: at(made),
    }
}

async fn a_key_is_found_by_its_hash(s: &Store) {
    let (second, first) = (key(s, "board", 2), key(s, "Zoë", 1));
    s.store.add_key(&second).await.unwrap();
    s.store.add_key(&first).await.unwrap();
    assert_eq!(s.store.key(&TokenHash::of("Zoë")).await.unwrap().as_ref(), Some(&first));
    assert_eq!(s.store.key(&TokenHash::of("nobody")).await.unwrap(), None);
    assert_eq!(s.store.keys().await.unwrap(), [first, second], "oldest first");
}

async fn names_and_hashes_are_given_once(s: &Store) {
    let one = key(s, "board", 1);
    s.store.add_key(&one).await.unwrap();
    let mut namesake = key(s, "board", 2);
    namesake.key.hash = TokenHash::of("another");
    conflict(s.store.add_key(&namesake).await);
    let mut twin = key(s, "twin", 2);
    twin.key.hash = one.key.hash;
    conflict(s.store.add_key(&twin).await);
    assert_eq!(s.store.keys().await.unwrap(), [one]);
}

async fn a_revoked_key_is_forgotten(s: &Store) {
    s.store.add_key(&key(s, "board", 1)).await.unwrap();
    assert!(s.store.revoke_key("board").await.unwrap());
    assert!(!s.store.revoke_key("board").await.unwrap());
    assert_eq!(s.store.key(&TokenHash::of("board")).await.unwrap(), None);
    s.store.add_key(&key(s, "board", 2)).await.unwrap();
}

async fn a_store_with_room_is_ready_and_keeps_nothing_of_the_trial(s: &Store) {
    let all = futures_util::future::join_all((0..16).map(|_| s.store.ready())).await;
    for ready in all {
        ready.unwrap();
    }
}
