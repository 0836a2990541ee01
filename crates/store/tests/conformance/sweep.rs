use store::{NewSecret, NewSigningKey, Store, TokenId};

use crate::fixture::{
    Fixture, MASTER_KEY, NOW, credential, event, on_both_databases, production, secret, token,
    token_id,
};

on_both_databases!(
    expired_tokens_go_and_live_ones_stay,
    one_call_removes_no_more_than_its_limit,
    long_lived_tokens_do_not_hide_younger_expired_ones,
    tokens_with_hashes_for_ids_are_swept_too,
    expired_revocations_of_jwts_go,
    secrets_and_signing_keys_go_a_day_after_their_end,
    two_sweepers_at_once_remove_each_row_once,
);

/// `(id, issued at, lifetime)` of each token.
async fn issue(store: &Store, tokens: impl IntoIterator<Item = (TokenId, i64, i64)>) {
    let mut callers = tokio::task::JoinSet::new();
    for (id, issued_at, lifetime) in tokens {
        let store = store.clone();
        callers.spawn(async move {
            store
                .in_environment(&production())
                .issue_access_token(token(id, "u1", issued_at, lifetime), event("token.issued"))
                .await
                .unwrap();
        });
    }
    callers.join_all().await;
}

/// As the server does it: until a call finds less than it may remove.
async fn sweep(store: &Store, before: i64, limit: u32) -> u64 {
    let mut removed = 0;
    loop {
        let now = store.sweep_expired(before, limit).await.unwrap();
        assert!(now <= u64::from(limit));
        removed += now;
        if now < u64::from(limit) {
            return removed;
        }
    }
}

async fn left(fixture: &Fixture) -> i64 {
    fixture.number("select count(*) from access_tokens").await
}

async fn expired_tokens_go_and_live_ones_stay(fixture: &Fixture) {
    issue(
        &fixture.store,
        (0..100).map(|n| (token_id(NOW + n, 1), NOW + n, 50)),
    )
    .await;
    // Issued at NOW + n, expired at NOW + n + 50: before NOW + 100 those with n < 50.
    assert_eq!(sweep(&fixture.store, NOW + 100, 7).await, 50);
    assert_eq!(left(fixture).await, 50);
    assert_eq!(
        fixture
            .number("select count(*) from access_tokens where expires_at < 1790000000100")
            .await,
        0
    );
    assert_eq!(sweep(&fixture.store, NOW + 100, 7).await, 0);
    assert_eq!(
        sweep(&fixture.store, NOW + 1_000, 7).await,
        50,
        "the next ones follow"
    );
}

async fn one_call_removes_no_more_than_its_limit(fixture: &Fixture) {
    issue(
        &fixture.store,
        (0..30).map(|n| (token_id(NOW + n, 1), NOW + n, 1)),
    )
    .await;
    assert_eq!(
        fixture.store.sweep_expired(NOW + 1_000, 10).await.unwrap(),
        10
    );
    assert_eq!(left(fixture).await, 20);
}

async fn long_lived_tokens_do_not_hide_younger_expired_ones(fixture: &Fixture) {
    // More of them than one call looks at.
    issue(
        &fixture.store,
        (0..2_000).map(|n| (token_id(NOW + n, 1), NOW + n, 1_000_000)),
    )
    .await;
    issue(
        &fixture.store,
        (0..300).map(|n| (token_id(NOW + 5_000 + n, 1), NOW + 5_000 + n, 10)),
    )
    .await;
    let mut calls = 0;
    while left(fixture).await > 2_000 {
        fixture.store.sweep_expired(NOW + 10_000, 10).await.unwrap();
        calls += 1;
        assert!(calls < 100, "they are found by going through the whole key");
    }
    assert_eq!(left(fixture).await, 2_000, "no live token is removed");
    // From then on the front stands behind the long-lived ones: one call finds the next expired token.
    issue(
        &fixture.store,
        [(token_id(NOW + 6_000, 1), NOW + 6_000, 10)],
    )
    .await;
    fixture.store.sweep_expired(NOW + 10_000, 10).await.unwrap();
    // And those that the front has passed are found when their time comes.
    let mut calls = 0;
    while left(fixture).await > 0 {
        fixture
            .store
            .sweep_expired(NOW + 2_000_000, 100)
            .await
            .unwrap();
        calls += 1;
        assert!(
            calls < 100,
            "a token that outlived its neighbours is found by the round"
        );
    }
}

async fn tokens_with_hashes_for_ids_are_swept_too(fixture: &Fixture) {
    // Spread over the whole key, in no order, every second one expired.
    let spread = |n: u64| {
        TokenId(
            (u128::from(n).wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835)).to_be_bytes(),
        )
    };
    issue(
        &fixture.store,
        (1..=1_000).map(|n| (spread(n), NOW, if n % 2 == 0 { 10 } else { 1_000_000 })),
    )
    .await;
    issue(
        &fixture.store,
        (0..100).map(|n| (token_id(NOW, n), NOW, 10)),
    )
    .await;
    let mut calls = 0;
    while left(fixture).await > 500 {
        fixture.store.sweep_expired(NOW + 1_000, 20).await.unwrap();
        calls += 1;
        assert!(calls < 100);
    }
    assert_eq!(left(fixture).await, 500);
}

async fn expired_revocations_of_jwts_go(fixture: &Fixture) {
    let environment = production();
    let verbs = fixture.store.in_environment(&environment);
    for number in 0..25 {
        verbs
            .revoke_jwt(
                TokenId([number; 16]),
                NOW + i64::from(number),
                NOW,
                event("token.revoked"),
            )
            .await
            .unwrap();
    }
    assert_eq!(sweep(&fixture.store, NOW + 20, 6).await, 20);
    assert!(!verbs.is_jwt_revoked(TokenId([19; 16])).await.unwrap());
    assert!(verbs.is_jwt_revoked(TokenId([20; 16])).await.unwrap());
}

async fn secrets_and_signing_keys_go_a_day_after_their_end(fixture: &Fixture) {
    const DAY: i64 = 24 * 60 * 60 * 1000;
    let environment = production();
    let verbs = fixture.store.in_environment(&environment);
    verbs
        .create_credential(credential("u1", "Acme"), event("credential.created"))
        .await
        .unwrap();
    verbs
        .rotate_secret(
            "u1",
            NewSecret {
                created_at: NOW + 1,
                ..secret("s2")
            },
            NOW + 50,
            NOW,
            event("secret.rotated"),
        )
        .await
        .unwrap();
    let key = |id: &str, activates_at| NewSigningKey {
        id: id.into(),
        algorithm: "EdDSA".into(),
        public_jwk: "{}".into(),
        wrapped_private_key: b"wrapped".to_vec(),
        master_key_id: MASTER_KEY.into(),
        created_at: NOW,
        activates_at,
    };
    verbs
        .create_first_signing_key(key("k1", NOW), event("signing-key.created"))
        .await
        .unwrap();
    verbs
        .announce_signing_key(
            key("k2", NOW + 10),
            NOW + 50,
            NOW,
            event("signing-key.announced"),
        )
        .await
        .unwrap();
    assert_eq!(
        fixture
            .store
            .sweep_expired(NOW + DAY + 50, 10)
            .await
            .unwrap(),
        0
    );
    assert_eq!(
        verbs
            .find_client_by_uuid("u1")
            .await
            .unwrap()
            .unwrap()
            .secrets
            .len(),
        2
    );
    assert_eq!(verbs.signing_keys(NOW).await.unwrap().len(), 2);
    fixture
        .store
        .sweep_expired(NOW + DAY + 51, 10)
        .await
        .unwrap();
    let secrets = verbs
        .find_client_by_uuid("u1")
        .await
        .unwrap()
        .unwrap()
        .secrets;
    assert_eq!(
        secrets
            .into_iter()
            .map(|secret| secret.id)
            .collect::<Vec<_>>(),
        ["s2"]
    );
    assert_eq!(
        verbs
            .signing_keys(NOW)
            .await
            .unwrap()
            .into_iter()
            .map(|key| key.id)
            .collect::<Vec<_>>(),
        ["k2"]
    );
    assert_eq!(
        fixture
            .store
            .master_key_use(MASTER_KEY)
            .await
            .unwrap()
            .secrets,
        1
    );
}

/// F26.
async fn two_sweepers_at_once_remove_each_row_once(fixture: &Fixture) {
    issue(
        &fixture.store,
        (0..500).map(|n| {
            (
                token_id(NOW + n, 1),
                NOW + n,
                if n % 5 == 0 { 1_000_000 } else { 10 },
            )
        }),
    )
    .await;
    let another = fixture.another().await;
    let (one, two) = tokio::join!(
        sweep(&fixture.store, NOW + 10_000, 50),
        sweep(&another, NOW + 10_000, 50)
    );
    assert_eq!(one + two, 400);
    assert_eq!(left(fixture).await, 100);
}
