//! Dumps that the products themselves made (`scripts/moving` makes them anew): a client registered there gets its token here.

use super::formats::{credential, moved};
use super::{Place, is_token, on_each_database, sqlite};

const DOORKEEPER: &str = include_str!("fixtures/doorkeeper.sql");
const DJANGO: &str = include_str!("fixtures/django.sql");
const HYDRA: &str = include_str!("fixtures/hydra.sql");
const KEYCLOAK: &str = include_str!("fixtures/keycloak.json");

/// The client gets its token with its old secret in every way that programs send it.
fn gets_tokens(place: &Place, id: &str, secret: &str) {
    is_token(&place.by_basic(id, secret));
    is_token(&place.by_encoded_basic(id, secret));
    is_token(&place.by_form(id, secret));
    is_token(&place.by_json(id, secret));
}

fn database(place: &Place, name: &str, dump: &str) -> String {
    let file = place.server.folder.join(name);
    sqlite(&file, dump);
    format!("sqlite:{}", file.display())
}

#[test]
fn b2_what_the_products_themselves_exported_comes() {
    on_each_database(|place| {
        let report = place.import(
            "doorkeeper",
            &database(place, "doorkeeper.db", DOORKEEPER),
            &["--secrets", "sha256"],
        );
        assert_eq!(report["clients_new"], 1, "{report:#}");
        let id = "n8VHQ_2mgfvNt9wDzi4TPMgAkMgL4HzeAQ8AzWbVYGc";
        gets_tokens(place, id, "BVDjLM7dy1kA9q1sJFnjhz6pA4YJgbvWA3yE4rcmIhs");
        assert_eq!(
            credential(place, id)["redirect_uris"],
            serde_json::json!(["https://a.example/x", "https://a.example/y"])
        );

        let source = database(place, "django.db", DJANGO);
        let report = place.import("django", &source, &["--scope", "orders"]);
        assert_eq!(report["clients_new"], 2, "{report:#}");
        let stored = "pbkdf2_sha256$1000000$mz59Ze6HRePi7TR6w9Wcuk$fUiBNJ+iZwy1o1dEAumWuFSkSHk6qEVdC4TfvNPAyME=";
        moved(place, "qIm5cJkbFNcxb0GBkkDuekq0rX7epVAAjfOLlmrS", stored);
        moved(
            place,
            "l75LS59VBIrolxDAy0U0FSZivmUMvDROsqpA53jj",
            super::SECRET,
        );

        let source = database(place, "hydra.db", HYDRA);
        let by = ["--account-by", "metadata.customer.name"];
        let report = place.import("hydra", &source, &by);
        assert_eq!(report["clients_new"], 1, "{report:#}");
        let id = "c102536a-5258-424e-a09c-b5d96cb1bc41";
        gets_tokens(place, id, super::SECRET);
        assert_eq!(credential(place, id)["account"], "Acme");

        let file = place.file("shop.json", KEYCLOAK);
        let by = ["--account-by", "attributes.customer"];
        let report = place.import("keycloak", &file, &by);
        assert_eq!(report["clients_new"], 2, "{report:#}");
        gets_tokens(place, "nightly", "its-old-secret:with+%41 and more");
        assert_eq!(credential(place, "nightly")["account"], "Acme");
    });
}
