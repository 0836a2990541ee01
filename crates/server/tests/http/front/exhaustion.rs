//! Connections that are to be used up: silent ones, slow ones, too many of them, and no file descriptor left

use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::LazyLock;
use std::time::{Duration, Instant};

use super::super::support::frames::{END_HEADERS, END_STREAM, Frames, HEADERS, frame, get};
use super::super::support::house::{GRANT, TOKEN, access_token, setup};
use super::super::support::http2::Http2;
use super::super::support::tls::{client, connect, made};
use super::super::support::upstream::Upstream;
use super::super::support::{Connection, Request, Server, house, until};

/// The time that a connection has for its first request, and what a busy machine may add.
const FIRST_HEAD: Duration = Duration::from_secs(10);
const SLACK: Duration = Duration::from_secs(3);
/// What an open connection that says nothing may cost, with all that the allocator keeps beside.
const OF_A_QUIET_ONE: u64 = 16 * 1024;

/// As many as are asked for in `./soak`, and a few in `./test`.
fn rounds(usual: u64) -> u64 {
    std::env::var("GRANTOR_ROUNDS")
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(usual)
}

fn ended(server: &Server, reason: &str) -> f64 {
    server.counter("grantor_connections_ended_total", reason)
}

fn is_served(server: &Server) -> bool {
    let begun = Instant::now();
    let answer = Request::get("/.well-known/jwks.json").send(server.at("production"));
    answer.status == 200 && begun.elapsed() < Duration::from_secs(2)
}

/// Whether the other side has ended the connection; whatever it said before is thrown away.
fn is_over(stream: &mut TcpStream) -> bool {
    let mut buffer = [0; 4096];
    stream.set_nonblocking(true).unwrap();
    loop {
        match stream.read(&mut buffer) {
            Ok(0) => return true,
            Ok(_) => {}
            Err(error) if error.kind() == ErrorKind::WouldBlock => return false,
            Err(_) => return true,
        }
    }
}

/// A connection from another address of this machine: `127.0.0.1`, `127.0.0.2`, …
fn from(number: u8, to: &str) -> TcpStream {
    static RUNTIME: LazyLock<tokio::runtime::Runtime> =
        LazyLock::new(super::super::support::http2::runtime);
    let to: SocketAddr = to.parse().unwrap();
    RUNTIME.block_on(async {
        let socket = tokio::net::TcpSocket::new_v4().unwrap();
        let own = SocketAddr::from(([127, 0, 0, number], 0));
        socket.bind(own).unwrap();
        let stream = socket.connect(to).await.unwrap().into_std().unwrap();
        stream.set_nonblocking(false).unwrap();
        stream
    })
}

#[test]
fn s310_s311_whoever_says_nothing_or_says_it_too_slowly_is_gone_in_ten_seconds() {
    let certificate = made(&["127.0.0.1"]);
    let of_setup = setup();
    let (chain, key) = certificate.write(of_setup.folder().path(), "server");
    let secure = of_setup
        .with("SERVER__TLS__CERTIFICATE", chain.to_str().unwrap())
        .with("SERVER__TLS__KEY", key.to_str().unwrap())
        .start();
    let server = setup().start();
    let plain = server.at("production");
    let open = |to: &str, first: &[u8]| {
        let mut stream = TcpStream::connect(to).unwrap();
        stream.write_all(first).unwrap();
        stream
    };
    let begun = Instant::now();
    let mut silent = vec![
        ("nothing", open(plain, b"")),
        ("half a preface", open(plain, b"PRI * HTTP/2.0\r\n\r\nSM")),
        ("half a head", open(plain, b"GET / HTTP/1.1\r\nHost: a\r\n")),
        ("no handshake", open(secure.at("production"), b"")),
        (
            "half a handshake",
            open(secure.at("production"), &[22, 3, 1, 2, 0, 1, 0, 1]),
        ),
        ("a preface and settings", Frames::open(plain, &[]).stream),
    ];
    // A handshake, and nothing more.
    let config = std::sync::Arc::new(client(&[&certificate], &["http/1.1"]));
    let shaken = connect(&config, "127.0.0.1", secure.at("production")).unwrap();
    silent.push(("a handshake", shaken.sock));
    // And many that send a byte now and then.
    let mut slow: Vec<TcpStream> = (0..200).map(|_| open(plain, b"G")).collect();
    let mut at_most = Duration::ZERO;
    while !silent.is_empty() || !slow.is_empty() {
        assert!(
            begun.elapsed() < FIRST_HEAD + SLACK,
            "{:?}, {} slow ones",
            silent.iter().map(|(what, _)| what).collect::<Vec<_>>(),
            slow.len()
        );
        silent.retain_mut(|(_, stream)| !is_over(stream));
        slow.retain_mut(|stream| {
            let _ = stream.write(b"E");
            !is_over(stream)
        });
        at_most = at_most.max(begun.elapsed());
        assert!(is_served(&server), "after {:?}", begun.elapsed());
        std::thread::sleep(Duration::from_millis(250));
    }
    assert!(
        at_most > Duration::from_secs(9),
        "an honest client has ten seconds: {at_most:?}"
    );
    // Two clocks run for a head that has begun, and either may be first; a few may have ended by our own last byte.
    until("the reasons are counted", || {
        ended(&server, "NoRequest") + ended(&server, "HeadTooSlow") >= 190.0
            && ended(&secure, "NoRequest") >= 3.0
    });
}

#[test]
fn an_idle_connection_is_kept_for_a_while_and_then_ended() {
    let house = house();
    let authority = house.server.at("production");
    let keep = Request::get("/.well-known/jwks.json").header("Connection", "keep-alive");
    let mut connection = Connection::open(authority);
    connection.send(&keep.bytes(authority)).unwrap();
    assert_eq!(connection.answer(false).unwrap().status, 200);
    std::thread::sleep(Duration::from_secs(5));
    connection.send(&keep.bytes(authority)).unwrap();
    assert_eq!(connection.answer(false).unwrap().status, 200);
    let begun = Instant::now();
    assert!(connection.is_closed());
    assert!(begun.elapsed() < FIRST_HEAD + SLACK);
}

/// An API that answers with more than anybody holds, and one that says nothing for long.
fn large() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let authority = listener.local_addr().unwrap().to_string();
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            std::thread::spawn(move || {
                let mut head = [0; 4096];
                let count = stream.read(&mut head).unwrap_or(0);
                let events = String::from_utf8_lossy(&head[..count]).contains("/events");
                if events {
                    let _ = stream.write_all(
                        b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: 1\n\n",
                    );
                    std::thread::sleep(Duration::from_secs(45));
                    let _ = stream.write_all(b"data: 2\n\n");
                    return;
                }
                let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n");
                let piece = [b'a'; 64 * 1024];
                while stream.write_all(&piece).is_ok() {}
            });
        }
    });
    authority
}

#[test]
fn s312_who_does_not_read_is_given_up_and_who_has_nothing_to_read_is_not() {
    let server = setup().upstream(&large()).start();
    let authority = server.at("production");
    let client = server.credential("production", &["--version", "v1", "--allow", "orders=read"]);
    let token = access_token(
        &Request::post(TOKEN)
            .basic(&client)
            .form(GRANT)
            .send(authority),
    );
    let call = Request::get("/public/large");

    // The events begin, and are silent for longer than anybody may be slow.
    let mut events = TcpStream::connect(authority).unwrap();
    let silent = Request::get("/any/events").bearer(&token).bytes(authority);
    events.write_all(&silent).unwrap();
    let (heard, hears) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        let mut all = Vec::new();
        let _ = events.read_to_end(&mut all);
        let _ = heard.send(String::from_utf8_lossy(&all).into_owned());
    });

    let before = server.memory();
    let begun = Instant::now();
    let mut readers: Vec<TcpStream> = (0..50)
        .map(|_| {
            let mut stream = TcpStream::connect(authority).unwrap();
            stream.write_all(&call.bytes(authority)).unwrap();
            stream
        })
        .collect();
    // On HTTP/2 the reader's windows are shut while the connection is well.
    let http2: Vec<_> = (0..10)
        .map(|_| {
            let no_window = [0, 4, 0, 0, 0, 0];
            let mut frames = Frames::open(authority, &no_window);
            for stream in [1, 3, 5] {
                let head = get(authority, "/public/large");
                frames.send(&frame(HEADERS, END_HEADERS | END_STREAM, stream, &head));
            }
            std::thread::spawn(move || frames.stay(Duration::from_secs(60)))
        })
        .collect();
    std::thread::sleep(Duration::from_secs(15));
    let grown = server.memory().saturating_sub(before);
    // Each answer waits in: a piece from the upstream, one to the reader, and what HTTP/1.1 buffers.
    let bound = 80 * 512 * 1024 + 16 * 1024 * 1024;
    assert!(grown < bound, "it has grown by {grown} bytes");
    assert_eq!(
        ended(&server, "ReaderTooSlow"),
        0.0,
        "fifteen seconds are allowed"
    );
    assert!(is_served(&server));
    until("all slow readers are given up", || {
        ended(&server, "ReaderTooSlow") >= 60.0
    });
    let took = begun.elapsed();
    assert!(
        (Duration::from_secs(28)..Duration::from_secs(42)).contains(&took),
        "{took:?}"
    );
    for staying in http2 {
        assert!(staying.join().unwrap());
    }
    readers.clear();
    let heard = hears.recv_timeout(Duration::from_secs(90)).unwrap();
    assert!(
        heard.contains("data: 1") && heard.contains("data: 2"),
        "{heard}"
    );
}

/// The number of connections that fit is small here, since the server may open few files.
const FILES: u32 = 600;
const ROOM: usize = 381;

/// How many clients may be connected where so many files may be open: what is left for connections, but for an eighth.
fn room(files: u64) -> u64 {
    let together = files - 128 - (files / 16).clamp(16, 256);
    (together - together / 8).min(16 * 1024)
}
/// As many as the usual setup has environments.
const LISTENERS: usize = 9;

#[test]
fn s314_rounds_of_more_idle_connections_than_there_is_room_for_leave_room_for_who_asks() {
    assert_eq!(room(FILES.into()), ROOM as u64);
    let server = setup().files(FILES).start();
    let authority = server.at("production");
    assert!(is_served(&server));
    let before = server.memory();
    let mut crowd = Vec::new();
    for round in 0..rounds(3) {
        let address = u8::try_from(2 + round % 200).unwrap();
        crowd.extend((0..ROOM / 2).map(|_| from(address, authority)));
        assert!(is_served(&server), "in round {round}");
        assert_eq!(Request::get("/healthz").send(&server.admin).status, 200);
        assert!(
            server.open_files() < FILES as usize,
            "the rest of the server needs files too"
        );
        crowd.drain(..crowd.len().saturating_sub(2 * ROOM));
    }
    assert!(ended(&server, "MadeRoom") > 0.0);
    // Each of the listeners may be one above it.
    let bound = (ROOM + LISTENERS) as f64;
    assert!(server.counter("grantor_connections", "") <= bound);
    let grown = server.memory().saturating_sub(before);
    let bound = ROOM as u64 * OF_A_QUIET_ONE + 16 * 1024 * 1024;
    assert!(grown < bound, "it has grown by {grown} bytes");
    // Nobody asks, and nothing is done.
    let used = server.processor_time();
    std::thread::sleep(Duration::from_secs(2));
    assert!(server.processor_time() - used < 0.5);
}

#[test]
fn s314_one_address_cannot_take_all_places() {
    let server = setup()
        .with("SERVER__CONNECTIONS_PER_ADDRESS", "20")
        .start();
    let authority = server.at("production");
    let mut crowd: Vec<TcpStream> = (0..60).map(|_| from(7, authority)).collect();
    until("the rest is turned away", || {
        ended(&server, "TooManyOfAddress") >= 40.0
    });
    crowd.retain_mut(|stream| !is_over(stream));
    assert_eq!(crowd.len(), 20);
    assert!(is_served(&server), "another address is served");
}

/// As many as 15,000 in `./soak --rounds 500`, from a hundred addresses.
#[test]
fn s314_rounds_of_thousands_of_idle_connections_cost_a_few_kilobytes_each() {
    let server = setup().start();
    let authority = server.at("production");
    assert!(is_served(&server));
    let asked = rounds(30).saturating_mul(30).min(15_000);
    let most = asked.min(room(server.most_files()));
    let before = server.memory();
    let begun = Instant::now();
    let crowd: Vec<TcpStream> = (0..asked)
        .map(|number| from(u8::try_from(2 + number % 100).unwrap(), authority))
        .collect();
    let open = || server.counter("grantor_connections", "") as u64;
    // Those that came first are gone for their silence after ten seconds.
    let mut open_at_once = 0;
    while open_at_once < most && begun.elapsed() < FIRST_HEAD - Duration::from_secs(1) {
        open_at_once = open_at_once.max(open());
    }
    let took = begun.elapsed();
    let grown = server.memory().saturating_sub(before);
    println!(
        "{open_at_once} quiet connections after {took:?}: {} bytes each",
        grown / open_at_once
    );
    assert!(open_at_once >= most, "{open_at_once} of {most}");
    assert!(is_served(&server));
    assert_eq!(Request::get("/healthz").send(&server.admin).status, 200);
    let bound = asked * OF_A_QUIET_ONE + 8 * 1024 * 1024;
    assert!(grown < bound, "it has grown by {grown} bytes");
    drop(crowd);
    until("all are gone", || open() <= 1);
}

/// An API that accepts and never answers, and so keeps a file of the gateway's open for each request.
fn stuck() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let authority = listener.local_addr().unwrap().to_string();
    std::thread::spawn(move || listener.incoming().flatten().collect::<Vec<_>>());
    authority
}

/// Fewer files than a hundred requests over HTTP/2 would need; of clients and upstreams so many fit.
const FEW_FILES: u32 = 200;
const FEW: usize = 49;

#[test]
fn f33_requests_for_which_there_is_no_file_are_503_and_nothing_else_suffers() {
    assert_eq!(room(FEW_FILES.into()), FEW as u64);
    let server = setup().files(FEW_FILES).upstream(&stuck()).start();
    let authority = server.at("production");
    // On HTTP/2 one connection asks for a hundred upstream connections: these are more than there may be.
    let mut crowd: Vec<Frames> = (0..4)
        .map(|_| {
            let mut frames = Frames::open(authority, &[]);
            for stream in 0..100 {
                let head = get(authority, "/public");
                frames.send(&frame(
                    HEADERS,
                    END_HEADERS | END_STREAM,
                    stream * 2 + 1,
                    &head,
                ));
            }
            frames
        })
        .collect();
    let refused = || server.counter("grantor_refusals_total", "NoFileForUpstream");
    // All 351 of the rest, unless the machine is so busy that a connection seems quiet before it is read, and makes room.
    until("the rest is refused", || refused() >= 100.0);
    let used = server.processor_time();
    for round in 0..20 {
        let answer = Request::get("/public").send(authority);
        assert_eq!(answer.status, 503);
        assert_eq!(answer.header("retry-after"), Some("1"));
        assert_eq!(answer.json()["error"], "temporarily_unavailable");
        assert_eq!(Request::get("/healthz").send(&server.admin).status, 200);
        assert!(is_served(&server), "in round {round}");
        assert!(server.open_files() < FEW_FILES as usize);
    }
    let used = server.processor_time() - used;
    assert!(used < 5.0, "{used} seconds of processor time within twenty");
    // The database and the log have what they need.
    let client = server.credential("production", &["--version", "v1", "--allow", "orders=read"]);
    let token = Request::post(TOKEN).basic(&client).form(GRANT);
    assert_eq!(token.send(authority).status, 200);
    assert_eq!(ended(&server, "NoFileDescriptors"), 0.0);
    for frames in &mut crowd {
        frames.read(Duration::from_millis(10), |_, _, _, _| {});
    }
    drop(crowd);
    until("a request gets through again", || {
        let before = refused();
        let mut asks = TcpStream::connect(authority).unwrap();
        let ask = Request::get("/public").bytes(authority);
        asks.write_all(&ask).unwrap();
        std::thread::sleep(Duration::from_millis(1_200));
        refused() == before
    });
}

#[test]
fn f33_connections_that_are_quiet_give_way_to_requests_that_are_passed_on() {
    let upstream = Upstream::start();
    let server = setup()
        .files(FEW_FILES)
        .upstream(&upstream.authority)
        .start();
    let authority = server.at("production");
    let _quiet: Vec<TcpStream> = (0..FEW)
        .map(|number| from(u8::try_from(2 + number % 5).unwrap(), authority))
        .collect();
    until("all are connected", || {
        server.counter("grantor_connections", "") >= FEW as f64
    });
    std::thread::sleep(Duration::from_millis(300));
    let asking: Vec<_> = (0..20)
        .map(|_| {
            let authority = authority.to_owned();
            std::thread::spawn(move || Request::get("/public").send(&authority).status)
        })
        .collect();
    for asked in asking {
        assert_eq!(asked.join().unwrap(), 200);
    }
    assert!(ended(&server, "MadeRoom") > 0.0);
    assert_eq!(ended(&server, "NoFileDescriptors"), 0.0);
}

#[test]
fn s315_a_head_that_is_no_head_is_refused_with_its_number() {
    let house = house();
    let authority = house.server.at("production");
    let get = |rest: &[u8]| {
        let line = format!("GET /public HTTP/1.1\r\nHost: {authority}\r\n");
        [line.as_bytes(), rest, b"\r\n\r\n"].concat()
    };
    let many = "X-Filling: a\r\n".repeat(300);
    let long_line = format!(
        "GET /{} HTTP/1.1\r\nHost: {authority}\r\n\r\n",
        "a".repeat(20 * 1024)
    );
    let long_header = format!("X-Long: {}", "a".repeat(17 * 1024));
    for (what, bytes, statuses) in [
        ("17 KiB of headers", get(long_header.as_bytes()), [431, 431]),
        ("300 headers", get(many.trim_end().as_bytes()), [431, 431]),
        ("a line of 20 KiB", long_line.into_bytes(), [414, 431]),
        ("a zero byte", get(b"X-Byte: a\0b"), [400, 400]),
        ("a bare carriage return", get(b"X-Byte: a\rb"), [400, 400]),
        (
            "a line feed in the path",
            b"GET /a\nb HTTP/1.1\r\nHost: a\r\n\r\n".to_vec(),
            [400, 400],
        ),
    ] {
        let mut connection = Connection::open(authority);
        let _ = connection.send(&bytes);
        let answer = connection.answer(false).unwrap_or_else(|| panic!("{what}"));
        assert!(statuses.contains(&answer.status), "{what}: {answer:?}");
        assert!(connection.is_closed(), "{what}");
    }
    // A byte beyond ASCII is allowed in a value (RFC 9110 §5.5), and belongs to nobody's name here.
    let answer =
        super::super::support::exchange(authority, &get(b"X-Byte: \x80\r\nConnection: close"));
    assert_eq!(answer.status, 200);
}

#[test]
fn s316_a_thousand_requests_in_one_breath_are_answered_in_order_or_not_at_all() {
    let house = house();
    let authority = house.server.at("production");
    let client = house.credential("production");
    let ask = Request::post(TOKEN)
        .basic(&client)
        .header("Connection", "keep-alive")
        .form(GRANT)
        .bytes(authority);
    let last = Request::post(TOKEN)
        .basic(&client)
        .form(GRANT)
        .bytes(authority);
    let mut stream = TcpStream::connect(authority).unwrap();
    let mut reading = stream.try_clone().unwrap();
    let answers = std::thread::spawn(move || {
        let mut all = Vec::new();
        let _ = reading.set_read_timeout(Some(Duration::from_secs(30)));
        let _ = reading.read_to_end(&mut all);
        String::from_utf8_lossy(&all).into_owned()
    });
    for _ in 0..999 {
        stream.write_all(&ask).unwrap();
    }
    stream.write_all(&last).unwrap();
    let answers = answers.join().unwrap();
    assert_eq!(answers.matches("HTTP/1.1 200").count(), 1_000);
    assert_eq!(answers.matches("\"access_token\"").count(), 1_000);
    // And away without reading any of them.
    let mut rude = TcpStream::connect(authority).unwrap();
    for _ in 0..200 {
        let _ = rude.write_all(&ask);
    }
    drop(rude);
    assert_eq!(
        Http2::open(authority)
            .send(&Request::get("/.well-known/jwks.json"))
            .status,
        200
    );
}
