//! Incidents and maintenance: by the command line, by a program, in the portal; and what a text may not do

use std::sync::atomic::{AtomicU32, Ordering};

use serde_json::{Value, json};

use super::super::support::receiver::Receiver;
use super::super::support::{Answer, Request, Server, Setup, on_each_database, until};
use super::{make_staff, page, part, status};
use crate::http::support::browser::between;

const LIST: &str = "/portal/operations/status";

pub fn create(server: &Server, environment: &str, title: &str, more: &[&str]) -> Value {
    let how = [
        "incidents",
        "create",
        "--environment",
        environment,
        "--title",
        title,
        "--text",
        "We are looking for the cause.",
    ];
    server.json(&[&how, more].concat(), None)
}

fn operator_token(server: &Server, scopes: &str) -> String {
    static MADE: AtomicU32 = AtomicU32::new(0);
    let name = format!("pager-{}", MADE.fetch_add(1, Ordering::Relaxed));
    let how = ["operators", "token", "--name", &name, "--scopes", scopes];
    let made = server.json(&how, None);
    made["operator_token"].as_str().unwrap().to_owned()
}

fn program(server: &Server, scopes: &str) -> impl Fn(&str, &str, Option<Value>) -> Answer {
    let token = operator_token(server, scopes);
    let admin = server.admin.clone();
    move |method, path, body| {
        let mut request = Request::new(method, &format!("/admin/v1{path}")).bearer(&token);
        if let Some(body) = body {
            request = request.body("application/json", body.to_string());
        }
        request.send(&admin)
    }
}

fn feed(server: &Server, environment: &str) -> String {
    let answer = Request::get("/status.atom").send(server.at(environment));
    assert_eq!(
        (answer.status, answer.header("content-type")),
        (200, Some("application/atom+xml; charset=utf-8"))
    );
    answer.text().to_owned()
}

/// The texts of a feed's elements of a name, as a parser of XML reads them.
fn elements(feed: &str, name: &str) -> Vec<String> {
    let mut reader = quick_xml::Reader::from_str(feed);
    reader.config_mut().check_end_names = true;
    let (mut open, mut texts, mut text) = (Vec::new(), Vec::new(), String::new());
    loop {
        use quick_xml::events::Event;
        match reader.read_event().unwrap() {
            Event::Start(start) => {
                open.push(start.name().as_ref().to_owned());
                text.clear();
            }
            Event::Text(part) => text.push_str(&part),
            Event::GeneralRef(reference) => {
                text.push_str(match &*reference {
                    "amp" => "&",
                    "lt" => "<",
                    "gt" => ">",
                    "quot" => "\"",
                    "#39" => "'",
                    other => panic!("&{other};"),
                });
            }
            Event::End(_) => {
                let closed = open.pop().unwrap();
                texts.extend((closed == name).then(|| std::mem::take(&mut text)));
            }
            Event::Eof => {
                assert!(open.is_empty(), "{open:?}");
                return texts;
            }
            _ => {}
        }
    }
}

on_each_database! {
    fn an_incident_lives_on_the_command_line(house) {
        let server = &house.server;
        let made = create(server, "es256", "Tokens are slow", &["--component", "tokens"]);
        assert_eq!((&made["state"], &made["kind"], &made["components"]), (&"investigating".into(), &"incident".into(), &json!(["tokens"])));
        let id = made["id"].as_str().unwrap();
        let said = status(server, "es256");
        assert_eq!((&said["status"]["indicator"], &part(&said, "tokens")["status"]), (&"degraded".into(), &"degraded".into()));
        assert_eq!(part(&said, "portal")["status"], "operational");
        assert!(page(server, "es256").text().contains("Some systems are impaired"));
        let told = server.json(&["incidents", "update", id, "--state", "identified", "--text", "A disk is full."], None);
        assert_eq!(told["state"], "identified");
        let edited = server.json(&["incidents", "edit", id, "--title", "Tokens were slow", "--component", "portal", "--component", "tokens"], None);
        assert_eq!((&edited["title"], &edited["components"]), (&"Tokens were slow".into(), &json!(["tokens", "portal"])));
        assert_eq!(edited["updates"], told["updates"], "what was told stays");
        let listed = server.json(&["incidents", "list", "--environment", "es256", "--open"], None);
        assert_eq!(listed[0]["id"], id);
        let resolved = server.json(&["incidents", "resolve", id, "--text", "The disk has room again."], None);
        assert!(resolved["resolved_at"].is_string());
        let said = status(server, "es256");
        assert_eq!((&said["status"]["indicator"], &said["incidents"][0]["state"]), (&"operational".into(), &"resolved".into()));
        let updates: Vec<_> = said["incidents"][0]["updates"].as_array().unwrap().iter().map(|one| one["text"].as_str().unwrap()).collect();
        assert_eq!(updates, ["The disk has room again.", "A disk is full.", "We are looking for the cause."]);
        let open = server.json(&["incidents", "list", "--environment", "es256", "--open"], None);
        assert_eq!(open.as_array().unwrap().iter().filter(|one| one["id"] == id).count(), 0);
        // Over is over, and said so.
        let again = server.grantor(&["incidents", "resolve", id, "--text", "Twice."], None);
        assert_eq!(again.status.code(), Some(1));
        assert!(String::from_utf8_lossy(&again.stderr).contains("over"));
        let trail = server.json(&["audit", "list", "--subject", id], None);
        let events: Vec<_> = trail.as_array().unwrap().iter().map(|row| row["event"].as_str().unwrap()).collect();
        assert_eq!(events, ["incident.resolved", "incident.updated", "incident.updated", "incident.opened"]);
        // Nothing of it is another environment's.
        assert!(!page(server, "rs256").text().contains("Tokens were slow"));
    }

    fn programs_tell_of_incidents_and_maintenance_and_are_told_what_makes_no_sense(house) {
        let server = &house.server;
        let call = program(server, "incidents:read,incidents:write");
        let new = |more: Value| {
            let mut body = json!({ "environment": "rs256", "title": "T", "text": "x" });
            body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            body
        };
        for (more, says) in [
            (json!({ "title": " " }), "title"),
            (json!({ "title": "a\nb" }), "control"),
            (json!({ "title": "x".repeat(201) }), "200"),
            (json!({ "text": "" }), "text"),
            (json!({ "text": "x".repeat(2001) }), "2000"),
            (json!({ "text": "a\u{7}b" }), "control"),
            (json!({ "components": ["everything"] }), "tokens, "),
            (json!({ "state": "scheduled" }), "state"),
            (json!({ "state": "gone" }), "state"),
            (json!({ "kind": "party" }), "kind"),
            (json!({ "kind": "maintenance" }), "end"),
            (json!({ "kind": "maintenance", "starts_at": "2020-01-01T00:00:00Z", "ends_at": "2020-01-02T00:00:00Z" }), "year"),
            (json!({ "starts_at": "2999-01-01T00:00:00Z" }), "year"),
            (json!({ "starts_at": "tomorrow" }), "starts_at"),
            (json!({ "kind": "maintenance", "ends_at": "2999-01-01T00:00:00Z" }), "year"),
            (json!({ "ends_at": "2026-01-02T00:00:00Z" }), "resolved"),
            (json!({ "environment": "nowhere" }), "environment"),
        ] {
            let refused = call("POST", "/incidents", Some(new(more.clone())));
            assert_eq!(refused.status, 400, "{more}: {}", refused.text());
            assert!(refused.json()["detail"].as_str().unwrap().contains(says), "{more}: {}", refused.text());
        }
        let now = status(server, "rs256")["at"].as_str().unwrap().to_owned();
        let under_way = call("POST", "/incidents", Some(new(json!({
            "kind": "maintenance", "title": "New disks", "components": ["tokens"], "starts_at": now, "ends_at": later(&now),
        }))));
        assert_eq!(under_way.status, 201, "{}", under_way.text());
        let id = under_way.json()["id"].as_str().unwrap().to_owned();
        let said = status(server, "rs256");
        assert_eq!((&said["status"]["indicator"], &said["maintenance"][0]["state"]), (&"maintenance".into(), &"under-way".into()));
        assert_eq!(part(&said, "tokens")["status"], "maintenance");
        assert!(page(server, "rs256").text().contains("Maintenance is under way"));
        let told = call("POST", &format!("/incidents/{id}/updates"), Some(json!({ "text": "Half of them are in." })));
        assert_eq!((told.status, &told.json()["state"]), (201, &"scheduled".into()), "{}", told.text());
        let over = call("POST", &format!("/incidents/{id}/updates"), Some(json!({ "state": "resolved", "text": "All in." })));
        assert_eq!(over.status, 201, "{}", over.text());
        assert_eq!(status(server, "rs256")["maintenance"], json!([]));
        assert_eq!(call("PATCH", &format!("/incidents/{id}"), Some(json!({ "title": "x" }))).status, 409);
        assert_eq!(call("GET", "/incidents/nothing", None).status, 404);
        // Sent again under its key it is told once.
        let admin = &server.admin;
        let token = operator_token(server, "incidents:write");
        let send = || {
            let request = Request::new("POST", "/admin/v1/incidents").bearer(&token);
            request.header("Idempotency-Key", "page-1").body("application/json", new(json!({ "title": "Once" })).to_string()).send(admin)
        };
        let (first, again) = (send(), send());
        assert_eq!((first.status, again.status), (201, 201), "{}", first.text());
        assert_eq!(first.json(), again.json());
        let listed = call("GET", "/incidents?environment=rs256&limit=200", None).json();
        assert_eq!(listed.as_array().unwrap().iter().filter(|one| one["title"] == "Once").count(), 1);
        let once = first.json()["id"].as_str().unwrap().to_owned();
        server.json(&["incidents", "resolve", &once, "--text", "It was a test."], None);
    }

    fn staff_tells_edits_and_resolves_in_the_portal(house) {
        let server = &house.server;
        let name = format!("staff of incidents {}", house.person("eddsa", &[]));
        let mut olga = make_staff(server, "eddsa", &name);
        let list = olga.get(LIST);
        assert!(list.text().contains("id=\"tab-status\"") && list.text().contains("id=\"new-maintenance\""), "{}", list.text());
        let form = olga.get(&format!("{LIST}/new"));
        let wrong = olga.submit(&form, &[("title", "Half the calls fail"), ("component", "nothing"), ("state", "investigating"), ("text", "We look.")]);
        assert_eq!(wrong.status, 400);
        assert!(wrong.text().contains("id=\"components-problem\"") && wrong.text().contains("value=\"Half the calls fail\""), "{}", wrong.text());
        let typed = [("title", "Half the calls fail"), ("component", "api-v1"), ("state", "investigating"), ("starts_at", ""), ("text", "We look.\r\n\r\nMore soon.")];
        let told = olga.submit(&form, &typed);
        assert_eq!(told.status, 201, "{}", told.text());
        assert!(told.text().contains("Everyone can read it now"));
        // Pressed twice it is told once.
        assert_eq!(olga.submit(&form, &typed).status, 201);
        let id = between(told.text(), "action=\"/portal/operations/status/", "/update").replace("&#x2f;", "/");
        let said = status(server, "eddsa");
        let mine: Vec<_> = said["incidents"].as_array().unwrap().iter().filter(|one| one["title"] == "Half the calls fail").collect();
        assert_eq!(mine.len(), 1);
        assert_eq!((&mine[0]["id"], &mine[0]["updates"][0]["text"]), (&id.clone().into(), &"We look.\n\nMore soon.".into()));
        assert_eq!(part(&said, "api-v1")["status"], "degraded");
        let shown = olga.get(&format!("{LIST}/{id}"));
        let empty = olga.submit(&shown, &[("state", "identified"), ("text", " ")]);
        assert!(empty.status == 400 && empty.text().contains("id=\"text-problem\""), "{}", empty.text());
        let updated = olga.submit(&shown, &[("state", "monitoring"), ("text", "A cable. It is plugged in again.")]);
        assert_eq!(updated.status, 200, "{}", updated.text());
        assert_eq!(olga.submit(&shown, &[("state", "monitoring"), ("text", "A cable. It is plugged in again.")]).status, 200);
        let csrf = between(shown.text(), "name=\"csrf\" value=\"", "\"");
        let begun = between(shown.text(), "name=\"starts_at\" type=\"datetime-local\" value=\"", "\"");
        let edited = olga.post(&format!("{LIST}/{id}/edit"), &[("csrf", &csrf), ("title", "Half the calls failed"), ("component", "api-v1"), ("component", "api"), ("starts_at", &begun)]);
        assert_eq!(edited.status, 200, "{}", edited.text());
        assert!(edited.text().contains("Half the calls failed"));
        let unread = olga.post(&format!("{LIST}/{id}/edit"), &[("csrf", &csrf), ("title", "x"), ("starts_at", "soon")]);
        assert!(unread.status == 400 && unread.text().contains("id=\"starts-problem\""), "{}", unread.text());
        let listed = server.json(&["incidents", "list", "--environment", "eddsa"], None);
        let mine = listed.as_array().unwrap().iter().find(|one| one["id"] == *id).unwrap();
        assert_eq!((mine["updates"].as_array().unwrap().len(), &mine["components"]), (2, &json!(["api", "api-v1"])));
        let shown = olga.get(&format!("{LIST}/{id}"));
        let resolved = olga.submit(&shown, &[("state", "resolved"), ("text", "Nothing failed for an hour.")]);
        assert!(resolved.text().contains("This is over"), "{}", resolved.text());
        let late = olga.submit(&shown, &[("state", "resolved"), ("text", "Another window.")]);
        assert!(late.status == 200 || late.status == 409, "{}", late.text());
        let csrf_again = olga.post(&format!("{LIST}/{id}/edit"), &[("csrf", &csrf), ("title", "x")]);
        assert_eq!(csrf_again.status, 409, "{}", csrf_again.text());
        let form = olga.get(&format!("{LIST}/new?kind=maintenance"));
        let backwards = olga.submit(&form, &[("title", "Disks"), ("starts_at", "2026-11-27T04:00"), ("ends_at", "2026-11-27T02:00"), ("text", "x")]);
        assert!(backwards.status == 400 && backwards.text().contains("id=\"ends-problem\""), "{}", backwards.text());
        let trail = server.json(&["audit", "list", "--subject", &id], None);
        let rows = trail.as_array().unwrap();
        assert_eq!(rows.len(), 4, "{trail}");
        assert!(rows.iter().all(|row| row["actor"].to_string().contains("person")));
        assert!(!trail.to_string().contains(&name));
    }

    fn s280_what_an_operator_writes_is_a_text_wherever_it_is_read(house) {
        let server = &house.server;
        let title = "<script>alert(1)</script> {{ 7 * 7 }} & \"'";
        let text = "\"><img src=x onerror=alert(1)>\n]]></content></entry> https://evil.example/x?a=1&b=2 javascript:alert(1)";
        let call = program(server, "incidents:write");
        let made = call("POST", "/incidents", Some(json!({ "environment": "briefjwt", "title": title, "text": text })));
        assert_eq!(made.status, 201, "{}", made.text());
        let seen = page(server, "briefjwt").text().to_owned();
        for raw in ["<script", "<img", "href=\"https://evil", "href=\"javascript", "script&gt; 49"] {
            assert!(!seen.contains(raw), "{raw}: {seen}");
        }
        assert!(seen.contains("&lt;script&gt;alert(1)") && seen.contains("https:&#x2f;&#x2f;evil.example"), "{seen}");
        let feed = feed(server, "briefjwt");
        assert!(elements(&feed, "title").contains(&title.to_owned()), "{feed}");
        assert!(elements(&feed, "content").iter().any(|content| content.ends_with(text)), "{feed}");
        assert_eq!(elements(&feed, "id").len(), 2);
        let said = status(server, "briefjwt");
        assert_eq!((&said["incidents"][0]["title"], &said["incidents"][0]["updates"][0]["text"]), (&title.into(), &text.into()));
        let mut olga = make_staff(server, "briefjwt", &format!("staff of texts {}", house.person("briefjwt", &[])));
        let id = made.json()["id"].as_str().unwrap().to_owned();
        for page in [olga.get(LIST), olga.get(&format!("{LIST}/{id}"))] {
            assert!(!page.text().contains("<script>alert") && !page.text().contains("<img"), "{}", page.text());
            assert!(page.text().contains("&lt;script&gt;alert(1)"));
        }
    }
}

/// An hour later on the same day or on the next one, without a calendar: times of a test need not be round.
fn later(at: &str) -> String {
    let hour: u32 = at[11..13].parse().unwrap();
    match hour {
        23 => format!("{}23:59:59.999Z", &at[..11]),
        _ => format!("{}{:02}{}", &at[..11], hour + 1, &at[13..]),
    }
}

#[test]
fn an_empty_feed_is_one_and_maintenance_ahead_is_not_wrong() {
    let server = super::setup().start();
    let empty = feed(&server, "production");
    assert_eq!(elements(&empty, "entry"), Vec::<String>::new());
    assert_eq!(elements(&empty, "updated"), ["1970-01-01T00:00:00.000Z"]);
    let at = status(&server, "production")["at"]
        .as_str()
        .unwrap()
        .to_owned();
    let year: i32 = at[..4].parse().unwrap();
    // Somewhere within the year that follows.
    let (from, until) = (
        format!("{year}-12-31T23:00:00Z"),
        format!("{}-01-01T01:00:00Z", year + 1),
    );
    let how = [
        "--maintenance",
        "--from",
        &from,
        "--until",
        &until,
        "--component",
        "tokens",
    ];
    create(&server, "production", "New year", &how);
    let said = status(&server, "production");
    assert_eq!(said["status"]["indicator"], "operational");
    assert_eq!(
        (
            &said["maintenance"][0]["title"],
            &said["maintenance"][0]["state"]
        ),
        (&"New year".into(), &"scheduled".into())
    );
    let text = page(&server, "production").text().to_owned();
    assert!(
        text.contains("All systems normal")
            && text.contains("Planned maintenance")
            && text.contains("New year"),
        "{text}"
    );
    let feed = feed(&server, "production");
    assert_eq!(elements(&feed, "published").len(), 1);
}

#[test]
fn webhooks_hear_of_incidents() {
    let receiver = Receiver::start();
    let config =
        "[environments.production]\n[[webhooks]]\nname = \"crm\"\nevents = [\"incident.*\"]\n";
    let server = Setup::written(config, &["production"])
        .with("WEBHOOKS__0__URL", &receiver.url())
        .with(
            "WEBHOOKS__0__SECRET",
            "whsec_Y2FuYXJ5LWluLXRoZS1zaWduaW5nLXNlY3JldC0wMDE=",
        )
        .start();
    // With one environment it need not be named.
    let how = [
        "incidents",
        "create",
        "--title",
        "Tokens are slow",
        "--text",
        "We look.",
        "--component",
        "tokens",
    ];
    let made = server.json(&how, None);
    let id = made["id"].as_str().unwrap();
    server.json(
        &[
            "incidents",
            "update",
            id,
            "--text",
            "Still.",
            "--state",
            "identified",
        ],
        None,
    );
    server.json(&["incidents", "resolve", id, "--text", "Done."], None);
    for (event, state, text) in [
        ("incident.opened", "investigating", "We look."),
        ("incident.updated", "identified", "Still."),
        ("incident.resolved", "resolved", "Done."),
    ] {
        until(event, || !receiver.heard(event).is_empty());
        let body = receiver.heard(event)[0].json();
        let data = &body["data"];
        assert_eq!(
            (&data["environment"], &data["subject"]),
            (&"production".into(), &id.into())
        );
        let details = &data["details"];
        assert_eq!(
            (
                &details["title"],
                &details["state"],
                &details["text"],
                &details["components"]
            ),
            (
                &"Tokens are slow".into(),
                &state.into(),
                &text.into(),
                &json!(["tokens"])
            )
        );
    }
}
