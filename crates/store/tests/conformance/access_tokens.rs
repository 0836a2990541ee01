use std::collections::HashSet;

use store::{AccessToken, ChangeMark, Refused, StoreError, TokenId};

use crate::fixture::{
    Fixture, NOW, credential, event, on_both_databases, production, rc, token, token_id,
};

on_both_databases!(
    an_issued_token_is_found_again,
    a_token_of_another_environment_is_not_found,
    a_token_and_its_audit_row_come_together,
    an_id_is_used_once,
    many_callers_at_once_each_get_their_token,
    one_token_is_revoked_once_and_only_by_its_owner,
    an_expired_token_cannot_be_revoked,
    fifty_revocations_of_one_token_end_it_once,
    revoking_all_kills_what_was_issued_at_that_moment,
    issuing_and_revoking_at_once_leaves_nothing_alive_before_the_moment,
    a_jwt_is_revoked_by_name_once,
    a_nul_character_fails_its_own_token_only,
);

async fn an_issued_token_is_found_again(fixture: &Fixture) {
    let environment = production();
    let verbs = fixture.store.in_environment(&environment);
    verbs
        .issue_access_token(
            token(token_id(NOW, 1), "u1", NOW, 60_000),
            event("token.issued"),
        )
        .await
        .unwrap();
    let found = verbs
        .find_access_token(token_id(NOW, 1))
        .await
        .unwrap()
        .unwrap();
    let expected = AccessToken {
        id: token_id(NOW, 1),
        secret_hash: [7; 32],
        credential_uuid: "u1".into(),
        scope: "shifts.read".into(),
        issued_at: NOW,
        expires_at: NOW + 60_000,
        revoked_at: None,
        family: None,
    };
    assert_eq!(found, expected);
    assert_eq!(
        verbs.find_access_token(token_id(NOW, 2)).await.unwrap(),
        None
    );
}

async fn a_token_of_another_environment_is_not_found(fixture: &Fixture) {
    let (here, there) = (production(), rc());
    fixture
        .store
        .in_environment(&here)
        .issue_access_token(
            token(token_id(NOW, 1), "u1", NOW, 60_000),
            event("token.issued"),
        )
        .await
        .unwrap();
    assert_eq!(
        fixture
            .store
            .in_environment(&there)
            .find_access_token(token_id(NOW, 1))
            .await
            .unwrap(),
        None
    );
    let revoked = fixture
        .store
        .in_environment(&there)
        .revoke_access_token(token_id(NOW, 1), "u1", NOW, event("token.revoked"))
        .await
        .unwrap();
    assert!(!revoked, "another environment must not end it");
}

async fn a_token_and_its_audit_row_come_together(fixture: &Fixture) {
    let environment = production();
    fixture
        .store
        .in_environment(&environment)
        .issue_access_token(
            token(token_id(NOW, 1), "u1", NOW, 60_000),
            event("token.issued"),
        )
        .await
        .unwrap();
    let rows = fixture
        .store
        .list_audit_events(
            &store::AuditFilter {
                event: Some("token.issued".into()),
                ..Default::default()
            },
            10,
        )
        .await
        .unwrap();
    assert_eq!(rows.len(), 1);
    assert_eq!(rows[0].environment.as_deref(), Some("production"));
    assert_eq!(rows[0].actor, "command-line");
    assert_eq!(rows[0].remote_address.as_deref(), Some("192.0.2.7"));
    assert_eq!(rows[0].request_id.as_deref(), Some("req-1"));
}

async fn an_id_is_used_once(fixture: &Fixture) {
    let environment = production();
    let verbs = fixture.store.in_environment(&environment);
    verbs
        .issue_access_token(
            token(token_id(NOW, 1), "u1", NOW, 60_000),
            event("token.issued"),
        )
        .await
        .unwrap();
    // Beside others, which must not suffer.
    let same = verbs.issue_access_token(
        token(token_id(NOW, 1), "u2", NOW, 60_000),
        event("token.issued"),
    );
    let other = verbs.issue_access_token(
        token(token_id(NOW, 2), "u2", NOW, 60_000),
        event("token.issued"),
    );
    let (same, other) = tokio::join!(same, other);
    assert!(
        matches!(same, Err(StoreError::Refused(Refused::Exists("token")))),
        "{same:?}"
    );
    other.unwrap();
    assert_eq!(
        verbs
            .find_access_token(token_id(NOW, 1))
            .await
            .unwrap()
            .unwrap()
            .credential_uuid,
        "u1"
    );
    assert_eq!(
        fixture.audited("token.issued").await,
        2,
        "no audit row without its token"
    );
}

async fn many_callers_at_once_each_get_their_token(fixture: &Fixture) {
    let mut callers = tokio::task::JoinSet::new();
    for number in 0..500 {
        let store = fixture.store.clone();
        callers.spawn(async move {
            let environment = production();
            store
                .in_environment(&environment)
                .issue_access_token(
                    token(token_id(NOW, number), "u1", NOW, 60_000),
                    event("token.issued"),
                )
                .await
                .unwrap();
            // Durable and to be seen as soon as it is answered.
            assert!(
                store
                    .in_environment(&environment)
                    .find_access_token(token_id(NOW, number))
                    .await
                    .unwrap()
                    .is_some()
            );
        });
    }
    callers.join_all().await;
    assert_eq!(fixture.audited("token.issued").await, 500);
    assert_eq!(
        fixture.store.verify_audit_trail().await.unwrap().broken_at,
        None
    );
}

async fn one_token_is_revoked_once_and_only_by_its_owner(fixture: &Fixture) {
    let environment = production();
    let verbs = fixture.store.in_environment(&environment);
    verbs
        .issue_access_token(
            token(token_id(NOW, 1), "u1", NOW, 60_000),
            event("token.issued"),
        )
        .await
        .unwrap();
    let before = fixture.store.change_mark().await.unwrap();
    assert!(
        !verbs
            .revoke_access_token(token_id(NOW, 1), "u2", NOW + 1, event("token.revoked"))
            .await
            .unwrap()
    );
    assert!(
        !verbs
            .revoke_access_token(token_id(NOW, 9), "u1", NOW + 1, event("token.revoked"))
            .await
            .unwrap()
    );
    assert_eq!(fixture.store.change_mark().await.unwrap(), before);
    assert!(
        verbs
            .revoke_access_token(token_id(NOW, 1), "u1", NOW + 1, event("token.revoked"))
            .await
            .unwrap()
    );
    assert!(
        !verbs
            .revoke_access_token(token_id(NOW, 1), "u1", NOW + 2, event("token.revoked"))
            .await
            .unwrap()
    );
    assert_eq!(
        verbs
            .find_access_token(token_id(NOW, 1))
            .await
            .unwrap()
            .unwrap()
            .revoked_at,
        Some(NOW + 1)
    );
    assert_eq!(fixture.audited("token.revoked").await, 1);
    assert_ne!(fixture.store.change_mark().await.unwrap(), before);
}

async fn an_expired_token_cannot_be_revoked(fixture: &Fixture) {
    let environment = production();
    let verbs = fixture.store.in_environment(&environment);
    verbs
        .issue_access_token(
            token(token_id(NOW, 1), "u1", NOW, 60_000),
            event("token.issued"),
        )
        .await
        .unwrap();
    assert!(
        !verbs
            .revoke_access_token(token_id(NOW, 1), "u1", NOW + 60_000, event("token.revoked"))
            .await
            .unwrap()
    );
    assert_eq!(fixture.audited("token.revoked").await, 0);
}

async fn fifty_revocations_of_one_token_end_it_once(fixture: &Fixture) {
    let environment = production();
    fixture
        .store
        .in_environment(&environment)
        .issue_access_token(
            token(token_id(NOW, 1), "u1", NOW, 60_000),
            event("token.issued"),
        )
        .await
        .unwrap();
    let mut callers = tokio::task::JoinSet::new();
    for _ in 0..50 {
        let store = fixture.store.clone();
        callers.spawn(async move {
            store
                .in_environment(&production())
                .revoke_access_token(token_id(NOW, 1), "u1", NOW + 1, event("token.revoked"))
                .await
                .unwrap()
        });
    }
    assert_eq!(
        callers
            .join_all()
            .await
            .into_iter()
            .filter(|revoked| *revoked)
            .count(),
        1
    );
    assert_eq!(fixture.audited("token.revoked").await, 1);
}

async fn revoking_all_kills_what_was_issued_at_that_moment(fixture: &Fixture) {
    let environment = production();
    let verbs = fixture.store.in_environment(&environment);
    verbs
        .create_credential(credential("u1", "Acme"), event("credential.created"))
        .await
        .unwrap();
    verbs
        .create_credential(credential("u2", "Acme"), event("credential.created"))
        .await
        .unwrap();
    for (number, issued_at) in [(1, NOW - 1), (2, NOW), (3, NOW + 1)] {
        verbs
            .issue_access_token(
                token(token_id(NOW, number), "u1", issued_at, 60_000),
                event("token.issued"),
            )
            .await
            .unwrap();
    }
    verbs
        .issue_access_token(
            token(token_id(NOW, 4), "u2", NOW, 60_000),
            event("token.issued"),
        )
        .await
        .unwrap();
    assert_eq!(verbs.count_live_tokens("u1", NOW + 1).await.unwrap(), 3);
    verbs
        .revoke_tokens_of_credential("u1", NOW, event("credential.tokens-revoked"))
        .await
        .unwrap();
    assert_eq!(
        verbs.count_live_tokens("u1", NOW + 1).await.unwrap(),
        1,
        "only what was issued after the moment lives"
    );
    assert_eq!(verbs.count_live_tokens("u2", NOW + 1).await.unwrap(), 1);
    // A moment that was acknowledged is never taken back by an earlier one.
    verbs
        .revoke_tokens_of_credential("u1", NOW - 5, event("credential.tokens-revoked"))
        .await
        .unwrap();
    assert_eq!(
        verbs
            .find_client_by_uuid("u1")
            .await
            .unwrap()
            .unwrap()
            .credential
            .tokens_revoked_at,
        Some(NOW)
    );
    let missing = verbs
        .revoke_tokens_of_credential("nobody", NOW, event("credential.tokens-revoked"))
        .await;
    assert!(matches!(
        missing,
        Err(StoreError::Refused(Refused::NotFound("credential")))
    ));
}

async fn issuing_and_revoking_at_once_leaves_nothing_alive_before_the_moment(fixture: &Fixture) {
    let environment = production();
    let verbs = fixture.store.in_environment(&environment);
    verbs
        .create_credential(credential("u1", "Acme"), event("credential.created"))
        .await
        .unwrap();
    let mut callers = tokio::task::JoinSet::new();
    for number in 0..100 {
        let store = fixture.store.clone();
        callers.spawn(async move {
            let environment = production();
            let issued_at = NOW + i64::try_from(number).unwrap() % 10;
            store
                .in_environment(&environment)
                .issue_access_token(
                    token(token_id(NOW, number), "u1", issued_at, 60_000),
                    event("token.issued"),
                )
                .await
                .unwrap();
        });
    }
    verbs
        .revoke_tokens_of_credential("u1", NOW + 4, event("credential.tokens-revoked"))
        .await
        .unwrap();
    callers.join_all().await;
    // 100 tokens issued at NOW … NOW + 9; whatever order they were written in, half of them are dead.
    assert_eq!(verbs.count_live_tokens("u1", NOW + 10).await.unwrap(), 50);
}

async fn a_jwt_is_revoked_by_name_once(fixture: &Fixture) {
    let (here, there) = (production(), rc());
    let verbs = fixture.store.in_environment(&here);
    let before: ChangeMark = fixture.store.change_mark().await.unwrap();
    assert!(!verbs.is_jwt_revoked(TokenId([1; 16])).await.unwrap());
    assert!(
        verbs
            .revoke_jwt(TokenId([1; 16]), NOW + 60_000, NOW, event("token.revoked"))
            .await
            .unwrap()
    );
    assert!(
        !verbs
            .revoke_jwt(TokenId([1; 16]), NOW + 60_000, NOW, event("token.revoked"))
            .await
            .unwrap()
    );
    assert!(verbs.is_jwt_revoked(TokenId([1; 16])).await.unwrap());
    assert!(
        !fixture
            .store
            .in_environment(&there)
            .is_jwt_revoked(TokenId([1; 16]))
            .await
            .unwrap()
    );
    assert_eq!(fixture.audited("token.revoked").await, 1);
    assert_ne!(fixture.store.change_mark().await.unwrap(), before);
}

async fn a_nul_character_fails_its_own_token_only(fixture: &Fixture) {
    let environment = production();
    let verbs = fixture.store.in_environment(&environment);
    let mut poisoned = token(token_id(NOW, 1), "u1", NOW, 60_000);
    poisoned.scope = "a\0b".into();
    let mut remark = event("token.issued");
    remark.request_id = Some("id with \0 inside".into());
    let (refused, kept, remarked) = tokio::join!(
        verbs.issue_access_token(poisoned, event("token.issued")),
        verbs.issue_access_token(
            token(token_id(NOW, 2), "u1", NOW, 60_000),
            event("token.issued")
        ),
        verbs.issue_access_token(token(token_id(NOW, 3), "u1", NOW, 60_000), remark),
    );
    assert!(refused.is_err());
    kept.unwrap();
    remarked.unwrap();
    let rows = fixture
        .store
        .list_audit_events(&Default::default(), 10)
        .await
        .unwrap();
    let ids: HashSet<_> = rows.into_iter().filter_map(|row| row.request_id).collect();
    assert!(ids.contains("id with \u{fffd} inside"), "{ids:?}");
}
