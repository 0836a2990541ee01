//! What the provider says about a person, judged (OpenID Connect Core 1.0 §3.1.3.7).

use super::provider::Metadata;
use crate::config::StaffSignIn;
use crate::context::Context;
use crate::signatures::claims::{Claims, ClaimsRefusal};
use crate::signatures::{Presented, SignatureRefusal};

/// The longest subject (Core §2).
const LONGEST_SUBJECT: usize = 255;

/// Why it is not believed.
#[derive(Debug, thiserror::Error)]
pub enum IdTokenRefusal {
    /// The signature.
    #[error("the id token: {0}")]
    Signature(#[from] SignatureRefusal),
    /// From whom, for whom, when.
    #[error("the id token: {0}")]
    Claims(ClaimsRefusal),
    /// It was made for another client, which only passes it on (`azp`).
    #[error("the id token was made for another client")]
    PartyWrong,
    /// It belongs to another sign-in.
    #[error("the id token belongs to another sign-in")]
    NonceWrong,
    /// It names nobody.
    #[error("the id token names nobody")]
    NoSubject,
    /// The userinfo endpoint speaks of someone else (Core §5.3.2).
    #[error("the userinfo answer is about someone else")]
    UserInfoOfAnother,
}

impl IdTokenRefusal {
    /// The name in the log and the metrics.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Signature(refusal) => refusal.name(),
            Self::Claims(refusal) => refusal.name(),
            Self::PartyWrong => "AuthorizedPartyWrong",
            Self::NonceWrong => "NonceWrong",
            Self::NoSubject => "IdTokenWithoutSubject",
            Self::UserInfoOfAnother => "UserInfoOfAnother",
        }
    }
}

/// Signed by the provider, for us, and now. Whether it belongs to this sign-in, its nonce says.
///
/// # Errors
/// See [`IdTokenRefusal`].
pub async fn judge(
    context: &Context,
    configured: &StaffSignIn,
    metadata: &Metadata,
    token: &str,
) -> Result<Claims, IdTokenRefusal> {
    let presented = Presented::read(token)?;
    let (platform, keys) = (&context.platform, &context.issuer.provider.keys);
    let claims = keys
        .verify(
            &presented,
            &platform.outbound,
            metadata.jwks_uri.as_str(),
            context.now,
        )
        .await?;
    claims
        .judge(&configured.issuer, &configured.client_id, context.now)
        .map_err(IdTokenRefusal::Claims)?;
    let party = claims.text("azp");
    let several = claims.texts("aud").len() > 1;
    if party.is_some_and(|party| party != configured.client_id) || (several && party.is_none()) {
        return Err(IdTokenRefusal::PartyWrong);
    }
    let subject = claims.text("sub");
    if subject.is_none_or(|subject| subject.len() > LONGEST_SUBJECT || subject.contains('\0')) {
        return Err(IdTokenRefusal::NoSubject);
    }
    Ok(claims)
}
