use store::{NewOperatorToken, OperatorToken, Refused, StoreError};

use crate::fixture::{Fixture, NOW, event, on_both_databases};

on_both_databases!(
    a_token_is_found_by_its_hash_listed_and_revoked,
    a_token_is_stored_once,
    an_unknown_token_is_refused
);

fn token(id: &str, hash: u8) -> NewOperatorToken {
    NewOperatorToken {
        id: id.into(),
        name: "ci".into(),
        scopes: vec!["credentials.read".into(), "keys".into()],
        hash: [hash; 32],
        created_at: NOW,
        expires_at: NOW + 1_000,
    }
}

async fn a_token_is_found_by_its_hash_listed_and_revoked(fixture: &Fixture) {
    let store = &fixture.store;
    store
        .create_operator_token(token("o1", 1), event("operator-token.created"))
        .await
        .unwrap();
    store
        .create_operator_token(token("o2", 2), event("operator-token.created"))
        .await
        .unwrap();
    let expected = OperatorToken {
        id: "o1".into(),
        name: "ci".into(),
        scopes: vec!["credentials.read".into(), "keys".into()],
        created_at: NOW,
        expires_at: NOW + 1_000,
        revoked_at: None,
    };
    assert_eq!(
        store.find_operator_token(&[1; 32]).await.unwrap(),
        Some(expected)
    );
    assert_eq!(store.find_operator_token(&[9; 32]).await.unwrap(), None);
    store
        .revoke_operator_token("o1", NOW + 5, event("operator-token.revoked"))
        .await
        .unwrap();
    store
        .revoke_operator_token("o1", NOW + 6, event("operator-token.revoked"))
        .await
        .unwrap();
    let listed: Vec<_> = store
        .list_operator_tokens()
        .await
        .unwrap()
        .into_iter()
        .map(|token| (token.id, token.revoked_at))
        .collect();
    assert_eq!(
        listed,
        [("o1".to_owned(), Some(NOW + 5)), ("o2".to_owned(), None)]
    );
    assert_eq!(
        (
            fixture.audited("operator-token.created").await,
            fixture.audited("operator-token.revoked").await
        ),
        (2, 1)
    );
}

async fn a_token_is_stored_once(fixture: &Fixture) {
    let store = &fixture.store;
    store
        .create_operator_token(token("o1", 1), event("operator-token.created"))
        .await
        .unwrap();
    for same in [token("o1", 2), token("o2", 1)] {
        let refused = store
            .create_operator_token(same, event("operator-token.created"))
            .await;
        assert!(
            matches!(
                refused,
                Err(StoreError::Refused(Refused::Exists("operator token")))
            ),
            "{refused:?}"
        );
    }
    assert_eq!(fixture.audited("operator-token.created").await, 1);
}

async fn an_unknown_token_is_refused(fixture: &Fixture) {
    let unknown = fixture
        .store
        .revoke_operator_token("o9", NOW, event("operator-token.revoked"))
        .await;
    assert!(
        matches!(
            unknown,
            Err(StoreError::Refused(Refused::NotFound("operator token")))
        ),
        "{unknown:?}"
    );
}
