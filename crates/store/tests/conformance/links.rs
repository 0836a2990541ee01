//! Links to come in by: with what they end, and for whom none is made.

use store::{Actor, AuditEvent, Millis, NewTicket, Refused, Role, StoreError, TicketKind};

use crate::fixture::{Fixture, NOW, event, on_both_databases, person, production};

on_both_databases!(
    a_link_ends_with_the_role_it_was_made_for,
    a_link_ends_with_whatever_ends_its_person,
    the_newest_invitation_is_the_only_one,
    a_link_ends_with_the_right_of_its_maker,
    no_link_is_made_for_whom_the_maker_may_not_let_in
);

/// Acme's Anna, and Mona, who manages it.
async fn acme(fixture: &Fixture) -> String {
    let environment = production();
    let verbs = fixture.store.in_environment(&environment);
    for (id, role) in [("anna", Role::Member), ("mona", Role::AccountManager)] {
        let new = store::NewPerson {
            role,
            ..person(id, "Acme")
        };
        verbs
            .create_person(new, event("person.created"))
            .await
            .unwrap();
    }
    let mona = verbs.find_person_by_id("mona").await.unwrap().unwrap();
    mona.account_id.unwrap()
}

fn by(person_id: &str) -> AuditEvent {
    AuditEvent {
        actor: Actor::Person(person_id.to_owned()),
        ..event("person.invited")
    }
}

async fn issue(
    fixture: &Fixture,
    id: u8,
    kind: TicketKind,
    of_account: Option<&str>,
    audit: AuditEvent,
) -> Result<(), StoreError> {
    let ticket = NewTicket {
        id_hash: [id; 32],
        kind,
        person_id: "anna".to_owned(),
        of_account: of_account.map(str::to_owned),
        created_at: NOW,
        expires_at: NOW + 1_000,
    };
    let environment = production();
    let verbs = fixture.store.in_environment(&environment);
    verbs.issue_ticket(ticket, audit).await
}

async fn is_good(fixture: &Fixture, id: u8, kind: TicketKind, now: Millis) -> bool {
    let environment = production();
    let verbs = fixture.store.in_environment(&environment);
    verbs
        .find_ticket(&[id; 32], kind, now)
        .await
        .unwrap()
        .is_some()
}

const INVITATION: TicketKind = TicketKind::Invitation;
const HAND_OVER: TicketKind = TicketKind::HandOver;

async fn a_link_ends_with_the_role_it_was_made_for(fixture: &Fixture) {
    let acme = acme(fixture).await;
    let environment = production();
    let verbs = fixture.store.in_environment(&environment);
    let both = async || {
        for (id, kind) in [(1, INVITATION), (2, HAND_OVER)] {
            issue(fixture, id, kind, Some(&acme), by("mona"))
                .await
                .unwrap();
        }
    };
    let none_left = async || fixture.number("select count(*) from tickets").await == 0;
    both().await;
    let changed = verbs
        .set_role_of_member(
            &acme,
            "anna",
            Role::AccountManager,
            true,
            NOW,
            event("role"),
        )
        .await;
    assert!(matches!(changed.unwrap(), store::MemberChange::Made(_)));
    assert!(none_left().await, "of another role in the account");
    both().await;
    let raised = verbs.set_role("anna", Role::Operator, NOW, event("role"));
    assert!(raised.await.unwrap());
    assert!(none_left().await, "of an operator by now");
}

async fn a_link_ends_with_whatever_ends_its_person(fixture: &Fixture) {
    let acme = acme(fixture).await;
    let environment = production();
    let verbs = fixture.store.in_environment(&environment);
    let invite = async || {
        issue(fixture, 1, INVITATION, Some(&acme), by("mona"))
            .await
            .unwrap()
    };
    let disabled = verbs.disable_person("anna", NOW, event("off"));
    invite().await;
    assert!(disabled.await.unwrap().is_some());
    assert!(verbs.enable_person("anna", NOW, event("on")).await.unwrap());
    assert!(
        !is_good(fixture, 1, INVITATION, NOW).await,
        "disabled by an operator"
    );
    invite().await;
    let disabled = verbs.disable_member(&acme, "anna", true, NOW, event("off"));
    assert!(matches!(
        disabled.await.unwrap(),
        store::MemberChange::Made(_)
    ));
    assert!(verbs.enable_person("anna", NOW, event("on")).await.unwrap());
    assert!(
        !is_good(fixture, 1, INVITATION, NOW).await,
        "disabled by its account"
    );
    invite().await;
    verbs
        .end_sessions_of("anna", None, event("ended"))
        .await
        .unwrap();
    assert!(
        !is_good(fixture, 1, INVITATION, NOW).await,
        "signed out everywhere"
    );
    assert_eq!(fixture.audited("ended").await, 1);
}

async fn the_newest_invitation_is_the_only_one(fixture: &Fixture) {
    acme(fixture).await;
    issue(fixture, 1, INVITATION, None, event("person.invited"))
        .await
        .unwrap();
    issue(fixture, 2, HAND_OVER, None, event("person.handed_over"))
        .await
        .unwrap();
    issue(fixture, 3, INVITATION, None, event("person.invited"))
        .await
        .unwrap();
    assert!(!is_good(fixture, 1, INVITATION, NOW).await);
    assert!(is_good(fixture, 2, HAND_OVER, NOW).await, "another kind");
    assert!(is_good(fixture, 3, INVITATION, NOW).await);
}

async fn a_link_ends_with_the_right_of_its_maker(fixture: &Fixture) {
    let acme = acme(fixture).await;
    let environment = production();
    let verbs = fixture.store.in_environment(&environment);
    let invite = async || issue(fixture, 1, INVITATION, Some(&acme), by("mona")).await;
    invite().await.unwrap();
    assert!(
        verbs
            .set_role("mona", Role::Member, NOW, event("role"))
            .await
            .unwrap()
    );
    assert!(!is_good(fixture, 1, INVITATION, NOW).await, "demoted");
    assert!(invite().await.is_err(), "a member invites nobody");
    assert!(
        verbs
            .set_role("mona", Role::AccountManager, NOW, event("role"))
            .await
            .unwrap()
    );
    invite().await.unwrap();
    verbs
        .disable_person("mona", NOW, event("off"))
        .await
        .unwrap();
    assert!(!is_good(fixture, 1, INVITATION, NOW).await, "disabled");
    assert!(invite().await.is_err());
    verbs.enable_person("mona", NOW, event("on")).await.unwrap();
    invite().await.unwrap();
    assert!(
        verbs
            .erase_person("mona", NOW, event("erased"))
            .await
            .unwrap()
    );
    assert!(!is_good(fixture, 1, INVITATION, NOW).await, "erased");
    issue(fixture, 1, INVITATION, None, event("person.invited"))
        .await
        .unwrap();
    assert!(is_good(fixture, 1, INVITATION, NOW).await, "of no person");
}

async fn no_link_is_made_for_whom_the_maker_may_not_let_in(fixture: &Fixture) {
    let acme = acme(fixture).await;
    let environment = production();
    let verbs = fixture.store.in_environment(&environment);
    let refused = async |of_account: Option<&str>| {
        let made = issue(fixture, 9, INVITATION, of_account, event("person.invited")).await;
        matches!(made, Err(StoreError::Refused(Refused::Conflict(_))))
    };
    assert!(refused(Some("another account")).await);
    verbs
        .disable_person("anna", NOW, event("off"))
        .await
        .unwrap();
    assert!(refused(None).await, "disabled");
    verbs.enable_person("anna", NOW, event("on")).await.unwrap();
    verbs
        .set_role("anna", Role::Operator, NOW, event("role"))
        .await
        .unwrap();
    assert!(refused(Some(&acme)).await, "an operator by now");
    issue(fixture, 9, INVITATION, None, event("person.invited"))
        .await
        .unwrap();
    verbs
        .erase_person("anna", NOW, event("erased"))
        .await
        .unwrap();
    assert!(refused(None).await, "erased");
    assert_eq!(fixture.audited("person.invited").await, 1);
}
