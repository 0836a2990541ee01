//! The authorization endpoint (RFC 6749 §3.1): where a browser goes, and where it is sent from there.

use oauth::dialect::quirks::{AuthorizationIss, MissingResponseType, Pkce};
use serde_json::{Value, json};

use super::Described;
use super::samples::{CLIENT_ID, CODE_CHALLENGE, REDIRECT_URI};

impl Described<'_> {
    /// `GET` on the authorization path.
    pub fn authorization(&self) -> Value {
        json!({
            "summary": "Send a person here to allow your program",
            "description": "A page for a browser, not for a program: the person signs in, allows, and is sent back to the redirect URI with a code. Until the redirect URI is known to be the client's, an error is a page; from then on it comes to the redirect URI as `error`.",
            "operationId": "authorize",
            "tags": ["Sign-in"],
            "security": [],
            "parameters": self.authorization_parameters(),
            "responses": {
                "200": page("Signing in, or allowing.", "sign_in", "Nobody is signed in yet."),
                "303": self.redirected(),
                "400": page("No such client, or a redirect URI that is not registered: the browser is not sent there.", "refused", "The client or the redirect URI is unknown."),
                "503": page("Something of ours is away. Try again.", "unavailable", "Something of ours is away."),
            },
        })
    }

    fn authorization_parameters(&self) -> Vec<Value> {
        let quirks = &self.environment.dialect.quirks;
        let named = quirks.missing_response_type == MissingResponseType::Refused;
        let challenged = quirks.pkce == Pkce::Required;
        let scope = self.samples.scope.as_str();
        let parameter = |name: &str, required: bool, example: &str, description: &str| {
            let mut parameter = json!({
                "name": name, "in": "query", "required": required,
                "description": description, "schema": { "type": "string" },
            });
            if !example.is_empty() {
                parameter["example"] = json!(example);
            }
            parameter
        };
        vec![
            parameter("response_type", named, "code", "Always `code`."),
            parameter("client_id", true, CLIENT_ID, "Whose request it is."),
            parameter(
                "redirect_uri",
                true,
                REDIRECT_URI,
                "Where the answer goes: letter by letter as it is registered.",
            ),
            parameter(
                "state",
                false,
                "af0ifjsldkj",
                "Comes back unchanged: how you know that the answer is to your question.",
            ),
            parameter(
                "scope",
                false,
                scope,
                "What the token is to open, separated by spaces. Without it: all that the client may have.",
            ),
            parameter(
                "code_challenge",
                challenged,
                CODE_CHALLENGE,
                "RFC 7636: the SHA-256 of the code verifier, in base64url.",
            ),
            parameter(
                "code_challenge_method",
                challenged,
                "S256",
                "Always `S256`.",
            ),
            parameter("prompt", false, "", "`login`, `consent` or `none`."),
            parameter(
                "login_hint",
                false,
                "",
                "The name that stands in the sign-in form.",
            ),
            parameter(
                "ui_locales",
                false,
                "",
                "In which languages to speak, separated by spaces.",
            ),
        ]
    }

    fn redirected(&self) -> Value {
        let location = |outcome: &[(&str, &str)]| {
            let mut query = form_urlencoded::Serializer::new(String::new());
            query.extend_pairs(outcome);
            query.append_pair("state", "af0ifjsldkj");
            if self.environment.dialect.quirks.authorization_iss == AuthorizationIss::Sent {
                query.append_pair("iss", &self.environment.issuer);
            }
            format!("{REDIRECT_URI}?{}", query.finish())
        };
        json!({
            "description": "Back to the redirect URI: with a `code`, or with an `error`.",
            "headers": { "Location": {
                "description": "The redirect URI, and what came of it.",
                "schema": { "type": "string", "format": "uri" },
                "examples": {
                    "code": { "summary": "The person allowed it.", "value": location(&[("code", &self.samples.code)]) },
                    "access_denied": { "summary": "The person did not.", "value": location(&[("error", "access_denied")]) },
                },
            } },
        })
    }
}

fn page(description: &str, name: &str, summary: &str) -> Value {
    let html = "<!doctype html>\n<html lang=\"en\">…</html>\n";
    json!({
        "description": description,
        "content": { "text/html": {
            "schema": { "type": "string" },
            "examples": { name: { "summary": summary, "value": html } },
        } },
    })
}
