//! Tokens of another server: they come with a run or not at all, end once, and do not come back.

use store::{
    Change, FamilyId, ImportedClient, ImportedMark, ImportedTokens, NewCredential, NewFamily,
    NewImport, NewRefreshToken, Refused, Store, StoreError, TokenId,
};

use crate::fixture::{Fixture, NOW, credential, event, on_both_databases, person, production};

on_both_databases!(
    tokens_come_with_their_run_and_end_once,
    a_credential_that_is_made_anew_does_not_wake_them,
    what_has_ended_goes_and_what_never_ended_there_stays_as_a_mark,
    a_run_that_meets_a_token_again_brings_nothing,
);

const HOUR: i64 = 3_600_000;

fn mark(number: u8, expires_at: i64, gone_at: Option<i64>) -> ImportedMark {
    ImportedMark {
        secret_hash: [number; 32],
        expires_at,
        gone_at,
    }
}

fn tokens(number: u8, expires_at: i64) -> ImportedTokens {
    ImportedTokens {
        credential_uuid: "u".into(),
        scope: "shifts.read".into(),
        issued_at: NOW - HOUR,
        access: vec![mark(number, expires_at, Some(expires_at))],
        refresh: None,
        family: None,
    }
}

fn for_anna() -> ImportedTokens {
    ImportedTokens {
        refresh: Some(mark(102, NOW + 9 * HOUR, None)),
        family: Some(NewFamily {
            id: FamilyId([9; 16]),
            credential_uuid: "u".into(),
            person_id: "anna".into(),
            scope: "shifts.read".into(),
            created_at: NOW - HOUR,
            expires_at: NOW + 10 * HOUR,
            refresh: NewRefreshToken {
                secret_hash: [102; 32],
                issued_at: NOW - HOUR,
                expires_at: NOW + 9 * HOUR,
            },
            access: None,
        }),
        ..tokens(101, NOW + HOUR)
    }
}

fn run(clients: bool, tokens: Vec<ImportedTokens>) -> NewImport {
    let client = ImportedClient {
        uuid: "u".into(),
        client_id: "shop".into(),
        account_id: "acme".into(),
        name: "Shop".into(),
        description: "Imported".into(),
        version: None,
        scopes: vec!["shifts.read".into()],
        grant_types: vec!["client_credentials".into()],
        redirect_uris: Vec::new(),
        public: true,
        pkce_exempt: false,
        disabled: false,
        secrets: Vec::new(),
    };
    let account = ("acme".to_owned(), "Acme".to_owned());
    NewImport {
        format: "test".into(),
        accounts: if clients { vec![account] } else { Vec::new() },
        customers: Vec::new(),
        clients: if clients { vec![client] } else { Vec::new() },
        secrets: Vec::new(),
        tokens,
        at: NOW,
    }
}

async fn import(store: &Store, run: NewImport) -> Result<(), StoreError> {
    let environment = production();
    let here = store.in_environment(&environment);
    here.import(run, event("environment.imported")).await
}

fn ids(number: u8) -> [TokenId; 2] {
    // The second is of nothing that came.
    [[number; 32], [250; 32]].map(|hash| TokenId::of_imported(&hash))
}

async fn tokens_come_with_their_run_and_end_once(fixture: &Fixture) {
    let store = &fixture.store;
    let environment = production();
    let here = store.in_environment(&environment);
    assert_eq!(here.imported_tokens_until().await.unwrap(), None);
    let before = store.change_mark().await.unwrap();
    import(store, run(true, vec![tokens(1, NOW + HOUR)]))
        .await
        .unwrap();
    let news = store.news(Some(before)).await.unwrap().changes;
    if let Some(changes) = news {
        assert_eq!(changes, [Change::ImportedTokens(production())]);
    }
    here.create_person(person("anna", "Acme"), event("person"))
        .await
        .unwrap();
    import(store, run(false, vec![for_anna()])).await.unwrap();
    assert_eq!(
        here.imported_tokens_until().await.unwrap(),
        Some(NOW + 9 * HOUR)
    );
    let other = store::EnvironmentName::new("rc");
    let elsewhere = store.in_environment(&other);
    assert!(
        elsewhere
            .find_imported_access_tokens(ids(1))
            .await
            .unwrap()
            .is_empty()
    );
    let found = here.find_imported_access_tokens(ids(1)).await.unwrap();
    assert_eq!(found.len(), 1);
    assert_eq!(
        (found[0].secret_hash, found[0].issued_at, &found[0].family),
        ([1; 32], NOW - HOUR, &None)
    );
    let annas = here.find_imported_access_tokens(ids(101)).await.unwrap();
    let family = annas[0].family.clone().unwrap();
    assert_eq!((family.person_id.as_str(), family.is_dead), ("anna", false));
    let refresh = here.find_imported_refresh_tokens(ids(102)).await.unwrap();
    assert_eq!(refresh[0].family, FamilyId([9; 16]));
    // Neither is taken for the other.
    assert!(
        here.find_imported_access_tokens(ids(102))
            .await
            .unwrap()
            .is_empty()
    );
    assert!(
        here.find_imported_refresh_tokens(ids(101))
            .await
            .unwrap()
            .is_empty()
    );
    assert_eq!(here.known_to_imports().await.unwrap().tokens.len(), 3);
    assert!(
        here.people_known_to_imports()
            .await
            .unwrap()
            .contains_key("anna")
    );
    let revoke = |uuid: &'static str, at: i64| {
        let id = found[0].id;
        async move {
            let environment = production();
            let here = store.in_environment(&environment);
            let audit = event("token.revoked");
            here.revoke_imported_token(id, uuid, at, audit)
                .await
                .unwrap()
        }
    };
    assert!(!revoke("another", NOW).await && !revoke("u", NOW + HOUR).await);
    let (first, second) = tokio::join!(revoke("u", NOW), revoke("u", NOW));
    assert!(first ^ second, "one of two");
    assert_eq!(fixture.audited("token.revoked").await, 1);
    let found = here.find_imported_access_tokens(ids(1)).await.unwrap();
    assert_eq!(found[0].revoked_at, Some(NOW));
    here.end_family(FamilyId([9; 16]), "test", NOW, event("ended"))
        .await
        .unwrap();
    let annas = here.find_imported_access_tokens(ids(101)).await.unwrap();
    assert!(
        annas[0]
            .family
            .as_ref()
            .is_some_and(|family| family.is_dead)
    );
}

async fn a_credential_that_is_made_anew_does_not_wake_them(fixture: &Fixture) {
    let store = &fixture.store;
    let environment = production();
    let here = store.in_environment(&environment);
    import(store, run(true, vec![tokens(1, NOW + HOUR)]))
        .await
        .unwrap();
    here.delete_credential("u", NOW + 1, event("credential.deleted"))
        .await
        .unwrap();
    assert!(
        here.find_imported_access_tokens(ids(1))
            .await
            .unwrap()
            .is_empty()
    );
    let anew = NewCredential {
        client_id: "shop".into(),
        created_at: NOW + 2,
        ..credential("u", "Acme")
    };
    here.create_credential(anew, event("credential.created"))
        .await
        .unwrap();
    assert!(
        here.find_imported_access_tokens(ids(1))
            .await
            .unwrap()
            .is_empty()
    );
}

async fn what_has_ended_goes_and_what_never_ended_there_stays_as_a_mark(fixture: &Fixture) {
    let store = &fixture.store;
    let never = ImportedTokens {
        access: vec![mark(3, NOW + HOUR, None)],
        ..tokens(3, NOW)
    };
    let all = vec![tokens(1, NOW + HOUR), tokens(2, NOW + 2 * HOUR), never];
    import(store, run(true, all)).await.unwrap();
    assert_eq!(store.sweep_expired(NOW + HOUR, 100).await.unwrap(), 0);
    assert_eq!(store.sweep_expired(NOW + HOUR + 1, 100).await.unwrap(), 1);
    assert_eq!(store.sweep_expired(NOW + 99 * HOUR, 100).await.unwrap(), 1);
    let environment = production();
    let known = store
        .in_environment(&environment)
        .known_to_imports()
        .await
        .unwrap();
    assert!(known.tokens.contains(&TokenId::of_imported(&[3; 32])));
    assert_eq!(known.tokens.len(), 1);
}

async fn a_run_that_meets_a_token_again_brings_nothing(fixture: &Fixture) {
    let store = &fixture.store;
    import(store, run(true, vec![tokens(1, NOW + HOUR)]))
        .await
        .unwrap();
    let again = run(
        false,
        vec![tokens(2, NOW + HOUR), tokens(1, NOW + 5 * HOUR)],
    );
    let outcome = import(store, again).await;
    assert!(
        matches!(outcome, Err(StoreError::Refused(Refused::Conflict(_)))),
        "{outcome:?}"
    );
    let environment = production();
    let here = store.in_environment(&environment);
    assert_eq!(
        here.imported_tokens_until().await.unwrap(),
        Some(NOW + HOUR)
    );
    assert_eq!(here.known_to_imports().await.unwrap().tokens.len(), 1);
}
