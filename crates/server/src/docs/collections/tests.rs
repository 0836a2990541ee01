#![allow(clippy::unwrap_used, clippy::panic)]
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::*;

fn shifts() -> Arc<Api> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/apis/shifts.yaml");
    let options = serde_saphyr::options! { strict_booleans: true };
    let text = std::fs::read_to_string(&file).unwrap();
    Arc::new(Api {
        name: "Shifts".to_owned(),
        description: serde_saphyr::from_str_with_options(&text, options).unwrap(),
        environment: None,
        file: PathBuf::new(),
    })
}

/// The collection of an example, and the variables of its first environment.
fn made(example: &str) -> (Value, Value, Value) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../examples")
        .join(example);
    let config = crate::config::load(&file, &[]).unwrap();
    let environment = config.environments.first().unwrap();
    let own = description(&config, environment);
    let shifts = shifts();
    let collection = collection_of("Example", &own, &[&shifts]);
    let real = Variables::of(environment).of_apis(&[&shifts]).written();
    let mock = Variables::of_mock(environment)
        .of_apis(&[&shifts])
        .written();
    (collection, real, mock)
}

fn examples() -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples");
    let files = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name());
    let names = files.map(|name| name.into_string().unwrap());
    names.filter(|name| name.ends_with(".toml")).collect()
}

#[test]
fn qx8_every_operation_is_a_request_with_its_answers_saved() {
    for example in examples() {
        let (collection, _, _) = made(&example);
        let folders = collection["item"].as_array().unwrap();
        let names = |folder: &Value| {
            let items = folder["item"].as_array().unwrap().iter();
            items
                .map(|item| item["name"].as_str().unwrap().to_owned())
                .collect::<Vec<_>>()
        };
        let titles: Vec<&str> = folders
            .iter()
            .map(|folder| folder["name"].as_str().unwrap())
            .collect();
        assert_eq!(titles, ["Authentication", "Shifts"], "{example}");
        assert_eq!(
            names(&folders[0]).len(),
            3,
            "{example}: {:?}",
            names(&folders[0])
        );
        assert_eq!(names(&folders[1]).len(), 10, "{:?}", names(&folders[1]));
        for item in folders
            .iter()
            .flat_map(|folder| folder["item"].as_array().unwrap())
        {
            assert!(
                !item["response"].as_array().unwrap().is_empty(),
                "{example}: {}",
                item["name"]
            );
            let raw = item["request"]["url"]["raw"].as_str().unwrap();
            assert!(raw.starts_with("{{"), "{raw}");
        }
    }
}

#[test]
fn qx8_the_token_request_is_the_dialects_own_and_holds_no_secret() {
    for example in examples() {
        let (collection, _, _) = made(&example);
        let token = &collection["item"][0]["item"][0]["request"];
        let text = token.to_string();
        let has_own = text.contains("{{client_id}}") && text.contains("{{client_secret}}");
        assert!(
            has_own && text.contains("client_credentials"),
            "{example}: {text}"
        );
        assert!(
            !text.contains("scope") || text.contains("\"disabled\":true"),
            "{example}: {text}"
        );
        for made_up in ["CLIENT_ID", "CLIENT_SECRET"] {
            assert!(
                !collection["item"][0]["item"][0]["request"]
                    .to_string()
                    .contains(made_up),
                "{example}"
            );
        }
    }
}

#[test]
fn qx8_the_variables_lead_to_the_environment_or_to_its_mock() {
    let (_, real, mock) = made("quinyx.toml");
    let value = |file: &Value, key: &str| {
        let values = file["values"].as_array().unwrap().iter();
        values
            .clone()
            .find(|value| value["key"] == key)
            .unwrap()
            .clone()
    };
    assert_eq!(
        value(&real, "token_url")["value"],
        "http://127.0.0.1:8080/v2/oauth/token"
    );
    assert_eq!(value(&real, "shifts_url")["value"], "http://127.0.0.1:8080");
    assert_eq!(
        value(&mock, "token_url")["value"],
        "http://127.0.0.1:8080/_mock/auth/v2/oauth/token"
    );
    assert_eq!(
        value(&mock, "shifts_url")["value"],
        "http://127.0.0.1:8080/_mock/apis/shifts"
    );
    for file in [&real, &mock] {
        let secret = value(file, "client_secret");
        assert_eq!(
            (&secret["value"], &secret["type"]),
            (&Value::from(""), &Value::from("secret"))
        );
        assert_eq!(value(file, "client_id")["value"], "");
    }
}
