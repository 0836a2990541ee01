use std::future::Future;

use store::{
    CeremonyKind, Identity, NewPassword, NewSession, NewTicket, Passkey, Refused, Role,
    SessionStep, SpentKind, Store, StoreError, TicketKind,
};

use crate::fixture::{Fixture, NOW, event, on_both_databases, person, production, rc};

on_both_databases!(
    names_are_taken_once_in_an_environment,
    fifty_uses_of_a_ticket_are_one,
    fifty_uses_of_a_code_are_one,
    a_challenge_is_answered_once,
    fifty_uses_of_a_passkey_at_one_counter_are_one,
    the_last_second_factor_stays,
    nothing_of_an_erased_person_is_left,
    what_others_showed_counts_once,
    an_identity_is_one_person_without_a_password
);

async fn made(fixture: &Fixture) -> &Store {
    let store = &fixture.store;
    let environment = production();
    let verbs = store.in_environment(&environment);
    verbs
        .create_person(person("anna", "Acme"), event("person.created"))
        .await
        .unwrap();
    store
}

/// How many of fifty at once say yes.
async fn of_fifty<F, O>(store: &Store, attempt: F) -> usize
where
    F: Fn(Store) -> O,
    O: Future<Output = bool> + Send + 'static,
{
    let mut callers = tokio::task::JoinSet::new();
    for _ in 0..50 {
        callers.spawn(attempt(store.clone()));
    }
    let answers = callers.join_all().await;
    answers.into_iter().filter(|yes| *yes).count()
}

async fn names_are_taken_once_in_an_environment(fixture: &Fixture) {
    let store = made(fixture).await;
    let (production, rc) = (production(), rc());
    let mut twin = person("other id", "Acme");
    twin.canonical_username = "anna".to_owned();
    let taken = store
        .in_environment(&production)
        .create_person(twin.clone(), event("person.created"))
        .await;
    assert!(matches!(
        taken,
        Err(StoreError::Refused(Refused::Exists("person")))
    ));
    let elsewhere = store.in_environment(&rc);
    assert_eq!(elsewhere.find_person("anna").await.unwrap(), None);
    assert_eq!(elsewhere.find_person_by_id("anna").await.unwrap(), None);
    elsewhere
        .create_person(twin, event("person.created"))
        .await
        .unwrap();
    assert_eq!(fixture.audited("person.created").await, 2);
}

async fn fifty_uses_of_a_ticket_are_one(fixture: &Fixture) {
    let store = made(fixture).await;
    let ticket = NewTicket {
        id_hash: [7; 32],
        kind: TicketKind::Invitation,
        person_id: "anna".to_owned(),
        of_account: None,
        created_at: NOW,
        expires_at: NOW + 1_000,
    };
    store
        .in_environment(&production())
        .issue_ticket(ticket, event("person.invited"))
        .await
        .unwrap();
    let spend = |store: Store, at| async move {
        store
            .in_environment(&production())
            .spend_ticket([7; 32], TicketKind::Invitation, at)
            .await
            .unwrap()
            .is_some()
    };
    assert!(!spend(store.clone(), NOW + 1_000).await, "it is over");
    assert_eq!(of_fifty(store, |store| spend(store, NOW)).await, 1);
}

async fn fifty_uses_of_a_code_are_one(fixture: &Fixture) {
    let store = made(fixture).await;
    let environment = production();
    let verbs = store.in_environment(&environment);
    let on = verbs
        .begin_totp("anna", vec![1, 2, 3], crate::fixture::MASTER_KEY, NOW)
        .await
        .unwrap();
    assert!(on);
    let spend_step = |store: Store| async move {
        let environment = production();
        let verbs = store.in_environment(&environment);
        verbs.spend_totp_step("anna", 12).await.unwrap()
    };
    assert!(!spend_step(store.clone()).await, "not confirmed yet");
    let codes = vec![[1; 32], [2; 32]];
    let confirm = |step| verbs.confirm_totp("anna", step, codes.clone(), NOW, event("on"));
    assert!(confirm(10).await.unwrap());
    assert!(!confirm(11).await.unwrap(), "it is confirmed once");
    assert_eq!(of_fifty(store, spend_step).await, 1);
    assert!(!verbs.spend_totp_step("anna", 11).await.unwrap());
    let spend_code = |store: Store| async move {
        store
            .in_environment(&production())
            .spend_recovery_code("anna", [1; 32], NOW, event("spent"))
            .await
            .unwrap()
    };
    assert_eq!(of_fifty(store, spend_code).await, 1);
    assert_eq!(verbs.recovery_codes_left("anna").await.unwrap(), 1);
    assert_eq!(fixture.audited("spent").await, 1);
}

async fn a_challenge_is_answered_once(fixture: &Fixture) {
    let store = made(fixture).await;
    let environment = production();
    let verbs = store.in_environment(&environment);
    let begin = |state: &str| {
        let kind = CeremonyKind::Authentication;
        verbs.begin_passkey_ceremony([3; 32], kind, state.to_owned(), NOW + 1_000)
    };
    let take = |kind, at| verbs.take_passkey_ceremony([3; 32], kind, at);
    begin("first").await.unwrap();
    begin("second").await.unwrap();
    assert_eq!(take(CeremonyKind::Registration, NOW).await.unwrap(), None);
    let taken = take(CeremonyKind::Authentication, NOW).await.unwrap();
    assert_eq!(taken.as_deref(), Some("second"), "the newest counts");
    begin("third").await.unwrap();
    let late = take(CeremonyKind::Authentication, NOW + 1_000).await;
    assert_eq!(late.unwrap(), None);
    begin("fourth").await.unwrap();
    let take_once = |store: Store| async move {
        store
            .in_environment(&production())
            .take_passkey_ceremony([3; 32], CeremonyKind::Authentication, NOW)
            .await
            .unwrap()
            .is_some()
    };
    assert_eq!(of_fifty(store, take_once).await, 1);
}

fn passkey(id: u8) -> Passkey {
    Passkey {
        credential_id: vec![id; 16],
        name: "a key".to_owned(),
        passkey: "{\"counter\":0}".to_owned(),
        created_at: NOW + i64::from(id),
        last_used_at: None,
    }
}

async fn fifty_uses_of_a_passkey_at_one_counter_are_one(fixture: &Fixture) {
    let store = made(fixture).await;
    let environment = production();
    let verbs = store.in_environment(&environment);
    let add = || verbs.add_passkey("anna", passkey(1), vec![[1; 32]], event("added"));
    assert!(add().await.unwrap());
    assert!(!add().await.unwrap(), "an authenticator's passkey is one");
    assert_eq!(fixture.audited("added").await, 1);
    let anna = verbs.find_person("anna").await.unwrap().unwrap();
    assert!(anna.has_second_factor() && !anna.has_authenticator_app());
    let enter = |store: Store| async move {
        let environment = production();
        let verbs = store.in_environment(&environment);
        let after = "{\"counter\":1}".to_owned();
        verbs
            .use_passkey("anna", passkey(1), after, NOW + 9)
            .await
            .unwrap()
    };
    assert_eq!(of_fifty(store, enter).await, 1);
    let kept = &verbs.passkeys_of("anna").await.unwrap()[0];
    assert_eq!(kept.last_used_at, Some(NOW + 9));
    let rc = rc();
    assert!(
        store
            .in_environment(&rc)
            .passkeys_of("anna")
            .await
            .unwrap()
            .is_empty()
    );
}

async fn the_last_second_factor_stays(fixture: &Fixture) {
    let store = made(fixture).await;
    let environment = production();
    let verbs = store.in_environment(&environment);
    for id in [1, 2] {
        let added = verbs.add_passkey("anna", passkey(id), vec![[id; 32]], event("added"));
        assert!(added.await.unwrap());
    }
    let of_others = verbs.remove_passkey("someone else", vec![1; 16], event("removed"));
    assert!(!of_others.await.unwrap());
    let (one, other) = tokio::join!(
        verbs.remove_passkey("anna", vec![1; 16], event("removed")),
        verbs.remove_passkey("anna", vec![2; 16], event("removed"))
    );
    assert_eq!(
        usize::from(one.unwrap()) + usize::from(other.unwrap()),
        1,
        "two at once do not leave nothing"
    );
    assert!(
        verbs
            .reset_second_factor("anna", NOW, event("off"))
            .await
            .unwrap()
    );
    let anna = verbs.find_person("anna").await.unwrap().unwrap();
    assert!(!anna.has_second_factor());
    assert_eq!(verbs.recovery_codes_left("anna").await.unwrap(), 0);
}

async fn nothing_of_an_erased_person_is_left(fixture: &Fixture) {
    let store = made(fixture).await;
    let environment = production();
    let verbs = store.in_environment(&environment);
    let session = NewSession {
        id_hash: [5; 32],
        person_id: "anna".to_owned(),
        step: SessionStep::Full,
        created_at: NOW,
        authenticated_at: NOW,
        second_factor_at: None,
        expires_at: NOW + 1_000,
        remote_address: "192.0.2.7".to_owned(),
        user_agent: "a browser".to_owned(),
    };
    verbs
        .begin_session(session, None, event("session.begun"))
        .await
        .unwrap();
    verbs
        .add_passkey("anna", passkey(1), vec![[1; 32]], event("added"))
        .await
        .unwrap();
    assert!(
        verbs
            .erase_person("anna", NOW, event("person.erased"))
            .await
            .unwrap()
    );
    for table in [
        "people",
        "sessions",
        "passkeys",
        "recovery_codes",
        "tickets",
        "consents",
    ] {
        let left = fixture
            .number(&format!("select count(*) from {table}"))
            .await;
        assert_eq!(left, 0, "{table}");
    }
    assert!(
        !verbs
            .erase_person("anna", NOW, event("person.erased"))
            .await
            .unwrap()
    );
    assert_eq!(fixture.audited("person.erased").await, 1);
}

async fn what_others_showed_counts_once(fixture: &Fixture) {
    let store = &fixture.store;
    let spend = |store: Store| async move {
        store
            .in_environment(&production())
            .spend_once(SpentKind::Assertion, [3; 32], NOW + 1_000)
            .await
            .unwrap()
    };
    assert_eq!(of_fifty(store, spend).await, 1);
    // Another kind, and another environment, are others.
    for (environment, kind) in [
        (production(), SpentKind::StaffSignIn),
        (rc(), SpentKind::Assertion),
    ] {
        let verbs = store.in_environment(&environment);
        assert!(verbs.spend_once(kind, [3; 32], NOW + 1_000).await.unwrap());
    }
    store.sweep_expired(NOW + 1_000, 10).await.unwrap();
    assert_eq!(fixture.number("select count(*) from spent").await, 3);
    assert_eq!(store.sweep_expired(NOW + 1_001, 10).await.unwrap(), 3);
    assert!(spend(store.clone()).await, "it is forgotten after its end");
}

async fn an_identity_is_one_person_without_a_password(fixture: &Fixture) {
    let store = &fixture.store;
    let environment = production();
    let verbs = store.in_environment(&environment);
    let identity = Identity {
        issuer: "https://login.example.com".to_owned(),
        subject: "s1".to_owned(),
    };
    let of_staff = |id: &str| store::NewPerson {
        account_name: None,
        role: Role::Operator,
        ..person(id, "Acme")
    };
    let make = |id: &str, identity: &Identity| {
        verbs.create_person_of_identity(of_staff(id), identity.clone(), event("person.created"))
    };
    make("sara", &identity).await.unwrap();
    let twice = make("another", &identity).await;
    assert!(matches!(
        twice,
        Err(StoreError::Refused(Refused::Exists("identity")))
    ));
    let second = Identity {
        subject: "s2".to_owned(),
        ..identity.clone()
    };
    let taken = make("sara", &second).await;
    assert!(matches!(
        taken,
        Err(StoreError::Refused(Refused::Exists("person")))
    ));
    assert_eq!(fixture.audited("person.created").await, 1);
    let found = verbs.find_person_by_identity(&identity).await.unwrap();
    let found = found.unwrap();
    assert!(found.vouched_for && found.account_id.is_none() && found.id == "sara");
    assert_eq!(verbs.find_person_by_identity(&second).await.unwrap(), None);
    let (elsewhere, other) = (
        rc(),
        Identity {
            issuer: "https://other.example".to_owned(),
            ..identity.clone()
        },
    );
    let elsewhere = store.in_environment(&elsewhere);
    assert_eq!(
        elsewhere.find_person_by_identity(&identity).await.unwrap(),
        None
    );
    assert_eq!(verbs.find_person_by_identity(&other).await.unwrap(), None);

    let password = NewPassword {
        hash: vec![1],
        master_key_id: crate::fixture::MASTER_KEY.to_owned(),
        must_change: false,
    };
    let set = verbs
        .set_password("sara", password, None, NOW, event("person.password_set"))
        .await;
    assert!(
        !set.unwrap(),
        "nobody whom a provider vouches for has a password"
    );

    let session = NewSession {
        id_hash: [6; 32],
        person_id: "sara".to_owned(),
        step: SessionStep::Full,
        created_at: NOW,
        authenticated_at: NOW,
        second_factor_at: None,
        expires_at: NOW + 1_000,
        remote_address: "192.0.2.7".to_owned(),
        user_agent: "a browser".to_owned(),
    };
    verbs
        .begin_session(session, None, event("session.begun"))
        .await
        .unwrap();
    for refused in [&second, &identity] {
        verbs
            .refuse_identity(refused.clone(), NOW, event("staff_sign_in.refused"))
            .await
            .unwrap();
        let left = fixture.number("select count(*) from sessions").await;
        assert_eq!(left, i64::from(*refused == second));
    }
    assert_eq!(fixture.audited("staff_sign_in.refused").await, 2);
    let erased = verbs
        .erase_person("sara", NOW, event("person.erased"))
        .await;
    assert!(erased.unwrap());
    assert_eq!(fixture.number("select count(*) from identities").await, 0);
}
