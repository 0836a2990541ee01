//! Deliveries: written with the event or not at all, taken by one, forgotten in time.

use store::{
    DeliveryFilter, DeliveryKind, DeliveryState, MailTo, NewAccessToken, Role, Store, Subscription,
    Wanted,
};

use crate::fixture::{
    Fixture, NOW, credential, event, on_both_databases, person, production, rc, token, token_id,
};

on_both_databases!(
    an_event_and_its_deliveries_are_one_write,
    what_every_token_writes_is_never_told,
    fifty_nodes_take_a_delivery_once,
    a_lease_that_ran_out_is_anothers,
    mail_goes_to_those_who_manage_the_account_and_is_forgotten_with_them,
    what_ended_goes_after_two_weeks,
);

const MINUTE: i64 = 60_000;
const DAY: i64 = 24 * 60 * MINUTE;

fn wanted() -> Wanted {
    let to = |receiver: &str, events: &[&'static str], environments| Subscription {
        receiver: receiver.to_owned(),
        events: events.to_vec(),
        environments,
    };
    Wanted {
        seed: [7; 32],
        webhooks: vec![
            to(
                "crm",
                &["credential.created", "operator.refused", "token.issued"],
                None,
            ),
            to("billing", &["credential.created"], Some(vec![rc()])),
        ],
        mail: vec![
            ("credential.created", MailTo::AccountManagers),
            ("person.disabled", MailTo::Subject),
        ],
        newcomers: Vec::new(),
    }
}

async fn all(store: &Store, kind: DeliveryKind) -> Vec<store::Delivery> {
    store
        .list_deliveries(kind, &DeliveryFilter::default(), 1_000)
        .await
        .unwrap()
}

async fn webhooks(store: &Store) -> Vec<store::Delivery> {
    all(store, DeliveryKind::Webhook).await
}

async fn an_event_and_its_deliveries_are_one_write(fixture: &Fixture) {
    let store = &fixture.store;
    let (production, rc) = (production(), rc());
    // Nobody has said what is wanted.
    let quiet = store.in_environment(&production);
    quiet
        .create_credential(credential("u0", "Acme"), event("credential.created"))
        .await
        .unwrap();
    assert!(webhooks(store).await.is_empty());
    store.tell(wanted());
    quiet
        .create_credential(credential("u1", "Acme"), event("credential.created"))
        .await
        .unwrap();
    let there = store.in_environment(&rc);
    there
        .create_credential(credential("u2", "Acme"), event("credential.created"))
        .await
        .unwrap();
    // Refused, so that neither the event nor a delivery is there.
    assert!(
        there
            .create_credential(credential("u2", "Acme"), event("credential.created"))
            .await
            .is_err()
    );
    let told = webhooks(store).await;
    let mut receivers: Vec<_> = told
        .iter()
        .map(|delivery| {
            let payload: serde_json::Value = serde_json::from_str(&delivery.payload).unwrap();
            let uuid = payload["credential"]["uuid"].as_str().unwrap().to_owned();
            assert_eq!(payload["account"]["name"], "Acme");
            assert_eq!(payload["actor"], "command-line");
            (delivery.receiver.clone(), uuid)
        })
        .collect();
    receivers.sort();
    let of = |receiver: &str, uuid: &str| (receiver.to_owned(), uuid.to_owned());
    assert_eq!(
        receivers,
        [of("billing", "u2"), of("crm", "u1"), of("crm", "u2")]
    );
    assert_eq!(fixture.audited("credential.created").await, 3);
    // An event that changes nothing else is told, too.
    store.record(event("operator.refused")).await.unwrap();
    assert_eq!(webhooks(store).await.len(), 4);
    assert_eq!(fixture.audited("operator.refused").await, 1);
    let due = store
        .due_deliveries(DeliveryKind::Webhook, Some("crm"), NOW, 10)
        .await
        .unwrap();
    assert_eq!(due.len(), 3);
    assert!(due.iter().all(|delivery| delivery.receiver == "crm"));
}

async fn what_every_token_writes_is_never_told(fixture: &Fixture) {
    let store = &fixture.store;
    store.tell(wanted());
    let production = production();
    let verbs = store.in_environment(&production);
    verbs
        .create_credential(credential("u1", "Acme"), event("person.created"))
        .await
        .unwrap();
    let new: NewAccessToken = token(token_id(NOW, 1), "u1", NOW, DAY);
    verbs
        .issue_access_token(new, event("token.issued"))
        .await
        .unwrap();
    store.record(event("token.issued")).await.unwrap();
    assert!(webhooks(store).await.is_empty());
    assert_eq!(fixture.audited("token.issued").await, 2);
}

async fn one_waiting(fixture: &Fixture) -> store::Delivery {
    let store = &fixture.store;
    store.tell(wanted());
    store.record(event("operator.refused")).await.unwrap();
    webhooks(store).await.remove(0)
}

async fn fifty_nodes_take_a_delivery_once(fixture: &Fixture) {
    let waiting = one_waiting(fixture).await;
    let mut callers = tokio::task::JoinSet::new();
    for _ in 0..50 {
        let (store, waiting) = (fixture.store.clone(), waiting.clone());
        callers.spawn(async move {
            let taken = store.claim_delivery(&waiting, NOW, NOW + MINUTE).await;
            taken.unwrap().is_some()
        });
    }
    let won = callers.join_all().await;
    assert_eq!(won.into_iter().filter(|won| *won).count(), 1);
    let due = fixture
        .store
        .due_deliveries(DeliveryKind::Webhook, None, NOW + MINUTE - 1, 10)
        .await
        .unwrap();
    assert!(due.is_empty(), "nobody else finds it while it is sent");
}

async fn a_lease_that_ran_out_is_anothers(fixture: &Fixture) {
    let store = &fixture.store;
    let waiting = one_waiting(fixture).await;
    let first = store
        .claim_delivery(&waiting, NOW, NOW + MINUTE)
        .await
        .unwrap()
        .unwrap();
    let later = NOW + MINUTE;
    let due = store
        .due_deliveries(DeliveryKind::Webhook, Some("crm"), later, 10)
        .await
        .unwrap();
    let second = store
        .claim_delivery(&due[0], later, later + MINUTE)
        .await
        .unwrap()
        .unwrap();
    assert_eq!((first.attempts, second.attempts), (1, 2));
    let said = || "answered 200 OK".to_owned();
    // Who comes late changes nothing.
    assert!(!store.note_delivered(&first, later, said()).await.unwrap());
    assert!(
        !store
            .postpone_delivery(&first, later, said())
            .await
            .unwrap()
    );
    assert!(store.note_delivered(&second, later, said()).await.unwrap());
    assert!(!store.note_delivered(&second, later, said()).await.unwrap());
    let ended = store.find_delivery(&waiting.id).await.unwrap().unwrap();
    assert_eq!(ended.state, DeliveryState::Delivered);
    assert_eq!(ended.ended_at, Some(later));
    // Sent again when somebody says so.
    let again = store
        .retry_delivery(&waiting.id, later, event("delivery.retried"))
        .await
        .unwrap();
    assert!(again);
    let counted = store.count_deliveries(DeliveryKind::Webhook).await.unwrap();
    assert_eq!(counted, [("crm".to_owned(), DeliveryState::Waiting, 1)]);
    assert!(
        !store
            .retry_delivery("msg_0", later, event("delivery.retried"))
            .await
            .unwrap()
    );
    assert_eq!(fixture.audited("delivery.retried").await, 1);
    let due = store
        .due_deliveries(DeliveryKind::Webhook, None, later, 10)
        .await
        .unwrap();
    let third = store
        .claim_delivery(&due[0], later, later + MINUTE)
        .await
        .unwrap()
        .unwrap();
    let given_up = store
        .give_delivery_up(&third, later, said(), event("delivery.given_up"))
        .await
        .unwrap();
    assert!(given_up);
    assert_eq!(fixture.audited("delivery.given_up").await, 1);
}

async fn mail_goes_to_those_who_manage_the_account_and_is_forgotten_with_them(fixture: &Fixture) {
    let store = &fixture.store;
    store.tell(wanted());
    let (production, rc) = (production(), rc());
    let verbs = store.in_environment(&production);
    let manager = |id: &str| store::NewPerson {
        role: Role::AccountManager,
        email: Some("someone@acme.example".to_owned()),
        ..person(id, "Acme")
    };
    for id in ["anna", "bo", "gone"] {
        verbs
            .create_person(manager(id), event("person.created"))
            .await
            .unwrap();
    }
    verbs
        .create_person(person("member", "Acme"), event("person.created"))
        .await
        .unwrap();
    verbs
        .create_person(
            store::NewPerson {
                new_account_id: "elsewhere".into(),
                account_name: Some("Elsewhere".into()),
                ..manager("eve")
            },
            event("person.created"),
        )
        .await
        .unwrap();
    store
        .in_environment(&rc)
        .create_person(
            store::NewPerson {
                canonical_username: "in rc".into(),
                ..manager("in rc")
            },
            event("person.created"),
        )
        .await
        .unwrap();
    verbs
        .disable_person("gone", NOW, event("person.disabled"))
        .await
        .unwrap();
    let found = verbs.find_person_by_id("anna").await.unwrap().unwrap();
    assert_eq!(found.email.as_deref(), Some("someone@acme.example"));
    verbs
        .create_credential(credential("u1", "Acme"), event("credential.created"))
        .await
        .unwrap();
    let to = async || {
        let mut to: Vec<_> = all(store, DeliveryKind::Mail)
            .await
            .into_iter()
            .map(|mail| mail.receiver)
            .collect();
        to.sort();
        to
    };
    assert_eq!(to().await, ["anna", "bo", "gone"], "gone hears of that");
    verbs
        .erase_person("bo", NOW, event("person.erased"))
        .await
        .unwrap();
    assert_eq!(to().await, ["anna", "gone"]);
    assert!(
        verbs
            .set_email("anna", None, NOW, event("person.email_changed"))
            .await
            .unwrap()
    );
    let found = verbs.find_person_by_id("anna").await.unwrap().unwrap();
    assert_eq!(found.email, None);
}

async fn what_ended_goes_after_two_weeks(fixture: &Fixture) {
    let store = &fixture.store;
    let waiting = one_waiting(fixture).await;
    let taken = store
        .claim_delivery(&waiting, NOW, NOW + MINUTE)
        .await
        .unwrap()
        .unwrap();
    store.record(event("operator.refused")).await.unwrap();
    store
        .note_delivered(&taken, NOW, String::new())
        .await
        .unwrap();
    store.sweep_expired(NOW + 14 * DAY, 100).await.unwrap();
    assert_eq!(webhooks(store).await.len(), 2);
    store.sweep_expired(NOW + 14 * DAY + 1, 100).await.unwrap();
    let left = webhooks(store).await;
    assert_eq!(left.len(), 1, "what waits is never swept");
    assert_eq!(left[0].state, DeliveryState::Waiting);
}
