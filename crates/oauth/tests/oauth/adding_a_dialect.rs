//! `docs/adding-a-dialect.md` names every key there is, no other, and their true defaults.

use std::collections::BTreeSet;
use std::path::Path;

use oauth::Dialect;

/// A row of one of the page's tables: the key, and what stands in backticks in the second column.
struct Row {
    table: String,
    key: String,
    values: Vec<String>,
}

fn rows() -> Vec<Row> {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/adding-a-dialect.md");
    let text = std::fs::read_to_string(page).unwrap();
    text.lines()
        .filter_map(|line| {
            let mut cells = line.strip_prefix("| `")?.split(" | ");
            let (table, key) = cells.next()?.strip_suffix('`')?.split_once('.')?;
            let values = cells
                .next()?
                .split('`')
                .skip(1)
                .step_by(2)
                .map(str::to_owned);
            Some(Row {
                table: table.to_owned(),
                key: key.to_owned(),
                values: values.collect(),
            })
        })
        .collect()
}

fn stated(row: &Row, value: &str) -> String {
    match row.table.as_str() {
        "quirks" => format!(
            "[quirks.{}]\nvalue = {value}\nreason = \"A test.\"\n",
            row.key
        ),
        table => format!("[{table}]\n{} = {value}\n", row.key),
    }
}

#[test]
fn every_value_on_the_page_can_be_stated() {
    assert!(rows().len() > 25);
    for row in rows() {
        for value in &row.values {
            let text = stated(&row, value);
            assert!(Dialect::from_toml("page", &text).is_ok(), "{text}");
        }
    }
}

#[test]
fn the_first_value_is_the_default() {
    let default = Dialect::default();
    for row in rows().iter().filter(|row| !row.values.is_empty()) {
        let dialect = Dialect::from_toml(&default.name, &stated(row, &row.values[0])).unwrap();
        assert_eq!(dialect, default, "{}.{}", row.table, row.key);
    }
}

#[test]
fn the_page_names_every_key() {
    for table in ["paths", "defaults", "quirks"] {
        let named: BTreeSet<String> = rows()
            .into_iter()
            .filter(|row| row.table == table)
            .map(|row| row.key)
            .collect();
        // What the reader would take, out of its own complaint about a key that it does not know.
        let error = Dialect::from_toml("page", &format!("[{table}]\nno_such_key = 1")).unwrap_err();
        let complaint = error.to_string();
        let (_, expected) = complaint.split_once("expected one of").unwrap();
        let taken: BTreeSet<String> = expected
            .split('`')
            .skip(1)
            .step_by(2)
            .map(str::to_owned)
            .collect();
        assert_eq!(named, taken, "{table}");
    }
}

#[test]
fn the_example_on_the_page_is_a_dialect() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/adding-a-dialect.md");
    let text = std::fs::read_to_string(page).unwrap();
    let example = text
        .split("```toml\n")
        .nth(1)
        .unwrap()
        .split("```")
        .next()
        .unwrap();
    let dialect = Dialect::from_toml("example", example).unwrap();
    assert_eq!(dialect.relaxations().len(), 1);
}
