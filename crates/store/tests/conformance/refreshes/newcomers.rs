//! Who came with a refresh and is to be invited.

use std::collections::BTreeSet;

use store::{
    Begun, Delivery, DeliveryFilter, DeliveryKind, Inviter, NEWCOMER, NewPerson, NewTicket, Pace,
    PersonalData, Role, Store, TicketKind, Wanted,
};

use super::{ALL, clear, found, house, make, named, names, refresh, run};
use crate::fixture::{Fixture, NOW, event, on_both_databases, production, rc};

on_both_databases!(
    qx5_whoever_comes_is_called_once_over_many_nodes,
    qx5_nobody_is_called_whose_run_is_not_done,
    qx5_nobody_is_called_who_has_no_address_or_a_way_in,
    qx5_whoever_gets_an_address_later_is_called_then,
    qx5_a_name_that_is_an_address_is_one,
    qx5_a_row_that_changed_hands_is_called,
    qx5_a_crowd_is_called_a_few_at_a_time,
    a_link_that_was_not_mailed_is_taken_back,
);

const PACE: Pace = Pace {
    at_once: 10,
    untried: 1_000,
    waiting: 1_000,
};

/// Opens for business: RC invites whom a refresh brings.
fn inviting(store: &Store, seed: u8) {
    store.tell(Wanted {
        seed: [seed; 32],
        webhooks: Vec::new(),
        mail: Vec::new(),
        newcomers: vec![rc()],
    });
}

async fn crowd(fixture: &Fixture, number: usize) {
    for one in 0..number {
        let (id, name) = (format!("p{one}"), format!("p{one}@acme.example"));
        let new = named(&id, &name, "Acme", Role::Member);
        make(fixture, &production(), new).await;
    }
}

async fn called(fixture: &Fixture) -> Vec<Delivery> {
    let filter = DeliveryFilter::default();
    let store = &fixture.store;
    let all = store.list_deliveries(DeliveryKind::Mail, &filter, 1_000);
    let all = all.await.unwrap();
    assert!(all.iter().all(|one| one.event == NEWCOMER));
    all
}

async fn call_all(store: &Store) {
    while store.call_newcomers(NOW + 5_000, PACE).await.unwrap() > 0 {}
}

async fn qx5_whoever_comes_is_called_once_over_many_nodes(fixture: &Fixture) {
    inviting(&fixture.store, 1);
    house(fixture).await;
    crowd(fixture, 60).await;
    refresh(fixture, &run("r1", None, ALL)).await.unwrap();
    // One process calls some and ends; what it left is cleared away while eight others call at once.
    fixture
        .store
        .call_newcomers(NOW + 4_000, PACE)
        .await
        .unwrap();
    let mut nodes = tokio::task::JoinSet::new();
    for number in 0..8 {
        let store = fixture.another().await;
        inviting(&store, 2 + number);
        nodes.spawn(async move { call_all(&store).await });
    }
    clear(fixture).await;
    nodes.join_all().await;
    let told = called(fixture).await;
    let receivers: BTreeSet<&str> = told.iter().map(|one| one.receiver.as_str()).collect();
    assert_eq!((told.len(), receivers.len()), (61, 61));
    assert!(!receivers.contains("ra"), "Anna was here before");
    let bert = found(fixture, "bert").await.unwrap();
    assert!(receivers.contains(bert.id.as_str()));
    let payload: serde_json::Value = serde_json::from_str(&told[0].payload).unwrap();
    assert_eq!(payload["details"]["refresh"], "r1");
    assert_eq!(told[0].environment, Some(rc()));
    assert!(!told[0].payload.contains('@'), "{}", told[0].payload);
    let named = "select count(*) from people where arrives is not null";
    assert_eq!(fixture.number(named).await, 0);
    // The same people again are nobody new.
    refresh(fixture, &run("r2", None, ALL)).await.unwrap();
    clear(fixture).await;
    call_all(&fixture.store).await;
    assert_eq!(called(fixture).await.len(), 61);
}

async fn qx5_nobody_is_called_whose_run_is_not_done(fixture: &Fixture) {
    inviting(&fixture.store, 1);
    house(fixture).await;
    let environment = rc();
    let verbs = fixture.store.in_environment(&environment);
    let first = run("r1", None, ALL);
    assert_eq!(verbs.begin_refresh(&first).await.unwrap(), Begun::Mine);
    let _prepared = verbs.prepare_refresh(&first).await.unwrap();
    call_all(&fixture.store).await;
    assert!(called(fixture).await.is_empty(), "on the way");
    verbs
        .fail_refresh("r1", "killed".to_owned(), NOW + 1_500)
        .await
        .unwrap();
    call_all(&fixture.store).await;
    clear(fixture).await;
    call_all(&fixture.store).await;
    assert!(called(fixture).await.is_empty(), "given up");
}

async fn qx5_nobody_is_called_who_has_no_address_or_a_way_in(fixture: &Fixture) {
    inviting(&fixture.store, 1);
    house(fixture).await;
    crowd(fixture, 4).await;
    let source = production();
    let there = fixture.store.in_environment(&source);
    let off = there.disable_person("p0", NOW, event("x"));
    off.await.unwrap();
    // No address crosses.
    let unnamed = PersonalData::default();
    refresh(fixture, &run("r1", None, unnamed)).await.unwrap();
    clear(fixture).await;
    call_all(&fixture.store).await;
    assert!(called(fixture).await.is_empty(), "nobody has an address");
    assert_eq!(names(fixture).await.len(), 6);
    // Now it does; but one is disabled, one has a link, and one goes again.
    refresh(fixture, &run("r2", None, ALL)).await.unwrap();
    let linked = found(fixture, "p1@acme.example").await.unwrap();
    ticket(fixture, 1, &linked.id).await;
    there.erase_person("p2", NOW, event("x")).await.unwrap();
    refresh(fixture, &run("r3", None, ALL)).await.unwrap();
    call_all(&fixture.store).await;
    clear(fixture).await;
    call_all(&fixture.store).await;
    let mut told = Vec::new();
    for one in called(fixture).await {
        let environment = rc();
        let verbs = fixture.store.in_environment(&environment);
        let person = verbs.find_person_by_id(&one.receiver).await.unwrap();
        told.push(person.unwrap().username);
    }
    told.sort();
    assert_eq!(told, ["bert", "p3@acme.example"]);
}

async fn ticket(fixture: &Fixture, id: u8, person_id: &str) {
    let ticket = NewTicket {
        id_hash: [id; 32],
        kind: TicketKind::Invitation,
        person_id: person_id.to_owned(),
        of_account: None,
        created_at: NOW,
        expires_at: NOW + 600_000,
    };
    fixture
        .store
        .in_environment(&rc())
        .issue_ticket(ticket, event("person.invited"))
        .await
        .unwrap();
}

async fn qx5_whoever_gets_an_address_later_is_called_then(fixture: &Fixture) {
    inviting(&fixture.store, 1);
    house(fixture).await;
    refresh(fixture, &run("r1", None, PersonalData::default()))
        .await
        .unwrap();
    clear(fixture).await;
    call_all(&fixture.store).await;
    assert!(called(fixture).await.is_empty());
    refresh(fixture, &run("r2", None, ALL)).await.unwrap();
    clear(fixture).await;
    call_all(&fixture.store).await;
    let bert = found(fixture, "bert").await.unwrap();
    let told = called(fixture).await;
    assert_eq!(told.len(), 1, "Anna has a password of her own: {told:?}");
    assert_eq!(told[0].receiver, bert.id);
}

/// Where people sign in with their address, that is where mail goes.
async fn qx5_a_name_that_is_an_address_is_one(fixture: &Fixture) {
    inviting(&fixture.store, 1);
    for (id, name) in [("pq", "q@acme.example"), ("pn", "nomail")] {
        let new = NewPerson {
            email: None,
            ..named(id, name, "Acme", Role::Member)
        };
        make(fixture, &production(), new).await;
    }
    // Under a made-up name she has none.
    let alone = PersonalData {
        username: false,
        email: true,
    };
    refresh(fixture, &run("r1", None, alone)).await.unwrap();
    clear(fixture).await;
    call_all(&fixture.store).await;
    assert!(called(fixture).await.is_empty());
    refresh(fixture, &run("r2", None, ALL)).await.unwrap();
    clear(fixture).await;
    call_all(&fixture.store).await;
    let told = called(fixture).await;
    assert_eq!(told.len(), 1, "{told:?}");
    let person = found(fixture, "q@acme.example").await.unwrap();
    assert_eq!(told[0].receiver, person.id);
}

async fn qx5_a_row_that_changed_hands_is_called(fixture: &Fixture) {
    inviting(&fixture.store, 1);
    let anna = |id: &str, account: &str| named(id, "anna", account, Role::Member);
    make(fixture, &production(), anna("pa", "Acme")).await;
    make(fixture, &rc(), anna("re", "Evil")).await;
    refresh(fixture, &run("r1", None, ALL)).await.unwrap();
    call_all(&fixture.store).await;
    let told = called(fixture).await;
    assert_eq!(told.len(), 1);
    assert_eq!(told[0].receiver, found(fixture, "anna").await.unwrap().id);
}

async fn qx5_a_crowd_is_called_a_few_at_a_time(fixture: &Fixture) {
    inviting(&fixture.store, 1);
    crowd(fixture, 30).await;
    refresh(fixture, &run("r1", None, ALL)).await.unwrap();
    clear(fixture).await;
    let pace = Pace {
        at_once: 4,
        untried: 10,
        waiting: 20,
    };
    let looks = async || {
        let mut looks = Vec::new();
        for _ in 0..5 {
            looks.push(fixture.store.call_newcomers(NOW, pace).await.unwrap());
        }
        looks
    };
    assert_eq!(looks().await, [4, 4, 4, 0, 0], "until ten wait to be tried");
    for one in called(fixture).await {
        let claimed = fixture.store.claim_delivery(&one, NOW, NOW + 60_000).await;
        assert!(claimed.unwrap().is_some());
    }
    let next = looks().await;
    assert_eq!(
        next,
        [4, 4, 0, 0, 0],
        "whom the mail server refuses stops nobody, until twenty wait"
    );
    for one in called(fixture).await {
        fixture.store.forget_delivery(&one.id).await.unwrap();
    }
    assert_eq!(looks().await, [4, 4, 2, 0, 0], "all that is left");
}

async fn a_link_that_was_not_mailed_is_taken_back(fixture: &Fixture) {
    let environment = rc();
    let verbs = fixture.store.in_environment(&environment);
    let bare = NewPerson {
        password: None,
        ..named("ra", "anna", "Acme", Role::Member)
    };
    make(fixture, &environment, bare).await;
    assert_eq!(verbs.find_inviter("ra", NOW).await.unwrap(), None);
    ticket(fixture, 1, "ra").await;
    let until = async || found(fixture, "anna").await.unwrap().invited_until;
    assert_eq!(until().await, Some(NOW + 600_000));
    let made = verbs.find_inviter("ra", NOW).await.unwrap();
    assert_eq!(made, Some(Inviter::Program));
    assert_eq!(verbs.find_inviter("ra", NOW + 600_000).await.unwrap(), None);
    verbs.withdraw_ticket([1; 32]).await.unwrap();
    assert_eq!(until().await, None);
    // One that was used stays, as what it was.
    ticket(fixture, 2, "ra").await;
    let spent = verbs.spend_ticket([2; 32], TicketKind::Invitation, NOW);
    assert!(spent.await.unwrap().is_some());
    verbs.withdraw_ticket([2; 32]).await.unwrap();
    let used = "select count(*) from tickets where used_at is not null";
    assert_eq!(fixture.number(used).await, 1);
    assert_eq!(until().await, None);
}
