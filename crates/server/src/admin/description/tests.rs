#![allow(clippy::unwrap_used, clippy::panic)]
use super::*;

/// Every operation with its method and path.
fn operations() -> Vec<(String, &'static Value)> {
    let mut operations = Vec::new();
    for (path, item) in document()["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            operations.push((format!("{method} {path}"), operation));
        }
    }
    operations
}

#[test]
fn every_route_is_described_because_there_is_no_other_way_to_make_one() {
    let text = include_str!("../../admin.rs");
    let (_, from) = text.split_once("fn management()").unwrap();
    let (management, _) = from.split_once("\n}\n").unwrap();
    assert!(!management.contains(".route("), "use .routes(routes!(…))");
    let made = management.matches("::").count();
    assert!(operations().len() > 30 && made > 30);
    assert!(
        operations()
            .iter()
            .all(|(route, _)| route.contains(" /admin/v1/"))
    );
}

#[test]
fn every_operation_says_what_it_is_what_it_needs_and_what_it_answers() {
    let tags: Vec<_> = TAGS.iter().map(|(name, _)| *name).collect();
    let mut ids = Vec::new();
    for (route, operation) in operations() {
        ids.push(operation["operationId"].as_str().unwrap());
        assert!(
            !operation["summary"].as_str().unwrap().is_empty(),
            "{route}"
        );
        let tag = operation["tags"][0].as_str().unwrap();
        assert!(tags.contains(&tag), "{route}: {tag} has no description");
        match operation["security"][0]["operator"].as_array() {
            Some(needs) => {
                let [Value::String(scope)] = needs.as_slice() else {
                    panic!("{route} needs one scope");
                };
                assert!(scopes::ALL.contains(&scope.as_str()), "{route}: {scope}");
            }
            None => assert_eq!(tag, "self", "{route} needs no scope"),
        }
        let answers = operation["responses"].as_object().unwrap();
        assert!(
            answers.keys().any(|status| status.starts_with('2')),
            "{route}"
        );
    }
    let all = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), all, "each operationId once");
}

#[test]
fn every_reference_leads_somewhere() {
    fn walk(value: &Value, found: &mut Vec<String>) {
        match value {
            Value::Object(members) => {
                if let Some(Value::String(to)) = members.get("$ref") {
                    found.push(to.clone());
                }
                members.values().for_each(|member| walk(member, found));
            }
            Value::Array(items) => items.iter().for_each(|item| walk(item, found)),
            _ => {}
        }
    }
    let mut references = Vec::new();
    walk(document(), &mut references);
    assert!(references.len() > 100);
    for reference in references {
        let pointer = reference.strip_prefix('#').unwrap();
        assert!(document().pointer(pointer).is_some(), "{reference}");
    }
}

/// Two types of one name would silently be one schema: the description would then lie about one of them.
#[test]
fn every_schema_name_stands_for_one_type() {
    fn walk(folder: &std::path::Path, names: &mut Vec<String>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, names);
                continue;
            }
            let text = std::fs::read_to_string(&path).unwrap();
            for after in text
                .split("ToSchema")
                .skip(1)
                .filter(|after| after.starts_with(")]"))
            {
                let renamed = after
                    .split_once("#[schema(as = ")
                    .filter(|(before, _)| !before.contains("struct") && !before.contains("enum"));
                let name = match renamed {
                    Some((_, name)) => name,
                    None => after.split_once("struct ").map_or("", |(_, name)| name),
                };
                let end = name
                    .find(|letter: char| !letter.is_alphanumeric())
                    .unwrap_or(0);
                names.push(name[..end].to_owned());
            }
        }
    }
    let mut names = Vec::new();
    walk(
        std::path::Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src/admin")),
        &mut names,
    );
    assert!(names.len() > 30);
    names.sort_unstable();
    for pair in names.windows(2) {
        assert_ne!(pair[0], pair[1], "give one of them #[schema(as = …)]");
    }
}
