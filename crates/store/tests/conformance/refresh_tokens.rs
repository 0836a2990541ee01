use store::{
    FamilyId, NewAccessToken, NewFamily, NewRefreshToken, Rotated, Rotation, RotationRule, Store,
    StoreError, TokenId,
};

use crate::fixture::{
    Fixture, NOW, credential, event, on_both_databases, person, production, token, token_id,
};

on_both_databases!(s131_a_rotation_that_fails_half_way_changed_nothing);

const FAMILY: FamilyId = FamilyId([9; 16]);

fn access(generation: u64) -> NewAccessToken {
    token(token_id(NOW, generation), "u1", NOW, 60_000)
}

fn refresh(generation: u8) -> NewRefreshToken {
    NewRefreshToken {
        secret_hash: [generation; 32],
        issued_at: NOW,
        expires_at: NOW + 60_000,
    }
}

async fn rotate(store: &Store) -> Result<Rotated, StoreError> {
    let rotation = Rotation {
        family: FAMILY,
        presented_generation: 1,
        presented_hash: [1; 32],
        newest_generation: 1,
        rule: RotationRule::Strict,
        refresh: refresh(2),
        access: Some(access(2)),
    };
    store
        .in_environment(&production())
        .rotate_refresh_token(rotation, NOW, event("rotated"))
        .await
}

/// Every statement of the table fails from now on.
fn breaking(fixture: &Fixture, what: &str, table: &str) -> String {
    if fixture.is_sqlite() {
        return format!(
            "create trigger broken before {what} on {table} begin select raise(abort, 'injected'); end"
        );
    }
    format!(
        "create or replace function broken() returns trigger language plpgsql as $$ begin raise exception 'injected'; end $$; \
         create trigger broken before {what} on {table} for each row execute function broken()"
    )
}

async fn s131_a_rotation_that_fails_half_way_changed_nothing(fixture: &Fixture) {
    let store = &fixture.store;
    let environment = production();
    let verbs = store.in_environment(&environment);
    verbs
        .create_credential(credential("u1", "Acme"), event("credential"))
        .await
        .unwrap();
    verbs
        .create_person(person("anna", "Acme"), event("person"))
        .await
        .unwrap();
    let family = NewFamily {
        id: FAMILY,
        credential_uuid: "u1".to_owned(),
        person_id: "anna".to_owned(),
        scope: String::new(),
        created_at: NOW,
        expires_at: NOW + 600_000,
        refresh: refresh(1),
        access: Some(access(1)),
    };
    verbs.begin_family(family, event("begun")).await.unwrap();
    for (what, table) in [
        ("update", "token_families"),
        ("update", "refresh_tokens"),
        ("insert", "refresh_tokens"),
        ("insert", "access_tokens"),
        ("insert", "audit_events"),
    ] {
        fixture.raw(&breaking(fixture, what, table)).await.unwrap();
        assert!(rotate(store).await.is_err(), "{what} {table} was not tried");
        let drop = match fixture.is_sqlite() {
            true => "drop trigger broken".to_owned(),
            false => format!("drop trigger broken on {table}"),
        };
        fixture.raw(&drop).await.unwrap();
        let kept = verbs.find_refresh_token(FAMILY, 1).await.unwrap().unwrap();
        assert_eq!(kept.used_at, None, "{what} {table}");
        assert_eq!(kept.family.newest_generation, 1, "{what} {table}");
        assert_eq!(verbs.find_refresh_token(FAMILY, 2).await.unwrap(), None);
        let new: TokenId = access(2).id;
        assert_eq!(verbs.find_access_token(new).await.unwrap(), None);
        assert_eq!(fixture.audited("rotated").await, 0);
    }
    assert_eq!(rotate(store).await.unwrap(), Rotated::Done);
    assert_eq!(fixture.audited("rotated").await, 1);
}
