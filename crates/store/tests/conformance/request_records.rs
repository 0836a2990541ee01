use store::{RecordKind, RequestRecord};

use crate::fixture::{Fixture, NOW, credential, event, on_both_databases, production, rc};

on_both_databases!(
    the_newest_of_each_kind_are_kept,
    records_go_with_time_and_with_their_credential,
);

fn record(at: i64, number: u64, uuid: &str, kind: RecordKind) -> RequestRecord {
    RequestRecord {
        id: format!("{at:012x}{number:020x}"),
        credential_uuid: uuid.into(),
        kind,
        at,
        door: "token".into(),
        method: "POST".into(),
        path: "/oauth/token".into(),
        status: 200,
        reason: (kind != RecordKind::Answered).then(|| "WrongSecret".into()),
        microseconds: 250,
        remote_address: "192.0.2.7".into(),
        exchange: "{\"request\":\"…\"}".into(),
    }
}

fn keep(kind: RecordKind) -> u32 {
    match kind {
        RecordKind::Answered | RecordKind::Refused => 5,
        RecordKind::Unproven => 2,
    }
}

async fn the_newest_of_each_kind_are_kept(fixture: &Fixture) {
    let here = production();
    let verbs = fixture.store.in_environment(&here);
    verbs
        .create_credential(credential("u1", "Acme"), event("credential.created"))
        .await
        .unwrap();
    let mut records = vec![(here.clone(), record(NOW, 0, "u1", RecordKind::Refused))];
    for number in 1..20 {
        records.push((
            here.clone(),
            record(NOW + 1, number, "u1", RecordKind::Answered),
        ));
        records.push((
            here.clone(),
            record(NOW + 1, 100 + number, "u1", RecordKind::Unproven),
        ));
        // Nobody's: left out.
        records.push((
            here.clone(),
            record(NOW + 1, 200 + number, "u9", RecordKind::Answered),
        ));
    }
    // Written twice, as a node that does not know whether it succeeded might.
    for _ in 0..2 {
        fixture
            .store
            .write_request_records(records.clone(), keep)
            .await
            .unwrap();
    }
    let found = verbs
        .requests_of_credential("u1", false, None, 100)
        .await
        .unwrap();
    assert_eq!(found.len(), 5 + 1 + 2);
    assert_eq!(
        found[0].id,
        record(NOW + 1, 119, "u1", RecordKind::Unproven).id
    );
    assert_eq!(found[7].id, record(NOW, 0, "u1", RecordKind::Refused).id);
    let failures = verbs
        .requests_of_credential("u1", true, None, 100)
        .await
        .unwrap();
    assert_eq!(failures.len(), 3);
    let page = verbs
        .requests_of_credential("u1", false, Some(&found[2].id), 2)
        .await
        .unwrap();
    assert_eq!(page, found[3..5]);
    let one = verbs.find_request(&found[0].id).await.unwrap().unwrap();
    assert_eq!(one, record(NOW + 1, 119, "u1", RecordKind::Unproven));
    let elsewhere = rc();
    let other = fixture.store.in_environment(&elsewhere);
    assert_eq!(other.find_request(&found[0].id).await.unwrap(), None);
    assert!(
        other
            .requests_of_credential("u1", false, None, 9)
            .await
            .unwrap()
            .is_empty()
    );
    assert_eq!(verbs.find_request("a\0b").await.unwrap(), None);
}

async fn records_go_with_time_and_with_their_credential(fixture: &Fixture) {
    let here = production();
    let verbs = fixture.store.in_environment(&here);
    for uuid in ["u1", "u2"] {
        verbs
            .create_credential(credential(uuid, "Acme"), event("credential.created"))
            .await
            .unwrap();
    }
    let mut records = Vec::new();
    for number in 0..4 {
        let at = NOW + i64::try_from(number).unwrap();
        records.push((here.clone(), record(at, number, "u1", RecordKind::Answered)));
    }
    records.push((here.clone(), record(NOW + 9, 9, "u2", RecordKind::Answered)));
    fixture
        .store
        .write_request_records(records, keep)
        .await
        .unwrap();
    let elsewhere = rc();
    let other = fixture.store.in_environment(&elsewhere);
    assert_eq!(other.forget_requests(NOW + 100, 100).await.unwrap(), 0);
    assert_eq!(verbs.forget_requests(NOW + 3, 2).await.unwrap(), 2);
    assert_eq!(verbs.forget_requests(NOW + 3, 2).await.unwrap(), 1);
    assert_eq!(
        verbs
            .requests_of_credential("u1", false, None, 9)
            .await
            .unwrap()
            .len(),
        1
    );
    verbs
        .delete_credential("u1", NOW + 10, event("credential.deleted"))
        .await
        .unwrap();
    assert_eq!(
        fixture.number("select count(*) from request_records").await,
        1
    );
}
