use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use store::{
    DatabaseUrl, Identity, NewOperatorToken, NewSigningKey, Role, SpentKind, Store, StoreError,
    TokenId,
};

use crate::fixture::{
    Fixture, MASTER_KEY, NOW, credential, event, on_both_databases, person, production, rc, token,
    token_id,
};

on_both_databases!(
    a_backup_is_restored_into_either_database,
    a_backup_is_one_moment_while_tokens_are_issued,
    a_damaged_backup_is_refused_before_anything_is_restored,
    a_database_that_holds_something_is_not_restored_into,
    an_existing_file_is_not_replaced,
);

/// A row in every table, and one of everything that is hard to carry: bytes, nothing, quotes, a long text.
async fn fill(store: &Store) {
    let (here, there) = (production(), rc());
    let verbs = store.in_environment(&here);
    let mut odd = credential("u1", "Acme \"&\" Söhne\n");
    odd.description = "x".repeat(10_000);
    verbs
        .create_credential(odd, event("credential.created"))
        .await
        .unwrap();
    verbs
        .rotate_secret(
            "u1",
            crate::ways_back::kept("s2", "hydra"),
            NOW + 10,
            NOW,
            event("secret.rotated"),
        )
        .await
        .unwrap();
    store
        .in_environment(&there)
        .create_credential(credential("u2", "Other"), event("credential.created"))
        .await
        .unwrap();
    verbs
        .revoke_jwt(TokenId([255; 16]), NOW + 5, NOW, event("token.revoked"))
        .await
        .unwrap();
    let key = NewSigningKey {
        id: "k1".into(),
        algorithm: "EdDSA".into(),
        public_jwk: "{}".into(),
        wrapped_private_key: (0..=255).collect(),
        master_key_id: MASTER_KEY.into(),
        created_at: NOW,
        activates_at: NOW,
    };
    verbs
        .create_first_signing_key(key, event("signing-key.created"))
        .await
        .unwrap();
    let identity = Identity {
        issuer: "https://login.example.com".into(),
        subject: "s1".into(),
    };
    let mut staff = person("sara", "Acme");
    (staff.account_name, staff.role) = (None, Role::Operator);
    verbs
        .create_person_of_identity(staff, identity, event("person.created"))
        .await
        .unwrap();
    verbs
        .spend_once(SpentKind::StaffSignIn, [200; 32], NOW + 9)
        .await
        .unwrap();
    crate::status::fill(store).await;
    let token_of_operator = NewOperatorToken {
        id: "o1".into(),
        name: "ci".into(),
        scopes: vec!["*".into()],
        hash: [9; 32],
        created_at: NOW,
        expires_at: NOW + 9,
    };
    store
        .create_operator_token(token_of_operator, event("operator-token.created"))
        .await
        .unwrap();
    let record = store::RequestRecord {
        id: "0".repeat(32),
        credential_uuid: "u1".into(),
        kind: store::RecordKind::Refused,
        at: NOW,
        door: "token".into(),
        method: "POST".into(),
        path: "/oauth/token".into(),
        status: 401,
        reason: None,
        microseconds: 1,
        remote_address: "192.0.2.7".into(),
        exchange: "{}".into(),
    };
    store
        .write_request_records(vec![(here.clone(), record)], |_| 9)
        .await
        .unwrap();
    // More rows than are handed on at once.
    let mut callers = tokio::task::JoinSet::new();
    for number in 0..2_345 {
        let store = store.clone();
        callers.spawn(async move {
            let new = token(token_id(NOW, number), "u1", NOW, 60_000);
            store
                .in_environment(&production())
                .issue_access_token(new, event("token.issued"))
                .await
                .unwrap();
        });
    }
    callers.join_all().await;
    verbs
        .revoke_access_token(token_id(NOW, 7), "u1", NOW + 1, event("token.revoked"))
        .await
        .unwrap();
}

/// The rows of a backup. The audit trail's hashes are left out: only SQLite has them.
fn rows(file: &Path) -> Vec<serde_json::Value> {
    let text = std::fs::read_to_string(file).unwrap();
    let mut trail = false;
    let lines = text
        .lines()
        .skip(1)
        .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
    let lines = lines.map(|mut line| {
        trail |= line["table"] == "audit_events";
        if let (true, Some(row)) = (trail, line.as_array_mut()) {
            row.pop();
        }
        line
    });
    lines.filter(|line| line.get("sha256").is_none()).collect()
}

async fn a_backup_is_restored_into_either_database(fixture: &Fixture) {
    fill(&fixture.store).await;
    let file = fixture.path("grantor.backup");
    let count = fixture.store.backup(&file).await.unwrap();
    assert_eq!(
        std::fs::metadata(&file).unwrap().permissions().mode() & 0o777,
        0o600
    );
    let original = rows(&file);
    assert_eq!(
        original.iter().filter(|line| line.is_array()).count() as u64,
        count
    );

    let sqlite = DatabaseUrl::Sqlite(fixture.path("restored.db"));
    let postgres = Fixture::unmigrated_postgres().await;
    if let Some(postgres) = &postgres {
        let refused = Store::restore(&postgres.url, &file).await.unwrap_err();
        assert!(
            matches!(&refused, StoreError::Operator(sentence) if sentence.contains("grantor migrate up")),
            "{refused}"
        );
        postgres.store.migrate(NOW).await.unwrap();
    }
    for url in [
        Some(&sqlite),
        postgres.as_ref().map(|postgres| &postgres.url),
    ]
    .into_iter()
    .flatten()
    {
        assert_eq!(Store::restore(url, &file).await.unwrap(), count, "{url}");
        let restored = Store::open(url, NOW).await.unwrap();
        let copy = fixture.path(&format!("copy of {}", url.to_string().replace('/', "_")));
        restored.backup(&copy).await.unwrap();
        assert_eq!(rows(&copy), original, "{url}");
        // The trail is whole, and goes on.
        assert_eq!(
            restored.verify_audit_trail().await.unwrap().broken_at,
            None,
            "{url}"
        );
        restored.record(event("after")).await.unwrap();
        restored
            .in_environment(&production())
            .issue_access_token(
                token(token_id(NOW, 9_999), "u1", NOW, 1),
                event("token.issued"),
            )
            .await
            .unwrap();
        let report = restored.verify_audit_trail().await.unwrap();
        assert_eq!(report.broken_at, None, "{url}");
        let newest = restored
            .list_audit_events(&Default::default(), 1)
            .await
            .unwrap()
            .remove(0)
            .sequence;
        assert!(newest >= i64::try_from(report.rows).unwrap(), "{url}");
        restored.close().await;
    }
    let names: Vec<_> = std::fs::read_dir(fixture.path(""))
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    assert!(
        names
            .iter()
            .all(|name| !name.to_string_lossy().contains(".new")),
        "nothing is left over: {names:?}"
    );
}

async fn a_backup_is_one_moment_while_tokens_are_issued(fixture: &Fixture) {
    let stop = std::sync::Arc::new(std::sync::atomic::AtomicBool::new(false));
    let mut callers = tokio::task::JoinSet::new();
    for caller in 0..8u64 {
        let (store, stop) = (fixture.store.clone(), stop.clone());
        callers.spawn(async move {
            let mut number = caller * 1_000_000;
            while !stop.load(std::sync::atomic::Ordering::Relaxed) {
                let new = token(token_id(NOW, number), "u1", NOW, 60_000);
                store
                    .in_environment(&production())
                    .issue_access_token(new, event("token.issued"))
                    .await
                    .unwrap();
                number += 1;
            }
        });
    }
    // Some tokens are there before, and more come meanwhile.
    while fixture.audited("token.issued").await < 100 {}
    for number in 0..3 {
        let file = fixture.path(&format!("{number}.backup"));
        fixture.store.backup(&file).await.unwrap();
        let rows = rows(&file);
        let mut counts = std::collections::HashMap::new();
        let mut table = String::new();
        for row in rows {
            match row.get("table") {
                Some(name) => table = name.as_str().unwrap().to_owned(),
                None => *counts.entry(table.clone()).or_insert(0) += 1,
            }
        }
        // One audit row more than tokens: the master key's.
        assert_eq!(
            counts["audit_events"],
            counts["access_tokens"] + 1,
            "{counts:?}"
        );
    }
    stop.store(true, std::sync::atomic::Ordering::Relaxed);
    callers.join_all().await;
}

async fn a_damaged_backup_is_refused_before_anything_is_restored(fixture: &Fixture) {
    fixture
        .store
        .in_environment(&production())
        .create_credential(credential("u1", "Acme"), event("credential.created"))
        .await
        .unwrap();
    let file = fixture.path("grantor.backup");
    fixture.store.backup(&file).await.unwrap();
    let whole = std::fs::read_to_string(&file).unwrap();
    let lines: Vec<_> = whole.lines().collect();
    let without = |index: usize| {
        let kept = lines
            .iter()
            .enumerate()
            .filter(|(line, _)| *line != index)
            .map(|(_, line)| format!("{line}\n"));
        kept.collect::<String>()
    };
    let damaged = [
        String::new(),
        "something else\n".to_owned(),
        whole[..whole.len() / 2].to_owned(),
        without(lines.len() - 1),
        without(3),
        without(0),
        whole.replace("Acme", "Acne"),
        whole.replace("\"grantor_backup\":1", "\"grantor_backup\":2"),
        format!("{whole}[]\n"),
    ];
    for (number, text) in damaged.iter().enumerate() {
        std::fs::write(&file, text).unwrap();
        let target = fixture.path("target.db");
        let refused = Store::restore(&DatabaseUrl::Sqlite(target.clone()), &file)
            .await
            .unwrap_err();
        assert!(
            matches!(refused, StoreError::Operator(_)),
            "{number}: {refused}"
        );
        assert!(!target.exists(), "{number}");
    }
    assert!(
        Store::restore(
            &DatabaseUrl::Sqlite(fixture.path("target.db")),
            &fixture.path("nothing")
        )
        .await
        .is_err()
    );
}

async fn a_database_that_holds_something_is_not_restored_into(fixture: &Fixture) {
    let file = fixture.path("grantor.backup");
    fixture
        .store
        .in_environment(&production())
        .create_credential(credential("u1", "Acme"), event("credential.created"))
        .await
        .unwrap();
    fixture.store.backup(&file).await.unwrap();
    let refused = Store::restore(&fixture.url, &file).await.unwrap_err();
    assert!(
        matches!(&refused, StoreError::Operator(sentence) if sentence.contains("not empty")),
        "{refused}"
    );
    assert_eq!(fixture.audited("credential.created").await, 1);
}

async fn an_existing_file_is_not_replaced(fixture: &Fixture) {
    let file = fixture.path("kept");
    std::fs::write(&file, "kept").unwrap();
    let refused = fixture.store.backup(&file).await.unwrap_err();
    assert!(
        matches!(&refused, StoreError::Operator(sentence) if sentence.contains("exists already")),
        "{refused}"
    );
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "kept");
    let refused = fixture
        .store
        .backup(&fixture.path("no/such/folder"))
        .await
        .unwrap_err();
    assert!(matches!(refused, StoreError::Operator(_)), "{refused}");
}
