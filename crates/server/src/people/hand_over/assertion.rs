//! A hand-over that the platform's own product signed (JWT, RFC 7519): who comes, of which account, with which rights.
//!
//! It lives five minutes at most and counts once: its `jti` is written down before anything comes of it, by one
//! conditional write. It signs nobody in: it becomes a link ([`tickets`]) that shows who one would be.

use aws_lc_rs::digest::{Context as Hashing, SHA256};
use store::{Actor, AuditEvent, Millis, Role, SpentKind, StoreError, TicketKind};

use super::{Arriving, HandOverRefusal, take_over};
use crate::config::SignersKeys;
use crate::context::Context;
use crate::people::tickets::{self, Holder, Link, TicketError};
use crate::signatures::claims::{Claims, ClaimsRefusal, LEEWAY};
use crate::signatures::{Presented, SignatureRefusal};

/// The longest time from `iat` to `exp`: a browser needs a moment, a thief wants longer.
const LONGEST_LIFE: Millis = 5 * 60 * 1000;
/// How long an id is remembered after its end, so that no clock finds it both forgotten and in time.
const REMEMBER: Millis = 10 * 60 * 1000;
/// The longest id, in bytes.
const LONGEST_ID: usize = 256;

/// Why it is refused. All of them are one page outside.
#[derive(Debug, thiserror::Error)]
pub enum AssertionRefusal {
    /// This environment believes nobody's.
    #[error("this environment has no [hand_over] configured")]
    NotConfigured,
    /// The signature.
    #[error(transparent)]
    Signature(#[from] SignatureRefusal),
    /// From whom, for whom, when.
    #[error(transparent)]
    Claims(ClaimsRefusal),
    /// For more receivers than us: each could use it at the others.
    #[error("it is for several audiences")]
    SeveralAudiences,
    /// More than five minutes from `iat` to `exp`.
    #[error("it lives longer than five minutes")]
    LivesTooLong,
    /// No `jti`, or an endless one.
    #[error("it has no id (jti) of at most 256 bytes")]
    NoId,
    /// Shown before.
    #[error("it was used before")]
    UsedBefore,
    /// No `sub`, `account` or `role`, or a role there is not.
    #[error("it lacks sub, account or role, or names a role there is not")]
    ClaimMissing,
    /// Who comes cannot come so.
    #[error(transparent)]
    Person(#[from] HandOverRefusal),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Ours, after it was written down as used: the same token never does, and the product has to sign another.
    #[error("it is used up, and nothing came of it: {0}")]
    Lost(TicketError),
}

impl AssertionRefusal {
    /// The name in the log and the metrics.
    pub fn name(&self) -> &'static str {
        match self {
            Self::NotConfigured => "HandOverNotConfigured",
            Self::Signature(refusal) => refusal.name(),
            Self::Claims(refusal) => refusal.name(),
            Self::SeveralAudiences => "SeveralAudiences",
            Self::LivesTooLong => "TokenLivesTooLong",
            Self::NoId => "TokenWithoutId",
            Self::UsedBefore => "TokenUsedBefore",
            Self::ClaimMissing => "ClaimMissing",
            Self::Person(refusal) => refusal.name(),
            Self::Store(_) | Self::Lost(_) => "StoreUnavailable",
        }
    }

    /// Whether it is our fault, and the same token may do later.
    pub fn is_ours(&self) -> bool {
        matches!(
            self,
            Self::Store(_) | Self::Signature(SignatureRefusal::KeysAway(_))
        )
    }
}

/// What a token says, once it is believed.
struct Said {
    id: [u8; 32],
    ends_at: Millis,
    account: String,
    username: String,
    role: Role,
}

/// Believes a token once, and makes the link that shows who one would be.
///
/// # Errors
/// See [`AssertionRefusal`].
pub async fn redeem(context: &Context, token: &str) -> Result<Link, AssertionRefusal> {
    let (platform, issuer, now) = (&context.platform, &context.issuer, context.now);
    let claims = believed(context, token).await?;
    let said = read(&claims, &issuer.environment.url, now)?;
    // Before anything comes of it: an older token shown again never gives an older role back.
    let store = platform.store.in_environment(issuer.name());
    let remembered_until = said.ends_at + LEEWAY + REMEMBER;
    if !store
        .spend_once(SpentKind::Assertion, said.id, remembered_until)
        .await?
    {
        return Err(AssertionRefusal::UsedBefore);
    }
    let arriving = Arriving {
        account: &said.account,
        username: &said.username,
        role: said.role,
        by: Some("assertion"),
    };
    // The product speaks; nobody has shown who they are to us.
    let event = |name| context.audit(name, Actor::Anonymous);
    let person = take_over(platform, issuer, arriving, now, event)
        .await
        .map_err(|refusal| match refusal {
            HandOverRefusal::Store(error) => AssertionRefusal::Lost(error.into()),
            HandOverRefusal::Random(error) => AssertionRefusal::Lost(error.into()),
            refusal => refusal.into(),
        })?;
    let audit = AuditEvent {
        account_id: person.account_id.clone(),
        subject: Some(person.id.clone()),
        details: serde_json::json!({ "by": "assertion" }).to_string(),
        ..event("person.handed_over")
    };
    let kind = TicketKind::HandOver;
    let holder = Holder::member(&person.id, person.account_id.as_deref());
    tickets::issue(platform, issuer, kind, holder, now, audit)
        .await
        .map_err(AssertionRefusal::Lost)
}

/// Signed by the product, for us, and now.
async fn believed(context: &Context, token: &str) -> Result<Claims, AssertionRefusal> {
    let issuer = &context.issuer;
    let configured = issuer.environment.hand_over.as_ref();
    let configured = configured.ok_or(AssertionRefusal::NotConfigured)?;
    let presented = Presented::read(token)?;
    let claims = match &configured.keys {
        SignersKeys::Files(keys) => presented.verify(keys)?,
        SignersKeys::Published(url) => {
            let outbound = &context.platform.outbound;
            issuer
                .product_keys
                .verify(&presented, outbound, url, context.now)
                .await?
        }
    };
    claims
        .judge(&configured.issuer, &issuer.environment.url, context.now)
        .map_err(AssertionRefusal::Claims)?;
    Ok(claims)
}

fn read(claims: &Claims, audience: &str, now: Millis) -> Result<Said, AssertionRefusal> {
    if claims.texts("aud") != [audience] {
        return Err(AssertionRefusal::SeveralAudiences);
    }
    let ends_at = claims.moment("exp").unwrap_or(now);
    let begins_at = claims.moment("iat").unwrap_or(0);
    if ends_at - begins_at > LONGEST_LIFE {
        return Err(AssertionRefusal::LivesTooLong);
    }
    let id = claims.text("jti").filter(|id| id.len() <= LONGEST_ID);
    let id = id.ok_or(AssertionRefusal::NoId)?;
    let missing = AssertionRefusal::ClaimMissing;
    let (Some(username), Some(account), Some(role)) = (
        claims.text("sub"),
        claims.text("account"),
        claims.text("role"),
    ) else {
        return Err(missing);
    };
    Ok(Said {
        id: hash(claims.text("iss").unwrap_or_default(), id),
        ends_at,
        account: account.to_owned(),
        username: username.to_owned(),
        role: role.parse().map_err(|_| missing)?,
    })
}

/// An id is its issuer's: another one may count the same way.
fn hash(issuer: &str, id: &str) -> [u8; 32] {
    let mut hashing = Hashing::new(&SHA256);
    hashing.update(issuer.as_bytes());
    hashing.update(&[0]);
    hashing.update(id.as_bytes());
    let mut hash = [0; 32];
    hash.copy_from_slice(hashing.finish().as_ref());
    hash
}
