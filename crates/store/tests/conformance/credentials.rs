use store::{AuditFilter, NewCredential, Refused, StoreError};

use crate::fixture::{
    Fixture, NOW, credential, event, on_both_databases, production, rc, secret, token, token_id,
};

on_both_databases!(
    a_credential_comes_back_as_it_was_made,
    a_public_client_has_no_secret,
    a_client_id_is_taken_once_in_an_environment_and_free_in_another,
    fifty_creations_of_one_client_id_make_one,
    fifty_creations_for_a_new_account_make_one_account,
    credentials_are_listed_by_name_page_by_page_and_by_account,
    only_name_and_description_change,
    disabling_and_enabling_are_audited_when_they_change_something,
    deleting_removes_secrets_and_kills_tokens,
    another_environment_changes_nothing,
    a_credential_is_located_without_its_environment,
    a_nul_character_is_never_stored_and_never_found,
    a_refused_verb_leaves_no_trace,
);

async fn a_credential_comes_back_as_it_was_made(fixture: &Fixture) {
    let environment = production();
    let verbs = fixture.store.in_environment(&environment);
    let mark = fixture.store.change_mark().await.unwrap();
    let made = verbs
        .create_credential(credential("u1", "Acme"), event("credential.created"))
        .await
        .unwrap();
    // Nobody remembers it.
    assert_eq!(fixture.store.change_mark().await.unwrap(), mark);
    let client = verbs.find_client("client-u1").await.unwrap().unwrap();
    assert_eq!(client.credential, made);
    assert_eq!(
        verbs.find_client_by_uuid("u1").await.unwrap().as_ref(),
        Some(&client)
    );
    assert_eq!(made.uuid, "u1");
    assert_eq!(made.client_id, "client-u1");
    assert_eq!(
        (made.account_id.as_str(), made.account_name.as_str()),
        ("id of Acme", "Acme")
    );
    assert_eq!(
        (
            made.name.as_str(),
            made.description.as_str(),
            made.version.as_deref()
        ),
        ("name u1", "reads shifts", Some("v2"))
    );
    assert_eq!(made.scopes, ["shifts.read", "shifts.add"]);
    assert_eq!(made.grant_types, ["client_credentials"]);
    assert_eq!(made.redirect_uris, ["https://client.example/cb?a=1 b"]);
    assert_eq!((made.public, made.resource_server), (false, false));
    assert_eq!(
        (
            made.created_at,
            made.updated_at,
            made.disabled_at,
            made.tokens_revoked_at
        ),
        (NOW, NOW, None, None)
    );
    assert_eq!(client.account_suspended_at, None);
    let [stored] = client.secrets.as_slice() else {
        panic!("one secret: {:?}", client.secrets)
    };
    assert_eq!(
        (stored.id.as_str(), stored.hash.as_slice()),
        ("secret of u1", b"hash of secret of u1".as_slice())
    );
    assert_eq!(
        (stored.master_key_id.as_str(), stored.hint.as_str()),
        ("mk-1", "wxyz")
    );
    assert_eq!(
        (stored.created_at, stored.expires_at, stored.last_used_at),
        (NOW, None, None)
    );
    // The verb knows the account and the environment and fills them in.
    let rows = fixture
        .store
        .list_audit_events(
            &store::AuditFilter {
                event: Some("credential.created".into()),
                ..Default::default()
            },
            5,
        )
        .await
        .unwrap();
    assert_eq!(rows[0].account_id.as_deref(), Some("id of Acme"));
    assert_eq!(rows[0].environment.as_deref(), Some("production"));
    assert_eq!(rows[0].subject.as_deref(), Some("u1"));
}

async fn a_public_client_has_no_secret(fixture: &Fixture) {
    let environment = production();
    let verbs = fixture.store.in_environment(&environment);
    let public = NewCredential {
        public: true,
        resource_server: true,
        pkce_exempt: false,
        secret: None,
        version: None,
        scopes: vec![],
        redirect_uris: vec![],
        ..credential("u1", "Acme")
    };
    let made = verbs
        .create_credential(public, event("credential.created"))
        .await
        .unwrap();
    assert!(
        made.public && made.resource_server && made.version.is_none() && made.scopes.is_empty()
    );
    assert!(
        verbs
            .find_client("client-u1")
            .await
            .unwrap()
            .unwrap()
            .secrets
            .is_empty()
    );
    let refused = verbs
        .rotate_secret("u1", secret("s2"), NOW, NOW, event("secret.rotated"))
        .await;
    assert!(
        matches!(refused, Err(StoreError::Refused(Refused::Conflict(_)))),
        "{refused:?}"
    );
}

async fn a_client_id_is_taken_once_in_an_environment_and_free_in_another(fixture: &Fixture) {
    let (here, there) = (production(), rc());
    fixture
        .store
        .in_environment(&here)
        .create_credential(credential("u1", "Acme"), event("credential.created"))
        .await
        .unwrap();
    let same = NewCredential {
        client_id: "client-u1".into(),
        ..credential("u2", "New")
    };
    let taken = fixture
        .store
        .in_environment(&here)
        .create_credential(same.clone(), event("credential.created"))
        .await;
    assert!(
        matches!(
            taken,
            Err(StoreError::Refused(Refused::Exists("client id")))
        ),
        "{taken:?}"
    );
    assert_eq!(
        fixture.store.find_account("New").await.unwrap(),
        None,
        "a refused verb makes no account"
    );
    fixture
        .store
        .in_environment(&there)
        .create_credential(same, event("credential.created"))
        .await
        .unwrap();
    assert_eq!(fixture.audited("credential.created").await, 2);
}

async fn fifty_creations_of_one_client_id_make_one(fixture: &Fixture) {
    let mut callers = tokio::task::JoinSet::new();
    for number in 0..50 {
        let store = fixture.store.clone();
        callers.spawn(async move {
            let new = NewCredential {
                client_id: "the one".into(),
                ..credential(&format!("u{number}"), "Acme")
            };
            store
                .in_environment(&production())
                .create_credential(new, event("credential.created"))
                .await
        });
    }
    let (made, refused): (Vec<_>, Vec<_>) = callers
        .join_all()
        .await
        .into_iter()
        .partition(Result::is_ok);
    assert_eq!(made.len(), 1);
    assert!(
        refused
            .iter()
            .all(|outcome| matches!(outcome, Err(StoreError::Refused(Refused::Exists(_))))),
        "{refused:?}"
    );
    assert_eq!(fixture.number("select count(*) from secrets").await, 1);
}

async fn fifty_creations_for_a_new_account_make_one_account(fixture: &Fixture) {
    let mut callers = tokio::task::JoinSet::new();
    for number in 0..50 {
        let store = fixture.store.clone();
        callers.spawn(async move {
            let new = NewCredential {
                new_account_id: format!("account {number}"),
                ..credential(&format!("u{number}"), "Acme")
            };
            store
                .in_environment(&production())
                .create_credential(new, event("credential.created"))
                .await
                .unwrap();
        });
    }
    callers.join_all().await;
    assert_eq!(
        fixture
            .store
            .list_accounts("", None, 10)
            .await
            .unwrap()
            .len(),
        1
    );
    assert_eq!(
        fixture
            .store
            .find_account("Acme")
            .await
            .unwrap()
            .unwrap()
            .credentials,
        50
    );
}

async fn credentials_are_listed_by_name_page_by_page_and_by_account(fixture: &Fixture) {
    let (here, there) = (production(), rc());
    let verbs = fixture.store.in_environment(&here);
    for (uuid, name, account) in [
        ("u1", "same", "Acme"),
        ("u2", "same", "Acme"),
        ("u3", "Beta", "Acme"),
        ("u4", "alpha", "Other"),
    ] {
        let new = NewCredential {
            name: name.into(),
            ..credential(uuid, account)
        };
        verbs
            .create_credential(new, event("credential.created"))
            .await
            .unwrap();
    }
    fixture
        .store
        .in_environment(&there)
        .create_credential(credential("u9", "Acme"), event("credential.created"))
        .await
        .unwrap();
    verbs
        .rotate_secret("u1", secret("s2"), NOW + 10, NOW, event("secret.rotated"))
        .await
        .unwrap();

    let mut listed: Vec<(String, String)> = Vec::new();
    loop {
        let after = listed.last().cloned();
        let after = after
            .as_ref()
            .map(|(name, uuid)| (name.as_str(), uuid.as_str()));
        let page = verbs.list_credentials(None, after, 2).await.unwrap();
        if page.is_empty() {
            break;
        }
        assert!(
            page.len() <= 2,
            "the limit counts credentials, not their secrets"
        );
        for client in page {
            assert_eq!(
                client.secrets.len(),
                if client.credential.uuid == "u1" { 2 } else { 1 }
            );
            listed.push((client.credential.name, client.credential.uuid));
        }
    }
    let uuids: Vec<_> = listed.iter().map(|(_, uuid)| uuid.as_str()).collect();
    assert_eq!(uuids, ["u3", "u4", "u1", "u2"]);
    for account in ["Acme", "id of Acme"] {
        let of_account = verbs
            .list_credentials(Some(account), None, 10)
            .await
            .unwrap();
        assert_eq!(
            of_account
                .iter()
                .map(|client| client.credential.uuid.as_str())
                .collect::<Vec<_>>(),
            ["u3", "u1", "u2"]
        );
    }
    assert!(
        verbs
            .list_credentials(Some("nobody"), None, 10)
            .await
            .unwrap()
            .is_empty()
    );
}

async fn only_name_and_description_change(fixture: &Fixture) {
    let environment = production();
    let verbs = fixture.store.in_environment(&environment);
    let made = verbs
        .create_credential(credential("u1", "Acme"), event("credential.created"))
        .await
        .unwrap();
    let renamed = verbs
        .update_credential(
            "u1",
            Some("new name"),
            None,
            NOW + 1,
            event("credential.updated"),
        )
        .await
        .unwrap();
    assert_eq!(
        (
            renamed.name.as_str(),
            renamed.description.as_str(),
            renamed.updated_at
        ),
        ("new name", "reads shifts", NOW + 1)
    );
    let described = verbs
        .update_credential(
            "u1",
            None,
            Some("new text"),
            NOW + 2,
            event("credential.updated"),
        )
        .await
        .unwrap();
    assert_eq!(
        (described.name.as_str(), described.description.as_str()),
        ("new name", "new text")
    );
    assert_eq!(
        (described.scopes, described.client_id, described.created_at),
        (made.scopes, made.client_id, NOW)
    );
    let missing = verbs
        .update_credential("nobody", Some("x"), None, NOW, event("credential.updated"))
        .await;
    assert!(matches!(
        missing,
        Err(StoreError::Refused(Refused::NotFound("credential")))
    ));
    assert_eq!(fixture.audited("credential.updated").await, 2);
}

async fn disabling_and_enabling_are_audited_when_they_change_something(fixture: &Fixture) {
    let environment = production();
    let verbs = fixture.store.in_environment(&environment);
    verbs
        .create_credential(credential("u1", "Acme"), event("credential.created"))
        .await
        .unwrap();
    assert_eq!(
        verbs
            .disable_credential("u1", NOW + 1, event("credential.disabled"))
            .await
            .unwrap()
            .disabled_at,
        Some(NOW + 1)
    );
    assert_eq!(
        verbs
            .disable_credential("u1", NOW + 2, event("credential.disabled"))
            .await
            .unwrap()
            .disabled_at,
        Some(NOW + 1)
    );
    assert_eq!(
        verbs
            .find_client("client-u1")
            .await
            .unwrap()
            .unwrap()
            .credential
            .disabled_at,
        Some(NOW + 1)
    );
    assert_eq!(
        verbs
            .enable_credential("u1", NOW + 3, event("credential.enabled"))
            .await
            .unwrap()
            .disabled_at,
        None
    );
    assert_eq!(
        verbs
            .enable_credential("u1", NOW + 4, event("credential.enabled"))
            .await
            .unwrap()
            .updated_at,
        NOW + 3
    );
    assert_eq!(
        (
            fixture.audited("credential.disabled").await,
            fixture.audited("credential.enabled").await
        ),
        (1, 1)
    );
    for outcome in [
        verbs
            .disable_credential("nobody", NOW, event("credential.disabled"))
            .await,
        verbs
            .enable_credential("nobody", NOW, event("credential.enabled"))
            .await,
    ] {
        assert!(matches!(
            outcome,
            Err(StoreError::Refused(Refused::NotFound("credential")))
        ));
    }
}

async fn deleting_removes_secrets_and_kills_tokens(fixture: &Fixture) {
    let environment = production();
    let verbs = fixture.store.in_environment(&environment);
    verbs
        .create_credential(credential("u1", "Acme"), event("credential.created"))
        .await
        .unwrap();
    for number in 0..3 {
        verbs
            .issue_access_token(
                token(token_id(NOW, number), "u1", NOW, 60_000),
                event("token.issued"),
            )
            .await
            .unwrap();
    }
    let mark = fixture.store.change_mark().await.unwrap();
    assert_eq!(
        verbs
            .delete_credential("u1", NOW + 1, event("credential.deleted"))
            .await
            .unwrap(),
        3
    );
    assert_ne!(fixture.store.change_mark().await.unwrap(), mark);
    assert_eq!(verbs.find_client("client-u1").await.unwrap(), None);
    assert_eq!(verbs.find_client_by_uuid("u1").await.unwrap(), None);
    assert_eq!(verbs.count_live_tokens("u1", NOW + 1).await.unwrap(), 0);
    assert_eq!(fixture.number("select count(*) from secrets").await, 0);
    let again = verbs
        .delete_credential("u1", NOW + 2, event("credential.deleted"))
        .await;
    assert!(matches!(
        again,
        Err(StoreError::Refused(Refused::NotFound("credential")))
    ));
    assert_eq!(fixture.audited("credential.deleted").await, 1);
}

async fn another_environment_changes_nothing(fixture: &Fixture) {
    let (here, there) = (production(), rc());
    fixture
        .store
        .in_environment(&here)
        .create_credential(credential("u1", "Acme"), event("credential.created"))
        .await
        .unwrap();
    let verbs = fixture.store.in_environment(&there);
    assert_eq!(verbs.find_client("client-u1").await.unwrap(), None);
    assert_eq!(verbs.find_client_by_uuid("u1").await.unwrap(), None);
    assert!(
        verbs
            .update_credential("u1", Some("x"), None, NOW, event("x"))
            .await
            .is_err()
    );
    assert!(
        verbs
            .disable_credential("u1", NOW, event("x"))
            .await
            .is_err()
    );
    assert!(
        verbs
            .revoke_tokens_of_credential("u1", NOW, event("x"))
            .await
            .is_err()
    );
    assert!(
        verbs
            .delete_credential("u1", NOW, event("x"))
            .await
            .is_err()
    );
    assert!(
        verbs
            .rotate_secret("u1", secret("s2"), NOW, NOW, event("x"))
            .await
            .is_err()
    );
    assert!(
        verbs
            .revoke_secret("u1", "secret of u1", NOW, event("x"))
            .await
            .is_err()
    );
    let client = fixture
        .store
        .in_environment(&here)
        .find_client("client-u1")
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        (
            client.credential.name.as_str(),
            client.credential.disabled_at,
            client.secrets.len()
        ),
        ("name u1", None, 1)
    );
    assert_eq!(client.credential.tokens_revoked_at, None);
    assert_eq!(fixture.audited("x").await, 0);
}

async fn a_credential_is_located_without_its_environment(fixture: &Fixture) {
    let (here, there) = (production(), rc());
    fixture
        .store
        .in_environment(&here)
        .create_credential(credential("u1", "Acme"), event("credential.created"))
        .await
        .unwrap();
    let (environment, client) = fixture
        .store
        .locate_credential("client-u1")
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        (
            environment,
            client.credential.uuid.as_str(),
            client.secrets.len()
        ),
        (here.clone(), "u1", 1)
    );
    let same = NewCredential {
        client_id: "client-u1".into(),
        ..credential("u2", "Acme")
    };
    fixture
        .store
        .in_environment(&there)
        .create_credential(same, event("credential.created"))
        .await
        .unwrap();
    let ambiguous = fixture.store.locate_credential("client-u1").await;
    assert!(
        matches!(ambiguous, Err(StoreError::Refused(Refused::Conflict(_)))),
        "{ambiguous:?}"
    );
    let (environment, client) = fixture
        .store
        .locate_credential("u2")
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        (environment, client.credential.uuid.as_str()),
        (there, "u2")
    );
    assert!(
        fixture
            .store
            .locate_credential("nobody")
            .await
            .unwrap()
            .is_none()
    );
}

async fn a_nul_character_is_never_stored_and_never_found(fixture: &Fixture) {
    let environment = production();
    let verbs = fixture.store.in_environment(&environment);
    assert_eq!(verbs.find_client("client\0").await.unwrap(), None);
    assert_eq!(verbs.find_client_by_uuid("u\0").await.unwrap(), None);
    assert!(
        fixture
            .store
            .locate_credential("u\0")
            .await
            .unwrap()
            .is_none()
    );
    // PostgreSQL refuses to be asked, SQLite finds nothing; neither calls the database damaged.
    let filter = AuditFilter {
        subject: Some("s\0".into()),
        ..AuditFilter::default()
    };
    let after = Some(("n\0", "u\0"));
    for asked in [
        verbs.list_credentials(None, after, 1).await.map(drop),
        fixture
            .store
            .list_accounts("", Some("a\0"), 1)
            .await
            .map(drop),
        fixture.store.list_audit_events(&filter, 1).await.map(drop),
    ] {
        assert!(
            matches!(asked, Ok(()) | Err(StoreError::Refused(_))),
            "{asked:?}"
        );
    }
    let new = NewCredential {
        name: "a\0b".into(),
        ..credential("u1", "Acme")
    };
    let refused = verbs
        .create_credential(new, event("credential.created"))
        .await;
    assert!(
        matches!(refused, Err(StoreError::Refused(Refused::Conflict(_)))),
        "{refused:?}"
    );
    verbs
        .create_credential(credential("u1", "Acme"), event("credential.created"))
        .await
        .unwrap();
    let refused = verbs
        .update_credential("u1", None, Some("\0"), NOW, event("credential.updated"))
        .await;
    assert!(
        matches!(refused, Err(StoreError::Refused(Refused::Conflict(_)))),
        "{refused:?}"
    );
}

async fn a_refused_verb_leaves_no_trace(fixture: &Fixture) {
    let environment = production();
    let verbs = fixture.store.in_environment(&environment);
    // The account and the credential are written before the secret is refused.
    let mut new = credential("u1", "Acme");
    new.secret.as_mut().unwrap().master_key_id = "unknown".into();
    let mark = fixture.store.change_mark().await.unwrap();
    let token = token(token_id(NOW, 1), "u1", NOW, 60_000);
    let (refused, issued) = tokio::join!(
        verbs.create_credential(new, event("credential.created")),
        verbs.issue_access_token(token, event("token.issued")),
    );
    assert!(
        matches!(refused, Err(StoreError::Refused(Refused::Conflict(_)))),
        "{refused:?}"
    );
    issued.unwrap();
    assert_eq!(fixture.store.change_mark().await.unwrap(), mark);
    assert!(
        fixture
            .store
            .list_accounts("", None, 10)
            .await
            .unwrap()
            .is_empty()
    );
    assert_eq!(verbs.find_client("client-u1").await.unwrap(), None);
    assert_eq!(fixture.audited("credential.created").await, 0);
    assert_eq!(
        fixture.store.verify_audit_trail().await.unwrap().broken_at,
        None,
        "the chain goes on after a rolled-back verb"
    );
}
