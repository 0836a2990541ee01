//! Whether a value is what a schema of the description says.

use std::sync::OnceLock;

use jsonschema::{Registry, ValidationError, Validator, error::ValidationErrorKind};
use serde_json::Value;

use super::place::fragment;
use super::schema::{Way, converted};

/// The name under which the description is known to its own references.
const DESCRIPTION: &str = "urn:description";
/// So many things are said about one value.
const MOST_SAID: usize = 3;

/// The schemas of one description. Each is made ready when it is first asked, and then kept: there are as many as the
/// description has places for them.
pub struct Checks {
    registry: Option<Registry<'static>>,
}

/// One schema of a description.
pub struct Check {
    pointer: String,
    ready: OnceLock<Option<Validator>>,
}

/// What is wrong with a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Where, as a JSON pointer into the value; empty for the whole of it.
    pub at: String,
    /// What, as a sentence's end. Never what was sent: that may be a secret.
    pub what: String,
    /// The value is none of those that there are.
    pub is_none_of: bool,
}

impl Checks {
    /// The schemas of a description, for requests or for answers.
    pub fn of(description: &Value, way: Way) -> Self {
        let registry = Registry::new()
            .add(DESCRIPTION, converted(description, way))
            .and_then(jsonschema::RegistryBuilder::prepare);
        if let Err(error) = &registry {
            tracing::warn!(%error, "the mock does not hold requests against this description's schemas");
        }
        Self {
            registry: registry.ok(),
        }
    }

    /// What is wrong with a value; nothing where the schema itself is of no use.
    pub fn faults(&self, check: &Check, value: &Value) -> Vec<Fault> {
        let ready = check.ready.get_or_init(|| self.ready(&check.pointer));
        let Some(validator) = ready else {
            return Vec::new();
        };
        let errors = validator.iter_errors(value).take(MOST_SAID);
        errors.map(|error| Fault::of(&error)).collect()
    }

    fn ready(&self, pointer: &str) -> Option<Validator> {
        let registry = self.registry.as_ref()?;
        let schema = serde_json::json!({ "$ref": format!("{DESCRIPTION}{}", fragment(pointer)) });
        let built = jsonschema::options()
            .offline()
            .should_validate_formats(true)
            .with_registry(registry)
            .build(&schema);
        built
            .inspect_err(|error| {
                tracing::warn!(%error, pointer, "a schema of the description cannot be read; the mock holds nothing against it");
            })
            .ok()
    }
}

impl Check {
    /// The schema at a place.
    pub fn at(pointer: String) -> Self {
        Self {
            pointer,
            ready: OnceLock::new(),
        }
    }

    /// Where the schema stands.
    pub fn pointer(&self) -> &str {
        &self.pointer
    }
}

impl Fault {
    /// Of a parameter or a body as a whole.
    pub fn new(what: impl Into<String>) -> Self {
        Self {
            at: String::new(),
            what: what.into(),
            is_none_of: false,
        }
    }

    fn of(error: &ValidationError<'_>) -> Self {
        let deepest = deepest(error);
        Self {
            at: deepest.instance_path().as_str().to_owned(),
            what: deepest.masked_with("the value").to_string(),
            is_none_of: matches!(
                deepest.kind(),
                ValidationErrorKind::Enum { .. } | ValidationErrorKind::Constant { .. }
            ),
        }
    }
}

/// Where a value fits none of several schemas, what is wrong by the one that it means says more: by the one whose kind it
/// names, else by the one that finds least wrong.
fn deepest<'e>(error: &'e ValidationError<'_>) -> &'e ValidationError<'e> {
    let (ValidationErrorKind::AnyOf { context } | ValidationErrorKind::OneOfNotValid { context }) =
        error.kind()
    else {
        return error;
    };
    let is_another_kind = |error: &ValidationError<'_>| {
        matches!(
            error.kind(),
            ValidationErrorKind::Enum { .. } | ValidationErrorKind::Constant { .. }
        )
    };
    let nearest = context
        .iter()
        .min_by_key(|errors| (errors.iter().any(is_another_kind), errors.len()));
    nearest
        .and_then(|errors| errors.first())
        .map_or(error, deepest)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn of_several_schemas_the_one_that_is_meant_says_what_is_wrong() {
        let of = |kind: &str, needs: &str| json!({ "required": [needs, "kind"], "properties": { "kind": { "const": kind } } });
        let schema = json!({ "oneOf": [of("a", "x"), of("b", "y"), of("c", "z")] });
        let description =
            json!({ "openapi": "3.1.0", "components": { "schemas": { "S": schema } } });
        let checks = Checks::of(&description, Way::In);
        let check = Check::at("/components/schemas/S".to_owned());
        let found = |value| {
            let faults = checks.faults(&check, &value).into_iter();
            faults
                .map(|fault| (fault.what, fault.is_none_of))
                .collect::<Vec<_>>()
        };
        let missing = "\"y\" is a required property".to_owned();
        assert_eq!(found(json!({ "kind": "b", "x": 1 })), [(missing, false)]);
        let other = found(json!({ "kind": "d", "x": 1 }));
        assert!(matches!(other.as_slice(), [(_, true)]), "{other:?}");
        assert!(found(json!({ "kind": "c", "z": 1 })).is_empty());
    }

    #[test]
    fn a_fault_says_where_and_what_and_never_the_value() {
        let description = json!({
            "openapi": "3.1.0",
            "paths": { "/a/{b}": { "post": { "requestBody": { "content": { "application/json": { "schema": {
                "type": "object",
                "required": ["name"],
                "properties": {
                    "name": { "type": "string", "maxLength": 3 },
                    "kind": { "enum": ["a", "b"] },
                    "when": { "$ref": "#/components/schemas/Day" },
                },
            } } } } } } },
            "components": { "schemas": { "Day": { "type": "string", "format": "date" } } },
        });
        let checks = Checks::of(&description, Way::In);
        let pointer = "/paths/~1a~1{b}/post/requestBody/content/application~1json/schema";
        let check = Check::at(pointer.to_owned());
        let faults = |value| checks.faults(&check, &value);
        assert!(faults(json!({ "name": "Ann", "when": "2026-01-31", "more": 1 })).is_empty());
        let missing = faults(json!({}));
        assert_eq!(missing, [Fault::new("\"name\" is a required property")]);
        for (value, at) in [
            (json!({ "name": "s3cr3t-" }), "/name"),
            (json!({ "name": "a", "kind": "s3cr3t-" }), "/kind"),
            (json!({ "name": "a", "when": "s3cr3t-" }), "/when"),
        ] {
            let found = faults(value);
            assert_eq!(found.len(), 1, "{found:?}");
            for fault in found {
                assert_eq!((fault.at.as_str(), fault.is_none_of), (at, at == "/kind"));
                assert!(!fault.what.contains("s3cr3t-"), "{fault:?}");
            }
        }
    }
}
