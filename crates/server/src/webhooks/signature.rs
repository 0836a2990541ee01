//! The signature of a webhook (Standard Webhooks, "signature scheme"): HMAC-SHA256 over id, time and body.

use std::sync::Arc;

use aws_lc_rs::hmac;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use secrecy::{ExposeSecret, SecretSlice};

/// The value of `webhook-signature`: a signature by each secret, the newest first. `seconds` since 1970 as in `webhook-timestamp`.
pub fn of(secrets: &[Arc<SecretSlice<u8>>], id: &str, seconds: i64, body: &str) -> String {
    let signed = format!("{id}.{seconds}.{body}");
    let one = |secret: &Arc<SecretSlice<u8>>| {
        let key = hmac::Key::new(hmac::HMAC_SHA256, secret.expose_secret());
        let tag = hmac::sign(&key, signed.as_bytes());
        format!("v1,{}", STANDARD.encode(tag.as_ref()))
    };
    secrets.iter().map(one).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    /// The example of the specification's reference libraries.
    #[test]
    fn it_is_the_one_of_the_reference_libraries() {
        let secret = STANDARD.decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
        let secrets = [Arc::new(SecretSlice::from(secret))];
        let signature = of(
            &secrets,
            "msg_p5jXN8AQM9LWM0D4loKWxJek",
            1_614_265_330,
            r#"{"test": 2432232314}"#,
        );
        assert_eq!(signature, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }
}
