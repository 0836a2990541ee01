//! What callers hear when the database cannot: "unavailable", never "refused", and nothing half done.

use futures_util::future::join_all;
use store::{DatabaseUrl, Store, StoreError};

use crate::fixture::{
    Fixture, NOW, credential, event, new_postgres, on_both_databases, production, token, token_id,
    url_of,
};

on_both_databases!(
    a_group_whose_commit_fails_is_unavailable_as_a_whole,
    a_locked_database_is_unavailable_and_heals,
    a_closed_store_is_unavailable
);

/// Holds the locks that writers need until it is dropped.
enum Lock {
    Sqlite(rusqlite::Connection),
    Postgres(tokio_postgres::Client),
}

impl Lock {
    async fn take(fixture: &Fixture) -> Self {
        if fixture.is_sqlite() {
            let connection = rusqlite::Connection::open(fixture.file()).unwrap();
            connection.execute_batch("begin immediate").unwrap();
            return Self::Sqlite(connection);
        }
        let client = fixture.client().await;
        client
            .batch_execute("begin; lock table access_tokens, changes in access exclusive mode")
            .await
            .unwrap();
        Self::Postgres(client)
    }

    async fn release(self) {
        match self {
            Self::Sqlite(connection) => connection.execute_batch("rollback").unwrap(),
            Self::Postgres(client) => client.batch_execute("rollback").await.unwrap(),
        }
    }
}

async fn a_group_whose_commit_fails_is_unavailable_as_a_whole(fixture: &Fixture) {
    // A token with the scope "poison" is inserted without complaint, and fails the commit.
    let poison = if fixture.is_sqlite() {
        "create table parent (id integer primary key);
         create table child (parent integer references parent (id) deferrable initially deferred);
         create trigger poison after insert on access_tokens when new.scope = 'poison' begin insert into child values (1); end;"
    } else {
        "create function poison() returns trigger language plpgsql as $$ begin if new.scope = 'poison' then raise exception 'poison'; end if; return null; end $$;
         create constraint trigger poison after insert on access_tokens deferrable initially deferred for each row execute function poison();"
    };
    fixture.raw(poison).await.unwrap();
    let environment = production();
    let verbs = fixture.store.in_environment(&environment);
    // While the lock is held, everything that is sent gathers into a group or two.
    let lock = Lock::take(fixture).await;
    let calls = (0..21).map(|number| {
        let mut new = token(token_id(NOW, number), "u1", NOW, 60_000);
        if number == 10 {
            new.scope = "poison".into();
        }
        verbs.issue_access_token(new, event("token.issued"))
    });
    // Each call is polled, and so queued, before the last one lets the writer go.
    let (outcomes, ()) = tokio::join!(join_all(calls), lock.release());
    assert!(
        matches!(outcomes[10], Err(StoreError::Unavailable(_))),
        "{:?}",
        outcomes[10]
    );
    let mut failed = 0;
    for (number, outcome) in (0..).zip(&outcomes) {
        let kept = verbs
            .find_access_token(token_id(NOW, number))
            .await
            .unwrap()
            .is_some();
        match outcome {
            Ok(()) => assert!(kept, "token {number} was answered and is lost"),
            Err(StoreError::Unavailable(_)) => assert!(!kept, "token {number} was not committed"),
            Err(other) => panic!("token {number}: {other}"),
        }
        failed += usize::from(outcome.is_err());
    }
    assert!(failed > 1, "its neighbours share its fate");
    assert_eq!(
        fixture.audited("token.issued").await,
        outcomes.len() - failed
    );
    verbs
        .issue_access_token(
            token(token_id(NOW, 99), "u1", NOW, 60_000),
            event("token.issued"),
        )
        .await
        .unwrap();
    assert_eq!(
        fixture.store.verify_audit_trail().await.unwrap().broken_at,
        None
    );
}

/// F09, F14.
async fn a_locked_database_is_unavailable_and_heals(fixture: &Fixture) {
    let environment = production();
    let verbs = fixture.store.in_environment(&environment);
    let lock = Lock::take(fixture).await;
    let (issued, created) = tokio::join!(
        verbs.issue_access_token(
            token(token_id(NOW, 1), "u1", NOW, 60_000),
            event("token.issued")
        ),
        verbs.create_credential(credential("u1", "Acme"), event("credential.created")),
    );
    assert!(
        matches!(issued, Err(StoreError::Unavailable(_))),
        "{issued:?}"
    );
    assert!(
        matches!(created, Err(StoreError::Unavailable(_))),
        "{created:?}"
    );
    lock.release().await;
    assert_eq!(
        verbs.find_access_token(token_id(NOW, 1)).await.unwrap(),
        None
    );
    assert_eq!(verbs.find_client("client-u1").await.unwrap(), None);
    assert_eq!(
        (
            fixture.audited("token.issued").await,
            fixture.audited("credential.created").await
        ),
        (0, 0)
    );
    verbs
        .issue_access_token(
            token(token_id(NOW, 1), "u1", NOW, 60_000),
            event("token.issued"),
        )
        .await
        .unwrap();
    verbs
        .create_credential(credential("u1", "Acme"), event("credential.created"))
        .await
        .unwrap();
}

async fn a_closed_store_is_unavailable(fixture: &Fixture) {
    let environment = production();
    let store = fixture.another().await;
    let verbs = store.in_environment(&environment);
    // Closing waits for what was queued before it.
    let (issued, ()) = tokio::join!(
        verbs.issue_access_token(
            token(token_id(NOW, 1), "u1", NOW, 60_000),
            event("token.issued")
        ),
        store.close()
    );
    issued.unwrap();
    store.close().await;
    let outcomes = [
        store.ping().await,
        verbs
            .issue_access_token(
                token(token_id(NOW, 2), "u1", NOW, 60_000),
                event("token.issued"),
            )
            .await,
        verbs.find_access_token(token_id(NOW, 1)).await.map(drop),
        verbs
            .create_credential(credential("u1", "Acme"), event("credential.created"))
            .await
            .map(drop),
        store
            .list_audit_events(&Default::default(), 1)
            .await
            .map(drop),
    ];
    for outcome in outcomes {
        assert!(
            matches!(outcome, Err(StoreError::Unavailable(_))),
            "{outcome:?}"
        );
    }
    assert!(
        fixture
            .store
            .in_environment(&environment)
            .find_access_token(token_id(NOW, 1))
            .await
            .unwrap()
            .is_some()
    );
}

/// F08, F09: connections that were cut are replaced without anybody's help.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn cut_connections_to_postgres_are_replaced() {
    let Some(fixture) = Fixture::postgres().await else {
        return;
    };
    let environment = production();
    let verbs = fixture.store.in_environment(&environment);
    verbs
        .issue_access_token(
            token(token_id(NOW, 0), "u1", NOW, 60_000),
            event("token.issued"),
        )
        .await
        .unwrap();
    let cut = "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()";
    fixture.raw(cut).await.unwrap();
    // Each call may meet a connection that was cut; after as many as there are, none is left.
    let mut answered = 0;
    for number in 1..=20 {
        let issued = verbs
            .issue_access_token(
                token(token_id(NOW, number), "u1", NOW, 60_000),
                event("token.issued"),
            )
            .await;
        let found = verbs.find_access_token(token_id(NOW, number)).await;
        match (issued, found) {
            (Ok(()), Ok(found)) => {
                assert!(found.is_some());
                answered += 1;
            }
            (issued, found) => {
                for outcome in [issued, found.map(drop)] {
                    assert!(
                        matches!(outcome, Ok(()) | Err(StoreError::Unavailable(_))),
                        "{outcome:?}"
                    );
                }
            }
        }
    }
    assert!(answered >= 10, "{answered} of 20");
}

#[tokio::test]
async fn a_postgres_that_is_not_there_is_unavailable_and_a_wrong_name_is_the_operators() {
    let nobody = DatabaseUrl::Postgres("postgres://grantor:hunter2@127.0.0.1:1/grantor".into());
    let error = Store::open(&nobody, NOW).await.err().unwrap();
    assert!(matches!(error, StoreError::Unavailable(_)), "{error:?}");
    assert!(!error.to_string().contains("hunter2"));
    let Some((admin, name)) = new_postgres().await else {
        return;
    };
    let missing = DatabaseUrl::Postgres(url_of(&admin, "no_such_database"));
    let error = Store::open(&missing, NOW).await.err().unwrap();
    assert!(
        matches!(&error, StoreError::Operator(sentence) if sentence.contains("no_such_database")),
        "{error:?}"
    );
    crate::fixture::connect(&admin)
        .await
        .batch_execute(&format!("drop database {name}"))
        .await
        .unwrap();
}

/// F07.
#[tokio::test]
async fn a_postgres_that_may_lose_commits_is_warned_of() {
    let Some(fixture) = Fixture::postgres().await else {
        return;
    };
    assert_eq!(
        fixture.store.durability_warning(),
        None,
        "the test cluster itself is durable"
    );
    let name = match &fixture.url {
        DatabaseUrl::Postgres(url) => url::Url::parse(url)
            .unwrap()
            .path()
            .trim_start_matches('/')
            .to_owned(),
        DatabaseUrl::Sqlite(_) => unreachable!(),
    };
    fixture
        .raw(&format!(
            "alter database {name} set synchronous_commit = off"
        ))
        .await
        .unwrap();
    let warning = fixture.another().await.durability_warning().unwrap();
    assert!(warning.contains("synchronous_commit"), "{warning}");
}

/// A line to PostgreSQL that goes dead without a word: nothing is closed, nothing is answered.
struct Line {
    port: u16,
    dead: tokio::sync::watch::Sender<bool>,
}

impl Line {
    async fn to(host: String) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let (dead, is_dead) = tokio::sync::watch::channel(false);
        tokio::spawn(async move {
            while let Ok((near, _)) = listener.accept().await {
                let Ok(far) = tokio::net::TcpStream::connect(&host).await else {
                    continue;
                };
                let ((near_read, near_write), (far_read, far_write)) =
                    (near.into_split(), far.into_split());
                tokio::spawn(Self::carry(near_read, far_write, is_dead.clone()));
                tokio::spawn(Self::carry(far_read, near_write, is_dead.clone()));
            }
        });
        Self { port, dead }
    }

    /// What arrives while the line is dead is lost with its connection.
    async fn carry(
        mut from: tokio::net::tcp::OwnedReadHalf,
        mut to: tokio::net::tcp::OwnedWriteHalf,
        mut is_dead: tokio::sync::watch::Receiver<bool>,
    ) {
        use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
        let mut bytes = [0; 4096];
        while let Ok(count @ 1..) = from.read(&mut bytes).await {
            if *is_dead.borrow() {
                // Neither closed nor carried, until the line is alive for others again.
                let _ = is_dead.wait_for(|dead| !dead).await;
                return;
            }
            if to.write_all(&bytes[..count]).await.is_err() {
                return;
            }
        }
    }
}

/// F09, F30: every verb has an answer, and the store heals by itself.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_dead_line_to_postgres_is_unavailable_and_heals() {
    let Some(fixture) = Fixture::postgres().await else {
        return;
    };
    let DatabaseUrl::Postgres(direct) = &fixture.url else {
        unreachable!()
    };
    let mut url = url::Url::parse(direct).unwrap();
    let line = Line::to(format!(
        "{}:{}",
        url.host_str().unwrap(),
        url.port().unwrap_or(5432)
    ))
    .await;
    url.set_host(Some("127.0.0.1")).unwrap();
    url.set_port(Some(line.port)).unwrap();
    let store = Store::open(&DatabaseUrl::Postgres(url.to_string()), NOW)
        .await
        .unwrap();
    let environment = production();
    let verbs = store.in_environment(&environment);
    verbs
        .issue_access_token(
            token(token_id(NOW, 0), "u1", NOW, 60_000),
            event("token.issued"),
        )
        .await
        .unwrap();
    store.ping().await.unwrap();

    line.dead.send_replace(true);
    let (issued, found, created, pinged) = tokio::join!(
        verbs.issue_access_token(
            token(token_id(NOW, 1), "u1", NOW, 60_000),
            event("token.issued")
        ),
        verbs.find_access_token(token_id(NOW, 0)),
        verbs.create_credential(credential("u1", "Acme"), event("credential.created")),
        store.ping(),
    );
    for outcome in [issued, found.map(drop), created.map(drop), pinged] {
        assert!(
            matches!(outcome, Err(StoreError::Unavailable(_))),
            "{outcome:?}"
        );
    }

    line.dead.send_replace(false);
    verbs
        .issue_access_token(
            token(token_id(NOW, 2), "u1", NOW, 60_000),
            event("token.issued"),
        )
        .await
        .unwrap();
    verbs
        .create_credential(credential("u1", "Acme"), event("credential.created"))
        .await
        .unwrap();
    store.ping().await.unwrap();
    store.close().await;
}
