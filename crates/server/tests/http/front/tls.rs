//! TLS at the listeners: what is spoken, which certificate is shown to whom, and files that change while it runs

use std::io::{Read, Write};
use std::net::TcpStream;
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use rustls::pki_types::ServerName;

use super::super::support::house::{GRANT, PASSWORD, TOKEN, access_token, setup};
use super::super::support::http2::{Http2, runtime};
use super::super::support::tls::{Made, client, connect, made, made_until, shown};
use super::super::support::{Request, Server, Setup, until};

const LOCAL: [&str; 2] = ["127.0.0.1", "localhost"];

/// A server that ends TLS itself, with this certificate.
fn secure(certificate: &Made) -> Setup {
    let setup = setup().over_https();
    let (chain, key) = certificate.write(setup.folder().path(), "server");
    setup
        .with("SERVER__TLS__CERTIFICATE", chain.to_str().unwrap())
        .with("SERVER__TLS__KEY", key.to_str().unwrap())
}

/// One request over TLS and HTTP/1.1, to the end of the connection.
fn ask(certificate: &Made, authority: &str, request: &Request) -> String {
    let config = Arc::new(client(&[certificate], &["http/1.1"]));
    let mut stream = connect(&config, "127.0.0.1", authority).unwrap();
    stream.write_all(&request.bytes(authority)).unwrap();
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    String::from_utf8_lossy(&answer).into_owned()
}

#[test]
fn s317_grantor_ends_tls_itself_for_both_versions_of_http() {
    let certificate = made(&LOCAL);
    let server = secure(&certificate).start();
    let authority = server.at("production");
    let credential =
        server.credential("production", &["--version", "v1", "--allow", "orders=read"]);
    let token = Request::post(TOKEN).basic(&credential).form(GRANT);

    let answer = ask(&certificate, authority, &token);
    assert!(
        answer.starts_with("HTTP/1.1 200") && answer.contains("access_token"),
        "{answer}"
    );

    // HTTP/2 by ALPN.
    let runtime = runtime();
    let config = Arc::new(client(&[&certificate], &["h2", "http/1.1"]));
    let stream = runtime.block_on(async {
        let tcp = tokio::net::TcpStream::connect(authority).await.unwrap();
        let name = ServerName::try_from("127.0.0.1").unwrap();
        tokio_rustls::TlsConnector::from(config)
            .connect(name, tcp)
            .await
            .unwrap()
    });
    assert_eq!(stream.get_ref().1.alpn_protocol(), Some(&b"h2"[..]));
    let mut http2 = Http2::over(runtime, stream, "https", authority);
    access_token(&http2.send(&token));
    let metadata = http2.send(&Request::get("/.well-known/oauth-authorization-server"));
    assert_eq!(metadata.json()["issuer"], format!("https://{authority}"));

    // The scheme is the environment's, whatever is claimed: https pages are for https only, and so are their cookies.
    let page = http2.send(&Request::get("/portal").header("X-Forwarded-Proto", "http"));
    let page = match page.header("location") {
        Some(location) => http2.send(&Request::get(location)),
        None => page,
    };
    assert_eq!(page.status, 200, "{page:?}");
    assert!(
        page.header("strict-transport-security").is_some(),
        "{page:?}"
    );
    let cookie = page.header("set-cookie").unwrap();
    assert!(
        cookie.starts_with("__Host-grantor-") && cookie.contains("; Secure"),
        "{cookie}"
    );
}

#[test]
fn s317_what_tls_no_longer_is_or_was_not_asked_for_is_refused() {
    let certificate = made(&LOCAL);
    let server = secure(&certificate).start();
    let authority = server.at("production");

    // Old versions and old ciphers, said by hand: libraries do not say them any more.
    let (tls_1_0, tls_1_1, tls_1_2) = ([3, 1], [3, 2], [3, 3]);
    let (modern, rc4) = ([0xc0, 0x2b], [0x00, 0x05]);
    for (what, version, cipher, alert) in [
        ("TLS 1.0", tls_1_0, modern, 70),
        ("TLS 1.1", tls_1_1, modern, 70),
        ("RC4", tls_1_2, rc4, 40),
    ] {
        let mut stream = TcpStream::connect(authority).unwrap();
        stream.write_all(&hello(version, cipher)).unwrap();
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        // A fatal alert by its number (RFC 8446 §6): protocol_version, handshake_failure.
        assert_eq!(answer.first(), Some(&21), "{what}: {answer:?}");
        assert_eq!(&answer[5..7], &[2, alert], "{what}");
    }

    // Another protocol than HTTP.
    let config = Arc::new(client(&[&certificate], &["smtp"]));
    let error = connect(&config, "127.0.0.1", authority).unwrap_err();
    assert!(
        error.to_string().contains("NoApplicationProtocol"),
        "{error}"
    );

    // Plain HTTP where TLS is spoken.
    let mut plain = TcpStream::connect(authority).unwrap();
    plain
        .write_all(&Request::get("/.well-known/jwks.json").bytes(authority))
        .unwrap();
    let mut answer = Vec::new();
    let _ = plain.read_to_end(&mut answer);
    assert!(!answer.starts_with(b"HTTP"), "{answer:?}");

    // Who comes back may do so by a ticket, and is offered no early data: a POST in it could be sent twice.
    let mut config = client(&[&certificate], &["http/1.1"]);
    config.enable_early_data = true;
    let config = Arc::new(config);
    let again = || {
        let mut stream = connect(&config, "127.0.0.1", authority).unwrap();
        stream
            .write_all(&Request::get("/.well-known/jwks.json").bytes(authority))
            .unwrap();
        let _ = stream.read_to_end(&mut Vec::new());
        stream.conn.handshake_kind()
    };
    assert_eq!(again(), Some(rustls::HandshakeKind::Full));
    assert_eq!(again(), Some(rustls::HandshakeKind::Resumed));
    let name = ServerName::try_from("127.0.0.1").unwrap();
    let mut coming_back = rustls::ClientConnection::new(Arc::clone(&config), name).unwrap();
    assert!(coming_back.early_data().is_none());

    until("every failed handshake is counted", || {
        server.counter("grantor_connections_ended_total", "HandshakeFailed") >= 5.0
    });
}

/// A client's first message with one cipher and no extension but the groups it knows.
fn hello(version: [u8; 2], cipher: [u8; 2]) -> Vec<u8> {
    let mut body = version.to_vec();
    body.extend([7; 32]);
    body.push(0);
    body.extend([0, 2]);
    body.extend(cipher);
    body.extend([1, 0]);
    let groups = [0, 10, 0, 4, 0, 2, 0, 23];
    let signatures = [0, 13, 0, 4, 0, 2, 4, 3];
    let extensions = [&groups[..], &signatures[..]].concat();
    body.extend(u16::try_from(extensions.len()).unwrap().to_be_bytes());
    body.extend(extensions);
    let length = u32::try_from(body.len()).unwrap().to_be_bytes();
    let message = [&[1, length[1], length[2], length[3]], &body[..]].concat();
    let length = u16::try_from(message.len()).unwrap().to_be_bytes();
    [&[22, 3, 1, length[0], length[1]], &message[..]].concat()
}

const BY_NAME: &str = r#"
[environments.production]
[environments.one]
url = "https://one.example:8443"
aliases = ["https://uno.example"]
[environments.two]
url = "https://two.example:8443"
"#;

/// Two environments with a certificate each; with one for everybody else or without.
fn by_name(one: &Made, two: &Made, otherwise: Option<&Made>) -> Server {
    let mut setup = Setup::written(BY_NAME, &["production"]).over_https();
    let mut with = Vec::new();
    for (name, section, certificate) in [
        ("one", "ENVIRONMENTS__ONE", Some(one)),
        ("two", "ENVIRONMENTS__TWO", Some(two)),
        ("otherwise", "SERVER", otherwise),
    ] {
        if let Some(certificate) = certificate {
            let (chain, key) = certificate.write(setup.folder().path(), name);
            with.push((format!("{section}__TLS__CERTIFICATE"), chain));
            with.push((format!("{section}__TLS__KEY"), key));
        }
    }
    for (key, file) in with {
        setup = setup.with(&key, file.to_str().unwrap());
    }
    setup.start()
}

#[test]
fn s317_each_name_is_shown_its_certificate_and_an_unknown_one_the_servers_or_none() {
    let one = made(&["one.example", "uno.example"]);
    let two = made(&["two.example"]);
    let otherwise = made(&["127.0.0.1", "else.example"]);
    let config = Arc::new(client(&[&one, &two, &otherwise], &["http/1.1"]));
    let server = by_name(&one, &two, Some(&otherwise));
    let authority = server.at("production");
    let is_shown = |name: &str| shown(&config, name, authority);
    assert_eq!(is_shown("one.example").as_ref(), Some(&one.der));
    assert_eq!(is_shown("UNO.example").as_ref(), Some(&one.der));
    assert_eq!(is_shown("two.example").as_ref(), Some(&two.der));
    assert_eq!(is_shown("else.example").as_ref(), Some(&otherwise.der));
    assert_eq!(
        is_shown("127.0.0.1").as_ref(),
        Some(&otherwise.der),
        "no name is asked for"
    );
    // Below a name is not the name.
    assert_eq!(is_shown("sub.one.example"), None);
    drop(server);

    let server = by_name(&one, &two, None);
    let authority = server.at("production");
    let error = |name: &str| {
        connect(&config, name, authority)
            .map(drop)
            .unwrap_err()
            .to_string()
    };
    assert_eq!(
        shown(&config, "one.example", authority).as_ref(),
        Some(&one.der)
    );
    assert!(
        error("else.example").contains("alert"),
        "{}",
        error("else.example")
    );
    assert!(
        error("127.0.0.1").contains("alert"),
        "{}",
        error("127.0.0.1")
    );
}

#[test]
fn f36_a_certificate_is_replaced_while_it_runs_and_a_wrong_one_is_not() {
    let first = made_until(&LOCAL, 2098);
    let setup = secure(&first);
    let folder = setup.folder().path().to_owned();
    let server = setup.start();
    let authority = server.at("production");
    let (second, third, ended) = (made(&LOCAL), made(&LOCAL), made_until(&LOCAL, 2020));
    let config = Arc::new(client(&[&first, &second, &third], &["http/1.1"]));
    let is_shown = |made: &Made| shown(&config, "127.0.0.1", authority).as_ref() == Some(&made.der);
    let write = |name: &str, text: &str| std::fs::write(folder.join(name), text).unwrap();
    let reloads = |outcome: &str| server.counter("grantor_certificate_reloads_total", outcome);
    let expires = || server.counter("grantor_certificate_expires_in_seconds", "server");
    assert!(is_shown(&first));
    let until_the_first_ends = expires();
    assert!(until_the_first_ends > 1e9, "{until_the_first_ends}");

    // A connection that is open goes on with what it has.
    let mut open = connect(&config, "127.0.0.1", authority).unwrap();
    let keep = Request::get("/.well-known/jwks.json").header("Connection", "keep-alive");
    let mut turn = |what: &str| {
        open.write_all(&keep.bytes(authority)).unwrap();
        let mut answer = [0; 4096];
        let count = open.read(&mut answer).unwrap();
        let answer = String::from_utf8_lossy(&answer[..count]).into_owned();
        assert!(answer.starts_with("HTTP/1.1 200"), "{what}: {answer}");
    };
    turn("before");

    // Only the certificate so far: the pair does not fit, and the old one is shown on.
    write("server.pem", &second.certificate);
    until("a pair that does not fit is refused", || {
        reloads("refused") == 1.0
    });
    assert!(is_shown(&first));
    turn("during");
    // Now the key as well; noticed by itself.
    write("server.key", &second.key);
    until("the new certificate is shown", || is_shown(&second));
    assert_eq!(reloads("taken"), 1.0);
    assert!(expires() > until_the_first_ends);

    // One that has ended, one that is none, and no file at all.
    write("server.key", &ended.key);
    write("server.pem", &ended.certificate);
    until("one that has ended is refused", || {
        reloads("refused") >= 2.0
    });
    let refused = reloads("refused");
    write("server.pem", "-----BEGIN CERTIFICATE-----\nnonsense\n");
    until("what is none is refused", || reloads("refused") > refused);
    let refused = reloads("refused");
    std::fs::remove_file(folder.join("server.key")).unwrap();
    until("what is away is refused", || reloads("refused") > refused);
    assert!(is_shown(&second));

    // At once on SIGHUP, which ends nothing.
    third.write(&folder, "server");
    let process = server.process_id().to_string();
    assert!(
        Command::new("kill")
            .args(["-HUP", &process])
            .status()
            .unwrap()
            .success()
    );
    let begun = std::time::Instant::now();
    until("the third certificate is shown", || is_shown(&third));
    assert!(begun.elapsed() < Duration::from_secs(6));
    assert!(!server.log().contains("PRIVATE KEY"));
}

#[test]
fn the_commands_know_an_admin_address_with_tls_by_its_certificate() {
    let certificate = made(&["admin.example"]);
    let setup = setup();
    let (chain, key) = certificate.write(setup.folder().path(), "admin");
    let mut server = setup
        .with("SERVER__ADMIN_TLS__CERTIFICATE", chain.to_str().unwrap())
        .with("SERVER__ADMIN_TLS__KEY", key.to_str().unwrap())
        .prepare();
    server.start_without_asking();
    until("the server is ready", || server.log().contains("\"ready\""));
    let made_by_command =
        server.credential("production", &["--version", "v1", "--allow", "orders=read"]);
    let token = Request::post(TOKEN)
        .basic(&made_by_command)
        .form(GRANT)
        .send(server.at("production"));
    assert_eq!(token.status, 200);
    let person = [
        "people",
        "create",
        "--environment",
        "production",
        "--account",
        "Acme",
        "--username",
        "tls",
        "--password-stdin",
    ];
    server.json(&person, Some(PASSWORD));
    // Another certificate in the file: whoever listens there is not believed.
    let other = made(&["admin.example"]);
    other.write(server.folder.path(), "other");
    let mut command = server.command();
    let output = command
        .args([
            "credentials",
            "list",
            "--json",
            "--config",
            server.config().to_str().unwrap(),
        ])
        .env(
            "GRANTOR__SERVER__ADMIN_TLS__CERTIFICATE",
            server.folder.join("other.pem"),
        )
        .env(
            "GRANTOR__SERVER__ADMIN_TLS__KEY",
            server.folder.join("other.key"),
        )
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("server.admin_tls"), "{said}");
}

#[test]
fn what_cannot_be_shown_is_said_before_it_is_tried() {
    let certificate = made(&LOCAL);
    let setup = secure(&certificate);
    let folder = setup.folder().path().to_owned();
    let mut server = setup.prepare();
    let check = |server: &Server| {
        let output = server.grantor(&["check", "--json"], None);
        serde_json::from_slice::<serde_json::Value>(&output.stdout).unwrap()
    };
    let said = |report: &serde_json::Value, of: &str, key: &str| {
        let findings = report[of].as_array().unwrap().clone();
        let found = findings.iter().find(|finding| {
            finding["key"]
                .as_str()
                .unwrap()
                .to_lowercase()
                .replace("__", ".")
                .ends_with(key)
        });
        found.map(|finding| finding["message"].as_str().unwrap().to_owned())
    };
    let report = check(&server);
    assert_eq!(
        said(&report, "mistakes", "server.tls.key"),
        None,
        "{report}"
    );
    assert_eq!(
        said(&report, "warnings", "server.tls.key"),
        None,
        "{report}"
    );

    use std::os::unix::fs::PermissionsExt;
    let readable = std::fs::Permissions::from_mode(0o644);
    std::fs::set_permissions(folder.join("server.key"), readable).unwrap();
    let warning = said(&check(&server), "warnings", "server.tls.key").unwrap();
    assert!(warning.contains("chmod 600"), "{warning}");

    let foreign = made(&["elsewhere.example"]);
    foreign.write(&folder, "server");
    let warning = said(&check(&server), "warnings", "server.tls.certificate").unwrap();
    assert!(warning.contains("not for 127.0.0.1"), "{warning}");

    std::fs::write(folder.join("server.pem"), &certificate.certificate).unwrap();
    let mistake = said(&check(&server), "mistakes", "server.tls.key").unwrap();
    assert!(mistake.contains("another certificate"), "{mistake}");
    let (status, log) = server.fail_to_start();
    assert!(
        !status.success() && log.contains("certificate of server.tls"),
        "{log}"
    );
}
