use store::{NewSigningKey, Refused, SigningKey, Store, StoreError};

use crate::fixture::{Fixture, MASTER_KEY, NOW, event, on_both_databases, production, rc};

on_both_databases!(
    the_first_key_is_made_once_per_environment_and_algorithm,
    fifty_nodes_starting_at_once_make_one_key,
    a_successor_is_announced_before_it_signs,
    fifty_announcements_are_one,
    a_revoked_signer_is_replaced_at_once,
    a_revoked_successor_lets_its_predecessor_sign_on,
    a_revoked_signer_with_a_successor_is_replaced_until_then,
    keys_are_listed_for_a_day_after_their_end,
    a_key_is_wrapped_anew_only_from_its_old_master_key,
);

fn key(id: &str, activates_at: i64) -> NewSigningKey {
    NewSigningKey {
        id: id.into(),
        algorithm: "EdDSA".into(),
        public_jwk: format!("{{\"kid\":\"{id}\"}}"),
        wrapped_private_key: format!("wrapped {id}").into_bytes(),
        master_key_id: MASTER_KEY.into(),
        created_at: activates_at.min(NOW + 50),
        activates_at,
    }
}

async fn keys(store: &Store, now: i64) -> Vec<SigningKey> {
    store
        .in_environment(&production())
        .signing_keys(now)
        .await
        .unwrap()
}

async fn the_first_key_is_made_once_per_environment_and_algorithm(fixture: &Fixture) {
    let (here, there) = (production(), rc());
    let verbs = fixture.store.in_environment(&here);
    let mark = fixture.store.change_mark().await.unwrap();
    assert!(
        verbs
            .create_first_signing_key(key("k1", NOW), event("signing-key.created"))
            .await
            .unwrap()
    );
    let moved = fixture.store.change_mark().await.unwrap();
    assert_ne!(moved, mark);
    assert!(
        !verbs
            .create_first_signing_key(key("k2", NOW), event("signing-key.created"))
            .await
            .unwrap()
    );
    assert_eq!(
        fixture.store.change_mark().await.unwrap(),
        moved,
        "nothing changed"
    );
    let other = NewSigningKey {
        algorithm: "ES256".into(),
        ..key("k3", NOW)
    };
    assert!(
        verbs
            .create_first_signing_key(other, event("signing-key.created"))
            .await
            .unwrap()
    );
    assert!(
        fixture
            .store
            .in_environment(&there)
            .create_first_signing_key(key("k1", NOW), event("signing-key.created"))
            .await
            .unwrap()
    );
    let listed = keys(&fixture.store, NOW).await;
    assert_eq!(
        listed.iter().map(|key| key.id.as_str()).collect::<Vec<_>>(),
        ["k1", "k3"]
    );
    let expected = SigningKey {
        id: "k1".into(),
        algorithm: "EdDSA".into(),
        public_jwk: "{\"kid\":\"k1\"}".into(),
        wrapped_private_key: b"wrapped k1".to_vec(),
        master_key_id: MASTER_KEY.into(),
        created_at: NOW,
        activates_at: NOW,
        retires_at: None,
        expires_at: None,
        revoked_at: None,
    };
    assert_eq!(listed[0], expected);
    assert_eq!(fixture.audited("signing-key.created").await, 3);
}

async fn fifty_nodes_starting_at_once_make_one_key(fixture: &Fixture) {
    let another = fixture.another().await;
    let mut callers = tokio::task::JoinSet::new();
    for number in 0..50 {
        let store = if number % 2 == 0 {
            fixture.store.clone()
        } else {
            another.clone()
        };
        callers.spawn(async move {
            store
                .in_environment(&production())
                .create_first_signing_key(
                    key(&format!("k{number}"), NOW),
                    event("signing-key.created"),
                )
                .await
                .unwrap()
        });
    }
    assert_eq!(
        callers
            .join_all()
            .await
            .into_iter()
            .filter(|made| *made)
            .count(),
        1
    );
    assert_eq!(keys(&fixture.store, NOW).await.len(), 1);
    assert_eq!(fixture.audited("signing-key.created").await, 1);
}

async fn a_successor_is_announced_before_it_signs(fixture: &Fixture) {
    let environment = production();
    let verbs = fixture.store.in_environment(&environment);
    verbs
        .create_first_signing_key(key("k1", NOW), event("signing-key.created"))
        .await
        .unwrap();
    let rsa = NewSigningKey {
        algorithm: "RS256".into(),
        ..key("r1", NOW)
    };
    verbs
        .create_first_signing_key(rsa, event("signing-key.created"))
        .await
        .unwrap();
    verbs
        .announce_signing_key(
            key("k2", NOW + 100),
            NOW + 5_000,
            NOW + 10,
            event("signing-key.announced"),
        )
        .await
        .unwrap();
    let ends: Vec<_> = keys(&fixture.store, NOW)
        .await
        .into_iter()
        .map(|key| (key.id, key.retires_at, key.expires_at))
        .collect();
    assert!(
        ends.contains(&("k1".into(), Some(NOW + 100), Some(NOW + 5_000))),
        "{ends:?}"
    );
    assert!(ends.contains(&("k2".into(), None, None)), "{ends:?}");
    assert!(
        ends.contains(&("r1".into(), None, None)),
        "another algorithm's key signs on: {ends:?}"
    );
    let early = verbs
        .announce_signing_key(
            key("k3", NOW + 200),
            NOW + 6_000,
            NOW + 20,
            event("signing-key.announced"),
        )
        .await;
    assert!(
        matches!(early, Err(StoreError::Refused(Refused::Conflict(_)))),
        "{early:?}"
    );
    // Once it signs, the next one may be announced; the first key's end is not moved.
    verbs
        .announce_signing_key(
            key("k3", NOW + 300),
            NOW + 9_000,
            NOW + 100,
            event("signing-key.announced"),
        )
        .await
        .unwrap();
    let ends: Vec<_> = keys(&fixture.store, NOW)
        .await
        .into_iter()
        .map(|key| (key.id, key.retires_at, key.expires_at))
        .collect();
    assert!(
        ends.contains(&("k1".into(), Some(NOW + 100), Some(NOW + 5_000))),
        "{ends:?}"
    );
    assert!(
        ends.contains(&("k2".into(), Some(NOW + 300), Some(NOW + 9_000))),
        "{ends:?}"
    );
}

async fn fifty_announcements_are_one(fixture: &Fixture) {
    let environment = production();
    fixture
        .store
        .in_environment(&environment)
        .create_first_signing_key(key("k", NOW), event("signing-key.created"))
        .await
        .unwrap();
    let another = fixture.another().await;
    let mut callers = tokio::task::JoinSet::new();
    for number in 0..50 {
        let store = if number % 2 == 0 {
            fixture.store.clone()
        } else {
            another.clone()
        };
        callers.spawn(async move {
            let successor = key(&format!("k{number}"), NOW + 100);
            store
                .in_environment(&production())
                .announce_signing_key(successor, NOW + 5_000, NOW, event("signing-key.announced"))
                .await
        });
    }
    let (announced, refused): (Vec<_>, Vec<_>) = callers
        .join_all()
        .await
        .into_iter()
        .partition(Result::is_ok);
    assert_eq!(announced.len(), 1);
    assert!(
        refused
            .iter()
            .all(|outcome| matches!(outcome, Err(StoreError::Refused(Refused::Conflict(_))))),
        "{refused:?}"
    );
    assert_eq!(keys(&fixture.store, NOW).await.len(), 2);
    assert_eq!(fixture.audited("signing-key.announced").await, 1);
}

async fn a_revoked_signer_is_replaced_at_once(fixture: &Fixture) {
    let environment = production();
    let verbs = fixture.store.in_environment(&environment);
    verbs
        .create_first_signing_key(key("k1", NOW), event("signing-key.created"))
        .await
        .unwrap();
    let mark = fixture.store.change_mark().await.unwrap();
    verbs
        .revoke_signing_key(
            "k1",
            Some(key("k2", NOW + 40)),
            NOW + 10,
            event("signing-key.revoked"),
        )
        .await
        .unwrap();
    assert_ne!(fixture.store.change_mark().await.unwrap(), mark);
    let listed: Vec<_> = keys(&fixture.store, NOW + 10)
        .await
        .into_iter()
        .map(|key| (key.id, key.activates_at, key.retires_at, key.revoked_at))
        .collect();
    assert_eq!(listed.len(), 2);
    assert!(
        listed.contains(&("k1".into(), NOW, None, Some(NOW + 10))),
        "{listed:?}"
    );
    assert!(
        listed.contains(&("k2".into(), NOW + 10, None, None)),
        "it signs from now on: {listed:?}"
    );
    verbs
        .revoke_signing_key(
            "k1",
            Some(key("k3", NOW + 20)),
            NOW + 20,
            event("signing-key.revoked"),
        )
        .await
        .unwrap();
    assert_eq!(
        keys(&fixture.store, NOW + 20).await.len(),
        2,
        "a second time changes nothing"
    );
    assert_eq!(fixture.audited("signing-key.revoked").await, 1);
    let missing = verbs
        .revoke_signing_key("nothing", None, NOW, event("signing-key.revoked"))
        .await;
    assert!(
        matches!(
            missing,
            Err(StoreError::Refused(Refused::NotFound("signing key")))
        ),
        "{missing:?}"
    );
}

async fn a_revoked_successor_lets_its_predecessor_sign_on(fixture: &Fixture) {
    let environment = production();
    let verbs = fixture.store.in_environment(&environment);
    verbs
        .create_first_signing_key(key("k1", NOW), event("signing-key.created"))
        .await
        .unwrap();
    verbs
        .announce_signing_key(
            key("k2", NOW + 100),
            NOW + 5_000,
            NOW + 10,
            event("signing-key.announced"),
        )
        .await
        .unwrap();
    verbs
        .revoke_signing_key(
            "k2",
            Some(key("k3", NOW + 20)),
            NOW + 20,
            event("signing-key.revoked"),
        )
        .await
        .unwrap();
    let listed: Vec<_> = keys(&fixture.store, NOW + 20)
        .await
        .into_iter()
        .map(|key| (key.id, key.retires_at, key.expires_at, key.revoked_at))
        .collect();
    assert_eq!(
        listed,
        [
            ("k1".into(), None, None, None),
            ("k2".into(), None, None, Some(NOW + 20))
        ],
        "no replacement is needed"
    );
}

async fn a_revoked_signer_with_a_successor_is_replaced_until_then(fixture: &Fixture) {
    let environment = production();
    let verbs = fixture.store.in_environment(&environment);
    verbs
        .create_first_signing_key(key("k1", NOW), event("signing-key.created"))
        .await
        .unwrap();
    verbs
        .announce_signing_key(
            key("k2", NOW + 100),
            NOW + 5_000,
            NOW + 10,
            event("signing-key.announced"),
        )
        .await
        .unwrap();
    verbs
        .revoke_signing_key(
            "k1",
            Some(key("k3", NOW + 20)),
            NOW + 20,
            event("signing-key.revoked"),
        )
        .await
        .unwrap();
    let listed: Vec<_> = keys(&fixture.store, NOW + 20)
        .await
        .into_iter()
        .map(|key| (key.id, key.retires_at, key.expires_at))
        .collect();
    assert!(
        listed.contains(&("k3".into(), Some(NOW + 100), Some(NOW + 5_000))),
        "{listed:?}"
    );
    assert!(listed.contains(&("k2".into(), None, None)), "{listed:?}");
}

async fn keys_are_listed_for_a_day_after_their_end(fixture: &Fixture) {
    const DAY: i64 = 24 * 60 * 60 * 1000;
    let environment = production();
    let verbs = fixture.store.in_environment(&environment);
    verbs
        .create_first_signing_key(key("k1", NOW), event("signing-key.created"))
        .await
        .unwrap();
    verbs
        .announce_signing_key(
            key("k2", NOW + 100),
            NOW + 5_000,
            NOW + 10,
            event("signing-key.announced"),
        )
        .await
        .unwrap();
    verbs
        .revoke_signing_key(
            "k2",
            Some(key("k3", NOW + 300)),
            NOW + 300,
            event("signing-key.revoked"),
        )
        .await
        .unwrap();
    let ids = |keys: Vec<SigningKey>| keys.into_iter().map(|key| key.id).collect::<Vec<_>>();
    assert_eq!(
        ids(keys(&fixture.store, NOW + 300 + DAY).await),
        ["k1", "k2", "k3"]
    );
    assert_eq!(
        ids(keys(&fixture.store, NOW + 301 + DAY).await),
        ["k1", "k3"]
    );
    assert_eq!(ids(keys(&fixture.store, NOW + 5_001 + DAY).await), ["k3"]);
}

async fn a_key_is_wrapped_anew_only_from_its_old_master_key(fixture: &Fixture) {
    let environment = production();
    let store = &fixture.store;
    store
        .register_master_key("mk-2", b"check 2", NOW, event("master-key.registered"))
        .await
        .unwrap();
    store
        .in_environment(&environment)
        .create_first_signing_key(key("k1", NOW), event("signing-key.created"))
        .await
        .unwrap();
    assert_eq!(store.signing_keys_under(MASTER_KEY).await.unwrap().len(), 1);
    assert!(
        !store
            .rewrap_signing_key(&environment, "k1", "other", b"anew", "mk-2")
            .await
            .unwrap()
    );
    assert!(
        store
            .rewrap_signing_key(&environment, "k1", MASTER_KEY, b"anew", "mk-2")
            .await
            .unwrap()
    );
    assert!(
        !store
            .rewrap_signing_key(&environment, "k1", MASTER_KEY, b"again", "mk-2")
            .await
            .unwrap()
    );
    assert!(
        store
            .signing_keys_under(MASTER_KEY)
            .await
            .unwrap()
            .is_empty()
    );
    let under = store.signing_keys_under("mk-2").await.unwrap();
    assert_eq!(
        (&under[0].0, under[0].1.wrapped_private_key.as_slice()),
        (&environment, b"anew".as_slice())
    );
    let unknown = store
        .rewrap_signing_key(&environment, "k1", "mk-2", b"x", "unknown")
        .await;
    assert!(
        matches!(unknown, Err(StoreError::Refused(Refused::Conflict(_)))),
        "{unknown:?}"
    );
}
