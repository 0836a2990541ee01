//! Programs that were written for another server go on as they are: the old addresses, the old shape of answers, the old issuer.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use super::support::cli::binary;
use super::support::folder::Folder;
use super::support::request::form;
use super::support::server::Setup;
use super::support::{Credential, Request, Server};

const CONFIG: &str = r#"
[environments.hydra]
dialect = "hydra"
[environments.keycloak]
dialect = "keycloak"
[environments.keycloak.paths]
token = "/realms/shop/protocol/openid-connect/token"
introspection = "/realms/shop/protocol/openid-connect/token/introspect"
jwks = "/realms/shop/protocol/openid-connect/certs"
[environments.openiddict]
dialect = "openiddict"
[environments.identityserver]
dialect = "identityserver"
[environments.springas]
dialect = "spring-authorization-server"
[environments.auth0]
dialect = "auth0"

[[versions]]
name = "v1"
scopes = ["Orders"]
permissions = true
"#;

/// An environment, its token address, where its metadata and keys were, and the names in its token answer.
const MOVED: [(&str, &str, &str, &str, &str); 6] = [
    (
        "hydra",
        "/oauth2/token",
        "/.well-known/openid-configuration",
        "/.well-known/jwks.json",
        "access_token expires_in scope token_type",
    ),
    (
        "keycloak",
        "/realms/shop/protocol/openid-connect/token",
        "/realms/shop/.well-known/openid-configuration",
        "/realms/shop/protocol/openid-connect/certs",
        "access_token expires_in refresh_expires_in token_type not-before-policy scope",
    ),
    (
        "openiddict",
        "/connect/token",
        "/.well-known/openid-configuration",
        "/.well-known/jwks",
        "access_token token_type expires_in scope",
    ),
    (
        "identityserver",
        "/connect/token",
        "/.well-known/openid-configuration",
        "/.well-known/openid-configuration/jwks",
        "access_token expires_in token_type scope",
    ),
    (
        "springas",
        "/oauth2/token",
        "/.well-known/oauth-authorization-server",
        "/oauth2/jwks",
        "access_token scope token_type expires_in",
    ),
    (
        "auth0",
        "/oauth/token",
        "/.well-known/openid-configuration",
        "/.well-known/jwks.json",
        "access_token scope expires_in token_type",
    ),
];

fn server() -> Server {
    let names = MOVED.map(|(name, ..)| name);
    let mut server = Setup::written(CONFIG, &names).prepare();
    // Those two write more than host and port.
    let keycloak = format!("http://{}/realms/shop", server.at("keycloak"));
    server.set("ENVIRONMENTS__KEYCLOAK__ISSUER", &keycloak);
    let auth0 = format!("http://{}/", server.at("auth0"));
    server.set("ENVIRONMENTS__AUTH0__ISSUER", &auth0);
    server.start();
    server
}

fn issuer(server: &Server, environment: &str) -> String {
    let behind = match environment {
        "keycloak" => "/realms/shop",
        "auth0" => "/",
        _ => "",
    };
    format!("http://{}{behind}", server.at(environment))
}

fn client(server: &Server, environment: &str) -> Credential {
    server.credential(environment, &["--version", "v1", "--allow", "orders=read"])
}

fn claims(token: &str) -> Value {
    let part = token.split('.').nth(1).unwrap();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
}

#[test]
fn b2_token_requests_go_to_the_old_address_and_answers_have_the_old_members() {
    let server = server();
    for (environment, path, metadata, keys, members) in MOVED {
        let authority = server.at(environment);
        let client = client(&server, environment);
        let answer = Request::post(path)
            .basic(&client)
            .form(form(&[
                ("grant_type", "client_credentials"),
                ("scope", "orders.read"),
            ]))
            .send(authority);
        assert_eq!(answer.status, 200, "{environment}: {answer:?}");
        let body: Value = answer.json();
        let text = String::from_utf8(answer.body.clone()).unwrap();
        let mut at = 0;
        for member in members.split(' ') {
            let found = text[at..].find(&format!("\"{member}\":"));
            at += found.unwrap_or_else(|| panic!("{environment}: {member} in {text}"));
        }
        let names = body.as_object().unwrap().len();
        assert_eq!(names, members.split(' ').count(), "{environment}: {text}");

        let issuer = issuer(&server, environment);
        let document = Request::get(metadata).send(authority).json();
        assert_eq!(document["issuer"], issuer.as_str(), "{environment}");
        assert_eq!(
            document["token_endpoint"],
            format!("http://{authority}{path}")
        );
        assert_eq!(document["jwks_uri"], format!("http://{authority}{keys}"));
        let set = Request::get(keys).send(authority);
        assert_eq!(set.status, 200, "{environment}");
        let token = body["access_token"].as_str().unwrap();
        if environment != "hydra" {
            assert_eq!(claims(token)["iss"], issuer.as_str(), "{environment}");
            assert_eq!(set.json()["keys"][0]["alg"], "RS256");
        }
        let introspection = document["introspection_endpoint"].as_str().unwrap();
        let asked = Request::post(introspection.split_once(authority).unwrap().1)
            .basic(&client)
            .form(form(&[("token", token)]))
            .send(authority)
            .json();
        assert_eq!(asked["active"], true, "{environment}: {asked}");
        assert_eq!(asked["iss"], issuer.as_str());
    }
}

#[test]
fn rfc8414_an_issuer_with_a_path_has_its_metadata_at_both_places_and_at_its_host() {
    let server = server();
    let authority = server.at("keycloak");
    let documents = [
        "/.well-known/oauth-authorization-server/realms/shop",
        "/realms/shop/.well-known/openid-configuration",
        "/.well-known/openid-configuration",
    ]
    .map(|path| Request::get(path).send(authority).json());
    assert_eq!(documents[0], documents[1]);
    assert_eq!(documents[0], documents[2]);
    let other = Request::get("/realms/other/.well-known/openid-configuration").send(authority);
    assert_eq!(other.status, 404);
}

#[test]
fn b2_json_with_a_member_of_the_old_server_is_understood() {
    let server = server();
    let client = client(&server, "auth0");
    let asked = json!({
        "grant_type": "client_credentials", "client_id": client.client_id, "client_secret": client.client_secret,
        "audience": "https://api.example.com/",
    });
    let answer = Request::post("/oauth/token")
        .body("application/json", asked.to_string())
        .send(server.at("auth0"));
    assert_eq!(answer.status, 200, "{answer:?}");
    assert_eq!(answer.json()["token_type"], "Bearer");
}

/// The configuration that a guide begins with.
fn configuration(guide: &str) -> &str {
    let (_, behind) = guide.split_once("```toml\n").unwrap();
    behind.split_once("```").unwrap().0
}

/// `grantor check` may warn of what a dialect relaxes, and of a database that is not there yet; a key that does not exist or a path that is
/// taken ends it.
#[test]
fn b2_the_guides_for_moving_in_begin_with_configurations_that_hold() {
    let guides = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/moving");
    let folder = Folder::new();
    let mut checked = 0;
    for guide in std::fs::read_dir(guides).unwrap() {
        let guide = guide.unwrap().path();
        let text = std::fs::read_to_string(&guide).unwrap();
        let config = folder.join("grantor.toml");
        std::fs::write(&config, configuration(&text)).unwrap();
        let check = binary()
            .args(["--config", config.to_str().unwrap(), "check"])
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&check.stderr);
        assert!(check.status.success(), "{}: {said}", guide.display());
        checked += 1;
    }
    assert_eq!(checked, 7);
}
