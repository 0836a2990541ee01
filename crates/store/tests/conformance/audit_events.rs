use store::{Actor, AuditEvent, AuditFilter, EnvironmentName, StoreError};

use crate::fixture::{
    Fixture, NOW, admin_url, connect, event, new_postgres, on_both_databases, production, token,
    token_id, url_of,
};

on_both_databases!(
    an_event_comes_back_as_it_was_recorded,
    events_are_listed_newest_first_page_by_page,
    events_are_filtered,
    the_trail_cannot_be_changed_by_a_statement,
    two_processes_write_one_trail,
    a_trail_that_was_tampered_with_is_reported,
);

async fn an_event_comes_back_as_it_was_recorded(fixture: &Fixture) {
    let actors = [
        (Actor::Credential("u1".into()), "credential:u1"),
        (Actor::Operator("ci".into()), "operator:ci"),
        (Actor::CommandLine, "command-line"),
        (Actor::System, "system"),
        (Actor::Anonymous, "anonymous"),
    ];
    for (actor, text) in actors {
        let recorded = AuditEvent {
            at: NOW + 5,
            actor,
            environment: Some(production()),
            account_id: Some("a1".into()),
            event: "client.refused",
            subject: Some("u1".into()),
            remote_address: None,
            request_id: None,
            details: "{\"reason\":\"SecretExpired\"}".into(),
        };
        fixture.store.record(recorded).await.unwrap();
        let row = fixture
            .store
            .list_audit_events(&AuditFilter::default(), 1)
            .await
            .unwrap()
            .remove(0);
        assert_eq!(
            (row.at, row.actor.as_str(), row.event.as_str()),
            (NOW + 5, text, "client.refused")
        );
        assert_eq!(
            (
                row.environment.as_deref(),
                row.account_id.as_deref(),
                row.subject.as_deref()
            ),
            (Some("production"), Some("a1"), Some("u1"))
        );
        assert_eq!(
            (row.remote_address, row.request_id, row.details.as_str()),
            (None, None, "{\"reason\":\"SecretExpired\"}")
        );
    }
}

async fn events_are_listed_newest_first_page_by_page(fixture: &Fixture) {
    for _ in 0..7 {
        fixture.store.record(event("tick")).await.unwrap();
    }
    let mut filter = AuditFilter {
        event: Some("tick".into()),
        ..AuditFilter::default()
    };
    let mut seen = Vec::new();
    loop {
        let page = fixture.store.list_audit_events(&filter, 3).await.unwrap();
        let Some(last) = page.last() else { break };
        filter.before = Some(last.sequence);
        seen.extend(page.iter().map(|row| row.sequence));
    }
    assert_eq!(seen.len(), 7);
    assert!(seen.is_sorted_by(|a, b| a > b), "{seen:?}");
}

async fn events_are_filtered(fixture: &Fixture) {
    for (environment, account, subject, name) in [
        ("a", "x", "1", "one"),
        ("a", "y", "2", "two"),
        ("b", "x", "2", "two"),
    ] {
        let environment = Some(EnvironmentName::new(environment));
        fixture
            .store
            .record(AuditEvent {
                environment,
                account_id: Some(account.into()),
                subject: Some(subject.into()),
                ..event(name)
            })
            .await
            .unwrap();
    }
    let count = async |filter: AuditFilter| {
        fixture
            .store
            .list_audit_events(&filter, 10)
            .await
            .unwrap()
            .len()
    };
    assert_eq!(
        count(AuditFilter {
            environment: Some("a".into()),
            ..AuditFilter::default()
        })
        .await,
        2
    );
    assert_eq!(
        count(AuditFilter {
            account_id: Some("x".into()),
            ..AuditFilter::default()
        })
        .await,
        2
    );
    assert_eq!(
        count(AuditFilter {
            subject: Some("2".into()),
            event: Some("two".into()),
            ..AuditFilter::default()
        })
        .await,
        2
    );
    assert_eq!(
        count(AuditFilter {
            environment: Some("b".into()),
            account_id: Some("x".into()),
            ..AuditFilter::default()
        })
        .await,
        1
    );
    assert_eq!(
        count(AuditFilter {
            environment: Some("c".into()),
            ..AuditFilter::default()
        })
        .await,
        0
    );
}

/// S305.
async fn the_trail_cannot_be_changed_by_a_statement(fixture: &Fixture) {
    fixture.store.record(event("kept")).await.unwrap();
    for statement in [
        "update audit_events set event = 'other'",
        "delete from audit_events",
    ] {
        let refused = fixture.raw(statement).await.unwrap_err();
        assert!(
            refused.contains("audit events are never"),
            "{statement}: {refused}"
        );
    }
    if !fixture.is_sqlite() {
        assert!(fixture.raw("truncate audit_events").await.is_err());
    }
    assert_eq!(fixture.audited("kept").await, 1);
}

async fn two_processes_write_one_trail(fixture: &Fixture) {
    let another = fixture.another().await;
    let mut callers = tokio::task::JoinSet::new();
    for number in 0..200 {
        let store = if number % 2 == 0 {
            fixture.store.clone()
        } else {
            another.clone()
        };
        callers.spawn(async move {
            let issued = token(token_id(NOW, number), "u1", NOW, 60_000);
            store
                .in_environment(&production())
                .issue_access_token(issued, event("token.issued"))
                .await
                .unwrap();
        });
    }
    callers.join_all().await;
    assert_eq!(
        fixture.number("select count(*) from access_tokens").await,
        200
    );
    assert_eq!(fixture.audited("token.issued").await, 200);
    let report = another.verify_audit_trail().await.unwrap();
    assert_eq!((report.rows, report.broken_at), (201, None));
}

/// S305.
async fn a_trail_that_was_tampered_with_is_reported(fixture: &Fixture) {
    for number in 1..=5 {
        fixture
            .store
            .record(AuditEvent {
                subject: Some(number.to_string()),
                ..event("tick")
            })
            .await
            .unwrap();
    }
    assert_eq!(
        fixture.store.verify_audit_trail().await.unwrap().broken_at,
        None
    );
    if !fixture.is_sqlite() {
        // There is no chain; the protection itself is what is checked.
        fixture
            .raw("alter table audit_events disable trigger audit_events_are_final")
            .await
            .unwrap();
        assert!(matches!(
            fixture.store.verify_audit_trail().await,
            Err(StoreError::Operator(_))
        ));
        return;
    }
    let tamper = [
        (
            "update audit_events set subject = 'x' where sequence = 3",
            Some(3),
        ),
        (
            "update audit_events set details = remote_address, remote_address = details where sequence = 3",
            Some(3),
        ),
        (
            "update audit_events set at = at + 1 where sequence = 6",
            Some(6),
        ),
        ("delete from audit_events where sequence = 4", Some(5)),
        (
            "update audit_events set sequence = 40 where sequence = 6",
            Some(40),
        ),
        (
            "insert into audit_events select 7, at, actor, environment, account_id, event, subject, remote_address, request_id, details, hash from audit_events where sequence = 6",
            Some(7),
        ),
        ("delete from audit_events where sequence > 4", Some(4)),
        ("delete from audit_events", Some(0)),
    ];
    fixture.store.close().await;
    for (statement, broken_at) in tamper {
        // A copy of the file, whose triggers somebody removed.
        let copy = fixture.path("tampered.db");
        std::fs::copy(fixture.file(), &copy).unwrap();
        let connection = rusqlite::Connection::open(&copy).unwrap();
        connection.execute_batch("drop trigger audit_events_are_not_changed; drop trigger audit_events_are_not_removed").unwrap();
        connection.execute_batch(statement).unwrap();
        connection.close().unwrap();
        let store = store::Store::open(&store::DatabaseUrl::Sqlite(copy.clone()), NOW)
            .await
            .unwrap();
        assert_eq!(
            store.verify_audit_trail().await.unwrap().broken_at,
            broken_at,
            "{statement}"
        );
        store.close().await;
    }
}

/// S305: an ordinary role that owns the tables has no right to change the trail, trigger or not.
#[tokio::test]
async fn a_service_account_on_postgres_may_only_add() {
    let Some((admin, name)) = new_postgres().await else {
        return;
    };
    let role = format!("{name}_role");
    let client = connect(&admin).await;
    client
        .batch_execute(&format!("create role {role} login password '{role}'"))
        .await
        .unwrap();
    client
        .batch_execute(&format!("alter database {name} owner to {role}"))
        .await
        .unwrap();
    let mut url = url::Url::parse(&url_of(&admin_url().unwrap(), &name)).unwrap();
    url.set_username(&role).unwrap();
    url.set_password(Some(&role)).unwrap();
    connect(&url_of(&admin, &name))
        .await
        .batch_execute(&format!("alter schema public owner to {role}"))
        .await
        .unwrap();

    let store = store::Store::open(&store::DatabaseUrl::Postgres(url.to_string()), NOW)
        .await
        .unwrap();
    store.migrate(NOW).await.unwrap();
    store.record(event("kept")).await.unwrap();
    assert_eq!(store.verify_audit_trail().await.unwrap().rows, 1);
    let service = connect(url.as_str()).await;
    for statement in [
        "update audit_events set event = 'other'",
        "delete from audit_events",
        "truncate audit_events",
    ] {
        let error = service.batch_execute(statement).await.unwrap_err();
        assert_eq!(error.code().unwrap().code(), "42501", "{statement}");
    }
    // Granting itself the right again is possible for an owner, and is reported.
    service
        .batch_execute(&format!("grant update on audit_events to {role}"))
        .await
        .unwrap();
    assert!(matches!(
        store.verify_audit_trail().await,
        Err(StoreError::Operator(_))
    ));

    store.close().await;
    drop(service);
    client
        .batch_execute(&format!("drop database {name} with (force)"))
        .await
        .unwrap();
    client
        .batch_execute(&format!("drop role {role}"))
        .await
        .unwrap();
}
