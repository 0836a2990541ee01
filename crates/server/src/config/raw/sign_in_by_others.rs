//! `[environments.NAME.staff_sign_in]` and `[environments.NAME.hand_over]`, as written.

use serde::Deserialize;

use super::Texts;

/// `[environments.NAME.staff_sign_in]`
#[derive(Debug, Default, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct RawStaffSignIn {
    /// Your identity provider, exactly as its discovery document names itself (OpenID Connect Discovery 1.0). Register this
    /// redirect URI there: the environment's `url` and `/portal/staff/callback`.
    #[cfg_attr(test, schemars(extend("x-example" = "https://login.example.com", "x-required" = true)))]
    pub issuer: Option<String>,
    /// The client id that the provider gave to Grantor.
    #[cfg_attr(test, schemars(extend("x-example" = "grantor", "x-required" = true)))]
    pub client_id: Option<String>,
    /// File that holds the client's secret. It is read at each sign-in, so that a new secret needs no restart.
    #[cfg_attr(test, schemars(extend("x-example" = "staff-client-secret")))]
    pub client_secret_file: Option<String>,
    /// The variable that holds the client's secret, where there is no file.
    #[cfg_attr(test, schemars(extend("x-example" = "STAFF_CLIENT_SECRET")))]
    pub client_secret_env: Option<String>,
    /// What is asked of the provider. Some know no scope `groups`, and send groups all the same.
    #[cfg_attr(test, schemars(extend("x-default" = ["openid", "profile", "email", "groups"])))]
    pub scopes: Option<Texts>,
    /// The claim that lists a person's groups.
    #[cfg_attr(test, schemars(extend("x-default" = "groups")))]
    pub groups_claim: Option<String>,
    /// The groups whose members are operators here. Who is in none of them is not let in.
    #[cfg_attr(test, schemars(extend("x-example" = ["grantor-operators"], "x-required" = true)))]
    pub operator_groups: Option<Texts>,
    /// The claim that names a person on the pages. Default: preferred_username, else email, else sub.
    #[cfg_attr(test, schemars(extend("x-example" = "email")))]
    pub username_claim: Option<String>,
    /// What stands on the button. Default: a sentence in the language of the page.
    #[cfg_attr(test, schemars(extend("x-example" = "Sign in with Acme")))]
    pub label: Option<String>,
    /// Whether operators that `grantor people create` made may still sign in with a password.
    #[cfg_attr(test, schemars(extend("x-default" = true)))]
    pub password_sign_in: Option<bool>,
}

/// `[environments.NAME.hand_over]`
#[derive(Debug, Default, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct RawHandOver {
    /// `iss` of the hand-overs that your own product signs.
    #[cfg_attr(test, schemars(extend("x-example" = "https://app.example.com", "x-required" = true)))]
    pub issuer: Option<String>,
    /// Files with its public keys: PEM, a JWK or a JWK set. EdDSA, ES256 and RS256 are believed.
    #[cfg_attr(test, schemars(extend("x-example" = ["product.pem"])))]
    pub keys: Option<Texts>,
    /// Where it publishes its keys as a JWK set, where there are no files.
    #[cfg_attr(test, schemars(extend("x-example" = "https://app.example.com/jwks.json")))]
    pub jwks_url: Option<String>,
}
