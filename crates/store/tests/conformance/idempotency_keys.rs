use store::{Claim, KeptAnswer, KeyedRequest};

use crate::fixture::{Fixture, NOW, event, on_both_databases, person, production};

on_both_databases!(
    of_many_at_once_one_runs,
    what_was_answered_is_answered_again,
    another_request_under_the_same_key_is_told_apart,
    what_was_broken_off_goes_on_under_the_same_id,
    what_was_refused_is_forgotten,
    an_expired_key_is_free_again,
    erasing_a_person_erases_what_was_answered_about_it,
);

fn request(made_id: &str) -> KeyedRequest {
    KeyedRequest {
        id_hash: [1; 32],
        fingerprints: vec![[2; 32]],
        made_id: made_id.into(),
        running_until: NOW + 60,
        expires_at: NOW + 1_000,
    }
}

fn run(made_id: &str, again: bool) -> Claim {
    Claim::Run {
        made_id: made_id.into(),
        again,
    }
}

fn kept(subject: Option<&str>) -> KeptAnswer {
    KeptAnswer {
        status: 201,
        answer: "{\"id\":\"p\"}".into(),
        subject: subject.map(str::to_owned),
    }
}

async fn of_many_at_once_one_runs(fixture: &Fixture) {
    let claims = (0..20).map(|number| {
        let store = fixture.store.clone();
        tokio::spawn(async move {
            store
                .claim_request(request(&format!("a{number}")), NOW)
                .await
        })
    });
    let mut runs = 0;
    for claim in claims.collect::<Vec<_>>() {
        match claim.await.unwrap().unwrap() {
            Claim::Run { again, .. } => {
                assert!(!again);
                runs += 1;
            }
            other => assert_eq!(other, Claim::Running),
        }
    }
    assert_eq!(runs, 1);
}

async fn what_was_answered_is_answered_again(fixture: &Fixture) {
    let store = &fixture.store;
    let claim = store.claim_request(request("a"), NOW).await.unwrap();
    assert_eq!(claim, run("a", false));
    store.keep_answer([1; 32], "a", kept(None)).await.unwrap();
    // Under a new master key the first fingerprint is another, and the old one is still known.
    let later = KeyedRequest {
        fingerprints: vec![[3; 32], [2; 32]],
        ..request("b")
    };
    let done = Claim::Done {
        status: 201,
        answer: "{\"id\":\"p\"}".into(),
    };
    assert_eq!(store.claim_request(later, NOW + 100).await.unwrap(), done);
    // What was answered stays, whatever a straggler says.
    store.forget_request([1; 32], "a").await.unwrap();
    store.release_request([1; 32], "a").await.unwrap();
    assert_eq!(
        store.claim_request(request("c"), NOW + 100).await.unwrap(),
        done
    );
}

async fn another_request_under_the_same_key_is_told_apart(fixture: &Fixture) {
    let store = &fixture.store;
    store.claim_request(request("a"), NOW).await.unwrap();
    let other = KeyedRequest {
        fingerprints: vec![[9; 32]],
        ..request("b")
    };
    for at in [NOW, NOW + 61] {
        let claim = store.claim_request(other.clone(), at).await.unwrap();
        assert_eq!(claim, Claim::Other);
    }
}

async fn what_was_broken_off_goes_on_under_the_same_id(fixture: &Fixture) {
    let store = &fixture.store;
    store.claim_request(request("a"), NOW).await.unwrap();
    let at_once = store.claim_request(request("b"), NOW + 59).await.unwrap();
    assert_eq!(at_once, Claim::Running);
    let later = KeyedRequest {
        running_until: NOW + 120,
        ..request("b")
    };
    let claim = store.claim_request(later, NOW + 60).await.unwrap();
    assert_eq!(claim, run("a", true));
    // It failed on our side, so it may be sent again now.
    store.release_request([1; 32], "a").await.unwrap();
    let claim = store.claim_request(request("c"), NOW + 61).await.unwrap();
    assert_eq!(claim, run("a", true));
}

async fn what_was_refused_is_forgotten(fixture: &Fixture) {
    let store = &fixture.store;
    store.claim_request(request("a"), NOW).await.unwrap();
    store.forget_request([1; 32], "a").await.unwrap();
    let claim = store.claim_request(request("b"), NOW).await.unwrap();
    assert_eq!(claim, run("b", false));
}

async fn an_expired_key_is_free_again(fixture: &Fixture) {
    let store = &fixture.store;
    store.claim_request(request("a"), NOW).await.unwrap();
    store.keep_answer([1; 32], "a", kept(None)).await.unwrap();
    let later = KeyedRequest {
        fingerprints: vec![[9; 32]],
        expires_at: NOW + 2_000,
        ..request("b")
    };
    let claim = store.claim_request(later, NOW + 1_000).await.unwrap();
    assert_eq!(claim, run("b", false));
    assert_eq!(store.sweep_expired(NOW + 1_999, 10).await.unwrap(), 0);
    assert_eq!(store.sweep_expired(NOW + 2_001, 10).await.unwrap(), 1);
    let claim = store.claim_request(request("c"), NOW).await.unwrap();
    assert_eq!(claim, run("c", false));
}

async fn erasing_a_person_erases_what_was_answered_about_it(fixture: &Fixture) {
    let store = &fixture.store;
    let environment = production();
    let verbs = store.in_environment(&environment);
    verbs
        .create_person(person("anna", "Acme"), event("person.created"))
        .await
        .unwrap();
    store.claim_request(request("a"), NOW).await.unwrap();
    store
        .keep_answer([1; 32], "a", kept(Some("anna")))
        .await
        .unwrap();
    verbs
        .erase_person("anna", NOW, event("person.erased"))
        .await
        .unwrap();
    let claim = store.claim_request(request("b"), NOW).await.unwrap();
    assert_eq!(claim, run("b", false));
}
