use store::{NewSecret, Refused, Returning, StoreError, WayBack};

use crate::fixture::{
    Fixture, MASTER_KEY, NOW, credential, event, on_both_databases, production, rc, secret,
};

on_both_databases!(
    a_way_back_goes_with_its_secret_and_is_thrown_away_with_the_setting,
    a_way_back_is_sealed_anew_once_and_holds_its_master_key,
);

pub fn kept(id: &str, server: &str) -> NewSecret {
    NewSecret {
        way_back: Some(WayBack {
            server: server.into(),
            sealed: format!("sealed {id}").into_bytes(),
            master_key_id: MASTER_KEY.into(),
        }),
        ..secret(id)
    }
}

async fn make(fixture: &Fixture) {
    let environment = production();
    let mut new = credential("u1", "Acme");
    new.secret = Some(kept("s1", "doorkeeper"));
    let store = fixture.store.in_environment(&environment);
    let made = store.create_credential(new, event("credential.created"));
    made.await.unwrap();
}

async fn rotate(fixture: &Fixture, new: NewSecret, others_end: i64) {
    let environment = production();
    let store = fixture.store.in_environment(&environment);
    let rotated = store.rotate_secret("u1", new, others_end, NOW, event("secret.rotated"));
    rotated.await.unwrap();
}

async fn returning(fixture: &Fixture) -> Returning {
    let environment = production();
    let store = fixture.store.in_environment(&environment);
    store.returning().await.unwrap()
}

/// Of each secret of the one credential, what is kept.
async fn sealed(fixture: &Fixture) -> Vec<Option<String>> {
    let returning = returning(fixture).await;
    let secrets = &returning.credentials[0].secrets;
    let text = |way: &WayBack| String::from_utf8(way.sealed.clone()).unwrap();
    secrets
        .iter()
        .map(|secret| secret.way_back.as_ref().map(text))
        .collect()
}

async fn under(fixture: &Fixture) -> usize {
    let under = fixture.store.ways_back_under(MASTER_KEY, 10);
    under.await.unwrap().len()
}

async fn a_way_back_goes_with_its_secret_and_is_thrown_away_with_the_setting(fixture: &Fixture) {
    make(fixture).await;
    assert_eq!(sealed(fixture).await, [Some("sealed s1".to_owned())]);
    let later = NewSecret {
        created_at: NOW + 1,
        ..kept("s2", "doorkeeper")
    };
    rotate(fixture, later, NOW + 1_000).await;
    assert_eq!(
        sealed(fixture).await,
        [Some("sealed s2".to_owned()), Some("sealed s1".to_owned())],
        "the newest first"
    );
    let last = NewSecret {
        created_at: NOW + 2,
        ..secret("s3")
    };
    rotate(fixture, last, NOW + 1_000).await;
    assert_eq!(
        sealed(fixture).await,
        [None, Some("sealed s2".to_owned())],
        "the oldest ended, and what was kept of it"
    );
    assert_eq!(under(fixture).await, 1);

    let (production, rc) = (production(), rc());
    let here = fixture.store.in_environment(&production);
    let elsewhere = fixture.store.in_environment(&rc);
    assert!(!elsewhere.keep_ways_back_only_to(None).await.unwrap());
    let same = here.keep_ways_back_only_to(Some("doorkeeper"));
    assert!(!same.await.unwrap());
    assert_eq!(under(fixture).await, 1);
    assert!(here.keep_ways_back_only_to(Some("hydra")).await.unwrap());
    assert_eq!(under(fixture).await, 0);

    let newest = NewSecret {
        created_at: NOW + 3,
        ..kept("s4", "hydra")
    };
    rotate(fixture, newest, NOW + 1_000).await;
    assert_eq!(under(fixture).await, 1);
    let deleted = here.delete_credential("u1", NOW, event("credential.deleted"));
    deleted.await.unwrap();
    assert_eq!(under(fixture).await, 0);
}

async fn a_way_back_is_sealed_anew_once_and_holds_its_master_key(fixture: &Fixture) {
    make(fixture).await;
    let store = &fixture.store;
    let added = event("master_key.added");
    store
        .register_master_key("mk_2", b"check", NOW, added)
        .await
        .unwrap();
    // The hash is under the new key already; what is kept for the way back is not.
    let moved = store.rehash_secret(
        "s1",
        b"hash of s1",
        store::SecretScheme::HmacSha256,
        b"anew",
        "mk_2",
    );
    assert!(moved.await.unwrap());
    let retire = || store.retire_master_key(MASTER_KEY, NOW, event("master_key.retired"));
    assert!(matches!(
        retire().await,
        Err(StoreError::Refused(Refused::Conflict(_)))
    ));
    let way = store
        .ways_back_under(MASTER_KEY, 10)
        .await
        .unwrap()
        .remove(0);
    assert_eq!(
        (way.secret_id.as_str(), way.credential_uuid.as_str()),
        ("s1", "u1")
    );
    let rewrap = || store.rewrap_way_back(way.clone(), b"other".to_vec(), "mk_2");
    assert!(rewrap().await.unwrap());
    assert!(!rewrap().await.unwrap(), "it is another one by now");
    assert_eq!(sealed(fixture).await, [Some("other".to_owned())]);
    retire().await.unwrap();
}
