use super::{refreshable_answer, token_answer};
use crate::request::{form, hold};
use oauth::dialect::{
    AccessTokenFormat, ClientIdLook, Dialect, ForcedPasswordChange, MissingResponseType,
    RedirectUriAtToken, RefreshRotation,
};
use oauth::{ErrorCode, PresentedMethod};

fn dialect() -> Dialect {
    Dialect::named("dotnetopenauth").unwrap()
}

#[test]
fn requests() {
    hold(
        &dialect(),
        &[
            (
                "PX6 the documented request",
                form("grant_type=client_credentials&client_id=a&client_secret=b"),
                "client_credentials client_secret_post a/b",
            ),
            (
                "PX4 a code, without redirect_uri",
                form(
                    "code=XTzM%21IAAAACbPTzQJXwFhM&grant_type=authorization_code&client_id=a&client_secret=b",
                ),
                "authorization_code client_secret_post a/b",
            ),
            (
                "PX5 a refresh token",
                form(
                    "refresh_token=Gcp7%21IAAAAB&grant_type=refresh_token&client_id=a&client_secret=b",
                ),
                "refresh_token client_secret_post a/b",
            ),
            (
                "PX7 a password",
                form("grant_type=password&client_id=a&client_secret=b&username=u%40x&password=p"),
                "password client_secret_post a/b",
            ),
            (
                "Basic is not read here",
                form("grant_type=client_credentials").basic("a:b"),
                "401 invalid_client",
            ),
            (
                "Basic and the body",
                form("grant_type=client_credentials&client_id=a&client_secret=b").basic("a:b"),
                "400 invalid_request",
            ),
        ],
    );
}

#[test]
fn answers() {
    // PX6: no refresh token, and no scope even where there is one.
    assert_eq!(
        token_answer(&dialect(), "x"),
        r#"{"access_token":"t-1","token_type":"Bearer","expires_in":3600}"#
    );
    assert_eq!(
        refreshable_answer(&dialect(), ""),
        r#"{"access_token":"t-1","token_type":"Bearer","expires_in":3600,"refresh_token":"r-1"}"#
    );
    assert_eq!(
        dialect().write_error(ErrorCode::InvalidClient, "r").status,
        401
    );
}

#[test]
fn row() {
    let dialect = dialect();
    assert_eq!(dialect.paths.token, "/token");
    assert_eq!(dialect.paths.authorization, "/Authorization");
    assert_eq!(
        dialect.paths.change_password.as_deref(),
        Some("/token/ChangePassword")
    );
    assert_eq!(dialect.defaults.access_token_lifetime, 600);
    assert_eq!(dialect.defaults.authorization_code_lifetime, 180);
    assert_eq!(
        dialect.defaults.access_token_format,
        AccessTokenFormat::OpaqueBase64url
    );
    assert_eq!(dialect.defaults.client_id_look, ClientIdLook::Uuid);
    assert_eq!(
        dialect.client_authentication_methods(),
        [PresentedMethod::ClientSecretPost]
    );
    assert_eq!(
        dialect.quirks.missing_response_type,
        MissingResponseType::MeansCode
    );
    assert_eq!(
        dialect.quirks.redirect_uri_at_token,
        RedirectUriAtToken::NotNeeded
    );
    assert_eq!(dialect.quirks.refresh_rotation, RefreshRotation::Strict);
    assert_eq!(
        dialect.quirks.forced_password_change,
        ForcedPasswordChange::Answered
    );
    let axes: Vec<_> = dialect.relaxations().iter().map(|r| r.axis).collect();
    assert_eq!(
        axes,
        [
            "client_authentication_in",
            "token_response_members",
            "missing_response_type",
            "pkce",
            "redirect_uri_at_token",
            "forced_password_change"
        ]
    );
}
