//! How long a refresh takes, and how long tokens wait meanwhile. To be measured by hand on a machine that does nothing else:
//! `cargo test --release -p grantor-store --test conformance -- --ignored --nocapture scale`

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use serde_json::Map;
use store::{Begun, PersonalData, Store};

use super::{clear, house, run};
use crate::fixture::{Fixture, NOW, event, production, rc, token, token_id};

const ACCOUNTS: u32 = 1_000;
const PEOPLE: u32 = 100_000;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
#[ignore = "takes half a minute and measures"]
async fn sqlite() {
    measure(&Fixture::sqlite().await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
#[ignore = "takes half a minute and measures"]
async fn postgres() {
    let Some(fixture) = Fixture::postgres().await else {
        return;
    };
    measure(&fixture).await;
}

async fn fill(fixture: &Fixture) {
    let numbers = |most: u32| {
        format!("with recursive n(i) as (select 1 union all select i + 1 from n where i < {most}) ")
    };
    let accounts = numbers(ACCOUNTS);
    let people = numbers(PEOPLE);
    for sql in [
        format!(
            "{accounts} insert into accounts (id, name, created_at) select 'a' || i, 'Account ' || i, 1 from n"
        ),
        format!(
            "{accounts} insert into account_environments (environment, account_id, since) select 'production', 'a' || i, 1 from n"
        ),
        format!(
            "{people} insert into people (id, environment, account_id, username, canonical_username, role, must_change_password, created_at, updated_at) \
             select 'p' || i, 'production', 'a' || (1 + i % {ACCOUNTS}), 'person' || i || '@acme.example', 'person' || i || '@acme.example', 'member', 0, 1, 1 from n"
        ),
    ] {
        fixture.raw(&sql).await.unwrap();
    }
}

/// Issues tokens one after the other until the stop; how many, and the longest wait.
async fn issue(store: Store, stop: Arc<AtomicBool>, at: i64) -> (u64, Duration) {
    let environment = production();
    let verbs = store.in_environment(&environment);
    let (mut number, mut longest) = (0, Duration::ZERO);
    while !stop.load(Ordering::Relaxed) {
        number += 1;
        let new = token(token_id(at, number), "up", at, 3_600_000);
        let begun = Instant::now();
        verbs
            .issue_access_token(new, event("token.issued"))
            .await
            .unwrap();
        longest = longest.max(begun.elapsed());
    }
    (number, longest)
}

async fn measure(fixture: &Fixture) {
    house(fixture).await;
    fill(fixture).await;
    let environment = rc();
    let verbs = fixture.store.in_environment(&environment);
    let alone = Arc::new(AtomicBool::new(false));
    let issuing = tokio::spawn(issue(fixture.store.clone(), Arc::clone(&alone), NOW));
    tokio::time::sleep(Duration::from_secs(2)).await;
    alone.store(true, Ordering::Relaxed);
    let (_, before) = issuing.await.unwrap();
    println!("without a refresh: the longest wait for a token {before:?}");
    for (id, at, what) in [("r1", NOW + 1, "first"), ("r2", NOW + 2, "again")] {
        let stop = Arc::new(AtomicBool::new(false));
        let store = fixture.store.clone();
        let issuing = tokio::spawn(issue(store, Arc::clone(&stop), at));
        let begun = Instant::now();
        let one = run(id, None, PersonalData::default());
        assert_eq!(verbs.begin_refresh(&one).await.unwrap(), Begun::Mine);
        let prepared = verbs.prepare_refresh(&one).await.unwrap();
        let (preparing, swapping) = (begun.elapsed(), Instant::now());
        let done = verbs
            .swap_refresh(&one, prepared, NOW + 2_000, Map::new(), event("x"))
            .await
            .unwrap();
        let swapped = swapping.elapsed();
        clear(fixture).await;
        let whole = begun.elapsed();
        stop.store(true, Ordering::Relaxed);
        let (tokens, longest) = issuing.await.unwrap();
        println!(
            "{what}: {} people came, {} stayed; prepared in {preparing:?}, swapped in {swapped:?}, all in {whole:?}; {tokens} tokens meanwhile, the longest wait {longest:?}",
            done.people_arrived, done.people_kept
        );
        assert!(done.people_arrived >= u64::from(PEOPLE) || done.people_kept >= u64::from(PEOPLE));
    }
}
