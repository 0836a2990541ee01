//! What only a verb written to misbehave can show.

#![allow(clippy::unwrap_used, clippy::panic)]

use std::path::PathBuf;

use super::Sqlite;
use crate::audit_events::Actor;
use crate::database::{Append, params};
use crate::{AuditEvent, EnvironmentName, NewAccessToken, StoreError, TokenId};

async fn new(name: &str) -> (Sqlite, PathBuf) {
    let folder = std::env::temp_dir().join(format!("grantor_sqlite_{}_{name}", std::process::id()));
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    (
        Sqlite::open(&folder.join("grantor.db"), 1).await.unwrap(),
        folder,
    )
}

fn event() -> AuditEvent {
    AuditEvent {
        at: 1,
        actor: Actor::System,
        environment: None,
        account_id: None,
        event: "token.issued",
        subject: None,
        remote_address: None,
        request_id: None,
        details: "x".repeat(1_000),
    }
}

fn token(number: u128) -> Box<Append> {
    with(number, event())
}

fn with(number: u128, event: AuditEvent) -> Box<Append> {
    let token = NewAccessToken {
        id: TokenId(number.to_be_bytes()),
        secret_hash: [1; 32],
        credential_uuid: "u1".into(),
        scope: String::new(),
        issued_at: 1,
        expires_at: 2,
    };
    Box::new(Append {
        token: Some((EnvironmentName::new("production"), token)),
        audit: event.into(),
    })
}

#[tokio::test]
async fn a_verb_that_panics_is_rolled_back_and_the_others_go_on() {
    let (sqlite, folder) = new("panic").await;
    let panicking = sqlite.transaction(move |tx| {
        Box::pin(async move {
            tx.execute(
                "insert into accounts (id, name, created_at) values ($1, $1, 1)",
                params!["a"],
            )
            .await?;
            tx.record(event()).await?;
            if tx.query("select id from accounts", &[]).await?.len() == 1 {
                panic!("on purpose");
            }
            Ok(())
        })
    });
    let (panicked, first, second) =
        tokio::join!(panicking, sqlite.append(token(1)), sqlite.append(token(2)));
    assert!(
        matches!(panicked, Err(StoreError::Corrupt(_))),
        "{panicked:?}"
    );
    first.unwrap();
    second.unwrap();
    assert!(
        sqlite
            .query("select id from accounts", &[])
            .unwrap()
            .is_empty()
    );
    let report = sqlite
        .apart(|session| session.verify_audit_trail())
        .await
        .unwrap();
    assert_eq!((report.rows, report.broken_at), (2, None));
    let _ = std::fs::remove_dir_all(folder);
}

#[tokio::test]
async fn a_verb_that_waits_for_something_else_is_an_error_not_a_hang() {
    let (sqlite, folder) = new("waits").await;
    let waited: Result<(), _> = sqlite
        .transaction(|_| Box::pin(std::future::pending()))
        .await;
    assert!(matches!(waited, Err(StoreError::Corrupt(_))), "{waited:?}");
    sqlite.append(token(1)).await.unwrap();
    let _ = std::fs::remove_dir_all(folder);
}

/// F13: a full disk is an outage that ends with the disk's.
#[tokio::test]
async fn a_full_database_is_unavailable_keeps_what_it_answered_and_heals() {
    let (sqlite, folder) = new("full").await;
    let limit = async |pages: i64| {
        let sql = format!("pragma max_page_count = {pages}");
        sqlite
            .transaction(move |tx| Box::pin(async move { tx.query(&sql, &[]).await.map(drop) }))
            .await
            .unwrap();
    };
    let pages = sqlite
        .query("pragma page_count", &[])
        .unwrap()
        .first_mut()
        .unwrap()
        .integer()
        .unwrap();
    limit(pages + 5).await;
    let mut kept = 0;
    let refused = loop {
        match sqlite.append(token(kept)).await {
            Ok(()) => kept += 1,
            Err(error) => break error,
        }
        assert!(kept < 1_000);
    };
    assert!(
        matches!(&refused, StoreError::Unavailable(reason) if reason.contains("full")),
        "{refused:?}"
    );
    let counted = sqlite
        .query("select count(*) from access_tokens", &[])
        .unwrap()
        .first_mut()
        .unwrap()
        .integer()
        .unwrap();
    assert_eq!(u128::try_from(counted).unwrap(), kept);
    limit(1_000_000).await;
    sqlite.append(token(kept)).await.unwrap();
    assert_eq!(
        sqlite
            .apart(|session| session.verify_audit_trail())
            .await
            .unwrap()
            .broken_at,
        None
    );
    let _ = std::fs::remove_dir_all(folder);
}

#[tokio::test]
async fn a_commit_is_synced_before_it_is_answered() {
    let (sqlite, folder) = new("settings").await;
    let settings = sqlite
        .transaction(|tx| {
            Box::pin(async move {
                let synchronous = tx
                    .query("pragma synchronous", &[])
                    .await?
                    .remove(0)
                    .integer()?;
                let journal = tx
                    .query("pragma journal_mode", &[])
                    .await?
                    .remove(0)
                    .text()?;
                Ok((synchronous, journal))
            })
        })
        .await
        .unwrap();
    // 2 is FULL. Nothing else than power loss shows the difference, so the setting itself is held.
    assert_eq!(settings, (2, "wal".to_owned()));
    let _ = std::fs::remove_dir_all(folder);
}

#[tokio::test]
async fn the_log_begins_anew_while_everyone_writes() {
    let (sqlite, folder) = new("log").await;
    let (writers, each) = (50, 200);
    let long = || AuditEvent {
        details: "x".repeat(4_000),
        ..event()
    };
    let writing = (0..writers).map(async |writer| {
        for number in 0..each {
            let token = with(writer * each + number, long());
            sqlite.append(token).await.unwrap();
        }
    });
    futures_util::future::join_all(writing).await;
    let length = |name: &str| std::fs::metadata(folder.join(name)).unwrap().len();
    let log = length("grantor.db-wal");
    // Forty megabytes came through it, several times as many with what is written again and again.
    assert!(log < 20_000_000, "the log has {log} bytes");
    assert!(length("grantor.db") > 20_000_000, "nothing was copied");
    sqlite.close().await;
    let (again, rows) = (
        Sqlite::open(&folder.join("grantor.db"), 1).await.unwrap(),
        "select id from access_tokens",
    );
    assert_eq!(again.query(rows, &[]).unwrap().len(), 10_000);
    again.close().await;
    let _ = std::fs::remove_dir_all(&folder);
}
