use store::{Refused, Stopped, StoreError};

use crate::fixture::{
    Fixture, NOW, credential, event, on_both_databases, production, rc, token, token_id,
};

on_both_databases!(
    an_account_is_made_with_its_first_credential_and_found_by_id_or_name,
    accounts_are_listed_by_name_page_by_page,
    suspending_stops_everything_and_restoring_brings_it_back,
    suspending_twice_stops_nothing_more,
    ending_an_accounts_tokens_spares_other_accounts,
    an_unknown_account_is_refused,
    fifty_suspensions_are_one,
);

async fn an_account_is_made_with_its_first_credential_and_found_by_id_or_name(fixture: &Fixture) {
    let (here, there) = (production(), rc());
    fixture
        .store
        .in_environment(&here)
        .create_credential(credential("u1", "Acme"), event("credential.created"))
        .await
        .unwrap();
    let mut second = credential("u2", "Acme");
    second.new_account_id = "another id".into();
    let second = fixture
        .store
        .in_environment(&there)
        .create_credential(second, event("credential.created"))
        .await
        .unwrap();
    assert_eq!(
        second.account_id, "id of Acme",
        "an account is one over all environments"
    );
    let account = fixture.store.find_account("Acme").await.unwrap().unwrap();
    assert_eq!(
        (
            account.id.as_str(),
            account.credentials,
            account.created_at,
            account.suspended_at
        ),
        ("id of Acme", 2, NOW, None)
    );
    assert_eq!(
        fixture.store.find_account("id of Acme").await.unwrap(),
        Some(account)
    );
    assert_eq!(
        fixture.store.find_account("acme").await.unwrap(),
        None,
        "names are exact"
    );
    assert_eq!(fixture.store.find_account("Acme\0").await.unwrap(), None);
    // An account that is called like another one's id does not stand in for it.
    fixture
        .store
        .in_environment(&here)
        .create_credential(credential("u3", "id of Acme"), event("credential.created"))
        .await
        .unwrap();
    assert_eq!(
        fixture
            .store
            .find_account("id of Acme")
            .await
            .unwrap()
            .unwrap()
            .name,
        "Acme"
    );
}

async fn accounts_are_listed_by_name_page_by_page(fixture: &Fixture) {
    let environment = production();
    for (number, name) in ["beta", "Zeta", "alpha", "Äther"].into_iter().enumerate() {
        let new = credential(&format!("u{number}"), name);
        fixture
            .store
            .in_environment(&environment)
            .create_credential(new, event("credential.created"))
            .await
            .unwrap();
    }
    let mut listed = Vec::new();
    loop {
        let after = listed.last().cloned();
        let page = fixture
            .store
            .list_accounts("", after.as_deref(), 3)
            .await
            .unwrap();
        assert!(page.len() <= 3);
        if page.is_empty() {
            break;
        }
        listed.extend(page.into_iter().map(|account| account.name));
    }
    assert_eq!(
        listed,
        ["Zeta", "alpha", "beta", "Äther"],
        "one order on both databases: by bytes"
    );
}

async fn suspending_stops_everything_and_restoring_brings_it_back(fixture: &Fixture) {
    let (here, there) = (production(), rc());
    let verbs = fixture.store.in_environment(&here);
    verbs
        .create_credential(credential("u1", "Acme"), event("credential.created"))
        .await
        .unwrap();
    verbs
        .create_credential(credential("u2", "Acme"), event("credential.created"))
        .await
        .unwrap();
    fixture
        .store
        .in_environment(&there)
        .create_credential(credential("u3", "Acme"), event("credential.created"))
        .await
        .unwrap();
    verbs
        .create_credential(credential("u4", "Other"), event("credential.created"))
        .await
        .unwrap();
    verbs
        .disable_credential("u2", NOW, event("credential.disabled"))
        .await
        .unwrap();
    for (number, uuid, lifetime) in [
        (1, "u1", 60_000),
        (2, "u1", 10),
        (3, "u2", 60_000),
        (4, "u4", 60_000),
    ] {
        verbs
            .issue_access_token(
                token(token_id(NOW, number), uuid, NOW, lifetime),
                event("token.issued"),
            )
            .await
            .unwrap();
    }
    fixture
        .store
        .in_environment(&there)
        .issue_access_token(
            token(token_id(NOW, 5), "u3", NOW, 60_000),
            event("token.issued"),
        )
        .await
        .unwrap();

    let mark = fixture.store.change_mark().await.unwrap();
    let stopped = fixture
        .store
        .suspend_account("id of Acme", NOW + 20, event("account.suspended"))
        .await
        .unwrap();
    // Two of the three credentials were not disabled; one of their three tokens had expired.
    assert_eq!(
        stopped,
        Stopped {
            credentials: 2,
            tokens: 2,
            sessions: 0,
        }
    );
    assert_ne!(fixture.store.change_mark().await.unwrap(), mark);
    assert_eq!(
        verbs
            .find_client("client-u1")
            .await
            .unwrap()
            .unwrap()
            .account_suspended_at,
        Some(NOW + 20)
    );
    assert_eq!(
        verbs
            .find_client_by_uuid("u4")
            .await
            .unwrap()
            .unwrap()
            .account_suspended_at,
        None
    );
    assert_eq!(
        fixture
            .store
            .find_account("Acme")
            .await
            .unwrap()
            .unwrap()
            .suspended_at,
        Some(NOW + 20)
    );

    let restored = fixture
        .store
        .restore_account("id of Acme", NOW + 30, event("account.restored"))
        .await
        .unwrap();
    assert_eq!(
        restored,
        Stopped {
            credentials: 2,
            tokens: 2,
            sessions: 0,
        }
    );
    assert_eq!(
        verbs
            .find_client("client-u1")
            .await
            .unwrap()
            .unwrap()
            .account_suspended_at,
        None
    );
    assert_eq!(
        (
            fixture.audited("account.suspended").await,
            fixture.audited("account.restored").await
        ),
        (1, 1)
    );
}

async fn suspending_twice_stops_nothing_more(fixture: &Fixture) {
    let environment = production();
    fixture
        .store
        .in_environment(&environment)
        .create_credential(credential("u1", "Acme"), event("credential.created"))
        .await
        .unwrap();
    fixture
        .store
        .suspend_account("id of Acme", NOW + 1, event("account.suspended"))
        .await
        .unwrap();
    let again = fixture
        .store
        .suspend_account("id of Acme", NOW + 2, event("account.suspended"))
        .await
        .unwrap();
    assert_eq!(
        again,
        Stopped {
            credentials: 0,
            tokens: 0,
            sessions: 0,
        }
    );
    assert_eq!(
        fixture
            .store
            .find_account("Acme")
            .await
            .unwrap()
            .unwrap()
            .suspended_at,
        Some(NOW + 1)
    );
    assert_eq!(
        fixture.audited("account.suspended").await,
        1,
        "no audit row without its change"
    );
    fixture
        .store
        .restore_account("id of Acme", NOW + 3, event("account.restored"))
        .await
        .unwrap();
    let again = fixture
        .store
        .restore_account("id of Acme", NOW + 3, event("account.restored"))
        .await
        .unwrap();
    assert_eq!(
        again,
        Stopped {
            credentials: 0,
            tokens: 0,
            sessions: 0,
        }
    );
    assert_eq!(fixture.audited("account.restored").await, 1);
}

async fn ending_an_accounts_tokens_spares_other_accounts(fixture: &Fixture) {
    let (here, there) = (production(), rc());
    fixture
        .store
        .in_environment(&here)
        .create_credential(credential("u1", "Acme"), event("credential.created"))
        .await
        .unwrap();
    fixture
        .store
        .in_environment(&there)
        .create_credential(credential("u2", "Acme"), event("credential.created"))
        .await
        .unwrap();
    fixture
        .store
        .in_environment(&here)
        .create_credential(credential("u3", "Other"), event("credential.created"))
        .await
        .unwrap();
    fixture
        .store
        .in_environment(&here)
        .issue_access_token(
            token(token_id(NOW, 1), "u1", NOW, 60_000),
            event("token.issued"),
        )
        .await
        .unwrap();
    let stopped = fixture
        .store
        .revoke_tokens_of_account("id of Acme", NOW + 1, event("account.tokens-revoked"))
        .await
        .unwrap();
    assert_eq!(
        stopped,
        Stopped {
            credentials: 2,
            tokens: 1,
            sessions: 0,
        }
    );
    for (environment, uuid, revoked_at) in [
        (&here, "u1", Some(NOW + 1)),
        (&there, "u2", Some(NOW + 1)),
        (&here, "u3", None),
    ] {
        let client = fixture
            .store
            .in_environment(environment)
            .find_client_by_uuid(uuid)
            .await
            .unwrap()
            .unwrap();
        assert_eq!(client.credential.tokens_revoked_at, revoked_at, "{uuid}");
    }
}

async fn an_unknown_account_is_refused(fixture: &Fixture) {
    let outcomes = [
        fixture
            .store
            .suspend_account("nobody", NOW, event("account.suspended"))
            .await,
        fixture
            .store
            .restore_account("nobody", NOW, event("account.restored"))
            .await,
        fixture
            .store
            .revoke_tokens_of_account("nobody", NOW, event("account.tokens-revoked"))
            .await,
    ];
    for outcome in outcomes {
        assert!(
            matches!(
                outcome,
                Err(StoreError::Refused(Refused::NotFound("account")))
            ),
            "{outcome:?}"
        );
    }
    assert_eq!(fixture.audited("account.suspended").await, 0);
}

async fn fifty_suspensions_are_one(fixture: &Fixture) {
    let environment = production();
    fixture
        .store
        .in_environment(&environment)
        .create_credential(credential("u1", "Acme"), event("credential.created"))
        .await
        .unwrap();
    let mut callers = tokio::task::JoinSet::new();
    for _ in 0..50 {
        let store = fixture.store.clone();
        callers.spawn(async move {
            store
                .suspend_account("id of Acme", NOW, event("account.suspended"))
                .await
                .unwrap()
        });
    }
    let stopped: u64 = callers
        .join_all()
        .await
        .into_iter()
        .map(|stopped| stopped.credentials)
        .sum();
    assert_eq!(
        (stopped, fixture.audited("account.suspended").await),
        (1, 1)
    );
}
