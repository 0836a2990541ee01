//! What Postman and SoapUI import.

use super::*;

fn file(name: &str) -> Value {
    let answer = Request::get(name).send(server().at("production"));
    assert_eq!(
        (answer.status, answer.header("content-type")),
        (200, Some("application/json")),
        "{name}"
    );
    assert_eq!(answer.header("access-control-allow-origin"), Some("*"));
    let again = Request::get(name)
        .header("If-None-Match", answer.header("etag").unwrap())
        .send(server().at("production"));
    assert_eq!(again.status, 304);
    answer.json()
}

#[test]
fn qx8_a_collection_and_its_variables_can_be_downloaded_for_each_environment() {
    let collection = file("/docs/postman.json");
    assert_eq!(
        collection["info"]["schema"],
        "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"
    );
    let folders: Vec<&str> = collection["item"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["name"].as_str().unwrap())
        .collect();
    assert_eq!(folders, ["Authentication", "Shifts"]);
    let at = server().at("production");
    let value = |file: &Value, key: &str| {
        let values = file["values"].as_array().unwrap();
        let found = values.iter().find(|one| one["key"] == key).unwrap();
        (
            found["value"].as_str().unwrap().to_owned(),
            found["type"].as_str().unwrap().to_owned(),
        )
    };
    let real = file("/docs/postman-environment.json");
    assert_eq!(
        value(&real, "token_url").0,
        format!("http://{at}/oauth/token")
    );
    assert_eq!(
        value(&real, "client_secret"),
        (String::new(), "secret".to_owned())
    );
    let mock = file("/docs/postman-mock-environment.json");
    assert_eq!(
        value(&mock, "shifts_url").0,
        format!("http://{at}/_mock/apis/shifts")
    );
    let sandbox = Request::get("/docs/postman.json")
        .send(server().at("sandbox"))
        .json();
    assert_eq!(sandbox["item"].as_array().unwrap().len(), 3);
    // Every address in it answers: what the mock's variables make of it is documented.
    for item in collection["item"][1]["item"].as_array().unwrap() {
        let request = &item["request"];
        let mut target = request["url"]["raw"]
            .as_str()
            .unwrap()
            .replace("{{shifts_url}}", "/_mock/apis/shifts");
        for variable in request["url"]["variable"].as_array().unwrap() {
            let name = format!(":{}", variable["key"].as_str().unwrap());
            target = target.replace(&name, variable["value"].as_str().unwrap());
        }
        let mut asked = Request::new(request["method"].as_str().unwrap(), &target);
        if let Some(body) = request["body"]["raw"].as_str() {
            asked = asked.body("application/json", body);
        }
        let answer = ask(server(), &asked);
        assert!(answer.status < 400, "{target}: {}", answer.text());
    }
}

#[test]
fn qx8_a_description_in_3_0_can_be_downloaded_for_programs_that_read_no_other() {
    let own = file("/docs/openapi-3.0.json");
    assert_eq!(own["openapi"], "3.0.3");
    let text = own.to_string();
    assert!(
        !text.contains("\"const\"") && !text.contains("\"null\""),
        "{text}"
    );
    let paths = |file: &Value| {
        file["paths"]
            .as_object()
            .unwrap()
            .keys()
            .cloned()
            .collect::<Vec<_>>()
    };
    assert_eq!(paths(&own), paths(&file("/openapi.json")));
    assert_eq!(file("/docs/openapi-3.0/shifts.json")["openapi"], "3.0.3");
    for name in [
        "/docs/openapi-3.0/nothing.json",
        "/docs/openapi-3.0/shifts",
        "/docs/openapi-3.0/sandbox-only.json",
    ] {
        assert_eq!(
            Request::get(name).send(server().at("production")).status,
            404,
            "{name}"
        );
    }
}
