//! H3, S031 and S205: what a refusal looks like, in every dialect.

use oauth::{Dialect, ErrorCode, PresentedRefusal, RequestRefusal};

fn dialects() -> impl Iterator<Item = Dialect> {
    Dialect::NAMES
        .iter()
        .map(|name| Dialect::named(name).unwrap())
}

#[test]
fn s031_every_text_keeps_to_the_allowed_characters() {
    for dialect in dialects() {
        for code in ErrorCode::ALL {
            let response = dialect.write_error(code, "realm");
            let body: serde_json::Value = serde_json::from_slice(&response.body).unwrap();
            let members = body.as_object().unwrap();
            assert_eq!(members["error"], code.as_str());
            for (name, text) in members {
                assert!(["error", "error_description"].contains(&name.as_str()));
                let text = text.as_str().unwrap();
                assert!(!text.is_empty());
                let allowed = |c| matches!(c, '\x20'..='\x21' | '\x23'..='\x5b' | '\x5d'..='\x7e');
                assert!(text.chars().all(allowed), "{}: {text}", dialect.name);
            }
        }
    }
}

#[test]
fn h3_statuses() {
    let dialect = Dialect::default();
    for (code, status) in [
        (ErrorCode::InvalidRequest, 400),
        (ErrorCode::InvalidClient, 401),
        (ErrorCode::InvalidGrant, 400),
        (ErrorCode::UnauthorizedClient, 400),
        (ErrorCode::UnsupportedGrantType, 400),
        (ErrorCode::InvalidScope, 400),
        (ErrorCode::InvalidTarget, 400),
        (ErrorCode::InvalidToken, 401),
        (ErrorCode::InsufficientScope, 403),
        (ErrorCode::TooManyRequests, 429),
        (ErrorCode::ServerError, 500),
        (ErrorCode::TemporarilyUnavailable, 503),
    ] {
        let response = dialect.write_error(code, "realm");
        assert_eq!(response.status, status, "{code:?}");
        assert_eq!(
            response.www_authenticate.is_some(),
            code == ErrorCode::InvalidClient,
            "{code:?}"
        );
    }
}

#[test]
fn s205_words_of_the_server_cannot_break_out_of_the_json_or_the_header() {
    let response = Dialect::default().write_error_saying(
        ErrorCode::TooManyRequests,
        "60 requests\",\"error\":\"x\\ per minute\n",
        "realm",
    );
    assert_eq!(response.status, 429);
    let body: serde_json::Value = serde_json::from_slice(&response.body).unwrap();
    assert_eq!(body["error"], "temporarily_unavailable");
    assert_eq!(
        body["error_description"],
        "60 requests?,?error?:?x? per minute?"
    );
    let challenged = Dialect::default().write_error(ErrorCode::InvalidClient, "a\"b\\c\r\nd");
    assert_eq!(
        challenged.www_authenticate.as_deref(),
        Some("Basic realm=\"abcd\"")
    );
}

#[test]
fn a_reason_is_logged_by_its_name() {
    assert_eq!(
        RequestRefusal::GrantTypeInQueryAndBody.to_string(),
        "GrantTypeInQueryAndBody"
    );
    assert_eq!(PresentedRefusal::TwoMethods.to_string(), "TwoMethods");
}
