use store::{MasterKeyUse, NewSigningKey, Refused, SecretScheme, StoreError};

use crate::fixture::{
    Fixture, MASTER_KEY, NOW, credential, event, on_both_databases, production, secret,
};

on_both_databases!(
    a_key_is_registered_once,
    what_needs_a_key_is_told,
    a_needed_key_is_not_retired_and_a_retired_one_takes_nothing_new,
    retiring_and_storing_at_once_leave_nothing_under_a_retired_key,
    an_unknown_key_is_refused,
);

async fn a_key_is_registered_once(fixture: &Fixture) {
    fixture
        .store
        .register_master_key(
            MASTER_KEY,
            b"other",
            NOW + 5,
            event("master-key.registered"),
        )
        .await
        .unwrap();
    let keys = fixture.store.master_keys().await.unwrap();
    assert_eq!(keys.len(), 1);
    assert_eq!(
        (
            keys[0].id.as_str(),
            keys[0].check.as_slice(),
            keys[0].created_at,
            keys[0].retired_at
        ),
        (MASTER_KEY, b"check".as_slice(), NOW, None)
    );
    assert_eq!(fixture.audited("master-key.registered").await, 1);
}

async fn what_needs_a_key_is_told(fixture: &Fixture) {
    let environment = production();
    let verbs = fixture.store.in_environment(&environment);
    assert_eq!(
        fixture.store.master_key_use(MASTER_KEY).await.unwrap(),
        MasterKeyUse::default()
    );
    verbs
        .create_credential(credential("u1", "Acme"), event("credential.created"))
        .await
        .unwrap();
    verbs
        .rotate_secret("u1", secret("s2"), NOW + 10, NOW, event("secret.rotated"))
        .await
        .unwrap();
    verbs
        .create_first_signing_key(signing_key("k1", MASTER_KEY), event("signing-key.created"))
        .await
        .unwrap();
    let needed = fixture.store.master_key_use(MASTER_KEY).await.unwrap();
    let credentials = vec![(
        "production".to_owned(),
        "client-u1".to_owned(),
        "name u1".to_owned(),
    )];
    assert_eq!(
        needed,
        MasterKeyUse {
            passwords: 0,
            second_factors: 0,
            signing_keys: 1,
            secrets: 2,
            credentials
        }
    );
    verbs
        .revoke_signing_key("k1", None, NOW, event("signing-key.revoked"))
        .await
        .unwrap();
    assert_eq!(
        fixture
            .store
            .master_key_use(MASTER_KEY)
            .await
            .unwrap()
            .signing_keys,
        0,
        "nothing needs a revoked key"
    );
}

async fn a_needed_key_is_not_retired_and_a_retired_one_takes_nothing_new(fixture: &Fixture) {
    let environment = production();
    let store = &fixture.store;
    let verbs = store.in_environment(&environment);
    store
        .register_master_key("mk-2", b"check 2", NOW, event("master-key.registered"))
        .await
        .unwrap();
    verbs
        .create_credential(credential("u1", "Acme"), event("credential.created"))
        .await
        .unwrap();
    let needed = store
        .retire_master_key(MASTER_KEY, NOW + 1, event("master-key.retired"))
        .await;
    assert!(
        matches!(needed, Err(StoreError::Refused(Refused::Conflict(_)))),
        "{needed:?}"
    );
    assert_eq!(store.master_keys().await.unwrap()[0].retired_at, None);
    assert!(
        store
            .rehash_secret(
                "secret of u1",
                b"hash of secret of u1",
                SecretScheme::HmacSha256,
                b"new",
                "mk-2"
            )
            .await
            .unwrap()
    );
    store
        .retire_master_key(MASTER_KEY, NOW + 2, event("master-key.retired"))
        .await
        .unwrap();
    store
        .retire_master_key(MASTER_KEY, NOW + 3, event("master-key.retired"))
        .await
        .unwrap();
    assert_eq!(
        store.master_keys().await.unwrap()[0].retired_at,
        Some(NOW + 2)
    );
    assert_eq!(fixture.audited("master-key.retired").await, 1);
    let new = verbs
        .create_credential(credential("u2", "Acme"), event("credential.created"))
        .await;
    assert!(
        matches!(new, Err(StoreError::Refused(Refused::Conflict(_)))),
        "{new:?}"
    );
    let back = store
        .rehash_secret(
            "secret of u1",
            b"new",
            SecretScheme::HmacSha256,
            b"newer",
            MASTER_KEY,
        )
        .await;
    assert!(
        matches!(back, Err(StoreError::Refused(Refused::Conflict(_)))),
        "{back:?}"
    );
    let signing = verbs
        .create_first_signing_key(signing_key("k1", MASTER_KEY), event("signing-key.created"))
        .await;
    assert!(
        matches!(signing, Err(StoreError::Refused(Refused::Conflict(_)))),
        "{signing:?}"
    );
}

async fn retiring_and_storing_at_once_leave_nothing_under_a_retired_key(fixture: &Fixture) {
    let environment = production();
    let store = &fixture.store;
    for round in 0..10 {
        let old = format!("old {round}");
        store
            .register_master_key(&old, b"check", NOW, event("master-key.registered"))
            .await
            .unwrap();
        let uuid = format!("u{round}");
        store
            .in_environment(&environment)
            .create_credential(credential(&uuid, "Acme"), event("credential.created"))
            .await
            .unwrap();
        let mut callers = tokio::task::JoinSet::new();
        let (rehashing, key) = (store.clone(), old.clone());
        let (id, hash) = (
            format!("secret of {uuid}"),
            format!("hash of secret of {uuid}").into_bytes(),
        );
        callers.spawn(async move {
            rehashing
                .rehash_secret(&id, &hash, SecretScheme::HmacSha256, b"new", &key)
                .await
                .is_ok()
        });
        let (signing, key) = (store.clone(), signing_key(&format!("k{round}"), &old));
        callers.spawn(async move {
            let environment = store::EnvironmentName::new(&key.id);
            signing
                .in_environment(&environment)
                .create_first_signing_key(key, event("signing-key.created"))
                .await
                .is_ok()
        });
        let retired = store
            .retire_master_key(&old, NOW + 1, event("master-key.retired"))
            .await
            .is_ok();
        callers.join_all().await;
        let needed = store.master_key_use(&old).await.unwrap();
        assert!(
            !retired || (needed.secrets == 0 && needed.signing_keys == 0),
            "round {round}: {needed:?} under a retired key"
        );
    }
}

async fn an_unknown_key_is_refused(fixture: &Fixture) {
    let unknown = fixture
        .store
        .retire_master_key("nothing", NOW, event("master-key.retired"))
        .await;
    assert!(
        matches!(
            unknown,
            Err(StoreError::Refused(Refused::NotFound("master key")))
        ),
        "{unknown:?}"
    );
}

fn signing_key(id: &str, master_key_id: &str) -> NewSigningKey {
    NewSigningKey {
        id: id.into(),
        algorithm: "EdDSA".into(),
        public_jwk: "{}".into(),
        wrapped_private_key: b"wrapped".to_vec(),
        master_key_id: master_key_id.into(),
        created_at: NOW,
        activates_at: NOW,
    }
}
