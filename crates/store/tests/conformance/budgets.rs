use store::{AuditFilter, Budget, Refused, StoreError};

use crate::fixture::{Fixture, NOW, credential, event, on_both_databases, production};

on_both_databases!(of_two_who_edit_a_budget_neither_undoes_what_the_other_did);

async fn of_two_who_edit_a_budget_neither_undoes_what_the_other_did(fixture: &Fixture) {
    let environment = production();
    let verbs = fixture.store.in_environment(&environment);
    let made = verbs
        .create_credential(credential("u1", "Acme"), event("credential.created"))
        .await
        .unwrap();
    let of = |requests_per_second, requests_per_day| Budget {
        requests_per_second,
        requests_per_day,
    };
    let set = |edit| verbs.set_budget("u1", edit, NOW, event("credential.budget_changed"));
    let none = made.budget;
    assert_eq!(none, of(None, None));
    // Both have seen that there is none.
    let (one, other) = tokio::join!(
        set((none, of(Some(5), None))),
        set((none, of(None, Some(1_000)))),
    );
    let (written, refused) = match (one, other) {
        (Ok(written), Err(refused)) | (Err(refused), Ok(written)) => (written, refused),
        both => panic!("{both:?}"),
    };
    assert!(
        matches!(refused, StoreError::Refused(Refused::Conflict(_))),
        "{refused:?}"
    );
    let both = of(Some(5), Some(1_000));
    let merged = set((written.budget, both)).await.unwrap();
    assert_eq!(merged.budget, both);
    assert_eq!(set((both, none)).await.unwrap().budget, none);
    let gone = verbs.set_budget("u2", (none, both), NOW, event("credential.budget_changed"));
    assert!(matches!(
        gone.await,
        Err(StoreError::Refused(Refused::NotFound(_)))
    ));
    // What was refused left no trace.
    let filter = AuditFilter {
        event: Some("credential.budget_changed".to_owned()),
        ..AuditFilter::default()
    };
    let trail = fixture.store.list_audit_events(&filter, 9).await.unwrap();
    assert_eq!(trail.len(), 3);
}
