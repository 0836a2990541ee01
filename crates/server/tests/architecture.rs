//! The layout's rules that the compiler does not hold: who imports whom, how long a file may be,
//! which words stand where. Reads the sources as text.
#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

use std::fs;
use std::path::{Path, PathBuf};

const DOORS: [&str; 5] = ["endpoints", "gateway", "portal", "admin", "docs"];
const ROOMS: [&str; 21] = [
    "certificates",
    "deliveries",
    "mail",
    "webhooks",
    "credentials",
    "people",
    "pages",
    "client_authentication",
    "grants",
    "tokens",
    "secrets",
    "signatures",
    "keys",
    "limits",
    "request_records",
    "pulse",
    "status",
    "refresh",
    "elsewhere",
    "import",
    "way_back",
];
/// Lines of a production file, its tests not counted.
const LONGEST_FILE: usize = 400;
/// Names that belong to configuration files, documentation and tests.
const PLATFORMS: [&str; 5] = ["quinyx", "quiqup", "quantoz", "nexus", "profix"];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Every production source below a folder of `crates`, with its text up to its unit tests.
fn sources(below: &str) -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    let mut folders = vec![root().join("crates").join(below)];
    while let Some(folder) = folders.pop() {
        for entry in
            fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
        {
            let path = entry.unwrap().path();
            if path.is_dir() {
                if !path.ends_with("tests") {
                    folders.push(path);
                }
            } else if path.extension().is_some_and(|extension| extension == "rs")
                && !path.ends_with("tests.rs")
            {
                let text = fs::read_to_string(&path).unwrap();
                let production = text
                    .split("#[cfg(test)]\nmod tests {")
                    .next()
                    .unwrap_or_default()
                    .to_owned();
                found.push((path, production));
            }
        }
    }
    assert!(!found.is_empty(), "no sources below {below}");
    found
}

/// The module below `crate::` that a file belongs to.
fn module(path: &Path) -> String {
    let source = root().join("crates/server/src");
    let inside = path.strip_prefix(source).unwrap();
    let first = inside
        .components()
        .next()
        .unwrap()
        .as_os_str()
        .to_string_lossy()
        .into_owned();
    first.trim_end_matches(".rs").to_owned()
}

/// What a server file names of the crate: `crate::tokens::…` gives `tokens`.
fn imports(text: &str) -> Vec<String> {
    let code = text
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"));
    code.flat_map(|line| line.split("crate::").skip(1))
        .map(|rest| {
            rest.chars()
                .take_while(|c| c.is_alphanumeric() || *c == '_')
                .collect()
        })
        .collect()
}

#[test]
fn a_door_never_imports_another_door_and_a_room_never_imports_a_door() {
    let mut broken = Vec::new();
    for (path, text) in sources("server/src") {
        let here = module(&path);
        // Door 5 shows what the other doors write: their answers, their headers, the same page frame.
        let allowed =
            |import: &str| here == "docs" && matches!(import, "endpoints" | "portal" | "gateway");
        for import in imports(&text) {
            let door = DOORS.contains(&import.as_str()) && import != here && !allowed(&import);
            if door && (DOORS.contains(&here.as_str()) || ROOMS.contains(&here.as_str())) {
                broken.push(format!("{} imports {import}", path.display()));
            }
        }
    }
    assert!(broken.is_empty(), "{broken:#?}");
}

#[test]
fn grants_and_tokens_see_no_http() {
    for folder in [
        "server/src/grants",
        "server/src/tokens",
        "server/src/secrets",
        "server/src/keys",
    ] {
        for (path, text) in sources(folder) {
            for word in ["axum::", "hyper::", "StatusCode", "HeaderMap"] {
                assert!(!text.contains(word), "{} names {word}", path.display());
            }
        }
    }
}

#[test]
fn only_the_store_sees_a_database_and_the_protocol_crate_sees_nothing_outside() {
    for crate_ in ["server/src", "oauth/src", "guard/src"] {
        for (path, text) in sources(crate_) {
            // What a company takes back to its old server are statements for that server's database, a text that we never run.
            let statements = match path.to_string_lossy().contains("/way_back/") {
                true => &[][..],
                false => &["insert into ", "INSERT INTO "],
            };
            for word in [
                "rusqlite",
                "tokio_postgres",
                "deadpool_postgres",
                "mysql_async",
            ]
            .iter()
            .chain(statements)
            {
                assert!(!text.contains(word), "{} names {word}", path.display());
            }
        }
    }
    for (path, text) in sources("oauth/src") {
        for word in [
            "tokio",
            "axum",
            "async fn",
            "SystemTime",
            "Instant::now",
            "std::fs",
            "std::net",
            "std::env",
        ] {
            assert!(!text.contains(word), "{} names {word}", path.display());
        }
    }
}

#[test]
fn the_guard_sees_the_protocol_crate_and_nothing_else_of_ours() {
    let manifest = fs::read_to_string(root().join("crates/guard/Cargo.toml")).unwrap();
    let ours = manifest
        .lines()
        .filter_map(|line| line.strip_prefix("grantor-"))
        .filter_map(|line| line.split(['.', ' ']).next());
    // Itself with every feature, for its tests.
    assert_eq!(ours.collect::<Vec<_>>(), ["oauth", "guard"]);
    for (path, text) in sources("guard/src") {
        let axum = text.contains("axum_core") && !path.ends_with("extractor.rs");
        assert!(!axum, "{} names a framework", path.display());
        let clock = ["SystemTime", "Timestamp::now"]
            .iter()
            .any(|word| text.contains(word));
        assert!(
            !clock || path.ends_with("clock.rs"),
            "{} reads the clock",
            path.display()
        );
    }
}

#[test]
fn only_doors_one_and_five_and_what_configures_them_speak_dialects() {
    let may = [
        "endpoints",
        "docs",
        "config",
        "admin",
        "serve",
        "cli",
        "example_lines",
        // It reads who asks at the old server's address, as our own token endpoint would.
        "shadow",
    ];
    for (path, text) in sources("server/src") {
        if text.contains(".dialect") {
            assert!(
                may.contains(&module(&path).as_str()),
                "{} asks for the dialect",
                path.display()
            );
        }
    }
}

#[test]
fn no_platform_is_named_in_code() {
    for crate_ in ["server/src", "oauth/src", "store/src", "guard/src"] {
        for (path, text) in sources(crate_) {
            let text = text.to_lowercase();
            for name in PLATFORMS {
                assert!(!text.contains(name), "{} names {name}", path.display());
            }
        }
    }
}

#[test]
fn files_are_short_and_begin_with_what_they_are_for() {
    let mut lengths = Vec::new();
    for crate_ in ["server/src", "oauth/src", "store/src", "guard/src"] {
        for (path, text) in sources(crate_) {
            let lines = text.lines().count();
            assert!(
                lines <= LONGEST_FILE,
                "{} has {lines} lines",
                path.display()
            );
            assert!(
                text.starts_with("//!"),
                "{} begins without a word about itself",
                path.display()
            );
            lengths.push(lines);
        }
    }
    lengths.sort_unstable();
    let median = lengths[lengths.len() / 2];
    assert!(median <= 120, "the median file has {median} lines");
}

#[test]
fn no_file_is_named_for_everything_and_nothing() {
    for crate_ in ["server/src", "oauth/src", "store/src", "guard/src"] {
        for (path, _) in sources(crate_) {
            let name = path.file_stem().unwrap().to_string_lossy().into_owned();
            let vague = [
                "mod", "util", "utils", "helper", "helpers", "manager", "common", "misc",
            ];
            assert!(!vague.contains(&name.as_str()), "{}", path.display());
        }
    }
}
