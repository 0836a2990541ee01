//! Client authentication as it is presented: S034, S039 to S047, S051.

use crate::request::{Request, form, hold};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use oauth::{Dialect, ErrorCode, PresentedMethod, PresentedRefusal};

const ASKED: &str = "grant_type=client_credentials";

fn refusal(request: &Request) -> PresentedRefusal {
    request.read(|parts| {
        let dialect = Dialect::default();
        let parameters = dialect.read_token_parameters(parts).unwrap();
        dialect
            .read_client_credentials(parts, &parameters)
            .unwrap_err()
    })
}

fn with(more: &str) -> Request {
    form(&format!("{ASKED}&{more}"))
}

#[test]
fn one_method() {
    let basic = |text: &str| form(ASKED).basic(text);
    hold(
        &Dialect::default(),
        &[
            ("S034 nothing", form(ASKED), "client_credentials"),
            (
                "S034 an id alone",
                with("client_id=a"),
                "client_credentials a/-",
            ),
            (
                "S051 an empty secret is none",
                with("client_id=a&client_secret="),
                "client_credentials a/-",
            ),
            (
                "Basic",
                basic("a:b"),
                "client_credentials client_secret_basic a/b",
            ),
            (
                "a colon in the secret",
                basic("a:b:c"),
                "client_credentials client_secret_basic a/b:c",
            ),
            (
                "S042 form-encoded: the RFC's reading first, then the raw one",
                basic("cl%3Aient%2F1:s+e%2Bc"),
                "client_credentials client_secret_basic cl:ient/1/s e+c cl%3Aient%2F1/s+e%2Bc",
            ),
            (
                "a raw secret with a lone percent sign",
                basic("a:100%"),
                "client_credentials client_secret_basic a/100%",
            ),
            (
                "a raw secret that decodes to no text",
                basic("a:%ff"),
                "client_credentials client_secret_basic a/%ff",
            ),
            (
                "a raw secret that decodes to a control character",
                basic("a:x%0a"),
                "client_credentials client_secret_basic a/x%0a",
            ),
            (
                "UTF-8",
                basic("a:pä"),
                "client_credentials client_secret_basic a/pä",
            ),
            (
                "S041 the same id in the body",
                with("client_id=a").basic("a:b"),
                "client_credentials client_secret_basic a/b",
            ),
            (
                "S041 an empty id in the body",
                with("client_id=").basic("a:b"),
                "client_credentials client_secret_basic a/b",
            ),
            (
                "the body's id decides between the readings",
                with("client_id=a%2Bb").basic("a+b:c"),
                "client_credentials client_secret_basic a+b/c",
            ),
            (
                "and the other way round",
                with("client_id=a+b").basic("a+b:c"),
                "client_credentials client_secret_basic a b/c",
            ),
            (
                "an empty secret in the body beside Basic",
                with("client_secret=").basic("a:b"),
                "client_credentials client_secret_basic a/b",
            ),
        ],
    );
}

#[test]
fn s045_the_scheme_knows_no_case() {
    for scheme in ["Basic", "basic", "bAsIc", "BASIC "] {
        let request = form(ASKED).authorization(&format!("{scheme} YTpi"));
        request.read(|parts| {
            let dialect = Dialect::default();
            let parameters = dialect.read_token_parameters(parts).unwrap();
            let presented = dialect.read_client_credentials(parts, &parameters).unwrap();
            assert_eq!(presented.method, PresentedMethod::ClientSecretBasic);
            assert_eq!(presented.client_id(), Some("a"));
        });
    }
}

#[test]
fn s039_s040_two_methods() {
    for request in [
        with("client_secret=b").basic("a:b"),
        with("client_id=a&client_secret=b").basic("a:b"),
        with("client_assertion=x").basic("a:b"),
        with("client_assertion_type=x").basic("a:b"),
        with("client_id=a&client_secret=b&client_assertion=x"),
        with("client_id=a&client_secret=b&client_assertion_type=urn:x"),
        with("client_id=a&client_secret=b").authorization("Bearer x"),
        with("client_assertion=x").authorization("Bearer x"),
        with("client_id=a&client_secret=b").authorization("Basic !"),
    ] {
        assert_eq!(refusal(&request), PresentedRefusal::TwoMethods);
    }
    assert_eq!(
        PresentedRefusal::TwoMethods.code(),
        ErrorCode::InvalidRequest
    );
    let differ = refusal(&with("client_id=B").basic("A:b"));
    assert_eq!(differ, PresentedRefusal::ClientIdsDiffer);
    assert_eq!(differ.code(), ErrorCode::InvalidRequest);
}

#[test]
fn s044_broken_basic() {
    let encoded = |bytes: &[u8]| format!("Basic {}", STANDARD.encode(bytes));
    for header in [
        encoded(b"no colon"),
        encoded(b":secret"),
        encoded(b"id:"),
        encoded(b":"),
        encoded(b""),
        encoded(b"a:\xff\xfe"),
        encoded(b"a:b\n"),
        encoded(b"a:b\0"),
        "Basic".to_owned(),
        "Basic ".to_owned(),
        "Basic not base64".to_owned(),
        "Basic YTpi\n".to_owned(),
        "Basic YT\npi".to_owned(),
        "Basic YTpiYw".to_owned(),
        "Basic YTo_Pw==".to_owned(),
        "Basic YTpiYx==".to_owned(),
        "Basic YTpi YTpi".to_owned(),
    ] {
        let refusal = refusal(&form(ASKED).authorization(&header));
        assert_eq!(refusal, PresentedRefusal::BrokenBasic, "{header}");
        assert_eq!(refusal.code(), ErrorCode::InvalidClient);
    }
}

#[test]
fn s046_one_authorization_header() {
    for request in [
        form(ASKED).basic("a:b").basic("a:b"),
        form(ASKED).basic("a:b").authorization("Bearer x"),
        form(ASKED).authorization("Basic YTpi, Bearer x"),
        form(ASKED).authorization("Bearer x, Basic YTpi"),
        form(ASKED).authorization("Basic YTpi,Basic YTpi"),
    ] {
        let refusal = refusal(&request);
        assert_eq!(refusal, PresentedRefusal::TwoAuthorizationHeaders);
        assert_eq!(refusal.code(), ErrorCode::InvalidRequest);
    }
}

#[test]
fn s047_another_scheme_is_not_ignored() {
    for header in ["Bearer x", "Negotiate x", "Basicx YTpi", "", "Bearer"] {
        let refusal = refusal(&form(ASKED).authorization(header));
        assert_eq!(refusal, PresentedRefusal::OtherScheme, "{header}");
        assert_eq!(refusal.code(), ErrorCode::InvalidClient);
    }
}

#[test]
fn an_assertion_alone_is_a_method_that_is_not_there() {
    for more in ["client_assertion=x", "client_assertion_type=x&client_id=a"] {
        let refusal = refusal(&with(more));
        assert_eq!(refusal, PresentedRefusal::AssertionNotSupported);
        assert_eq!(refusal.code(), ErrorCode::InvalidClient);
    }
}

#[test]
fn a_secret_without_an_id() {
    let refusal = refusal(&with("client_secret=b"));
    assert_eq!(refusal, PresentedRefusal::ClientIdMissing);
    assert_eq!(refusal.code(), ErrorCode::InvalidClient);
}

#[test]
fn s029_basic_has_the_same_limits() {
    let long = "x".repeat(257);
    for text in [
        format!("{long}:b"),
        format!("a:{long}"),
        format!("a:{}", "%41".repeat(257)),
    ] {
        let refusal = refusal(&form(ASKED).basic(&text));
        assert_eq!(refusal, PresentedRefusal::BasicTooLong);
        assert_eq!(refusal.code(), ErrorCode::InvalidClient);
    }
    // Encoded it is longer than 256, decoded it is not: only that reading is left.
    let encoded = "%41".repeat(256);
    hold(
        &Dialect::default(),
        &[(
            "encoded",
            form(ASKED).basic(&format!("a:{encoded}")),
            &format!(
                "client_credentials client_secret_basic a/{}",
                "A".repeat(256)
            ),
        )],
    );
}

#[test]
fn s300_debug_shows_nothing_of_the_credentials() {
    form(ASKED).basic("canary+id:canary+secret").read(|parts| {
        let dialect = Dialect::default();
        let parameters = dialect.read_token_parameters(parts).unwrap();
        let presented = dialect.read_client_credentials(parts, &parameters).unwrap();
        assert_eq!(presented.candidates().count(), 2);
        assert!(!format!("{presented:?}").contains("canary"));
    });
}
