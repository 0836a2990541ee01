use std::path::{Path, PathBuf};

use store::{DatabaseUrl, StoreError};

fn parse(text: &str) -> Result<DatabaseUrl, StoreError> {
    DatabaseUrl::parse(text, Path::new("/etc/grantor"))
}

#[test]
fn a_relative_path_starts_at_the_configurations_folder() {
    assert_eq!(
        parse("sqlite:grantor.db").unwrap(),
        DatabaseUrl::Sqlite(PathBuf::from("/etc/grantor/grantor.db"))
    );
    assert_eq!(
        parse("sqlite:data/g.db").unwrap(),
        DatabaseUrl::Sqlite(PathBuf::from("/etc/grantor/data/g.db"))
    );
    assert_eq!(
        parse("sqlite:/var/lib/g.db").unwrap(),
        DatabaseUrl::Sqlite(PathBuf::from("/var/lib/g.db"))
    );
    for text in [
        "postgres://u@h/d",
        "postgresql://u:p@h:5433/d",
        "postgres://u@h/d?connect_timeout=3",
    ] {
        assert_eq!(parse(text).unwrap(), DatabaseUrl::Postgres(text.into()));
    }
}

#[test]
fn anything_else_is_a_sentence_that_repeats_no_password() {
    for text in [
        "",
        "grantor.db",
        "mysql://u:hunter2@h/d",
        "sqlite:",
        "sqlite://grantor.db",
        "sqlite::memory:",
        "sqlite:g.db?mode=ro",
        "POSTGRES://u:hunter2@h/d",
        "postgres://u:hunter2@h:port/d",
        "postgres://u:hunter2@h/d?nonsense=1",
        "postgres://u:hunter2@h/d?sslmode=require",
        "postgres://u:hunter2@h/d?sslmode=verify-full",
    ] {
        let error = parse(text).unwrap_err();
        let sentence = format!("{error} {error:?}");
        assert!(
            matches!(error, StoreError::Operator(_)),
            "{text}: {sentence}"
        );
        assert!(!sentence.contains("hunter2"), "{sentence}");
    }
    assert!(
        parse("postgres://u@h/d?sslmode=require")
            .unwrap_err()
            .to_string()
            .contains("TLS")
    );
}

#[test]
fn no_password_is_shown() {
    for text in [
        "postgres://grantor:hunter2@db.example:5433/grantor",
        "postgres://grantor@db.example:5433/grantor?password=hunter2",
    ] {
        let url = parse(text).unwrap();
        assert_eq!(
            url.to_string(),
            "postgres://grantor@db.example:5433/grantor"
        );
        assert!(!format!("{url:?}").contains("hunter2"));
    }
    assert_eq!(parse("sqlite:/g.db").unwrap().to_string(), "sqlite:/g.db");
}
