use std::os::unix::fs::PermissionsExt as _;

use store::{DatabaseUrl, Store, StoreError};

use crate::fixture::{Fixture, NOW, credential, event, on_both_databases, production};

on_both_databases!(
    a_migrated_database_is_current,
    a_newer_database_is_refused,
    another_builds_migration_is_refused,
    a_database_is_new_until_it_holds_what_a_key_protects,
);

async fn a_migrated_database_is_current(fixture: &Fixture) {
    let status = fixture.store.migration_status().await.unwrap();
    assert!(status.is_current() && !status.newer);
    assert_eq!(
        (status.migrations[0].number, status.migrations[0].applied_at),
        (1, Some(NOW))
    );
    let again = fixture.store.migrate(NOW + 5).await.unwrap();
    assert_eq!(again, status, "a second time changes nothing");
}

/// F27.
async fn a_newer_database_is_refused(fixture: &Fixture) {
    fixture.raw("insert into migrations (number, name, checksum, applied_at) values (99, 'future', '', 0)").await.unwrap();
    assert!(fixture.store.migration_status().await.unwrap().newer);
    let refused = fixture.store.migrate(NOW).await.unwrap_err();
    assert!(
        matches!(&refused, StoreError::Operator(sentence) if sentence.contains("newer Grantor")),
        "{refused}"
    );
    if fixture.is_sqlite() {
        assert!(matches!(
            Store::open(&fixture.url, NOW).await,
            Err(StoreError::Operator(_))
        ));
    }
}

async fn another_builds_migration_is_refused(fixture: &Fixture) {
    let other = if fixture.is_sqlite() {
        "x'00'"
    } else {
        r"'\x00'"
    };
    fixture
        .raw(&format!("update migrations set checksum = {other}"))
        .await
        .unwrap();
    let refused = fixture.store.migration_status().await.unwrap_err();
    assert!(
        matches!(&refused, StoreError::Operator(sentence) if sentence.contains("migration 1")),
        "{refused}"
    );
    assert!(fixture.store.migrate(NOW).await.is_err());
}

async fn a_database_is_new_until_it_holds_what_a_key_protects(fixture: &Fixture) {
    assert!(fixture.store.is_new());
    assert!(
        !fixture.another().await.is_new(),
        "a master key is registered"
    );
}

#[tokio::test]
async fn an_unmigrated_postgres_says_what_to_do() {
    let Some(fixture) = Fixture::unmigrated_postgres().await else {
        return;
    };
    assert!(fixture.store.is_new());
    let status = fixture.store.migration_status().await.unwrap();
    assert!(
        !status.is_current()
            && status
                .migrations
                .iter()
                .all(|migration| migration.applied_at.is_none())
    );
    let environment = production();
    let verbs = fixture.store.in_environment(&environment);
    for outcome in [
        fixture.store.ping().await,
        verbs
            .create_credential(credential("u1", "Acme"), event("x"))
            .await
            .map(drop),
    ] {
        let sentence = outcome.unwrap_err().to_string();
        assert!(sentence.contains("grantor migrate up"), "{sentence}");
    }
    fixture.store.migrate(NOW).await.unwrap();
    fixture.store.ping().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn ten_migrations_of_one_postgres_at_once_are_one() {
    let Some(fixture) = Fixture::unmigrated_postgres().await else {
        return;
    };
    let mut callers = tokio::task::JoinSet::new();
    for number in 0..10 {
        let store = fixture.another().await;
        callers.spawn(async move { store.migrate(NOW + number).await.unwrap() });
    }
    let statuses = callers.join_all().await;
    assert!(
        statuses
            .iter()
            .all(|status| status == &statuses[0] && status.is_current()),
        "{statuses:?}"
    );
    let applied = i64::try_from(statuses[0].migrations.len()).unwrap();
    assert_eq!(
        fixture.number("select count(*) from migrations").await,
        applied
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn ten_processes_that_start_at_once_make_one_sqlite_database() {
    let fixture = Fixture::sqlite().await;
    let url = DatabaseUrl::Sqlite(fixture.path("fresh.db"));
    let mut callers = tokio::task::JoinSet::new();
    for number in 0..10 {
        let url = url.clone();
        callers.spawn(async move {
            let store = Store::open(&url, NOW).await.unwrap();
            store
                .in_environment(&production())
                .revoke_jwt(
                    store::TokenId([number; 16]),
                    NOW + 5,
                    NOW,
                    event("token.revoked"),
                )
                .await
                .unwrap();
            store
        });
    }
    for store in callers.join_all().await {
        assert_eq!(
            store
                .list_audit_events(&Default::default(), 100)
                .await
                .unwrap()
                .len(),
            10,
            "all have the same database"
        );
        store.close().await;
    }
    let names: Vec<_> = std::fs::read_dir(fixture.path(""))
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    assert!(
        names
            .iter()
            .all(|name| !name.to_string_lossy().contains(".new")),
        "nothing is left over: {names:?}"
    );
}

#[tokio::test]
async fn a_new_sqlite_file_belongs_to_its_owner_alone() {
    let fixture = Fixture::sqlite().await;
    assert_eq!(
        std::fs::metadata(fixture.file())
            .unwrap()
            .permissions()
            .mode()
            & 0o777,
        0o600
    );
    // What SQLite puts beside it holds the same rows.
    for name in ["grantor.db-wal", "grantor.db-shm"] {
        assert_eq!(
            std::fs::metadata(fixture.path(name))
                .unwrap()
                .permissions()
                .mode()
                & 0o777,
            0o600,
            "{name}"
        );
    }
}

/// F15.
#[tokio::test]
async fn a_file_that_is_no_database_of_ours_is_refused_and_left_alone() {
    let fixture = Fixture::sqlite().await;
    let cases: [(&str, &[u8], &str); 3] = [
        ("empty.db", b"", "empty file"),
        ("text.db", &[b'x'; 5_000], "damaged"),
        ("short.db", b"SQLite format 3\0", "damaged"),
    ];
    for (name, content, wanted) in cases {
        std::fs::write(fixture.path(name), content).unwrap();
        let refused = Store::open(&DatabaseUrl::Sqlite(fixture.path(name)), NOW)
            .await
            .err()
            .unwrap();
        assert!(
            matches!(&refused, StoreError::Operator(sentence) if sentence.contains(wanted)),
            "{name}: {refused}"
        );
        assert_eq!(
            std::fs::read(fixture.path(name)).unwrap(),
            content,
            "{name}"
        );
    }
    // A log without its database would be played into the new one.
    std::fs::write(
        fixture.path("removed.db-wal"),
        "what was not yet in the database",
    )
    .unwrap();
    let refused = Store::open(&DatabaseUrl::Sqlite(fixture.path("removed.db")), NOW)
        .await
        .err()
        .unwrap();
    assert!(
        matches!(&refused, StoreError::Operator(sentence) if sentence.contains("removed.db-wal")),
        "{refused}"
    );
    assert!(!fixture.path("removed.db").exists());
    rusqlite::Connection::open(fixture.path("other.db"))
        .unwrap()
        .execute_batch("create table theirs (id integer)")
        .unwrap();
    for (path, wanted) in [
        ("other.db", "something else"),
        ("", "not a file"),
        ("no/such/folder.db", "folder"),
    ] {
        let refused = Store::open(&DatabaseUrl::Sqlite(fixture.path(path)), NOW)
            .await
            .err()
            .unwrap();
        assert!(
            matches!(&refused, StoreError::Operator(sentence) if sentence.contains(wanted)),
            "{path}: {refused}"
        );
    }
}
