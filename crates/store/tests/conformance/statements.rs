//! Each statement is understood by the database it is for, and binds the same values on both.

use crate::fixture::Fixture;

/// SQLite numbers `$n` by first appearance, PostgreSQL by its digits: only where the two agree is a value bound to the same place.
#[test]
fn parameters_first_appear_in_their_order() {
    for (name, sql) in store::statements_of_both()
        .into_iter()
        .chain(store::statements_of_sqlite())
    {
        let mut highest = 0;
        for piece in sql.split('$').skip(1) {
            let digits: String = piece.chars().take_while(char::is_ascii_digit).collect();
            let number: u32 = digits
                .parse()
                .unwrap_or_else(|_| panic!("{name}: a $ without a number"));
            assert!(
                number <= highest + 1,
                "{name}: ${number} appears before ${}",
                highest + 1
            );
            highest = highest.max(number);
        }
    }
}

#[test]
fn every_statement_has_a_name_of_its_own() {
    let mut names: Vec<_> = store::statements_of_both()
        .into_iter()
        .map(|(name, _)| name)
        .collect();
    assert!(names.len() > 60, "the list holds them all: {}", names.len());
    names.sort_unstable();
    let before = names.len();
    names.dedup();
    assert_eq!(names.len(), before);
}

/// Who is on the way in or out with a refresh is no person of the environment: whoever reads people reads the view. Those that may
/// look at the table itself say why.
#[test]
fn who_is_read_is_here() {
    let may = [
        // They ask the family's person by name whether it left.
        "access_tokens::SELECT_TOKEN",
        "token_families::SELECT_FAMILY",
        "imported_tokens::SELECT_ACCESS",
        // Whoever is on the way still has a password or a factor under a key.
        "master_keys::COUNT_USES",
        "people::second_factor::SELECT_WRAPPED_UNDER",
        // Found by the session, which is of somebody who is here.
        "people::passkeys::DELETE",
        // They are about the rows.
        "people::history::REMEMBER",
        "people::history::REMEMBER_ALL",
        "people::change::DELETE",
        "refreshes::staging::",
        "backup::people",
        "backup::any::people",
    ];
    for (name, sql) in store::statements_of_both() {
        let reads = sql.contains("from people ") || sql.contains("join people ");
        let name = name.trim_start_matches("store::");
        let may = may.iter().any(|may| name.starts_with(may));
        assert!(
            !reads || may,
            "{name} reads people past present_people: {sql}"
        );
    }
}

/// What a page of one account costs must not grow with what all the others have.
#[tokio::test]
async fn p14_what_belongs_to_an_account_is_found_by_the_account() {
    let fixture = Fixture::sqlite().await;
    let connection = rusqlite::Connection::open(fixture.file()).unwrap();
    let mut looked_at = 0;
    for (name, sql) in store::statements_of_both() {
        // Tokens have no index by credential, which each of them would pay for: whoever ends all of an account walks them.
        let counts_tokens = name.ends_with("COUNT_LIVE_OF_ACCOUNT");
        let reads = sql.contains("credentials") || sql.contains("people");
        if !name.contains("OF_ACCOUNT") || counts_tokens || !reads {
            continue;
        }
        let mut plan = connection
            .prepare(&format!("explain query plan {sql}"))
            .unwrap();
        let steps = plan.raw_query().mapped(|row| row.get::<_, String>(3));
        let steps: Vec<String> = steps.collect::<Result<_, _>>().unwrap();
        assert!(
            steps.iter().any(|step| step.contains("(account_id=?")),
            "{name}: {steps:#?}"
        );
        looked_at += 1;
    }
    assert!(looked_at >= 6, "{looked_at}");
}

#[tokio::test]
async fn sqlite_prepares_every_statement() {
    let fixture = Fixture::sqlite().await;
    let connection = rusqlite::Connection::open(fixture.file()).unwrap();
    for (name, sql) in store::statements_of_both()
        .into_iter()
        .chain(store::statements_of_sqlite())
    {
        connection
            .prepare(sql)
            .map(drop)
            .unwrap_or_else(|error| panic!("{name}: {error}"));
    }
}

#[tokio::test]
async fn postgres_prepares_every_statement() {
    let Some(fixture) = Fixture::postgres().await else {
        return;
    };
    let client = fixture.client().await;
    for (name, sql) in store::statements_of_both()
        .into_iter()
        .chain(store::statements_of_postgres())
    {
        client
            .prepare(sql)
            .await
            .map(drop)
            .unwrap_or_else(|error| panic!("{name}: {error:?}"));
    }
}
