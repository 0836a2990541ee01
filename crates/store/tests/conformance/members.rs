use store::{InEnvironment, MemberChange, PersonEnded, Role};

use crate::fixture::{
    Fixture, NOW, credential, event, on_both_databases, person, production, rc, token, token_id,
};

on_both_databases!(
    of_twelve_managers_who_send_each_other_away_one_stays,
    only_the_accounts_own_people_are_changed_and_never_staff,
    people_are_found_by_any_part_of_a_name_and_never_staff,
    what_would_stop_is_counted_and_nothing_changed,
    accounts_are_found_by_any_part_of_a_name,
);

async fn manager(verbs: &InEnvironment<'_>, id: &str, account: &str) {
    let new = store::NewPerson {
        role: Role::AccountManager,
        new_account_id: format!("id of {account}"),
        ..person(id, account)
    };
    verbs
        .create_person(new, event("person.created"))
        .await
        .unwrap();
}

/// S291: what is counted and what is written are one transaction.
async fn of_twelve_managers_who_send_each_other_away_one_stays(fixture: &Fixture) {
    let environment = production();
    let verbs = fixture.store.in_environment(&environment);
    for number in 0..12 {
        manager(&verbs, &format!("m{number:02}"), "Acme").await;
    }
    let mut callers = tokio::task::JoinSet::new();
    for number in 0..12 {
        let store = fixture.store.clone();
        callers.spawn(async move {
            let environment = production();
            let verbs = store.in_environment(&environment);
            let next = format!("m{:02}", (number + 1) % 12);
            let account = "id of Acme";
            if number % 2 == 0 {
                let audit = event("person.disabled");
                verbs
                    .disable_member(account, &next, true, NOW, audit)
                    .await
                    .unwrap()
            } else {
                let audit = event("person.role_changed");
                verbs
                    .set_role_of_member(account, &next, Role::Member, true, NOW, audit)
                    .await
                    .unwrap()
            }
        });
    }
    let answers = callers.join_all().await;
    let refused = answers
        .iter()
        .filter(|answer| **answer == MemberChange::LastManager)
        .count();
    assert_eq!(refused, 1);
    assert_eq!(verbs.managers_of("id of Acme").await.unwrap(), 1);
    let invited = store::NewPerson {
        role: Role::AccountManager,
        password: None,
        ..person("invited", "Acme")
    };
    let made = verbs.create_person(invited, event("person.created"));
    made.await.unwrap();
    let managers = verbs.managers_of("id of Acme").await.unwrap();
    assert_eq!(managers, 1, "whoever never came in manages nothing yet");
    let written =
        fixture.audited("person.disabled").await + fixture.audited("person.role_changed").await;
    assert_eq!(written, 11, "what was refused is not in the trail");
}

async fn only_the_accounts_own_people_are_changed_and_never_staff(fixture: &Fixture) {
    let environment = production();
    let verbs = fixture.store.in_environment(&environment);
    manager(&verbs, "anna", "Acme").await;
    manager(&verbs, "eve", "Other").await;
    let staff = store::NewPerson {
        role: Role::Operator,
        ..person("olga", "Acme")
    };
    verbs
        .create_person(staff, event("person.created"))
        .await
        .unwrap();
    for id in ["eve", "olga", "nobody"] {
        let disabled = verbs
            .disable_member("id of Acme", id, false, NOW, event("x"))
            .await
            .unwrap();
        assert_eq!(disabled, MemberChange::Nothing, "{id}");
        let changed = verbs
            .set_role_of_member("id of Acme", id, Role::Member, false, NOW, event("x"))
            .await
            .unwrap();
        assert_eq!(changed, MemberChange::Nothing, "{id}");
    }
    let raised = verbs
        .set_role_of_member("id of Acme", "anna", Role::Operator, false, NOW, event("x"))
        .await
        .unwrap();
    assert_eq!(raised, MemberChange::Nothing);
    assert_eq!(fixture.audited("x").await, 0);
    // Nobody else manages: only who may leave an account alone does.
    let kept = verbs
        .disable_member("id of Acme", "anna", true, NOW, event("x"))
        .await
        .unwrap();
    assert_eq!(kept, MemberChange::LastManager);
    let gone = verbs
        .disable_member("id of Acme", "anna", false, NOW, event("person.disabled"))
        .await
        .unwrap();
    assert_eq!(gone, MemberChange::Made(PersonEnded::default()));
    // Elsewhere it is another person.
    let elsewhere = rc();
    let verbs = fixture.store.in_environment(&elsewhere);
    let other = verbs
        .disable_member("id of Acme", "anna", false, NOW, event("x"))
        .await
        .unwrap();
    assert_eq!(other, MemberChange::Nothing);
}

async fn people_are_found_by_any_part_of_a_name_and_never_staff(fixture: &Fixture) {
    let environment = production();
    let verbs = fixture.store.in_environment(&environment);
    for (id, account) in [("anna", "Acme"), ("joanna", "Acme"), ("hannah", "Other")] {
        manager(&verbs, id, account).await;
    }
    let staff = store::NewPerson {
        role: Role::Operator,
        ..person("anna of staff", "Acme")
    };
    verbs
        .create_person(staff, event("person.created"))
        .await
        .unwrap();
    let find = async |account, text, after| {
        let found = verbs.search_people(account, text, after, 10).await.unwrap();
        found
            .into_iter()
            .map(|person| person.id)
            .collect::<Vec<_>>()
    };
    assert_eq!(find(None, "ann", None).await, ["anna", "hannah", "joanna"]);
    assert_eq!(find(Some("id of Acme"), "", None).await, ["anna", "joanna"]);
    assert_eq!(find(Some("Acme"), "", None).await, [""; 0], "by id alone");
    assert_eq!(find(None, "", Some("anna")).await, ["hannah", "joanna"]);
    for nothing in ["%", "_", "!", "a%a"] {
        assert_eq!(find(None, nothing, None).await, [""; 0], "{nothing}");
    }
    assert_eq!(verbs.count_people(None).await.unwrap(), 3);
    assert_eq!(verbs.count_people(Some("id of Acme")).await.unwrap(), 2);
}

async fn what_would_stop_is_counted_and_nothing_changed(fixture: &Fixture) {
    let environment = production();
    let verbs = fixture.store.in_environment(&environment);
    for uuid in ["u1", "u2"] {
        verbs
            .create_credential(credential(uuid, "Acme"), event("credential.created"))
            .await
            .unwrap();
    }
    verbs
        .disable_credential("u2", NOW, event("credential.disabled"))
        .await
        .unwrap();
    for (number, uuid, lifetime) in [(1, "u1", 60_000), (2, "u1", 10), (3, "u2", 60_000)] {
        let new = token(token_id(NOW, number), uuid, NOW, lifetime);
        verbs
            .issue_access_token(new, event("token.issued"))
            .await
            .unwrap();
    }
    let mark = fixture.store.change_mark().await.unwrap();
    let standing = fixture
        .store
        .standing_of_account("id of Acme", NOW + 20)
        .await
        .unwrap();
    assert_eq!((standing.credentials, standing.tokens), (1, Some(1)));
    assert_eq!((standing.sessions, standing.last_used_at), (0, None));
    let live = verbs.preview_live_tokens("u1", NOW + 20).await.unwrap();
    assert_eq!(live, Some(1));
    assert_eq!(fixture.store.change_mark().await.unwrap(), mark);
    let stopped = fixture
        .store
        .suspend_account("id of Acme", NOW + 20, event("account.suspended"))
        .await
        .unwrap();
    assert_eq!(
        (stopped.credentials, Some(stopped.tokens)),
        (standing.credentials, standing.tokens),
        "what was said is what stops"
    );
}

async fn accounts_are_found_by_any_part_of_a_name(fixture: &Fixture) {
    let environment = production();
    let verbs = fixture.store.in_environment(&environment);
    for (uuid, account) in [("u1", "Acme"), ("u2", "Big ACME"), ("u3", "100% other")] {
        verbs
            .create_credential(credential(uuid, account), event("credential.created"))
            .await
            .unwrap();
    }
    manager(&verbs, "anna", "Acme").await;
    let find = async |text, after| {
        let found = verbs.search_accounts(text, after, 10).await.unwrap();
        found
            .into_iter()
            .map(|found| (found.account.name, found.account.credentials, found.people))
            .collect::<Vec<_>>()
    };
    let of = |name: &str, people| (name.to_owned(), 1, people);
    assert_eq!(find("acme", None).await, [of("Acme", 1), of("Big ACME", 0)]);
    assert_eq!(find("ACME", Some("Acme")).await, [of("Big ACME", 0)]);
    assert_eq!(find("id of Acme", None).await, [of("Acme", 1)]);
    assert_eq!(find("%", None).await, [of("100% other", 0)]);
    assert_eq!(find("_", None).await, []);
    assert_eq!(fixture.store.count_accounts().await.unwrap(), 3);
    let listed = fixture.store.list_accounts("big", None, 10).await.unwrap();
    assert_eq!(listed.len(), 1);
}
