//! Overwriting one environment with another one's accounts and people.

#[path = "refreshes/newcomers.rs"]
mod newcomers;
#[path = "refreshes/scale.rs"]
mod scale;

use serde_json::{Map, Value};
use store::{
    Begun, EnvironmentName, NewPassword, NewPerson, NewRefresh, NewSession, Person, PersonalData,
    RefreshOrder, RefreshOutcome, Refreshed, Role, SessionStep, StoreError,
};

use crate::fixture::{
    Fixture, MASTER_KEY, NOW, credential, event, on_both_databases, person, production, rc,
};

on_both_databases!(
    qx5_accounts_and_people_cross_and_credentials_do_not,
    qx5_people_are_read_as_they_stood,
    qx5_nothing_counts_before_the_run_is_done,
    qx5_a_refresh_that_fails_at_any_statement_left_the_old_state_whole,
    qx5_one_run_over_many_nodes,
    qx5_a_run_that_was_given_up_cannot_count,
    qx5_a_name_that_somebody_else_had_brings_no_password_along,
    qx5_what_is_cleared_away_leaves_nothing_of_whoever_went,
    a_schedule_is_known_since_it_was_first_seen,
);

const ALL: PersonalData = PersonalData {
    username: true,
    email: true,
};

fn run(id: &str, until: Option<i64>, personal_data: PersonalData) -> NewRefresh {
    NewRefresh {
        id: id.to_owned(),
        order: RefreshOrder {
            source: production(),
            data_until: until,
            personal_data,
        },
        scheduled_at: None,
        begun_at: NOW + 1_000,
        lease: 600_000,
        seed: *blake(id),
    }
}

/// Bytes that differ with the run.
fn blake(id: &str) -> Box<[u8; 32]> {
    let mut seed = [0; 32];
    for (byte, letter) in seed.iter_mut().zip(id.bytes()) {
        *byte = letter;
    }
    Box::new(seed)
}

async fn refresh(fixture: &Fixture, run: &NewRefresh) -> Result<Refreshed, StoreError> {
    let environment = rc();
    let verbs = fixture.store.in_environment(&environment);
    assert_eq!(verbs.begin_refresh(run).await?, Begun::Mine);
    let prepared = verbs.prepare_refresh(run).await?;
    let audit = event("x");
    verbs
        .swap_refresh(run, prepared, NOW + 2_000, Map::new(), audit)
        .await
}

async fn clear(fixture: &Fixture) {
    while fixture.store.clear_refreshes(NOW + 3_000).await.unwrap() {}
}

async fn make(fixture: &Fixture, environment: &EnvironmentName, new: NewPerson) {
    let verbs = fixture.store.in_environment(environment);
    verbs
        .create_person(new, event("person.created"))
        .await
        .unwrap();
}

/// Ids are one over all environments, names are not.
fn named(id: &str, name: &str, account: &str, role: Role) -> NewPerson {
    NewPerson {
        username: name.to_owned(),
        canonical_username: name.to_owned(),
        new_account_id: format!("id of {account}"),
        email: Some(format!("{id}@mail.example")),
        role,
        password: Some(NewPassword {
            hash: id.as_bytes().to_vec(),
            master_key_id: MASTER_KEY.to_owned(),
            must_change: false,
        }),
        ..person(id, account)
    }
}

async fn names(fixture: &Fixture) -> Vec<(String, Role, bool)> {
    let environment = rc();
    let verbs = fixture.store.in_environment(&environment);
    let people = verbs.list_people(None, None, 100).await.unwrap();
    people
        .into_iter()
        .map(|one| (one.username, one.role, one.password.is_some()))
        .collect()
}

async fn found(fixture: &Fixture, name: &str) -> Option<Person> {
    let environment = rc();
    let verbs = fixture.store.in_environment(&environment);
    verbs.find_person(name).await.unwrap()
}

/// Production has Acme with Anna and Bert; RC has Acme with an Anna of its own, Carl, and a credential each of Acme and of Nobody Else.
async fn house(fixture: &Fixture) {
    let (production, rc) = (production(), rc());
    make(
        fixture,
        &production,
        named("pa", "anna", "Acme", Role::AccountManager),
    )
    .await;
    make(
        fixture,
        &production,
        named("pb", "bert", "Acme", Role::Member),
    )
    .await;
    make(fixture, &rc, named("ra", "anna", "Acme", Role::Member)).await;
    make(fixture, &rc, named("rc", "carl", "Acme", Role::Member)).await;
    for (environment, uuid, account) in [
        (&production, "up", "Acme"),
        (&rc, "ur", "Acme"),
        (&rc, "un", "Nobody Else"),
    ] {
        fixture
            .store
            .in_environment(environment)
            .create_credential(credential(uuid, account), event("credential.created"))
            .await
            .unwrap();
    }
}

async fn is_on(fixture: &Fixture, uuid: &str) -> bool {
    let environment = rc();
    let verbs = fixture.store.in_environment(&environment);
    let client = verbs.find_client_by_uuid(uuid).await.unwrap().unwrap();
    let credential = client.credential;
    assert_eq!(
        credential.disabled_at.is_some(),
        credential.disabled_by_refresh
    );
    credential.disabled_at.is_none()
}

async fn qx5_accounts_and_people_cross_and_credentials_do_not(fixture: &Fixture) {
    house(fixture).await;
    let mark = fixture.store.change_mark().await.unwrap();
    let done = refresh(fixture, &run("r1", None, PersonalData::default()))
        .await
        .unwrap();
    // One word says it all, whoever was changed. It is the first of all changes, before which nobody saw any.
    let news = fixture.store.news(Some(mark)).await.unwrap();
    assert_eq!(news.changes, None);
    let written =
        "select count(*) from recent_changes where kind = 'environment' and subject = 'rc'";
    assert_eq!(fixture.number(written).await, 1);
    assert_eq!(
        fixture.number("select count(*) from recent_changes").await,
        1
    );
    let expected = Refreshed {
        accounts: 1,
        accounts_arrived: 0,
        accounts_left: 1,
        people_arrived: 1,
        people_changed: 1,
        people_left: 1,
        people_kept: 0,
        switched_off: 1,
        switched_on: 0,
    };
    assert_eq!(done, expected);
    let anna = found(fixture, "anna").await.unwrap();
    assert_eq!(anna.role, Role::AccountManager);
    assert_eq!(
        anna.password.unwrap().hash,
        b"ra",
        "the target's own password"
    );
    assert!(found(fixture, "carl").await.is_none());
    let all = names(fixture).await;
    assert_eq!(all.len(), 2, "{all:?}");
    let (bert, role, has_password) = &all[1];
    assert!(bert.starts_with("person-"), "{bert}");
    assert_eq!((*role, *has_password), (Role::Member, false));
    // Nothing of production's is in the target, and nothing of production's was touched.
    let environment = rc();
    let verbs = fixture.store.in_environment(&environment);
    assert!(verbs.find_client_by_uuid("up").await.unwrap().is_none());
    assert!(is_on(fixture, "ur").await);
    assert!(!is_on(fixture, "un").await);
    for written in [
        "environment.refreshed",
        "environment.read",
        "credential.disabled",
    ] {
        assert_eq!(fixture.audited(written).await, 1, "{written}");
    }
    let last = verbs.last_refresh(None).await.unwrap().unwrap();
    assert_eq!(
        (last.id.as_str(), last.outcome),
        ("r1", RefreshOutcome::Done)
    );
    let report: Value = serde_json::from_str(&last.report.unwrap()).unwrap();
    assert_eq!(report["people"]["arrived"], 1);

    // Again: nothing to do, and the same person has the same name.
    clear(fixture).await;
    let again = refresh(fixture, &run("r2", None, PersonalData::default()))
        .await
        .unwrap();
    assert_eq!((again.people_kept, again.people_arrived), (2, 0));
    assert_eq!(names(fixture).await, all);

    // The account comes to the source, and its credential works again.
    let theirs = credential("uq", "Nobody Else");
    fixture
        .store
        .in_environment(&production())
        .create_credential(theirs, event("credential.created"))
        .await
        .unwrap();
    let third = refresh(fixture, &run("r3", None, ALL)).await.unwrap();
    assert_eq!((third.switched_on, third.accounts), (1, 2));
    assert!(is_on(fixture, "un").await);
    let bert = found(fixture, "bert").await.unwrap();
    assert_eq!(bert.email.as_deref(), Some("pb@mail.example"));
    assert!(
        found(fixture, &all[1].0).await.is_none(),
        "the made-up name is gone"
    );
}

async fn qx5_people_are_read_as_they_stood(fixture: &Fixture) {
    house(fixture).await;
    let environment = production();
    let verbs = fixture.store.in_environment(&environment);
    let until = NOW + 100;
    let later = |id, name| NewPerson {
        created_at: until + 5,
        ..named(id, name, "Acme", Role::Member)
    };
    make(fixture, &environment, later("pd", "dora")).await;
    make(fixture, &environment, later("pe", "erin")).await;
    let change = || event("person.changed");
    let made = verbs
        .set_role("pa", Role::Member, until + 10, change())
        .await;
    assert!(made.unwrap());
    let made = verbs
        .set_role("pa", Role::AccountManager, until + 20, change())
        .await;
    assert!(made.unwrap());
    let made = verbs
        .set_role("pb", Role::AccountManager, until, change())
        .await;
    assert!(made.unwrap());
    let mail = Some("new@mail.example".to_owned());
    verbs
        .set_email("pb", mail, until + 30, change())
        .await
        .unwrap();
    let preview = fixture
        .store
        .in_environment(&rc())
        .preview_refresh(&run("r0", Some(until), ALL).order)
        .await
        .unwrap();
    assert_eq!(
        preview.people.arriving.len(),
        1,
        "who came later does not cross"
    );
    refresh(fixture, &run("r1", Some(until), ALL))
        .await
        .unwrap();
    assert!(found(fixture, "dora").await.is_none());
    let bert = found(fixture, "bert").await.unwrap();
    assert_eq!(bert.role, Role::Member, "as it stood at the moment itself");
    assert_eq!(bert.email.as_deref(), Some("pb@mail.example"));
    assert_eq!(
        found(fixture, "anna").await.unwrap().role,
        Role::AccountManager
    );

    // Who is erased is nobody any more, and who is disabled gets in nowhere, whatever stood then.
    verbs
        .erase_person("pb", until + 40, change())
        .await
        .unwrap();
    verbs
        .disable_person("pa", until + 50, change())
        .await
        .unwrap();
    clear(fixture).await;
    refresh(fixture, &run("r2", Some(until), ALL))
        .await
        .unwrap();
    assert!(found(fixture, "bert").await.is_none());
    assert!(found(fixture, "anna").await.unwrap().disabled_at.is_some());
    assert_eq!(
        fixture
            .number("select count(*) from people_before where person_id = 'pb'")
            .await,
        0
    );
    // An account that came later is none of the target's.
    let young = store::NewCredential {
        created_at: until + 5,
        ..credential("uy", "Young")
    };
    verbs.create_credential(young, event("x")).await.unwrap();
    let own = credential("uz", "Young");
    fixture
        .store
        .in_environment(&rc())
        .create_credential(own, event("x"))
        .await
        .unwrap();
    clear(fixture).await;
    refresh(fixture, &run("r3", Some(until), ALL))
        .await
        .unwrap();
    assert!(!is_on(fixture, "uz").await);
}

async fn qx5_nothing_counts_before_the_run_is_done(fixture: &Fixture) {
    house(fixture).await;
    let before = names(fixture).await;
    let environment = rc();
    let verbs = fixture.store.in_environment(&environment);
    let first = run("r1", None, ALL);
    assert_eq!(verbs.begin_refresh(&first).await.unwrap(), Begun::Mine);
    let _prepared = verbs.prepare_refresh(&first).await.unwrap();
    assert_eq!(names(fixture).await, before);
    assert!(found(fixture, "bert").await.is_none());
    assert!(found(fixture, "carl").await.is_some());
    verbs
        .fail_refresh("r1", "killed".to_owned(), NOW + 1_500)
        .await
        .unwrap();
    clear(fixture).await;
    assert_eq!(names(fixture).await, before);
    let staged = "select count(*) from people where arrives is not null or leaves is not null";
    assert_eq!(fixture.number(staged).await, 0);
    // What a run that failed left does not stand in the way of the next, cleared or not.
    let second = run("r2", None, ALL);
    assert_eq!(verbs.begin_refresh(&second).await.unwrap(), Begun::Mine);
    let _prepared = verbs.prepare_refresh(&second).await.unwrap();
    verbs
        .fail_refresh("r2", "killed".to_owned(), NOW + 1_600)
        .await
        .unwrap();
    let done = refresh(fixture, &run("r3", None, ALL)).await.unwrap();
    assert_eq!((done.people_arrived, done.people_left), (1, 1));
    assert!(found(fixture, "bert").await.is_some());
}

/// Each statement that a run writes, and how it is made to fail.
const STATEMENTS: [(&str, &str); 11] = [
    ("insert", "refreshes"),
    ("insert", "people"),
    ("update", "people"),
    ("update", "refreshes"),
    ("update", "changes"),
    ("update", "credentials"),
    ("delete", "account_environments"),
    ("insert", "account_environments"),
    ("insert", "audit_events"),
    ("delete", "sessions"),
    ("update", "token_families"),
];

fn breaking(fixture: &Fixture, what: &str, table: &str) -> String {
    let rows = match what {
        "insert" | "update" | "delete" => "row",
        _ => unreachable!(),
    };
    if fixture.is_sqlite() {
        return format!(
            "create trigger broken before {what} on {table} begin select raise(abort, 'injected'); end"
        );
    }
    format!(
        "create or replace function broken() returns trigger language plpgsql as $$ begin raise exception 'injected'; end $$; \
         create trigger broken before {what} on {table} for each {rows} execute function broken()"
    )
}

/// All that a reader of the target can see of it.
async fn seen(fixture: &Fixture) -> String {
    let environment = rc();
    let verbs = fixture.store.in_environment(&environment);
    let people = verbs.list_people(None, None, 100).await.unwrap();
    let credentials = verbs.list_credentials(None, None, 100).await.unwrap();
    let accounts = "select count(*) from account_environments where environment = 'rc'";
    let accounts = fixture.number(accounts).await;
    let mut sessions = Vec::new();
    for one in &people {
        let of_one = verbs.sessions_of(&one.id, NOW).await.unwrap();
        sessions.push(format!("{of_one:?}"));
    }
    format!("{people:?} {credentials:?} {accounts} {sessions:?}")
}

async fn qx5_a_refresh_that_fails_at_any_statement_left_the_old_state_whole(fixture: &Fixture) {
    house(fixture).await;
    // An account that will come, and a session and an authorization that the change of Anna's role ends.
    let (environment, source) = (rc(), production());
    make(fixture, &source, named("pn", "nora", "New", Role::Member)).await;
    let verbs = fixture.store.in_environment(&environment);
    begin_session(fixture, "ra").await;
    begin_session(fixture, "rc").await;
    let before = seen(fixture).await;
    let mut tried = 0;
    for (number, (what, table)) in STATEMENTS.into_iter().enumerate() {
        fixture.raw(&breaking(fixture, what, table)).await.unwrap();
        let one = run(&format!("r{number}"), None, ALL);
        let outcome = match verbs.begin_refresh(&one).await {
            Ok(_) => match verbs.prepare_refresh(&one).await {
                Ok(prepared) => verbs
                    .swap_refresh(&one, prepared, NOW + 2_000, Map::new(), event("x"))
                    .await
                    .map(drop),
                Err(error) => Err(error),
            },
            Err(error) => Err(error),
        };
        let drop = match fixture.is_sqlite() {
            true => "drop trigger broken".to_owned(),
            false => format!("drop trigger broken on {table}"),
        };
        fixture.raw(&drop).await.unwrap();
        // Nobody has an authorization here: of that table nothing is written.
        if table == "token_families" {
            assert!(outcome.is_ok());
            continue;
        }
        tried += 1;
        assert!(outcome.is_err(), "{what} {table} was not tried");
        assert_eq!(seen(fixture).await, before, "{what} {table}");
        assert_eq!(fixture.audited("environment.refreshed").await, 0);
        verbs
            .fail_refresh(&one.id, "injected".to_owned(), NOW + 1_500)
            .await
            .unwrap();
        assert_eq!(seen(fixture).await, before, "{what} {table}, given up");
        clear(fixture).await;
        assert_eq!(seen(fixture).await, before, "{what} {table}, cleared");
    }
    assert_eq!(tried, STATEMENTS.len() - 1);
    assert_eq!(fixture.audited("environment.refreshed").await, 1);
    assert_ne!(seen(fixture).await, before);
}

async fn begin_session(fixture: &Fixture, person: &str) {
    let session = NewSession {
        id_hash: *blake(person),
        person_id: person.to_owned(),
        step: SessionStep::Full,
        created_at: NOW,
        authenticated_at: NOW,
        second_factor_at: None,
        expires_at: NOW + 600_000,
        remote_address: "192.0.2.1".to_owned(),
        user_agent: "test".to_owned(),
    };
    fixture
        .store
        .in_environment(&rc())
        .begin_session(session, None, event("session.begun"))
        .await
        .unwrap();
}

async fn qx5_one_run_over_many_nodes(fixture: &Fixture) {
    let mut callers = tokio::task::JoinSet::new();
    for number in 0..8 {
        let store = fixture.another().await;
        callers.spawn(async move {
            let mut one = run(&format!("r{number}"), None, ALL);
            one.scheduled_at = Some(NOW);
            store
                .in_environment(&rc())
                .begin_refresh(&one)
                .await
                .unwrap()
        });
    }
    let begun = callers.join_all().await;
    let mine = begun.iter().filter(|one| **one == Begun::Mine).count();
    assert_eq!(mine, 1, "{begun:?}");
    let environment = rc();
    let verbs = fixture.store.in_environment(&environment);
    // One that somebody asks for meanwhile waits for its turn.
    let by_hand = run("by-hand", None, ALL);
    assert_eq!(
        verbs.begin_refresh(&by_hand).await.unwrap(),
        Begun::UnderWay
    );
    let running = verbs.last_refresh(None).await.unwrap().unwrap();
    let mut winner = run(&running.id, None, ALL);
    winner.scheduled_at = Some(NOW);
    let prepared = verbs.prepare_refresh(&winner).await.unwrap();
    verbs
        .swap_refresh(&winner, prepared, NOW, Map::new(), event("x"))
        .await
        .unwrap();
    let mut late = run("late", None, ALL);
    late.scheduled_at = Some(NOW);
    assert_eq!(verbs.begin_refresh(&late).await.unwrap(), Begun::Done);
    assert_eq!(fixture.audited("environment.refreshed").await, 1);
}

async fn qx5_a_run_that_was_given_up_cannot_count(fixture: &Fixture) {
    house(fixture).await;
    let before = names(fixture).await;
    let environment = rc();
    let verbs = fixture.store.in_environment(&environment);
    let mut slow = run("slow", None, ALL);
    slow.scheduled_at = Some(NOW);
    assert_eq!(verbs.begin_refresh(&slow).await.unwrap(), Begun::Mine);
    let prepared = verbs.prepare_refresh(&slow).await.unwrap();
    let mut next = run("next", None, PersonalData::default());
    next.scheduled_at = Some(NOW);
    next.begun_at = slow.begun_at + 2 * slow.lease;
    assert_eq!(verbs.begin_refresh(&next).await.unwrap(), Begun::Mine);
    let late = verbs
        .swap_refresh(&slow, prepared, NOW, Map::new(), event("x"))
        .await;
    assert!(matches!(late, Err(StoreError::Refused(_))), "{late:?}");
    assert!(verbs.prepare_refresh(&slow).await.is_err());
    assert_eq!(names(fixture).await, before);
    let prepared = verbs.prepare_refresh(&next).await.unwrap();
    verbs
        .swap_refresh(&next, prepared, NOW, Map::new(), event("x"))
        .await
        .unwrap();
    assert!(
        found(fixture, "bert").await.is_none(),
        "of the second run, not of the first"
    );
    assert_eq!(names(fixture).await.len(), 2);
}

/// Somebody of another account made a person here by the name that production's manager of Acme has.
async fn qx5_a_name_that_somebody_else_had_brings_no_password_along(fixture: &Fixture) {
    let (source, target) = (production(), rc());
    make(
        fixture,
        &source,
        named("pa", "anna", "Acme", Role::AccountManager),
    )
    .await;
    make(fixture, &source, named("pe", "eve", "Evil", Role::Member)).await;
    make(
        fixture,
        &target,
        named("re", "anna", "Evil", Role::AccountManager),
    )
    .await;
    begin_session(fixture, "re").await;
    refresh(fixture, &run("r1", None, ALL)).await.unwrap();
    let anna = found(fixture, "anna").await.unwrap();
    assert_eq!(anna.account_name.as_deref(), Some("Acme"));
    assert_eq!(anna.password, None);
    let verbs = fixture.store.in_environment(&target);
    assert!(verbs.sessions_of(&anna.id, NOW).await.unwrap().is_empty());
}

async fn qx5_what_is_cleared_away_leaves_nothing_of_whoever_went(fixture: &Fixture) {
    house(fixture).await;
    begin_session(fixture, "rc").await;
    refresh(fixture, &run("r1", None, ALL)).await.unwrap();
    let environment = rc();
    let verbs = fixture.store.in_environment(&environment);
    let session = verbs.find_session(blake("rc").as_ref(), NOW).await.unwrap();
    assert!(
        session.is_none(),
        "gone with the word, before anything is cleared"
    );
    clear(fixture).await;
    for table in ["people where id", "sessions where person_id"] {
        let left = format!("select count(*) from {table} = 'rc'");
        assert_eq!(fixture.number(&left).await, 0, "{table}");
    }
    let staged = "select count(*) from people where arrives is not null or leaves is not null";
    assert_eq!(fixture.number(staged).await, 0);
    let open = "select count(*) from refreshes where cleared_at is null";
    assert_eq!(fixture.number(open).await, 0);
    assert_eq!(names(fixture).await.len(), 2);
}

async fn a_schedule_is_known_since_it_was_first_seen(fixture: &Fixture) {
    let environment = rc();
    let verbs = fixture.store.in_environment(&environment);
    for (schedule, now, since) in [("a", 5, 5), ("a", 9, 5), ("b", 11, 11), ("b", 12, 11)] {
        let known = verbs.note_refresh_schedule(schedule, now).await.unwrap();
        assert_eq!(known.0, since, "{schedule} at {now}");
    }
}
