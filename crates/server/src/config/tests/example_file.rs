//! `grantor.example.toml` is made from the comments of the configuration's structs. A stale one fails
//! here; `GRANTOR_UPDATE=1 cargo test -p grantor example_file` writes it anew.

use std::cell::Cell;
use std::path::Path;

use serde::de::{Deserialize, Deserializer, Error, Visitor};
use serde_json::Value;

use super::super::raw::{
    RawApi, RawBranding, RawBudgets, RawConfig, RawCounters, RawEnvironment, RawForwardAuth,
    RawHandOver, RawLog, RawMail, RawPaths, RawRefresh, RawRequestRecords, RawRoute, RawServer,
    RawShadow, RawStaffSignIn, RawStorage, RawTelemetry, RawTls, RawVersion, RawWebhook,
};
use super::{config, read};

/// Which keys stand there without a `#` before them.
#[derive(Clone, Copy, PartialEq)]
enum Uncommented {
    Needed,
    AndDefaults,
    All,
}

const HEAD: &str = "\
# Every key of Grantor's configuration: what it means, its default, and the variable that sets it too.
#
# A line that begins with # and a key shows the default, or an example where there is no default: take the # out to
# change it. This file is a configuration as it stands: `grantor check --config grantor.example.toml` reads it.
#
# A variable wins over the file. Its name is GRANTOR__SECTION__KEY, two underscores for each step inwards; PRODUCTION
# stands for the name of your environment, 0 for a place in a list, counted from 0.
# Durations are written as \"60m\", \"7d\" (of 24 hours each), \"1h 30m\", or as a number of seconds.
# Relative paths start at this file's folder.
";

/// A table of the file: its header, the path in variables' names, its struct, and whether it may be left out as a whole.
struct Table {
    header: &'static str,
    variable: &'static str,
    definition: &'static str,
    keys: &'static [&'static str],
    optional: bool,
}

fn tables() -> Vec<Table> {
    let table = |header, variable, definition, keys, optional| Table {
        header,
        variable,
        definition,
        keys,
        optional,
    };
    vec![
        table(
            "[server]",
            "SERVER",
            "RawServer",
            keys_of::<RawServer>(),
            false,
        ),
        table(
            "[server.tls]",
            "SERVER__TLS",
            "RawTls",
            keys_of::<RawTls>(),
            true,
        ),
        table(
            "[server.admin_tls]",
            "SERVER__ADMIN_TLS",
            "RawTls",
            keys_of::<RawTls>(),
            true,
        ),
        table("[log]", "LOG", "RawLog", keys_of::<RawLog>(), false),
        table(
            "[storage]",
            "STORAGE",
            "RawStorage",
            keys_of::<RawStorage>(),
            false,
        ),
        table(
            "[counters]",
            "COUNTERS",
            "RawCounters",
            keys_of::<RawCounters>(),
            false,
        ),
        table(
            "[[versions]]",
            "VERSIONS__0",
            "RawVersion",
            keys_of::<RawVersion>(),
            true,
        ),
        table(
            "[environments.production]",
            "ENVIRONMENTS__PRODUCTION",
            "RawEnvironment",
            keys_of::<RawEnvironment>(),
            false,
        ),
        table(
            "[environments.production.paths]",
            "ENVIRONMENTS__PRODUCTION__PATHS",
            "RawPaths",
            keys_of::<RawPaths>(),
            false,
        ),
        table(
            "[environments.production.branding]",
            "ENVIRONMENTS__PRODUCTION__BRANDING",
            "RawBranding",
            keys_of::<RawBranding>(),
            false,
        ),
        table(
            "[environments.production.budgets]",
            "ENVIRONMENTS__PRODUCTION__BUDGETS",
            "RawBudgets",
            keys_of::<RawBudgets>(),
            false,
        ),
        table(
            "[environments.production.request_records]",
            "ENVIRONMENTS__PRODUCTION__REQUEST_RECORDS",
            "RawRequestRecords",
            keys_of::<RawRequestRecords>(),
            false,
        ),
        table(
            "[environments.production.refresh]",
            "ENVIRONMENTS__PRODUCTION__REFRESH",
            "RawRefresh",
            keys_of::<RawRefresh>(),
            true,
        ),
        table(
            "[environments.production.tls]",
            "ENVIRONMENTS__PRODUCTION__TLS",
            "RawTls",
            keys_of::<RawTls>(),
            true,
        ),
        table(
            "[environments.production.staff_sign_in]",
            "ENVIRONMENTS__PRODUCTION__STAFF_SIGN_IN",
            "RawStaffSignIn",
            keys_of::<RawStaffSignIn>(),
            true,
        ),
        table(
            "[environments.production.hand_over]",
            "ENVIRONMENTS__PRODUCTION__HAND_OVER",
            "RawHandOver",
            keys_of::<RawHandOver>(),
            true,
        ),
        table(
            "[environments.production.forward_auth]",
            "ENVIRONMENTS__PRODUCTION__FORWARD_AUTH",
            "RawForwardAuth",
            keys_of::<RawForwardAuth>(),
            true,
        ),
        table(
            "[[routes]]",
            "ROUTES__0",
            "RawRoute",
            keys_of::<RawRoute>(),
            true,
        ),
        table("[[apis]]", "APIS__0", "RawApi", keys_of::<RawApi>(), true),
        table(
            "[[webhooks]]",
            "WEBHOOKS__0",
            "RawWebhook",
            keys_of::<RawWebhook>(),
            true,
        ),
        table("[mail]", "MAIL", "RawMail", keys_of::<RawMail>(), true),
        table(
            "[telemetry]",
            "TELEMETRY",
            "RawTelemetry",
            keys_of::<RawTelemetry>(),
            true,
        ),
        table(
            "[shadow]",
            "SHADOW",
            "RawShadow",
            keys_of::<RawShadow>(),
            true,
        ),
    ]
}

/// The text of the example file.
fn text(uncommented: Uncommented) -> String {
    let schema = serde_json::to_value(schemars::schema_for!(RawConfig)).unwrap();
    let mut text = HEAD.to_owned();
    for table in tables() {
        let section = table.header.trim_matches(['[', ']']);
        text.push('\n');
        push_prose(&mut text, &section_prose(&schema, section));
        let off = table.optional && uncommented != Uncommented::All;
        text.push_str(if off { "#" } else { "" });
        text.push_str(&format!("{}\n", table.header));
        for key in table.keys {
            let property = &schema["$defs"][table.definition]["properties"][key];
            // Tables of their own come below.
            if matches!(
                *key,
                "paths"
                    | "branding"
                    | "budgets"
                    | "request_records"
                    | "refresh"
                    | "staff_sign_in"
                    | "hand_over"
                    | "forward_auth"
                    | "tls"
                    | "admin_tls"
            ) {
                continue;
            }
            text.push('\n');
            push_prose(
                &mut text,
                property["description"]
                    .as_str()
                    .unwrap_or_else(|| panic!("{section}.{key} has no comment")),
            );
            let needed = property["x-required"] == Value::Bool(true);
            let (kind, value) = match (&property["x-default"], &property["x-example"]) {
                (Value::Null, Value::Null) => {
                    panic!("{section}.{key} has neither default nor example")
                }
                (Value::Null, example) if needed => ("needed", example),
                (Value::Null, example) => ("no default, for example", example),
                (default, _) => ("default", default),
            };
            text.push_str(&format!(
                "# GRANTOR__{}__{}; {kind}:\n",
                table.variable,
                key.to_uppercase()
            ));
            let on = match uncommented {
                Uncommented::All => true,
                Uncommented::AndDefaults => !off && (needed || kind == "default"),
                Uncommented::Needed => !off && needed,
            };
            text.push_str(&format!(
                "{}{key} = {}\n",
                if on { "" } else { "#" },
                toml_of(value)
            ));
        }
    }
    text
}

fn section_prose(schema: &Value, section: &str) -> String {
    let mut names = section.split('.');
    let description = match (names.next(), names.next(), names.next()) {
        (Some("server"), Some(inner), None) => {
            &schema["$defs"]["RawServer"]["properties"][inner]["description"]
        }
        (Some(_), Some(_), Some(inner)) => {
            &schema["$defs"]["RawEnvironment"]["properties"][inner]["description"]
        }
        (Some(top), _, None) => &schema["properties"][top]["description"],
        _ => &Value::Null,
    };
    format!(
        "---- {}",
        description
            .as_str()
            .unwrap_or_else(|| panic!("{section} has no comment"))
    )
}

fn push_prose(text: &mut String, prose: &str) {
    let mut line = String::from("#");
    for word in prose.split_whitespace() {
        if line.len() + 1 + word.len() > 118 {
            text.push_str(&line);
            text.push('\n');
            line = String::from("#");
        }
        line.push(' ');
        line.push_str(word);
    }
    text.push_str(&line);
    text.push('\n');
}

fn toml_of(value: &Value) -> String {
    match value {
        Value::Array(elements) => format!(
            "[{}]",
            elements.iter().map(toml_of).collect::<Vec<_>>().join(", ")
        ),
        Value::Object(members) => {
            let members: Vec<String> = members
                .iter()
                .map(|(name, value)| format!("{name} = {}", toml_of(value)))
                .collect();
            format!("{{ {} }}", members.join(", "))
        }
        plain => plain.to_string(),
    }
}

/// The keys of a struct in its own order, which a JSON schema does not keep.
fn keys_of<'de, T: Deserialize<'de>>() -> &'static [&'static str] {
    let keys = Cell::new(&[] as &'static [&'static str]);
    let _ = T::deserialize(KeysOf(&keys));
    keys.get()
}

struct KeysOf<'k>(&'k Cell<&'static [&'static str]>);

impl<'de> Deserializer<'de> for KeysOf<'_> {
    type Error = serde::de::value::Error;

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Self::Error> {
        self.0.set(fields);
        self.deserialize_any(visitor)
    }

    fn deserialize_any<V: Visitor<'de>>(self, _visitor: V) -> Result<V::Value, Self::Error> {
        Err(Self::Error::custom("only the keys are wanted"))
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 u8 u16 u32 u64 f32 f64 char str string bytes byte_buf option unit unit_struct newtype_struct
        seq tuple tuple_struct map enum identifier ignored_any
    }
}

#[test]
fn the_example_file_is_up_to_date() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../grantor.example.toml");
    let expected = text(Uncommented::Needed);
    if std::env::var_os("GRANTOR_UPDATE").is_some() {
        std::fs::write(&file, &expected).unwrap();
    }
    let found = std::fs::read_to_string(&file).unwrap_or_default();
    assert!(
        found == expected,
        "grantor.example.toml is stale; write it anew with GRANTOR_UPDATE=1 cargo test -p grantor example_file"
    );
}

#[test]
fn the_defaults_it_shows_are_the_defaults() {
    let silent = config("example", &text(Uncommented::Needed), &[]);
    let spoken = config("example", &text(Uncommented::AndDefaults), &[]);
    assert_eq!(format!("{silent:#?}"), format!("{spoken:#?}"));
}

#[test]
fn every_key_it_shows_can_be_set() {
    let mistakes = read("example-all", &text(Uncommented::All), &[]).mistakes;
    let keys: Vec<&str> = mistakes
        .iter()
        .map(|mistake| mistake.key.as_str())
        .collect();
    assert_eq!(
        keys,
        [
            "environments.production.refresh.from",
            "environments.production.staff_sign_in.client_secret_file",
            "environments.production.hand_over.keys",
            "apis[0].description",
            "webhooks[0].secret",
            "mail.password",
        ],
        "but for the one environment, refreshed from itself, what is one or the other, a file that is not there, and secrets in two places: {mistakes:#?}"
    );
}
