#![allow(clippy::panic)]

use super::*;

const RC: &str = "rc";

fn source(id: &str, name: &str, account: &str, role: Role) -> Source {
    Source {
        id: id.to_owned(),
        account_id: Some(account.to_owned()),
        username: name.to_owned(),
        canonical_username: name.to_owned(),
        role,
        disabled_at: None,
        email: Some(format!("{name}@mail.example")),
    }
}

fn target(id: &str, name: &str, account: &str, role: Role) -> Target {
    Target {
        person: source(id, name, account, role),
        origin: None,
        vouched_for: false,
    }
}

fn planned(personal_data: PersonalData, source: Vec<Source>, target: Vec<Target>) -> RefreshPlan {
    plan(&EnvironmentName::new(RC), personal_data, source, target)
}

const ALL: PersonalData = PersonalData {
    username: true,
    email: true,
};

#[test]
fn nothing_personal_comes_over_unless_it_is_named() {
    let anna = || vec![source("p1", "anna@acme.example", "acme", Role::Member)];
    let plan = planned(PersonalData::default(), anna(), vec![]);
    let [new] = plan.arriving.as_slice() else {
        panic!("{plan:?}")
    };
    assert!(new.username.starts_with("person-"), "{new:?}");
    assert_eq!(new.email, None);
    assert_eq!(new.origin.as_deref(), Some("p1"));
    let again = planned(PersonalData::default(), anna(), vec![]);
    assert_eq!(again, plan, "the same person has the same name each time");
    let named = planned(ALL, anna(), vec![]);
    assert_eq!(named.arriving[0].username, "anna@acme.example");
    let mail = named.arriving[0].email.as_deref();
    assert_eq!(mail, Some("anna@acme.example@mail.example"));
}

#[test]
fn whoever_is_in_both_stays_and_gets_the_sources_role() {
    let plan = planned(
        PersonalData::default(),
        vec![
            source("p1", "anna", "acme", Role::AccountManager),
            source("p2", "bert", "acme", Role::Member),
        ],
        vec![
            target("t1", "anna", "acme", Role::Member),
            target("t2", "bert", "acme", Role::Member),
            target("t3", "carl", "acme", Role::Member),
        ],
    );
    let [anna] = plan.changed.as_slice() else {
        panic!("{plan:?}")
    };
    assert_eq!(anna.id.as_deref(), Some("t1"));
    assert_eq!(anna.role, Role::AccountManager);
    assert!(anna.rights_change && !anna.emptied);
    assert_eq!((plan.kept, plan.arriving.len()), (1, 0));
    assert_eq!(plan.leaving, [("t3".to_owned(), "carl".to_owned())]);
}

/// Somebody of another account who gave the name away here must not get what its owner may do there.
#[test]
fn a_name_in_another_account_is_somebody_else() {
    let plan = planned(
        ALL,
        vec![source("p1", "anna", "acme", Role::AccountManager)],
        vec![target("t1", "anna", "evil", Role::AccountManager)],
    );
    let [anna] = plan.changed.as_slice() else {
        panic!("{plan:?}")
    };
    assert!(anna.emptied, "the row is emptied of password and factors");
    assert_eq!(anna.account_id.as_deref(), Some("acme"));
    assert!(plan.leaving.is_empty());
    let made_up = planned(
        PersonalData::default(),
        vec![source("p1", "anna", "acme", Role::AccountManager)],
        vec![target("t1", "anna", "evil", Role::AccountManager)],
    );
    assert_eq!(made_up.arriving.len(), 1);
    assert_eq!(made_up.leaving.len(), 1);
}

#[test]
fn no_refresh_makes_an_operator_or_sends_one_away() {
    let plan = planned(
        ALL,
        vec![
            source("p1", "olga", "acme", Role::Operator),
            source("p2", "otto", "acme", Role::Member),
        ],
        vec![
            target("t1", "olga", "acme", Role::Member),
            target("t2", "otto", "acme", Role::Operator),
        ],
    );
    assert_eq!(plan.leaving, [("t1".to_owned(), "olga".to_owned())]);
    assert!(plan.changed.is_empty(), "{plan:?}");
    assert!(plan.arriving[0].username.starts_with("person-"), "{plan:?}");
}

#[test]
fn whom_a_refresh_brought_is_known_again_and_takes_the_name_that_the_configuration_says() {
    let brought = |name: &str| Target {
        origin: Some("p1".to_owned()),
        ..target("t1", name, "acme", Role::Member)
    };
    let anna = || vec![source("p1", "anna", "acme", Role::Member)];
    let named = planned(ALL, anna(), vec![brought("person-0000")]);
    assert_eq!(named.changed[0].username, "anna");
    assert!(!named.changed[0].emptied && !named.changed[0].rights_change);
    let hidden = planned(PersonalData::default(), anna(), vec![brought("anna")]);
    assert!(hidden.changed[0].username.starts_with("person-"));
    assert_eq!(hidden.changed[0].email, None);
}

#[test]
fn two_rows_never_have_one_name() {
    // A made-up row and one that somebody made here by the real name: the latter is the person.
    let brought = Target {
        origin: Some("p1".to_owned()),
        ..target("t1", "person-0000", "acme", Role::Member)
    };
    let own = target("t2", "anna", "acme", Role::Member);
    let anna = vec![source("p1", "anna", "acme", Role::Member)];
    let plan = planned(ALL, anna, vec![brought, own]);
    assert_eq!(plan.leaving, [("t1".to_owned(), "person-0000".to_owned())]);
    assert!(plan.arriving.is_empty());
}

#[test]
fn whom_an_identity_provider_vouches_for_is_left_alone() {
    let staff = Target {
        vouched_for: true,
        ..target("t1", "olga", "acme", Role::Member)
    };
    let olga = vec![source("p1", "olga", "acme", Role::Member)];
    let plan = planned(ALL, olga, vec![staff]);
    assert!(plan.leaving.is_empty() && plan.changed.is_empty());
    assert!(plan.arriving[0].username.starts_with("person-"), "{plan:?}");
}

#[test]
fn an_id_is_a_uuid_that_nobody_can_guess() {
    let id = new_id(&[7; 32], "p1");
    assert_eq!(id.len(), 36);
    assert_eq!(&id[14..15], "4");
    assert_ne!(id, new_id(&[8; 32], "p1"));
}
