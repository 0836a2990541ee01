//! What comes from another server: all of it or nothing, and once.

use store::{
    DatabaseUrl, ForeignDatabase, ImportedClient, MarkedSecret, NewImport, Refused, SecretScheme,
    Store, StoreError,
};

use crate::fixture::{
    Fixture, MASTER_KEY, NOW, credential, event, on_both_databases, production, secret,
};

on_both_databases!(
    an_import_comes_whole_with_its_audit_rows_and_is_known_again,
    an_import_that_meets_something_brings_nothing,
    a_secret_is_taken_over_once_and_only_if_it_is_still_the_old_servers,
    many_come_in_one_transaction,
);

fn marked(id: &str) -> MarkedSecret {
    MarkedSecret {
        secret: store::NewSecret {
            scheme: SecretScheme::Imported,
            ..secret(id)
        },
        mark: format!("mark of {id}"),
    }
}

fn client(number: usize) -> ImportedClient {
    ImportedClient {
        uuid: format!("uuid-{number}"),
        client_id: format!("old/{number} ö"),
        account_id: "acme".into(),
        name: format!("App {number}"),
        description: "Imported".into(),
        version: Some("v2".into()),
        scopes: vec!["shifts.read".into()],
        grant_types: vec!["client_credentials".into()],
        redirect_uris: vec!["https://client.example/cb?a=1".into()],
        public: false,
        pkce_exempt: true,
        disabled: number == 1,
        secrets: vec![marked(&format!("a{number}")), marked(&format!("b{number}"))],
    }
}

fn run(clients: usize) -> NewImport {
    NewImport {
        format: "csv".into(),
        accounts: vec![("acme".into(), "Acme".into())],
        customers: vec!["acme".into()],
        clients: (0..clients).map(client).collect(),
        secrets: Vec::new(),
        tokens: Vec::new(),
        at: NOW,
    }
}

async fn import(store: &Store, run: NewImport) -> Result<(), StoreError> {
    let environment = production();
    let store = store.in_environment(&environment);
    store.import(run, event("environment.imported")).await
}

async fn an_import_comes_whole_with_its_audit_rows_and_is_known_again(fixture: &Fixture) {
    let store = &fixture.store;
    import(store, run(2)).await.unwrap();
    let environment = production();
    let here = store.in_environment(&environment);
    let found = here.find_client("old/0 ö").await.unwrap().unwrap();
    assert_eq!(found.credential.account_name, "Acme");
    assert_eq!(
        found.credential.redirect_uris,
        ["https://client.example/cb?a=1"]
    );
    assert_eq!(
        (found.credential.pkce_exempt, found.credential.disabled_at),
        (true, None)
    );
    assert_eq!(found.secrets.len(), 2);
    assert!(
        found
            .secrets
            .iter()
            .all(|one| one.scheme == SecretScheme::Imported)
    );
    let off = here.find_client("old/1 ö").await.unwrap().unwrap();
    assert_eq!(off.credential.disabled_at, Some(NOW));
    let known = here.known_to_imports().await.unwrap();
    assert_eq!(known.imported["old/0 ö"], "uuid-0");
    assert_eq!(known.marks["old/1 ö"].len(), 2);
    assert_eq!(known.accounts["Acme"], "acme");
    assert_eq!(fixture.audited("credential.imported").await, 2);
    assert_eq!(fixture.audited("environment.imported").await, 1);
    // What came is known when it is deleted, too.
    here.delete_credential("uuid-0", NOW, event("credential.deleted"))
        .await
        .unwrap();
    let known = here.known_to_imports().await.unwrap();
    assert!(known.imported.contains_key("old/0 ö") && !known.credentials.contains_key("old/0 ö"));
}

async fn an_import_that_meets_something_brings_nothing(fixture: &Fixture) {
    let store = &fixture.store;
    let environment = production();
    let here = store.in_environment(&environment);
    let mut made = credential("made", "Other");
    made.client_id = "old/700 ö".into();
    here.create_credential(made, event("credential.created"))
        .await
        .unwrap();
    let conflict = |outcome: Result<(), StoreError>| {
        assert!(
            matches!(outcome, Err(StoreError::Refused(Refused::Conflict(_)))),
            "{outcome:?}"
        );
    };
    conflict(import(store, run(800)).await);
    let mut retired = run(2);
    retired.clients[1].secrets[0].secret.master_key_id = "unknown".into();
    conflict(import(store, retired).await);
    let mut doubled = run(2);
    doubled.clients[1].secrets = doubled.clients[0].secrets.clone();
    assert!(import(store, doubled).await.is_err());
    assert_eq!(here.count_credentials(None).await.unwrap(), 1);
    assert_eq!(store.find_account("Acme").await.unwrap(), None);
    assert!(here.known_to_imports().await.unwrap().imported.is_empty());
    assert_eq!(fixture.audited("credential.imported").await, 0);
}

async fn a_secret_is_taken_over_once_and_only_if_it_is_still_the_old_servers(fixture: &Fixture) {
    let store = &fixture.store;
    import(store, run(1)).await.unwrap();
    let old = secret("a0").hash;
    let new = || store::NewSecret {
        hash: b"ours".to_vec(),
        ..secret("new")
    };
    let take = |old: Vec<u8>| async move {
        let audit = event("credential.secret_taken_over");
        store.take_over_secret("a0", &old, new(), audit).await
    };
    assert!(!take(b"another".to_vec()).await.unwrap());
    let (first, second) = tokio::join!(take(old.clone()), take(old.clone()));
    assert!(first.unwrap() ^ second.unwrap(), "one of two");
    assert!(
        !take(b"ours".to_vec()).await.unwrap(),
        "what is ours is not taken over"
    );
    let environment = production();
    let found = store
        .in_environment(&environment)
        .find_client("old/0 ö")
        .await
        .unwrap()
        .unwrap();
    let taken = found.secrets.iter().find(|one| one.id == "a0").unwrap();
    assert_eq!(
        (taken.scheme, &taken.hash[..]),
        (SecretScheme::HmacSha256, &b"ours"[..])
    );
    assert_eq!(taken.master_key_id, MASTER_KEY);
    assert_eq!(fixture.audited("credential.secret_taken_over").await, 1);
}

async fn many_come_in_one_transaction(fixture: &Fixture) {
    import(&fixture.store, run(1_700)).await.unwrap();
    let environment = production();
    let here = fixture.store.in_environment(&environment);
    assert_eq!(here.count_credentials(None).await.unwrap(), 1_700);
    assert_eq!(here.known_to_imports().await.unwrap().marks.len(), 1_700);
    assert_eq!(
        fixture.store.verify_audit_trail().await.unwrap().broken_at,
        None
    );
}

#[tokio::test]
async fn another_servers_database_is_read_and_not_written() {
    let fixture = Fixture::sqlite().await;
    import(&fixture.store, run(1)).await.unwrap();
    let foreign = ForeignDatabase::open(&format!("sqlite:{}", fixture.file().display()))
        .await
        .unwrap();
    assert!(
        foreign
            .tables()
            .await
            .unwrap()
            .contains(&"credentials".to_owned())
    );
    let rows = foreign.rows("credentials").await.unwrap();
    assert_eq!(
        (&rows[0]["client_id"], &rows[0]["is_public"]),
        (&"old/0 ö".into(), &0.into())
    );
    assert!(foreign.rows("no\"where").await.is_err());
    assert!(
        ForeignDatabase::open("sqlite:/nowhere/at/all.db")
            .await
            .is_err()
    );
    if let Some(fixture) = Fixture::postgres().await {
        import(&fixture.store, run(1)).await.unwrap();
        let DatabaseUrl::Postgres(url) = &fixture.url else {
            panic!()
        };
        let foreign = ForeignDatabase::open(url).await.unwrap();
        let rows = foreign.rows("credentials").await.unwrap();
        assert_eq!(
            (&rows[0]["client_id"], &rows[0]["is_public"]),
            (&"old/0 ö".into(), &0.into())
        );
        let ForeignDatabase::Postgres(client) = foreign else {
            panic!()
        };
        let refused = client
            .batch_execute("delete from secrets")
            .await
            .unwrap_err();
        assert!(
            refused.to_string().contains("read-only")
                || format!("{refused:?}").contains("read-only")
        );
    }
}
