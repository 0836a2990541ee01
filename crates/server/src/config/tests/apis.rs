//! `[[apis]]`: the platform's OpenAPI files.

use serde_json::json;

use super::super::load::load;
use super::{Folder, MINIMAL};

const SHIFTS: &str = "\
openapi: 3.0.3
info: { title: Shifts, version: '1', description: no }
paths:
  /shifts/{id}:
    get:
      responses:
        200: { $ref: '#/components/responses/Shift' }
        404: { description: None. }
    delete:
      responses: { 204: { $ref: '#/paths/~1shifts~1%7Bid%7D/get/responses/404' } }
components: { responses: { Shift: { description: One. } } }
";

#[test]
fn a_file_is_read_as_yaml_or_json_and_kept_as_it_is() {
    let folder = Folder::new("apis");
    folder.file("shifts.yaml", SHIFTS.as_bytes());
    let other = r#"{"openapi":"3.1.0","info":{"title":"People","version":"2"},"paths":{}}"#;
    folder.file("people.json", other.as_bytes());
    let text = format!(
        "{MINIMAL}[[apis]]\nname = \"Time Cards\"\ndescription = \"shifts.yaml\"\n[[apis]]\nname = \"People\"\ndescription = \"people.json\"\nenvironment = \"production\"\n"
    );
    let config = load(&folder.file("grantor.toml", text.as_bytes()), &[]).unwrap();
    let [shifts, people] = config.apis.as_slice() else {
        panic!("{:?}", config.apis)
    };
    assert_eq!(
        (shifts.slug().as_str(), &shifts.environment),
        ("time-cards", &None)
    );
    assert_eq!(shifts.file, folder.0.join("shifts.yaml"));
    // Statuses are keys that YAML writes as numbers, and `no` is a word.
    assert_eq!(
        shifts.description["paths"]["/shifts/{id}"]["get"]["responses"]["404"],
        json!({ "description": "None." })
    );
    assert_eq!(shifts.description["info"]["description"], "no");
    let production = &config.environments[0].name;
    assert!(shifts.is_in(production) && people.is_in(production));
    assert_eq!(people.description["openapi"], "3.1.0");
}

#[test]
fn a_file_that_is_of_no_use_is_named_with_the_reason() {
    let folder = Folder::new("apis-of-no-use");
    let whole = |rest: &str| format!("openapi: 3.1.0\ninfo: {{}}\npaths: {{}}\n{rest}");
    let cases = [
        ("a.yaml", "a: [".to_owned(), "a.yaml is not YAML ("),
        ("b.json", "{".to_owned(), "b.json is not JSON ("),
        ("c.yaml", "- 1".to_owned(), "is no OpenAPI description"),
        (
            "d.yaml",
            "swagger: '2.0'".to_owned(),
            "is Swagger 2; convert it",
        ),
        (
            "e.yaml",
            "openapi: 4.0.0".to_owned(),
            "is OpenAPI 4.0.0; 3.0 and 3.1",
        ),
        (
            "f.yaml",
            "openapi: 3.0.0\ninfo: {}".to_owned(),
            "it has no \"paths\"",
        ),
        (
            "g.yaml",
            whole("x: { $ref: other.yaml }"),
            "refers to another file (other.yaml)",
        ),
        (
            "h.yaml",
            whole("x: [{ $ref: '#/y' }]"),
            "refers to #/y, which is not in it",
        ),
        ("i.yaml", whole("x: &x 1\nx: 2"), "is not YAML ("),
    ];
    for (name, text, why) in cases {
        folder.file(name, text.as_bytes());
        let text = format!("{MINIMAL}[[apis]]\nname = \"A\"\ndescription = \"{name}\"\n");
        let errors = load(&folder.file("grantor.toml", text.as_bytes()), &[]).unwrap_err();
        let text = errors.to_string();
        assert!(
            text.contains("grantor.toml:5: apis[0].description:") && text.contains(why),
            "{text}"
        );
        assert_eq!(errors.0.len(), 1, "{text}");
    }
    let text = format!("{MINIMAL}[[apis]]\nname = \"A\"\ndescription = \"none.yaml\"\n");
    let errors = load(&folder.file("grantor.toml", text.as_bytes()), &[]).unwrap_err();
    assert!(
        errors.to_string().contains("none.yaml cannot be read ("),
        "{errors}"
    );
}

#[test]
fn names_are_addresses_and_each_is_one_apis() {
    let folder = Folder::new("apis-names");
    folder.file("a.yaml", SHIFTS.as_bytes());
    let api = |name: &str, more: &str| {
        format!("[[apis]]\nname = \"{name}\"\ndescription = \"a.yaml\"\n{more}\n")
    };
    let load = |apis: &[String]| {
        let text = format!("{MINIMAL}{}", apis.concat());
        load(&folder.file("grantor.toml", text.as_bytes()), &[])
            .map_err(|errors| errors.to_string())
    };
    for (apis, why) in [
        (
            vec![api("../A", "")],
            "apis[0].name: an API's name is made of",
        ),
        (
            vec![api("A b", ""), api("a B", "environment = \"production\"")],
            "apis[1].name: \"A b\" has the same address",
        ),
        (
            vec![api("A", "environment = \"productoin\"")],
            "apis[0].environment: \"productoin\" is not known here; did you mean \"production\"?",
        ),
        (
            vec!["[[apis]]\n".to_owned()],
            "apis[0].name: an API needs a name",
        ),
    ] {
        let text = load(&apis).unwrap_err();
        assert!(text.contains(why), "{text}");
    }
}
