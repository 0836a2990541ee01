use store::{
    Incident, IncidentChange, IncidentFilter, IncidentKind, IncidentState, IncidentUpdate,
    NewIncident, Refused, StatusCount, StatusPeriod, Store, StoreError,
};

use crate::fixture::{Fixture, NOW, event, on_both_databases, production, rc};

on_both_databases!(
    nodes_add_up_and_each_environment_counts_for_itself,
    old_periods_are_forgotten,
    an_incident_is_told_from_its_beginning_to_its_end,
    what_is_told_twice_is_told_once,
    incidents_come_page_by_page_and_are_forgotten_long_after_their_end,
);

fn count(component: &str, at: i64, answered: u64, failed: u64) -> StatusCount {
    StatusCount {
        component: component.into(),
        at,
        answered,
        failed,
    }
}

fn incident(id: &str) -> NewIncident {
    NewIncident {
        id: id.into(),
        kind: IncidentKind::Incident,
        title: "Tokens are \"slow\" <b>".into(),
        components: vec!["tokens".into(), "api".into()],
        state: IncidentState::Investigating,
        starts_at: NOW - 5,
        ends_at: None,
        text: "We are looking.\nMore soon.".into(),
        created_at: NOW,
    }
}

fn update(at: i64, state: IncidentState) -> IncidentUpdate {
    IncidentUpdate {
        at,
        state,
        text: format!("now {}", state.as_str()),
    }
}

/// A row in each of the tables.
pub async fn fill(store: &Store) {
    let here = production();
    let verbs = store.in_environment(&here);
    let counts = vec![(StatusPeriod::Day, count("tokens", 20_000, 7, 1))];
    verbs.add_status_counts(counts).await.unwrap();
    let opened = verbs.open_incident(incident("i0"), event("incident.opened"));
    opened.await.unwrap();
}

async fn one(store: &Store, id: &str) -> Option<Incident> {
    let here = production();
    store.in_environment(&here).find_incident(id).await.unwrap()
}

async fn nodes_add_up_and_each_environment_counts_for_itself(fixture: &Fixture) {
    let other = fixture.another().await;
    let (here, there) = (production(), rc());
    let mut nodes = tokio::task::JoinSet::new();
    for number in 0..20_u64 {
        let store = [fixture.store.clone(), other.clone()][number as usize % 2].clone();
        nodes.spawn(async move {
            let counts = vec![
                (StatusPeriod::Day, count("tokens", 20_000, 10, 1)),
                (StatusPeriod::Minute, count("tokens", 28_800_000, 10, 1)),
                (StatusPeriod::Day, count("api", 20_000, 0, 0)),
            ];
            let here = production();
            store.in_environment(&here).add_status_counts(counts).await
        });
    }
    for added in nodes.join_all().await {
        added.unwrap();
    }
    let elsewhere = vec![(StatusPeriod::Day, count("tokens", 20_000, 1, 0))];
    let verbs = fixture.store.in_environment(&there);
    verbs.add_status_counts(elsewhere).await.unwrap();
    let verbs = other.in_environment(&here);
    let days = verbs.status_counts(StatusPeriod::Day, 20_000).await;
    let expected = [count("api", 20_000, 0, 0), count("tokens", 20_000, 200, 20)];
    assert_eq!(days.unwrap(), expected);
    let minutes = verbs.status_counts(StatusPeriod::Minute, 0).await.unwrap();
    assert_eq!(minutes, [count("tokens", 28_800_000, 200, 20)]);
    let later = verbs.status_counts(StatusPeriod::Day, 20_001).await;
    assert_eq!(later.unwrap(), []);
}

async fn old_periods_are_forgotten(fixture: &Fixture) {
    let here = production();
    let verbs = fixture.store.in_environment(&here);
    for day in 0..100 {
        let counts = vec![(StatusPeriod::Day, count("tokens", day, 1, 0))];
        verbs.add_status_counts(counts).await.unwrap();
    }
    let minute = vec![(StatusPeriod::Minute, count("tokens", 3, 1, 0))];
    verbs.add_status_counts(minute).await.unwrap();
    let forgotten = fixture.store.forget_status_counts(StatusPeriod::Day, 10);
    forgotten.await.unwrap();
    let days = verbs.status_counts(StatusPeriod::Day, 0).await.unwrap();
    assert_eq!((days.len(), days[0].at), (90, 10));
    let minutes = verbs.status_counts(StatusPeriod::Minute, 0).await.unwrap();
    assert_eq!(minutes.len(), 1, "the other period stays");
}

async fn an_incident_is_told_from_its_beginning_to_its_end(fixture: &Fixture) {
    let (here, there) = (production(), rc());
    let verbs = fixture.store.in_environment(&here);
    let opened = verbs.open_incident(incident("i1"), event("incident.opened"));
    opened.await.unwrap();
    let told = verbs.tell_of_incident(
        "i1",
        "u1",
        update(NOW + 1, IncidentState::Identified),
        event("incident.updated"),
    );
    told.await.unwrap();
    let change = IncidentChange {
        title: "Tokens are slow".into(),
        components: vec!["tokens".into()],
        starts_at: NOW - 9,
        ends_at: None,
    };
    let changed = verbs.change_incident("i1", change.clone(), NOW + 2, event("incident.updated"));
    changed.await.unwrap();
    let found = one(&fixture.store, "i1").await.unwrap();
    assert_eq!(
        (
            &*found.title,
            found.state,
            found.starts_at,
            found.updated_at
        ),
        (
            "Tokens are slow",
            IncidentState::Identified,
            NOW - 9,
            NOW + 2
        )
    );
    let texts: Vec<_> = found.updates.iter().map(|update| &*update.text).collect();
    assert_eq!(texts, ["We are looking.\nMore soon.", "now identified"]);
    // Another environment's is none.
    let elsewhere = fixture.store.in_environment(&there);
    assert_eq!(elsewhere.find_incident("i1").await.unwrap(), None);
    let foreign = elsewhere.tell_of_incident(
        "i1",
        "u9",
        update(NOW + 3, IncidentState::Resolved),
        event("incident.resolved"),
    );
    assert!(matches!(
        foreign.await,
        Err(StoreError::Refused(Refused::NotFound(_)))
    ));
    let resolved = verbs.tell_of_incident(
        "i1",
        "u2",
        update(NOW + 4, IncidentState::Resolved),
        event("incident.resolved"),
    );
    resolved.await.unwrap();
    let found = one(&fixture.store, "i1").await.unwrap();
    assert_eq!(found.resolved_at, Some(NOW + 4));
    // What is over is over.
    let again = verbs.tell_of_incident(
        "i1",
        "u3",
        update(NOW + 5, IncidentState::Monitoring),
        event("incident.updated"),
    );
    assert!(matches!(
        again.await,
        Err(StoreError::Refused(Refused::Conflict(_)))
    ));
    let changed = verbs.change_incident("i1", change, NOW + 6, event("incident.updated"));
    assert!(matches!(
        changed.await,
        Err(StoreError::Refused(Refused::Conflict(_)))
    ));
    assert_eq!(one(&fixture.store, "i1").await.unwrap(), found);
    assert_eq!(fixture.audited("incident.updated").await, 2);
    assert_eq!(fixture.audited("incident.resolved").await, 1);
}

async fn what_is_told_twice_is_told_once(fixture: &Fixture) {
    let here = production();
    let verbs = fixture.store.in_environment(&here);
    let opened = verbs.open_incident(incident("i1"), event("incident.opened"));
    opened.await.unwrap();
    let again = verbs.open_incident(incident("i1"), event("incident.opened"));
    assert!(matches!(
        again.await,
        Err(StoreError::Refused(Refused::Exists(_)))
    ));
    let mut tellers = tokio::task::JoinSet::new();
    for _ in 0..10 {
        let store = fixture.store.clone();
        tellers.spawn(async move {
            let here = production();
            store
                .in_environment(&here)
                .tell_of_incident(
                    "i1",
                    "u1",
                    update(NOW + 1, IncidentState::Monitoring),
                    event("incident.updated"),
                )
                .await
        });
    }
    for told in tellers.join_all().await {
        told.unwrap();
    }
    assert_eq!(one(&fixture.store, "i1").await.unwrap().updates.len(), 2);
    assert_eq!(fixture.audited("incident.opened").await, 1);
    assert_eq!(fixture.audited("incident.updated").await, 1);
}

async fn incidents_come_page_by_page_and_are_forgotten_long_after_their_end(fixture: &Fixture) {
    let here = production();
    let verbs = fixture.store.in_environment(&here);
    for number in 0..5 {
        let mut new = incident(&format!("i{number}"));
        if number < 3 {
            (new.state, new.created_at) = (IncidentState::Resolved, NOW + number);
        }
        let opened = verbs.open_incident(new, event("incident.opened"));
        opened.await.unwrap();
    }
    let ids = async |filter: IncidentFilter, limit| {
        let listed = verbs.list_incidents(&filter, limit).await.unwrap();
        let ids = listed.into_iter().map(|incident| incident.id);
        ids.collect::<Vec<_>>().join(" ")
    };
    let before = |id: Option<&str>, not_over_at| IncidentFilter {
        not_over_at,
        before: id.map(str::to_owned),
    };
    assert_eq!(ids(before(None, None), 2).await, "i4 i3");
    assert_eq!(ids(before(Some("i3"), None), 9).await, "i2 i1 i0");
    assert_eq!(ids(before(None, Some(NOW + 1)), 9).await, "i4 i3 i2 i1");
    fixture.store.forget_incidents(NOW + 2).await.unwrap();
    assert_eq!(ids(before(None, None), 9).await, "i4 i3 i2");
    // Maintenance is over when its time has passed.
    let mut new = incident("i5");
    (new.kind, new.state) = (IncidentKind::Maintenance, IncidentState::Scheduled);
    new.ends_at = Some(NOW + 9);
    let opened = verbs.open_incident(new, event("incident.opened"));
    opened.await.unwrap();
    assert_eq!(ids(before(None, Some(NOW + 9)), 9).await, "i5 i4 i3");
    assert_eq!(ids(before(None, Some(NOW + 10)), 9).await, "i4 i3");
    fixture.store.forget_incidents(NOW + 10).await.unwrap();
    assert_eq!(ids(before(None, None), 9).await, "i4 i3");
    let left = "select count(*) from incident_updates";
    assert_eq!(fixture.number(left).await, 2);
}
