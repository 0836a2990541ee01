//! Word of changes: other processes hear of one as soon as it is committed.

use std::time::Duration;

use store::{Changes, Store};

use crate::fixture::{Fixture, NOW, credential, event, production};

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
    heard(&changes).await;
    assert_ne!(other.change_mark().await.unwrap(), before);

    // A verb that was refused changed nothing, and nobody hears of it.
    verbs
        .create_credential(credential("u1", "Acme"), event("credential.created"))
        .await
        .unwrap_err();
    let nothing = tokio::time::timeout(Duration::from_millis(300), changes.heard()).await;
    assert!(nothing.is_err(), "word of a change that was rolled back");

    let listeners = "select pg_terminate_backend(pid) from pg_stat_activity where query = 'listen grantor_changes' and datname = current_database()";
    let cut = fixture.client().await.query(listeners, &[]).await.unwrap();
    assert_eq!(cut.len(), 1);
    // Something may have been missed meanwhile, which is a reason to look.
    heard(&changes).await;
    verbs
        .create_credential(credential("u2", "Acme"), event("credential.created"))
        .await
        .unwrap();
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
