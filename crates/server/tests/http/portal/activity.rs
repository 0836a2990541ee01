//! `/portal/activity`: who did what in the account, and the same as files

use crate::http::support::browser::between;
use crate::http::support::house::PASSWORD;
use crate::http::support::{Browser, House, on_each_database};

fn manager_of(house: &House, account: &str, name: &str) -> Browser {
    let how = [
        "people",
        "create",
        "--environment",
        "production",
        "--account",
        account,
        "--role",
        "account-manager",
        "--password-stdin",
        "--username",
        name,
    ];
    house.server.json(&how, Some(PASSWORD));
    let mut browser = Browser::at(house.server.at("production"));
    browser.sign_in(name, PASSWORD);
    browser
}

on_each_database! {
    fn s281_an_account_sees_its_own_trail_and_takes_it_away_as_files(house) {
        let mut anna = manager_of(house, "Trail & Co", "anna of trail");
        let mut eve = manager_of(house, "Elsewhere", "eve of elsewhere");
        let how = ["--version", "v1", "--allow", "orders=read"];
        let made = house.server.json(&[&["credentials", "create", "--environment", "production", "--account", "Trail & Co", "--name", "Export", "--description", "for a test"][..], &how].concat(), None);
        let uuid = made["uuid"].as_str().unwrap();
        house.server.json(&["credentials", "rotate", uuid], None);

        let page = anna.get("/portal/activity");
        assert_eq!(page.status, 200, "{}", page.text());
        for words in ["signed in", "anna of trail", "generated credentials", "rotated a secret", "the platform", ">Export<"] {
            assert!(page.text().contains(words), "{words}: {}", page.text());
        }
        let filtered = anna.get(&format!("/portal/activity?kind=credential.&subject={uuid}"));
        assert_eq!(filtered.text().matches("<tr>\n<td").count(), 2, "{}", filtered.text());

        let csv = anna.get(&format!("/portal/activity.csv?subject={uuid}"));
        assert!(csv.header("content-disposition").unwrap().contains("activity.csv"));
        let lines: Vec<&str> = csv.text().lines().collect();
        assert_eq!(lines[0], "at,event,actor,subject,remote_address,request_id,details");
        assert_eq!(lines.len(), 3, "{}", csv.text());
        assert!(lines[2].contains("credential.created") && lines[2].contains(uuid));
        let jsonl = anna.get("/portal/activity.jsonl?kind=credential.");
        let events: Vec<serde_json::Value> = jsonl.text().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(events.len(), 2);
        assert_eq!(events[0]["event"], "credential.secret_rotated");

        for target in ["/portal/activity", "/portal/activity.csv", "/portal/activity.jsonl"] {
            let others = eve.get(&format!("{target}?subject={uuid}"));
            assert!(!others.text().contains("credential.created") && !others.text().contains("generated credentials"), "{target}");
        }
        // The next page begins where this one ends, and nothing is told twice.
        for number in 0..51 {
            let name = format!("Name {number}");
            house.server.json(&["credentials", "update", uuid, "--name", &name], None);
        }
        let first = anna.get(&format!("/portal/activity?subject={uuid}"));
        let next = first.text().split("id=\"next\" rel=\"next\" href=\"").nth(1).unwrap().split('"').next().unwrap().replace("&amp;", "&");
        let second = anna.get(&next);
        assert_eq!(first.text().matches("<tr>\n<td").count(), 50);
        assert_eq!(second.text().matches("<tr>\n<td").count(), 3, "{}", second.text());
    }

    fn s281_staff_in_a_customers_account_is_the_platform_to_the_customer(house) {
        let mut anna = manager_of(house, "Staffed & Co", "anna of staffed");
        let how = ["people", "create", "--environment", "production", "--role", "operator", "--password-stdin", "--username", "quirin of the platform"];
        let quirin = house.server.json(&how, Some(PASSWORD));
        let mut staff = Browser::at(house.server.at("production"));
        staff.sign_in("quirin of the platform", PASSWORD);
        let how = ["--environment", "production", "--username", "bob of staffed", "--account", "Staffed & Co", "--role", "member", "--password-stdin"];
        let bob = house.server.json(&[&["people", "create"][..], &how].concat(), Some(PASSWORD));
        let (quirin, bob) = (quirin["id"].as_str().unwrap(), bob["id"].as_str().unwrap());
        let page = staff.get(&format!("/portal/people/{bob}"));
        let done = staff.post(&format!("/portal/people/{bob}/invitation"), &[("csrf", &between(page.text(), "name=\"csrf\" value=\"", "\""))]);
        assert_eq!(done.status, 201, "{}", done.text());
        let query = format!("?subject={bob}&kind=person.");
        for target in ["/portal/activity", "/portal/activity.csv", "/portal/activity.jsonl"] {
            let seen = anna.get(&format!("{target}{query}"));
            assert_eq!(seen.status, 200, "{target}");
            assert!(seen.text().contains("person.invited") || target == "/portal/activity", "{target}: {}", seen.text());
            // The page around the rows has addresses of its own.
            let rows = seen.text().split("<tbody").last().unwrap().split("</tbody").next().unwrap();
            assert!(rows.contains(bob) && ![quirin, "quirin", "127.0.0.1"].iter().any(|told| rows.contains(told)), "{target}: {rows}");
            let known = staff.get(&format!("{target}{query}"));
            assert!(known.text().contains("quirin") || known.text().contains(quirin), "{target}: {}", known.text());
            assert!(known.text().contains("127.0.0.1"), "{target}: {}", known.text());
        }
        // The own people are still named and located.
        let own = anna.get("/portal/activity.jsonl?kind=session.");
        assert!(own.text().contains("person:") && own.text().contains("127.0.0.1"), "{}", own.text());
    }
}
