#![allow(clippy::unwrap_used)]
use serde_json::json;

use super::*;

fn description() -> Value {
    let error = json!({ "type": "object", "properties": { "error": { "type": "string" } } });
    json!({ "openapi": "3.1.0", "paths": { "/a": { "get": { "responses": {
        "201": { "description": "", "content": {
            "text/csv": { "example": "a;b" },
            "application/json": { "examples": { "one": { "value": 1 }, "two": { "$ref": "#/components/examples/two" } } },
        } },
        "401": { "description": "", "content": { "application/json": { "schema": error, "examples": { "wrong": { "value": { "error": "x" } } } } } },
        "4XX": { "description": "", "content": { "application/problem+json": { "schema": {
            "type": "object", "required": ["detail"], "properties": { "detail": { "type": "string" }, "status": { "const": 418 } },
        } } } },
    } } } }, "components": { "examples": { "two": { "value": 2 } } } })
}

#[test]
fn a_success_comes_before_what_stands_for_everything_else() {
    let whole = json!({ "a": { "responses": { "default": {}, "201": {}, "404": {} } }, "b": { "responses": { "default": {} } }, "c": { "responses": { "302": {} } } });
    let status = |name: &str| success(&Place::at(&whole, name).unwrap()).unwrap().status;
    assert_eq!((status("/a"), status("/b"), status("/c")), (201, 200, 302));
}

fn wish(code: Option<u16>, example: Option<&str>, in_query: bool) -> Wish {
    Wish {
        code,
        example: example.map(str::to_owned),
        in_query,
    }
}

#[test]
fn what_is_wished_for_is_found_by_status_by_class_and_by_name() {
    let whole = description();
    let operation = Place::at(&whole, "/paths/~1a/get").unwrap();
    let first = |wish: Wish| {
        let choice = wished(&operation, &wish).unwrap()?;
        let shown = shown(&whole, &choice).into_iter().next().unwrap();
        Some((choice.status, shown.value))
    };
    assert_eq!(success(&operation).unwrap().status, 201);
    assert_eq!(first(wish(None, None, false)), None);
    assert_eq!(
        first(wish(Some(401), None, false)),
        Some((401, json!({ "error": "x" })))
    );
    assert_eq!(
        first(wish(Some(418), None, false)),
        Some((418, json!({ "detail": "string", "status": 418 })))
    );
    assert_eq!(first(wish(None, Some("two"), false)), Some((201, json!(2))));
    assert_eq!(
        first(wish(None, Some("wrong"), false)),
        Some((401, json!({ "error": "x" })))
    );
    // What cannot be met is passed over in a preference, and said in a query.
    assert_eq!(first(wish(Some(503), None, false)), None);
    assert_eq!(first(wish(Some(401), Some("two"), false)).unwrap().0, 401);
    assert_eq!(first(wish(None, Some("three"), false)), None);
    for asked in [
        wish(Some(503), None, true),
        wish(Some(401), Some("two"), true),
        wish(Some(99), None, true),
    ] {
        let told = wished(&operation, &asked).unwrap_err();
        assert!(
            told.contains("201 (one, two)") && told.contains("401 (wrong)"),
            "{told}"
        );
    }
}

#[test]
fn each_kind_is_written_and_a_sentence_stands_where_there_is_room() {
    let whole = description();
    let operation = Place::at(&whole, "/paths/~1a/get").unwrap();
    let shown = |status| shown(&whole, &of_status(&operation, status).unwrap());
    let kinds: Vec<String> = shown(201)
        .iter()
        .map(|shown| shown.kind.to_string())
        .collect();
    assert_eq!(kinds, ["application/json", "text/csv"]);
    assert_eq!(shown(201)[1].written(), b"a;b");
    let mut problem = shown(422).remove(0);
    assert!(problem.say(&whole, "No."));
    assert_eq!(problem.value["detail"], "No.");
    // Nothing is added that is not documented.
    let mut bare = shown(401).remove(0);
    assert!(!bare.say(&whole, "No."));
    assert_eq!(bare.value, json!({ "error": "x" }));
    for (value, said) in [
        (json!({ "message": "old" }), json!({ "message": "No." })),
        (
            json!({ "error": { "code": 1, "message": "old" } }),
            json!({ "error": { "code": 1, "message": "No." } }),
        ),
    ] {
        let mut shown = Shown {
            kind: MediaType::of("application/json").unwrap(),
            value,
            schema: Value::Null,
        };
        assert!(shown.say(&whole, "No."));
        assert_eq!(shown.value, said);
    }
}
