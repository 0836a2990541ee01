//! HTTP/2 in front: the same answers as over HTTP/1.1, on every door.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use super::super::support::house::{
    GRANT, INTROSPECT, PASSWORD, REVOKE, TOKEN, access_token, setup,
};
use super::super::support::http2::Http2;
use super::super::support::request::form;
use super::super::support::{Browser, Connection, Request, house, on_each_database, until};

on_each_database! {
    fn every_door_answers_over_http2(house) {
        let authority = house.server.at("production");
        let client = house.credential("production");
        let mut http2 = Http2::open(authority);

        // Door 1, and the same connection for all that follows.
        let answer = http2.send(&Request::post(TOKEN).basic(&client).form(GRANT));
        let token = access_token(&answer);
        assert_eq!(answer.header("cache-control"), Some("no-store"));
        assert!(answer.header("connection").is_none() && answer.header("x-request-id").is_some());
        let asked = Request::post(INTROSPECT).basic(&client).form(form(&[("token", &token)]));
        assert_eq!(http2.send(&asked).json()["active"], true);
        let wrong = http2.send(&Request::post(TOKEN).basic_text(&client.client_id, "wrong").form(GRANT));
        assert_eq!(wrong.refusal(), (401, "invalid_client".to_owned()));
        let too_large = http2.send(&Request::post(TOKEN).basic(&client).form("a".repeat(70_000)));
        assert_eq!(too_large.refusal(), (413, "invalid_request".to_owned()));
        let metadata = http2.send(&Request::get("/.well-known/oauth-authorization-server"));
        assert_eq!(metadata.json()["issuer"], format!("http://{authority}"));

        // Door 2.
        let mark = "mark-over-http2-end";
        let call = Request::get("/v1/orders?a=1").header("X-Mark", mark).bearer(&token)
            .header("Cookie", "theme=dark").header("Cookie", "lang=nl")
            .header("X-Forwarded-Host", "forged.example").header("X-Forwarded-Proto", "https");
        assert_eq!(http2.send(&call).json()["served"], true);
        let seen = house.upstream.seen(mark);
        let head = seen.last().unwrap();
        for line in [
            "get /v1/orders?a=1 http/1.1",
            "via: 2 grantor",
            "cookie: theme=dark; lang=nl",
            &format!("x-forwarded-host: {authority}"),
            "x-forwarded-proto: http",
        ] {
            assert!(head.lines().any(|found| found == line), "{line} is not in\n{head}");
        }
        assert_eq!(head.matches("host: ").count(), 2, "Host, and X-Forwarded-Host:\n{head}");
        assert_eq!(http2.send(&Request::get("/v1/orders")).status, 401);
        assert_eq!(http2.send(&Request::get("/v1/orders/../tags").bearer(&token)).status, 403);
        let forbidden = http2.send(&Request::new("DELETE", "/v1/tags").bearer(&token));
        assert_eq!(forbidden.status, 403);

        // Door 3: a page, its form, and the session's cookie among crumbs.
        let page = http2.send(&Request::get("/portal").header("Accept", "text/html"));
        assert!(matches!(page.status, 200 | 303), "{}", page.head);
        let person = house.person("production", &[]);
        let mut browser = Browser::at(authority);
        let signed_in = browser.sign_in(&person, PASSWORD);
        assert_eq!(signed_in.status, 200);
        let with_cookies = |mut request: Request| {
            request = request.header("Cookie", "theme=dark");
            for (name, value) in &browser.cookies {
                request = request.header("Cookie", format!("{name}={value}"));
            }
            request
        };
        let page = http2.send(&with_cookies(Request::get("/portal/security")));
        assert_eq!(page.status, 200, "{}", page.text());
        assert!(page.text().contains(&person), "{}", page.text());
        // A form of another site is still none of ours.
        let form = Request::post("/portal/sign-out").form("").header("Origin", "https://evil.example");
        assert_eq!(http2.send(&with_cookies(form)).status, 403);

        // What belongs to the connection is the connection's; the request records know the target.
        let revoked = http2.send(&Request::post(REVOKE).basic(&client).form(format!("token={token}")));
        assert_eq!(revoked.status, 200);
        assert_eq!(http2.send(&call).status, 401);
        let records = house.server.json(&["credentials", "requests", &client.uuid], None);
        let paths: Vec<_> = records.as_array().unwrap().iter().map(|row| row["path"].clone()).collect();
        assert!(paths.contains(&"/v1/orders".into()) && paths.contains(&TOKEN.into()), "{records}");
    }
}

#[test]
fn nobody_is_asked_under_another_name_over_http2() {
    let house = house();
    let authority = house.server.at("production");
    let other = house.server.at("sandbox");
    // The URL counts, and neither a Host header beside it nor what nobody vouches for.
    let mut http2 = Http2::open(authority);
    let issuer = |answer: super::super::support::Answer| answer.json()["issuer"].clone();
    let metadata = Request::get("/.well-known/oauth-authorization-server");
    let beside = metadata.clone().header("Host", other);
    assert_eq!(issuer(http2.send(&beside)), format!("http://{authority}"));
    let forwarded = metadata.clone().header("X-Forwarded-Host", other);
    assert_eq!(
        issuer(http2.send(&forwarded)),
        format!("http://{authority}")
    );
    let mut nobodys = Http2::open_as(authority, "nobody.example");
    assert_eq!(nobodys.send(&metadata).status, 421);
    // An alias of this machine is found by its name too.
    let port = authority.rsplit(':').next().unwrap();
    let mut local = Http2::open_as(authority, &format!("localhost:{port}"));
    assert_eq!(issuer(local.send(&metadata)), format!("http://{authority}"));
}

#[test]
fn curl_speaks_http2_with_prior_knowledge_and_no_upgrade_changes_the_version() {
    let house = house();
    let authority = house.server.at("production");
    let client = house.credential("production");
    let Ok(output) = Command::new("curl")
        .args([
            "-sS",
            "--http2-prior-knowledge",
            "-w",
            "\n%{http_version} %{http_code}",
        ])
        .args([
            "-u",
            &format!("{}:{}", client.client_id, client.client_secret),
        ])
        .args(["-d", GRANT, &format!("http://{authority}{TOKEN}")])
        .output()
    else {
        println!("not run: there is no curl");
        return;
    };
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(
        said.ends_with("\n2 200") && said.contains("access_token"),
        "{said}"
    );
    // `Upgrade: h2c` was given up by RFC 9113 §3.1; whoever offers it is answered in HTTP/1.1.
    let mut connection = Connection::open(authority);
    let offer = Request::get("/.well-known/jwks.json")
        .header("Connection", "Upgrade, HTTP2-Settings")
        .header("Upgrade", "h2c")
        .header("HTTP2-Settings", "AAMAAABkAAQAAP__");
    connection.send(&offer.bytes(authority)).unwrap();
    let answer = connection.answer(false).unwrap();
    assert!(answer.head.starts_with("HTTP/1.1 200"), "{}", answer.head);
}

#[test]
fn s262_another_version_of_http_or_another_spelling_opens_no_second_bucket() {
    let server = setup()
        .with("ENVIRONMENTS__PRODUCTION__TOKEN_REQUESTS_PER_MINUTE", "6")
        .start();
    let client = server.credential("production", &["--version", "v1", "--allow", "orders=read"]);
    let authority = server.at("production");
    let ask = |target: &str| Request::post(target).basic(&client).form(GRANT);
    let mut http2 = Http2::open(authority);
    for _ in 0..3 {
        assert_eq!(ask(TOKEN).send(authority).status, 200);
        assert_eq!(http2.send(&ask(TOKEN)).status, 200);
    }
    assert_eq!(ask(TOKEN).send(authority).status, 429);
    assert_eq!(http2.send(&ask(TOKEN)).status, 429);
    assert_eq!(
        Http2::open(authority)
            .send(&ask(&format!("{TOKEN}?x=1")))
            .status,
        429
    );
    for other in [
        "/oauth/token/",
        "//oauth/token",
        "/OAUTH/TOKEN",
        "/oauth/./token",
        "/oauth%2ftoken",
    ] {
        let status = http2.send(&ask(other)).status;
        assert!(matches!(status, 403 | 404 | 429), "{other}: {status}");
        assert_eq!(ask(other).send(authority).status, status, "{other}");
    }
    // A storm of pre-flights is answered without the bucket, and without work.
    let options: Vec<Request> = (0..100).map(|_| Request::new("OPTIONS", TOKEN)).collect();
    for answer in http2.send_all(&options) {
        assert_eq!(answer.status, 405);
    }
}

/// An API that answers nobody until it is told to.
struct Waiting {
    authority: String,
    arrived: Arc<Mutex<usize>>,
    go: Arc<AtomicBool>,
}

fn waiting() -> Waiting {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let authority = listener.local_addr().unwrap().to_string();
    let (arrived, go) = (Arc::<Mutex<usize>>::default(), Arc::<AtomicBool>::default());
    let (counted, told) = (Arc::clone(&arrived), Arc::clone(&go));
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let (counted, told) = (Arc::clone(&counted), Arc::clone(&told));
            std::thread::spawn(move || {
                let mut head = [0; 4096];
                let _ = stream.read(&mut head);
                *counted.lock().unwrap() += 1;
                until("the API is told to answer", || told.load(Ordering::Relaxed));
                let _ = stream.write_all(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n");
            });
        }
    });
    Waiting {
        authority,
        arrived,
        go,
    }
}

#[test]
fn s274_of_100_streams_on_one_connection_as_many_run_as_the_account_may_and_the_connection_lives() {
    let api = waiting();
    let server = setup()
        .with("ENVIRONMENTS__PRODUCTION__CONCURRENT_REQUESTS", "5")
        .upstream(&api.authority)
        .start();
    let client = server.credential("production", &["--version", "v1", "--allow", "orders=read"]);
    let authority = server.at("production");
    let mut http2 = Http2::open(authority);
    let token = access_token(&http2.send(&Request::post(TOKEN).basic(&client).form(GRANT)));
    let call = Request::get("/v1/orders").bearer(&token);
    let (arrived, go) = (Arc::clone(&api.arrived), Arc::clone(&api.go));
    let watcher = std::thread::spawn({
        let admin = server.admin.clone();
        move || {
            until("five have reached the API", || {
                *arrived.lock().unwrap() == 5
            });
            // The other 95 are refused while these five run.
            until("the rest is refused", || {
                let metrics = Request::get("/metrics").send(&admin);
                metrics
                    .text()
                    .lines()
                    .any(|line| line.contains("TooManyRequests") && line.ends_with(" 95"))
            });
            go.store(true, Ordering::Relaxed);
        }
    });
    let answers = http2.send_all(&vec![call.clone(); 100]);
    watcher.join().unwrap();
    let with = |status: u16| {
        answers
            .iter()
            .filter(|answer| answer.status == status)
            .count()
    };
    assert_eq!((with(204), with(429)), (5, 95));
    assert_eq!(*api.arrived.lock().unwrap(), 5);
    let refused = answers.iter().find(|answer| answer.status == 429).unwrap();
    assert!(refused.header("retry-after").is_some(), "{refused:?}");
    // The connection, and the account's places, are as good as new.
    assert_eq!(http2.send(&call).status, 204);
}
