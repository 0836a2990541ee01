//! The server that most tests share: plain OAuth 2.1 (`rfc6749`), an environment for each thing that can differ.
//!
//! Tests run at the same time, so none of them may disturb the others here: each makes the credentials it needs, and what
//! concerns a whole environment (its keys, its limits) has a server of its own.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use super::cli::Credential;
use super::database::Database;
use super::request::{Request, form};
use super::server::{Server, Setup};
use super::upstream::Upstream;
use super::wire::Answer;

/// What credentials can be made for.
pub const VERSIONS: &str = r#"
[[versions]]
name = "v1"
scopes = ["Orders", "Tags"]
permissions = true

[[versions]]
name = "v2"
scopes = ["Orders"]
permissions = true
"#;

/// A route of each kind.
pub const ROUTES: &str = r#"
[[routes]]
path = "/v1/orders"
version = "v1"
scope = "orders"
upstream = "http://127.0.0.1:9000"
[[routes]]
path = "/v1/tags"
version = "v1"
scope = "tags"
upstream = "http://127.0.0.1:9000"
[[routes]]
path = "/any"
upstream = "http://127.0.0.1:9000"
[[routes]]
path = "/public"
public = true
upstream = "http://127.0.0.1:9000"
"#;

const OF_ENVIRONMENTS: &str = r#"
# The usual one: opaque tokens, generated secrets.
[environments.production]

# Another of the same kind.
[environments.sandbox]

# JWTs, one environment per algorithm.
[environments.eddsa]
access_token_format = "jwt"
[environments.es256]
access_token_format = "jwt"
signing_algorithm = "ES256"
[environments.rs256]
access_token_format = "jwt"
signing_algorithm = "RS256"

# Tokens that end while a test waits.
[environments.brief]
access_token_lifetime = "2s"
authorization_code_lifetime = "1s"
refresh_token_lifetime = "2s"
[environments.briefjwt]
access_token_format = "jwt"
access_token_lifetime = "2s"

# Secrets that a person chose.
[environments.chosen]
secrets = "chosen"

# Nobody is asked, a used refresh token ends its family, PKCE is optional, passwords are changed by program.
[environments.legacy]
dialect = "dotnetopenauth"
"#;

const ENVIRONMENTS: [&str; 9] = [
    "production",
    "sandbox",
    "eddsa",
    "es256",
    "rs256",
    "brief",
    "briefjwt",
    "chosen",
    "legacy",
];

pub struct House {
    pub server: Server,
    pub upstream: Upstream,
}

/// The configuration above, for a server of one's own.
pub fn setup() -> Setup {
    let config = format!("{VERSIONS}{OF_ENVIRONMENTS}{ROUTES}");
    Setup::written(&config, &ENVIRONMENTS)
}

/// The shared house on the usual database.
pub fn house() -> &'static House {
    match std::env::var("GRANTOR_TEST_DATABASE").as_deref() {
        Ok("postgres") => {
            postgres_house().expect("GRANTOR_TEST_DATABASE=postgres needs GRANTOR_TEST_POSTGRES")
        }
        _ => sqlite_house(),
    }
}

pub fn sqlite_house() -> &'static House {
    static HOUSE: OnceLock<House> = OnceLock::new();
    HOUSE.get_or_init(|| House::new(Database::Sqlite))
}

pub fn postgres_house() -> Option<&'static House> {
    static HOUSE: OnceLock<Option<House>> = OnceLock::new();
    HOUSE
        .get_or_init(|| Database::postgres().map(House::new))
        .as_ref()
}

impl House {
    pub fn new(database: Database) -> Self {
        let upstream = Upstream::start();
        let server = setup().upstream(&upstream.authority).on(database).start();
        Self { server, upstream }
    }

    /// A new credential with every permission on orders.
    pub fn credential(&self, environment: &str) -> Credential {
        self.server
            .credential(environment, &["--version", "v1", "--allow", "orders=all"])
    }

    /// A credential that may introspect every client's tokens.
    pub fn resource_server(&self, environment: &str) -> Credential {
        self.server.credential(
            environment,
            &[
                "--resource-server",
                "--version",
                "v1",
                "--allow",
                "tags=read",
            ],
        )
    }

    /// A public client: it has no secret.
    pub fn public_client(&self, environment: &str) -> Credential {
        let how = [
            "--version",
            "v1",
            "--allow",
            "orders=read",
            "--public",
            "--grant-type",
            "authorization_code",
            "--redirect-uri",
            "https://app.example.com/back",
        ];
        self.server.credential(environment, &how)
    }

    /// A confidential client of a grant that involves a person.
    pub fn client_of(&self, environment: &str, grant: &str, more: &[&str]) -> Credential {
        self.server.client_of(environment, grant, more)
    }

    /// A new person of the account `Acme` with [`PASSWORD`]; answers the name to sign in with.
    pub fn person(&self, environment: &str, more: &[&str]) -> String {
        static MADE: AtomicU32 = AtomicU32::new(0);
        let username = format!("person{}", MADE.fetch_add(1, Ordering::Relaxed));
        self.person_named(environment, &username, more);
        username
    }

    /// The same with a name; answers the id.
    pub fn person_named(&self, environment: &str, username: &str, more: &[&str]) -> String {
        self.server.person(environment, username, more)
    }

    /// Sends a form to the token endpoint, with HTTP Basic.
    pub fn ask(&self, environment: &str, credential: &Credential, encoded: &str) -> Answer {
        Request::post(TOKEN)
            .basic(credential)
            .form(encoded)
            .send(self.server.at(environment))
    }

    /// A new access token with all that the credential has.
    pub fn token(&self, environment: &str, credential: &Credential) -> String {
        access_token(&self.ask(environment, credential, GRANT))
    }

    /// What introspection says to this client about a token.
    pub fn introspect(&self, environment: &str, asker: &Credential, token: &str) -> Answer {
        Request::post(INTROSPECT)
            .basic(asker)
            .form(form(&[("token", token)]))
            .send(self.server.at(environment))
    }

    pub fn revoke(&self, environment: &str, asker: &Credential, token: &str) -> Answer {
        Request::post(REVOKE)
            .basic(asker)
            .form(form(&[("token", token)]))
            .send(self.server.at(environment))
    }

    /// Whether its own client hears that a token is live.
    pub fn is_active(&self, environment: &str, owner: &Credential, token: &str) -> bool {
        let answer = self.introspect(environment, owner, token);
        assert_eq!(answer.status, 200, "{answer:?}");
        answer.json()["active"].as_bool().unwrap()
    }

    /// `GET /v1/orders` with a token.
    pub fn orders(&self, environment: &str, token: &str) -> Answer {
        Request::get("/v1/orders")
            .bearer(token)
            .send(self.server.at(environment))
    }
}

pub const CALLBACK: &str = "https://app.example.com/back";
pub const PASSWORD: &str = "tomato bicycle";
pub const TOKEN: &str = "/oauth/token";
pub const INTROSPECT: &str = "/oauth/introspect";
pub const REVOKE: &str = "/oauth/revoke";
pub const GRANT: &str = "grant_type=client_credentials";

pub fn access_token(answer: &Answer) -> String {
    assert_eq!(
        answer.status,
        200,
        "{}",
        String::from_utf8_lossy(&answer.body)
    );
    answer.json()["access_token"].as_str().unwrap().to_owned()
}
