//! Word of changes: other processes hear of one as soon as it is committed.

use std::time::Duration;

use store::{
    Budget, Change, ChangeMark, Changes, FamilyId, NewFamily, NewPassword, NewRefreshToken,
    NewSigningKey, Role, Store,
};

use crate::fixture::{
    Fixture, MASTER_KEY, NOW, credential, event, on_both_databases, person, production, secret,
    token, token_id,
};

on_both_databases!(
    each_verb_tells_what_it_changed,
    s246_where_the_database_cannot_say_what_was_changed_it_says_so,
    only_the_latest_changes_are_kept,
    s246_many_who_change_at_once_are_all_told_of_in_order,
);

/// Longer than any test machine takes, shorter than anyone waits who hears nothing.
const LONG: Duration = Duration::from_secs(20);

async fn heard(changes: &Changes) {
    let heard = tokio::time::timeout(LONG, changes.heard()).await;
    heard.expect("no word of a change came");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn s246_another_process_hears_of_a_change_and_goes_on_hearing_after_it_lost_the_line() {
    let Some(fixture) = Fixture::postgres().await else {
        return;
    };
    let other = Store::open(&fixture.url, NOW).await.unwrap();
    let changes = other.changes();
    // As soon as it listens, since something may have been changed before.
    heard(&changes).await;
    let environment = production();
    let verbs = fixture.store.in_environment(&environment);
    let before = other.change_mark().await.unwrap();
    verbs
        .create_credential(credential("u1", "Acme"), event("credential.created"))
        .await
        .unwrap();
    let disable = || verbs.disable_credential("u1", NOW, event("credential.disabled"));
    disable().await.unwrap();
    heard(&changes).await;
    assert_ne!(other.change_mark().await.unwrap(), before);

    // Nobody remembers what is new, and a verb that was refused changed nothing: nobody hears of either.
    verbs
        .create_credential(credential("u2", "Acme"), event("credential.created"))
        .await
        .unwrap();
    verbs
        .disable_credential("u3", NOW, event("credential.disabled"))
        .await
        .unwrap_err();
    let nothing = tokio::time::timeout(Duration::from_millis(300), changes.heard()).await;
    assert!(nothing.is_err(), "word of a change that was rolled back");

    let listeners = "select pg_terminate_backend(pid) from pg_stat_activity where query = 'listen grantor_changes' and datname = current_database()";
    let cut = fixture.client().await.query(listeners, &[]).await.unwrap();
    assert_eq!(cut.len(), 1);
    // Something may have been missed meanwhile, which is a reason to look.
    heard(&changes).await;
    disable().await.unwrap();
    heard(&changes).await;

    drop(changes);
    let client = fixture.client().await;
    let gone = async {
        while !client.query(listeners, &[]).await.unwrap().is_empty() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(LONG, gone).await.unwrap();
}

/// What was changed since a mark, which moves on.
async fn told(store: &Store, since: &mut ChangeMark) -> Option<Vec<Change>> {
    let news = store.news(Some(*since)).await.unwrap();
    assert_eq!(news.mark, store.change_mark().await.unwrap());
    *since = news.mark;
    news.changes
}

fn family(id: FamilyId) -> NewFamily {
    NewFamily {
        id,
        credential_uuid: "u1".to_owned(),
        person_id: "anna".to_owned(),
        scope: String::new(),
        created_at: NOW,
        expires_at: NOW + 600_000,
        refresh: NewRefreshToken {
            secret_hash: [1; 32],
            issued_at: NOW,
            expires_at: NOW + 600_000,
        },
        access: None,
    }
}

fn key(id: &str, activates_at: i64) -> NewSigningKey {
    NewSigningKey {
        id: id.into(),
        algorithm: "EdDSA".into(),
        public_jwk: "{}".into(),
        wrapped_private_key: id.into(),
        master_key_id: MASTER_KEY.into(),
        created_at: NOW,
        activates_at,
    }
}

async fn each_verb_tells_what_it_changed(fixture: &Fixture) {
    let environment = production();
    let (store, verbs) = (&fixture.store, fixture.store.in_environment(&environment));
    verbs
        .create_credential(credential("u0", "Acme"), event("x"))
        .await
        .unwrap();
    // The first of all changes has none before it that anyone could have seen.
    verbs
        .disable_credential("u0", NOW, event("x"))
        .await
        .unwrap();
    let mut mark = store.change_mark().await.unwrap();
    assert_eq!(told(store, &mut mark).await, Some(vec![]));
    assert_eq!(store.news(None).await.unwrap().changes, None);

    macro_rules! tells {
        ($change:expr, $verb:expr) => {
            let _done = $verb.await.unwrap();
            let changes: &[Change] = &$change;
            assert_eq!(
                told(store, &mut mark).await.as_deref(),
                Some(changes),
                stringify!($verb)
            );
        };
    }
    let x = || event("x");
    tells!([], verbs.create_credential(credential("u1", "Acme"), x()));
    tells!([], verbs.create_person(person("anna", "Acme"), x()));
    let id = token_id(NOW, 1);
    tells!(
        [],
        verbs.issue_access_token(token(id, "u1", NOW, 60_000), x())
    );
    tells!([], verbs.begin_family(family(FamilyId([1; 16])), x()));
    tells!([], verbs.remember_consent("anna", "u1", "", NOW, x()));

    let credential = || [Change::Credential("u1".to_owned())];
    tells!(
        credential(),
        verbs.update_credential("u1", Some("new"), None, NOW, x())
    );
    tells!(credential(), verbs.disable_credential("u1", NOW, x()));
    tells!(credential(), verbs.enable_credential("u1", NOW, x()));
    let budget = Budget {
        requests_per_second: Some(1),
        ..Budget::default()
    };
    tells!(
        credential(),
        verbs.set_budget("u1", (Budget::default(), budget), NOW, x())
    );
    tells!(
        credential(),
        verbs.rotate_secret("u1", secret("s2"), NOW + 1_000, NOW, x())
    );
    tells!(credential(), verbs.revoke_secret("u1", "s2", NOW, x()));
    tells!(
        [Change::Token(id)],
        verbs.revoke_access_token(id, "u1", NOW, x())
    );
    tells!([], verbs.revoke_access_token(id, "u1", NOW, x()));
    let jti = token_id(NOW, 2);
    tells!(
        [Change::Token(jti)],
        verbs.revoke_jwt(jti, NOW + 1, NOW, x())
    );
    tells!(
        credential(),
        verbs.revoke_tokens_of_credential("u1", NOW, x())
    );

    let first = FamilyId([1; 16]);
    tells!(
        [Change::Family(first)],
        verbs.end_family(first, "test", NOW, x())
    );
    tells!([], verbs.end_family(first, "test", NOW, x()));
    let anna = || [Change::Person("anna".to_owned())];
    tells!(anna(), verbs.withdraw_consent("anna", "u1", NOW, x()));
    let password = NewPassword {
        hash: vec![2],
        master_key_id: MASTER_KEY.to_owned(),
        must_change: false,
    };
    tells!(anna(), verbs.set_password("anna", password, None, NOW, x()));
    tells!(
        anna(),
        verbs.set_role("anna", Role::AccountManager, NOW, x())
    );
    tells!(anna(), verbs.disable_person("anna", NOW, x()));
    tells!(anna(), verbs.enable_person("anna", NOW, x()));
    let account = verbs
        .find_client_by_uuid("u1")
        .await
        .unwrap()
        .unwrap()
        .credential
        .account_id;
    tells!(
        [Change::Account(account.clone())],
        store.suspend_account(&account, NOW, x())
    );
    tells!(
        [Change::Account(account.clone())],
        store.restore_account(&account, NOW, x())
    );
    tells!(
        [Change::Account(account.clone())],
        store.revoke_tokens_of_account(&account, NOW, x())
    );
    tells!(anna(), verbs.erase_person("anna", NOW, x()));
    tells!(credential(), verbs.delete_credential("u1", NOW, x()));

    let keys = || [Change::SigningKeys(environment.clone())];
    tells!(keys(), verbs.create_first_signing_key(key("k1", NOW), x()));
    tells!([], verbs.create_first_signing_key(key("k2", NOW), x()));
    tells!(
        keys(),
        verbs.announce_signing_key(key("k2", NOW + 5), NOW + 9, NOW, x())
    );
    // Tokens of whomever were signed with it.
    let everybody = [Change::Environment(environment.clone())];
    tells!(everybody, verbs.revoke_signing_key("k2", None, NOW, x()));
}

async fn s246_where_the_database_cannot_say_what_was_changed_it_says_so(fixture: &Fixture) {
    let environment = production();
    let (store, verbs) = (&fixture.store, fixture.store.in_environment(&environment));
    verbs
        .create_credential(credential("u1", "Acme"), event("x"))
        .await
        .unwrap();
    let change = || async {
        let changed = verbs.update_credential("u1", Some("n"), None, NOW, event("x"));
        let _done = changed.await.unwrap();
    };
    let mut mark = store.change_mark().await.unwrap();
    change().await;
    assert_eq!(told(store, &mut mark).await, None, "the first of all");
    change().await;
    assert_eq!(told(store, &mut mark).await.map(|all| all.len()), Some(1));
    for (sql, why) in [
        (
            "update changes set mark = mark + 1",
            "an older Grantor moved the mark",
        ),
        (
            "update recent_changes set kind = 'weather'",
            "a newer one changed what we do not know",
        ),
        (
            "update recent_changes set subject = 'x', kind = 'token'",
            "what was written is no token",
        ),
        ("delete from recent_changes", "it was too long ago"),
    ] {
        change().await;
        told(store, &mut mark).await;
        change().await;
        fixture.raw(sql).await.unwrap();
        assert_eq!(told(store, &mut mark).await, None, "{why}");
    }
    // Another database: there the mark stands as high, and it got there by other changes.
    change().await;
    told(store, &mut mark).await;
    fixture
        .raw("update recent_changes set stamp = stamp + 1")
        .await
        .unwrap();
    assert_eq!(told(store, &mut mark).await, None, "another database");
    fixture
        .raw("update recent_changes set stamp = stamp + 1")
        .await
        .unwrap();
    change().await;
    assert_eq!(
        told(store, &mut mark).await,
        None,
        "another database, and a change in it"
    );
    // A database that went back in time.
    change().await;
    told(store, &mut mark).await;
    fixture
        .raw("update changes set mark = mark - 1")
        .await
        .unwrap();
    assert_eq!(told(store, &mut mark).await, None, "back in time");
}

async fn only_the_latest_changes_are_kept(fixture: &Fixture) {
    let environment = production();
    let (store, verbs) = (&fixture.store, fixture.store.in_environment(&environment));
    verbs
        .create_credential(credential("u1", "Acme"), event("x"))
        .await
        .unwrap();
    let many = "with recursive n(i) as (select 1 union all select i + 1 from n where i < 4050) \
        insert into recent_changes (mark, stamp, kind, subject) select i, 7, 'person', 'anna' from n";
    fixture.raw(many).await.unwrap();
    fixture.raw("update changes set mark = 4050").await.unwrap();
    let mut mark = store.change_mark().await.unwrap();
    verbs
        .disable_credential("u1", NOW, event("x"))
        .await
        .unwrap();
    let kept = "select count(*) from recent_changes";
    assert_eq!(fixture.number(kept).await, 4_000);
    let all = told(store, &mut mark).await;
    assert_eq!(all, Some(vec![Change::Credential("u1".to_owned())]));
}

async fn s246_many_who_change_at_once_are_all_told_of_in_order(fixture: &Fixture) {
    let environment = production();
    let verbs = fixture.store.in_environment(&environment);
    let uuids: Vec<String> = (0..20).map(|number| format!("u{number}")).collect();
    for uuid in &uuids {
        let made = verbs.create_credential(credential(uuid, "Acme"), event("x"));
        let _made = made.await.unwrap();
    }
    verbs
        .disable_credential("u0", NOW, event("x"))
        .await
        .unwrap();
    let other = fixture.another().await;
    let mut mark = other.change_mark().await.unwrap();
    let mut changes = Vec::new();
    let changing = async {
        let all = uuids
            .iter()
            .map(|uuid| verbs.disable_credential(uuid, NOW, event("x")));
        for done in futures_util::future::join_all(all).await {
            let _done = done.unwrap();
        }
    };
    tokio::pin!(changing);
    loop {
        let done = tokio::time::timeout(Duration::from_millis(1), &mut changing)
            .await
            .is_ok();
        let news = other.news(Some(mark)).await.unwrap();
        mark = news.mark;
        changes.extend(news.changes.expect("nothing was missed"));
        if done {
            break;
        }
    }
    changes.extend(told(&other, &mut mark).await.unwrap());
    let mut named: Vec<_> = changes
        .into_iter()
        .map(|change| match change {
            Change::Credential(uuid) => uuid,
            other => panic!("{other:?}"),
        })
        .collect();
    let mut expected = uuids.clone();
    named.sort();
    expected.sort();
    assert_eq!(named, expected, "each once");
}
