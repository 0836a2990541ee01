//! `/portal/people`: inviting, changing and sending people away, and who may do any of it

use crate::http::support::browser::between;
use crate::http::support::house::PASSWORD;
use crate::http::support::{Answer, Browser, House, on_each_database};

const LIST: &str = "/portal/people";
const NEW: &str = "/portal/people/new";

/// A name that no other test has.
fn own(house: &House, name: &str) -> String {
    format!("{name}-{}", house.person("production", &[]))
}

/// Makes a person and answers the id.
fn make(house: &House, account: &str, name: &str, role: &str) -> String {
    let how = [
        "people",
        "create",
        "--environment",
        "production",
        "--account",
        account,
        "--role",
        role,
        "--password-stdin",
        "--username",
        name,
    ];
    let made = house.server.json(&how, Some(PASSWORD));
    made["id"].as_str().unwrap().to_owned()
}

fn signed_in(house: &House, name: &str) -> Browser {
    let mut browser = Browser::at(house.server.at("production"));
    let home = browser.sign_in(name, PASSWORD);
    assert!(home.text().contains("id=\"sign-out\""), "{}", home.text());
    browser
}

fn csrf(browser: &mut Browser) -> String {
    between(
        browser.get("/portal").text(),
        "name=\"csrf\" value=\"",
        "\"",
    )
}

/// What a person reads: without the marks that set filled-in words apart.
fn seen(page: &Answer) -> String {
    page.text()
        .replace(['\u{2068}', '\u{2069}'], "")
        .replace("&#x2f;", "/")
}

/// The path of an invitation that a page shows.
fn link(house: &House, page: &Answer) -> String {
    assert_eq!(page.status, 201, "{}", page.text());
    assert_eq!(page.header("cache-control"), Some("no-store"));
    let url = between(&seen(page), "id=\"invitation\" data-copy>", "<");
    let authority = format!("http://{}", house.server.at("production"));
    url.strip_prefix(&authority)
        .expect("the configured host")
        .to_owned()
}

fn events(house: &House, subject: &str) -> Vec<String> {
    let trail = house
        .server
        .json(&["audit", "list", "--subject", subject], None);
    let rows = trail.as_array().unwrap().iter().rev();
    rows.map(|row| row["event"].as_str().unwrap().to_owned())
        .collect()
}

fn shown(house: &House, id: &str) -> serde_json::Value {
    house
        .server
        .json(&["people", "show", id, "--environment", "production"], None)
}

on_each_database! {
    fn s290_an_invitation_is_the_own_accounts_works_once_and_the_server_says_the_role(house) {
        let (account, name) = (own(house, "Inviters & Co"), own(house, "anna"));
        make(house, &account, &name, "account-manager");
        let mut anna = signed_in(house, &name);
        let newcomer = own(house, "Berta+tag@x@y.example");
        // Another account's name, another environment and an id of the form's own change nothing.
        let page = anna.get(NEW);
        assert!(!page.text().contains("name=\"account\""), "{}", page.text());
        let typed = [("username", newcomer.as_str()), ("role", "member"), ("account", "Acme"), ("environment", "sandbox"), ("id", "x"), ("password", "hers")];
        let invited = anna.submit(&page, &typed);
        let path = link(house, &invited);
        let again = anna.submit(&page, &typed);
        assert_eq!(again.status, 409, "the form counts once");
        let id = between(&seen(&invited), "id=\"done\" href=\"/portal/people/", "\"");
        let kept = shown(house, &id);
        // The name is one name, whatever stands in it, and all its spellings are one person.
        assert_eq!((&kept["account"], &kept["role"], &kept["username"]), (&account.clone().into(), &"member".into(), &newcomer.clone().into()));
        assert_eq!(kept["environment"], "production");
        for spelling in [newcomer.to_uppercase(), format!("  {newcomer} "), newcomer.replace('B', "\u{ff22}")] {
            let page = anna.get(NEW);
            let taken = anna.submit(&page, &[("username", &spelling), ("role", "member")]);
            assert_eq!(taken.status, 400, "{spelling}");
            assert!(taken.text().contains("id=\"username-problem\""), "{spelling}");
        }
        // Roles that are not offered are refused, and so are names that are none.
        for (username, role) in [("x", "operator"), ("x", "king"), ("x", ""), ("", "member"), ("a\u{0}b", "member"), (&"a".repeat(129), "member")] {
            let page = anna.get(NEW);
            let refused = anna.submit(&page, &[("username", username), ("role", role)]);
            assert_eq!(refused.status, 400, "{username:?} {role:?}");
        }
        // The invitation: looking spends nothing, and a role sent with it is nobody's.
        let mut berta = Browser::at(house.server.at("production"));
        let welcome = berta.get(&path);
        assert!(welcome.text().contains(&newcomer));
        let entered = berta.submit(&welcome, &[("newpassword", "a phrase of my own"), ("role", "account-manager")]);
        let home = berta.follow(entered);
        assert!(home.text().contains("id=\"sign-out\"") && !home.text().contains("/portal/credentials"), "{}", home.text());
        assert_eq!(Browser::at(house.server.at("production")).get(&path).status, 400);
        assert_eq!(shown(house, &id)["role"], "member");
        let list = anna.get(&format!("{LIST}?q={}", newcomer.to_uppercase().replace('+', "%2B")));
        assert!(list.text().contains(&id) && list.text().contains("active"), "{}", list.text());
        assert_eq!(events(house, &id)[..2], ["person.created", "person.invited"]);
        // A new one for a forgotten password, shown once.
        let csrf = csrf(&mut anna);
        let second = anna.post(&format!("{LIST}/{id}/invitation"), &[("csrf", &csrf)]);
        let path = link(house, &second);
        assert!(!anna.get(&format!("{LIST}/{id}")).text().contains("gri_"));
        let page = berta.get(&path);
        assert_eq!(berta.submit(&page, &[("newpassword", "another phrase of mine")]).status, 303);
    }

    fn s281_nobody_reaches_anothers_people_and_staff_is_nobodys(house) {
        let name = own(house, "eve");
        make(house, &own(house, "Elsewhere"), &name, "account-manager");
        let victim = own(house, "victim");
        let id = make(house, &own(house, "Victims"), &victim, "member");
        let staff = own(house, "staff");
        let made = house.server.json(&["people", "create", "--environment", "production", "--role", "operator", "--password-stdin", "--username", &staff], Some(PASSWORD));
        let operator = made["id"].as_str().unwrap().to_owned();
        let mut eve = signed_in(house, &name);
        let csrf = csrf(&mut eve);
        assert!(!eve.get(&format!("{LIST}?q={victim}")).text().contains(&id));
        let account = shown(house, &id)["account"].as_str().unwrap().to_owned();
        let listed = house.server.json(&["accounts", "list", "--search", &account], None);
        let account_id = listed[0]["id"].as_str().unwrap();
        assert!(!eve.get(&format!("{LIST}?account={account_id}")).text().contains(&id));
        for target in [&id, &operator] {
            for page in ["", "/role", "/disable"] {
                assert_eq!(eve.get(&format!("{LIST}/{target}{page}")).status, 404, "{page}");
            }
            for page in ["/role", "/disable", "/enable", "/invitation", "/sessions/end"] {
                let sent = eve.post(&format!("{LIST}/{target}{page}"), &[("csrf", &csrf), ("role", "account-manager")]);
                assert_eq!(sent.status, 404, "{page}");
            }
            assert!(events(house, target).contains(&"person.foreign_refused".to_owned()));
        }
        assert_eq!((&shown(house, &id)["role"], &shown(house, &id)["disabled"]), (&"member".into(), &false.into()));
        // Staff sees every account's people, and does not meet itself there.
        let mut olga = signed_in(house, &staff);
        assert!(olga.get(&format!("{LIST}?account={account_id}")).text().contains(&id));
        assert!(!olga.get(&format!("{LIST}?q={staff}")).text().contains(&operator));
        assert_eq!(olga.get(&format!("{LIST}/{operator}")).status, 404);
    }

    fn s291_the_last_account_manager_stays_and_nobody_raises_himself(house) {
        let account = own(house, "Last ones");
        let (first, second, third) = (own(house, "first"), own(house, "second"), own(house, "third"));
        let anna = make(house, &account, &first, "account-manager");
        let carl = make(house, &account, &third, "member");
        let mut annas = signed_in(house, &first);
        let mut carls = signed_in(house, &third);
        // A member sees no trace of people, and no form of theirs counts.
        let members = csrf(&mut carls);
        let raise = [("csrf", members.as_str()), ("role", "account-manager")];
        assert_eq!(carls.post(&format!("{LIST}/{carl}/role"), &raise).status, 404);
        assert!(!carls.get("/portal").text().contains(LIST));
        assert_eq!(shown(house, &carl)["role"], "member");
        // The last one: told before, refused when tried. Someone who was only invited does not manage yet.
        let page = annas.get(NEW);
        annas.submit(&page, &[("username", &own(house, "invited")), ("role", "account-manager")]);
        for (page, typed) in [("role", [("role", "member")].as_slice()), ("disable", &[])] {
            let asked = annas.get(&format!("{LIST}/{anna}/{page}"));
            let refused = annas.submit(&asked, typed);
            assert_eq!(refused.status, 409, "{page}");
            assert!(refused.text().contains("last account manager"), "{}", refused.text());
        }
        assert_eq!((&shown(house, &anna)["role"], &shown(house, &anna)["disabled"]), (&"account-manager".into(), &false.into()));
        // Two who send each other away at the same moment: one stays.
        let bert = make(house, &account, &second, "account-manager");
        let mut berts = signed_in(house, &second);
        let by_anna = annas.get(&format!("{LIST}/{bert}/disable"));
        let by_bert = berts.get(&format!("{LIST}/{anna}/role"));
        assert!(seen(&by_anna).contains("One browser is signed out now"), "{}", by_anna.text());
        std::thread::scope(|scope| {
            scope.spawn(|| annas.submit(&by_anna, &[]));
            scope.spawn(|| berts.submit(&by_bert, &[("role", "member")]));
        });
        let manages = |id: &str| {
            let person = shown(house, id);
            person["role"] == "account-manager" && person["disabled"] == false
        };
        assert_eq!([manages(&anna), manages(&bert)].into_iter().filter(|yes| *yes).count(), 1);
    }

    fn what_is_done_to_people_is_said_before_and_written_down(house) {
        let account = own(house, "Changes");
        let (boss, name) = (own(house, "boss"), own(house, "berta"));
        make(house, &account, &boss, "account-manager");
        let id = make(house, &account, &name, "member");
        let mut anna = signed_in(house, &boss);
        let mut open = [signed_in(house, &name), signed_in(house, &name)];
        let page = anna.get(&format!("{LIST}/{id}/role"));
        assert!(seen(&page).contains("2 browsers are signed out now"), "{}", page.text());
        let changed = anna.submit(&page, &[("role", "account-manager")]);
        assert!(seen(&changed).contains("The role is changed; 2 browsers were signed out"), "{}", changed.text());
        for browser in &mut open {
            assert!(browser.get("/portal").text().contains("id=\"username\""));
        }
        open = [signed_in(house, &name), signed_in(house, &name)];
        let csrf = csrf(&mut anna);
        let ended = anna.post(&format!("{LIST}/{id}/sessions/end"), &[("csrf", &csrf)]);
        assert!(seen(&ended).contains("2 browsers were signed out"), "{}", ended.text());
        let page = anna.get(&format!("{LIST}/{id}/disable"));
        let disabled = anna.submit(&page, &[]);
        assert!(disabled.text().contains("Disabled") && disabled.text().contains("id=\"enable\""), "{}", disabled.text());
        assert_eq!(open[0].sign_in(&name, PASSWORD).status, 400);
        let enabled = anna.post(&format!("{LIST}/{id}/enable"), &[("csrf", &csrf)]);
        assert!(enabled.text().contains("can sign in again"), "{}", enabled.text());
        signed_in(house, &name);
        let done: Vec<String> = events(house, &id).into_iter().filter(|event| event.starts_with("person.")).collect();
        assert_eq!(done, ["person.created", "person.role_changed", "person.sessions_ended", "person.disabled", "person.enabled"]);
    }
}
