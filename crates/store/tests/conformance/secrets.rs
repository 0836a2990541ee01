use store::{NewSecret, Refused, SecretScheme, SecretUse, Store, StoreError};

use crate::fixture::{
    Fixture, MASTER_KEY, NOW, credential, event, on_both_databases, production, secret,
};

on_both_databases!(
    rotating_lets_the_old_secret_live_on_for_a_while,
    a_third_secret_ends_the_oldest_at_once,
    an_own_earlier_expiry_stays,
    fifty_rotations_never_leave_more_than_two,
    a_secret_is_revoked_at_once,
    a_hash_is_replaced_only_if_it_is_still_the_old_one,
    fifty_rehashes_are_one,
    last_use_never_moves_backwards,
    an_empty_hash_is_never_stored,
    a_secret_without_a_successor_is_warned_of_once_for_each_nearness,
);

async fn made(fixture: &Fixture) -> &Store {
    let environment = production();
    fixture
        .store
        .in_environment(&environment)
        .create_credential(credential("u1", "Acme"), event("credential.created"))
        .await
        .unwrap();
    &fixture.store
}

async fn secrets(store: &Store) -> Vec<store::Secret> {
    store
        .in_environment(&production())
        .find_client("client-u1")
        .await
        .unwrap()
        .unwrap()
        .secrets
}

fn at(id: &str, created_at: i64) -> NewSecret {
    NewSecret {
        created_at,
        ..secret(id)
    }
}

async fn rotating_lets_the_old_secret_live_on_for_a_while(fixture: &Fixture) {
    let store = made(fixture).await;
    let mark = store.change_mark().await.unwrap();
    store
        .in_environment(&production())
        .rotate_secret(
            "u1",
            at("s2", NOW + 10),
            NOW + 1_000,
            NOW + 10,
            event("secret.rotated"),
        )
        .await
        .unwrap();
    assert_ne!(store.change_mark().await.unwrap(), mark);
    let secrets = secrets(store).await;
    let seen: Vec<_> = secrets
        .iter()
        .map(|secret| (secret.id.as_str(), secret.expires_at))
        .collect();
    assert_eq!(
        seen,
        [("s2", None), ("secret of u1", Some(NOW + 1_000))],
        "newest first"
    );
    assert_eq!(fixture.audited("secret.rotated").await, 1);
    let missing = store
        .in_environment(&production())
        .rotate_secret("nobody", secret("s3"), NOW, NOW, event("secret.rotated"))
        .await;
    assert!(
        matches!(
            missing,
            Err(StoreError::Refused(Refused::NotFound("credential")))
        ),
        "{missing:?}"
    );
}

async fn a_third_secret_ends_the_oldest_at_once(fixture: &Fixture) {
    let store = made(fixture).await;
    let environment = production();
    let verbs = store.in_environment(&environment);
    verbs
        .rotate_secret(
            "u1",
            at("s2", NOW + 10),
            NOW + 1_000,
            NOW + 10,
            event("secret.rotated"),
        )
        .await
        .unwrap();
    verbs
        .rotate_secret(
            "u1",
            at("s3", NOW + 20),
            NOW + 2_000,
            NOW + 20,
            event("secret.rotated"),
        )
        .await
        .unwrap();
    let ids: Vec<_> = secrets(store)
        .await
        .into_iter()
        .map(|secret| (secret.id, secret.expires_at))
        .collect();
    assert_eq!(
        ids,
        [
            ("s3".to_owned(), None),
            ("s2".to_owned(), Some(NOW + 2_000))
        ]
    );
}

async fn an_own_earlier_expiry_stays(fixture: &Fixture) {
    let store = made(fixture).await;
    let environment = production();
    let verbs = store.in_environment(&environment);
    verbs
        .rotate_secret(
            "u1",
            NewSecret {
                expires_at: Some(NOW + 500),
                ..at("s2", NOW + 10)
            },
            NOW + 20,
            NOW + 10,
            event("secret.rotated"),
        )
        .await
        .unwrap();
    // The first one has expired at NOW + 20, the second ends at its own time, before the overlap would.
    verbs
        .rotate_secret(
            "u1",
            at("s3", NOW + 30),
            NOW + 9_000,
            NOW + 30,
            event("secret.rotated"),
        )
        .await
        .unwrap();
    let ids: Vec<_> = secrets(store)
        .await
        .into_iter()
        .map(|secret| (secret.id, secret.expires_at))
        .collect();
    assert_eq!(
        ids,
        [("s3".to_owned(), None), ("s2".to_owned(), Some(NOW + 500))]
    );
}

async fn fifty_rotations_never_leave_more_than_two(fixture: &Fixture) {
    let store = made(fixture).await;
    let mut callers = tokio::task::JoinSet::new();
    for number in 0..50 {
        let store = store.clone();
        callers.spawn(async move {
            let environment = production();
            let verbs = store.in_environment(&environment);
            verbs
                .rotate_secret(
                    "u1",
                    at(&format!("s{number}"), NOW + number),
                    NOW + 60_000,
                    NOW,
                    event("secret.rotated"),
                )
                .await
                .unwrap();
            verbs
                .find_client("client-u1")
                .await
                .unwrap()
                .unwrap()
                .secrets
                .len()
        });
    }
    assert!(callers.join_all().await.into_iter().all(|live| live <= 2));
    assert_eq!(secrets(store).await.len(), 2);
    assert_eq!(fixture.audited("secret.rotated").await, 50);
}

async fn a_secret_is_revoked_at_once(fixture: &Fixture) {
    let store = made(fixture).await;
    let environment = production();
    let verbs = store.in_environment(&environment);
    verbs
        .rotate_secret(
            "u1",
            at("s2", NOW + 10),
            NOW + 1_000,
            NOW + 10,
            event("secret.rotated"),
        )
        .await
        .unwrap();
    let mark = store.change_mark().await.unwrap();
    verbs
        .revoke_secret("u1", "secret of u1", NOW + 20, event("secret.revoked"))
        .await
        .unwrap();
    assert_ne!(store.change_mark().await.unwrap(), mark);
    assert_eq!(
        secrets(store)
            .await
            .into_iter()
            .map(|secret| secret.id)
            .collect::<Vec<_>>(),
        ["s2"]
    );
    let again = verbs
        .revoke_secret("u1", "secret of u1", NOW + 20, event("secret.revoked"))
        .await;
    assert!(
        matches!(again, Err(StoreError::Refused(Refused::NotFound("secret")))),
        "{again:?}"
    );
    let others = verbs
        .create_credential(credential("u2", "Acme"), event("credential.created"))
        .await;
    others.unwrap();
    let others = verbs
        .revoke_secret("u2", "s2", NOW + 20, event("secret.revoked"))
        .await;
    assert!(
        matches!(
            others,
            Err(StoreError::Refused(Refused::NotFound("secret")))
        ),
        "only under its own credential: {others:?}"
    );
    assert_eq!(fixture.audited("secret.revoked").await, 1);
}

async fn a_hash_is_replaced_only_if_it_is_still_the_old_one(fixture: &Fixture) {
    let store = made(fixture).await;
    let mark = store.change_mark().await.unwrap();
    let wrong = store
        .rehash_secret(
            "secret of u1",
            b"other",
            SecretScheme::Argon2id,
            b"new",
            MASTER_KEY,
        )
        .await
        .unwrap();
    assert!(!wrong);
    assert!(
        store
            .rehash_secret(
                "secret of u1",
                b"hash of secret of u1",
                SecretScheme::Argon2id,
                b"new",
                MASTER_KEY
            )
            .await
            .unwrap()
    );
    let secrets = secrets(store).await;
    assert_eq!(
        (secrets[0].scheme, secrets[0].hash.as_slice()),
        (SecretScheme::Argon2id, b"new".as_slice())
    );
    assert_eq!(
        store.change_mark().await.unwrap(),
        mark,
        "a rehash changes nothing that a cache knows"
    );
    let unknown = store
        .rehash_secret(
            "secret of u1",
            b"new",
            SecretScheme::HmacSha256,
            b"newer",
            "unknown key",
        )
        .await;
    assert!(
        matches!(unknown, Err(StoreError::Refused(Refused::Conflict(_)))),
        "{unknown:?}"
    );
}

async fn fifty_rehashes_are_one(fixture: &Fixture) {
    let store = made(fixture).await;
    let mut callers = tokio::task::JoinSet::new();
    for number in 0..50 {
        let store = store.clone();
        callers.spawn(async move {
            let hash = format!("new {number}").into_bytes();
            store
                .rehash_secret(
                    "secret of u1",
                    b"hash of secret of u1",
                    SecretScheme::HmacSha256,
                    &hash,
                    MASTER_KEY,
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
            .filter(|rehashed| *rehashed)
            .count(),
        1
    );
}

async fn last_use_never_moves_backwards(fixture: &Fixture) {
    let store = made(fixture).await;
    let used = |at, address: &str| SecretUse {
        secret_id: "secret of u1".into(),
        at,
        address: address.into(),
    };
    let unknown = SecretUse {
        secret_id: "nothing".into(),
        ..used(NOW, "x")
    };
    store
        .remember_secret_uses(vec![
            used(NOW + 5, "192.0.2.5"),
            unknown,
            used(NOW + 3, "192.0.2.3"),
        ])
        .await
        .unwrap();
    store
        .remember_secret_uses(vec![used(NOW + 4, "192.0.2.4")])
        .await
        .unwrap();
    let secrets = secrets(store).await;
    assert_eq!(
        (
            secrets[0].last_used_at,
            secrets[0].last_used_address.as_deref()
        ),
        (Some(NOW + 5), Some("192.0.2.5"))
    );
    store.remember_secret_uses(vec![]).await.unwrap();
}

async fn an_empty_hash_is_never_stored(fixture: &Fixture) {
    let store = made(fixture).await;
    let empty = NewSecret {
        hash: Vec::new(),
        ..secret("s2")
    };
    assert!(
        store
            .in_environment(&production())
            .rotate_secret("u1", empty, NOW, NOW, event("secret.rotated"))
            .await
            .is_err()
    );
    assert!(
        store
            .rehash_secret(
                "secret of u1",
                b"hash of secret of u1",
                SecretScheme::HmacSha256,
                b"",
                MASTER_KEY
            )
            .await
            .is_err()
    );
    assert_eq!(secrets(store).await.len(), 1);
}

async fn a_secret_without_a_successor_is_warned_of_once_for_each_nearness(fixture: &Fixture) {
    let store = made(fixture).await;
    let environment = production();
    let verbs = store.in_environment(&environment);
    let day = 24 * 60 * 60 * 1000;
    let ends = NOW + 10 * day;
    verbs
        .rotate_secret(
            "u1",
            store::NewSecret {
                expires_at: Some(ends),
                ..at("ends", NOW + 1)
            },
            NOW + day,
            NOW,
            event("secret.rotated"),
        )
        .await
        .unwrap();
    // The older one ends sooner, but has a successor.
    let expiring = store.expiring_secrets(NOW, NOW + 30 * day).await.unwrap();
    assert_eq!(expiring.len(), 1);
    assert_eq!(
        (expiring[0].id.as_str(), expiring[0].expires_at),
        ("ends", ends)
    );
    let of = |account, until| verbs.expiring_secrets_of(account, NOW, until, 9);
    assert_eq!(of(None, NOW + 30 * day).await.unwrap(), expiring);
    let few = verbs.expiring_secrets_of(None, NOW, NOW + 30 * day, 0);
    assert_eq!(few.await.unwrap(), [], "no more than are asked for");
    assert_eq!(of(None, NOW + 9 * day).await.unwrap(), []);
    assert_eq!(
        of(Some("another account"), NOW + 30 * day).await.unwrap(),
        []
    );
    let mut callers = tokio::task::JoinSet::new();
    for _ in 0..50 {
        let (store, secret) = (store.clone(), expiring[0].clone());
        callers.spawn(async move {
            store
                .note_warning(&secret, 30, event("secret.expiring"))
                .await
                .unwrap()
        });
    }
    let warned = callers.join_all().await;
    assert_eq!(warned.into_iter().filter(|warned| *warned).count(), 1);
    let secret = &expiring[0];
    let again = |days| store.note_warning(secret, days, event("secret.expiring"));
    assert!(again(7).await.unwrap(), "nearer is another warning");
    assert!(!again(30).await.unwrap());
    assert_eq!(fixture.audited("secret.expiring").await, 2);
}
