//! The quirks: every way in which a dialect may depart from the RFCs.
//!
//! Each is an enum named by what it does, whose default is the RFC. A file that states one must
//! say why. If a platform cannot be expressed, a quirk is added here, never a branch elsewhere.

use serde::{Deserialize, Deserializer};

use super::error_descriptions::ErrorDescriptions;
use super::relaxation::{Departure, Relaxation};
use super::response_members::ResponseMembers;

/// A quirk knows whether its value is a relaxation or a mere spelling.
pub trait Quirk: Default + PartialEq {
    /// What is allowed beyond the RFCs; none for the default and for spellings.
    fn departure(&self) -> Option<Departure>;
}

/// A quirk as a file states it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Stated<Q> {
    value: Q,
    #[serde(deserialize_with = "reason")]
    reason: String,
}

fn reason<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let text = String::deserialize(deserializer)?;
    if text.trim().is_empty() {
        return Err(serde::de::Error::custom(
            "the reason is empty: say why the dialect needs this",
        ));
    }
    Ok(text)
}

/// Declares the row once: the values in force, and the same row as a file states it.
macro_rules! quirks {
    ($($(#[$doc:meta])* $axis:ident: $quirk:ty,)*) => {
        /// The values in force. The default is the RFCs' own behaviour throughout.
        #[derive(Clone, Debug, Default, PartialEq, Eq)]
        pub struct Quirks { $($(#[$doc])* pub $axis: $quirk,)* }

        #[derive(Debug, Default, Deserialize)]
        #[serde(default, deny_unknown_fields)]
        pub(super) struct StatedQuirks { $($axis: Option<Stated<$quirk>>,)* }

        impl StatedQuirks {
            /// The values in force, and which of them are relaxations.
            pub(super) fn settle(self) -> (Quirks, Vec<Relaxation>) {
                let mut quirks = Quirks::default();
                let mut relaxations = Vec::new();
                $(if let Some(stated) = self.$axis {
                    if let Some(departure) = stated.value.departure() {
                        relaxations.push(Relaxation {
                            axis: stringify!($axis),
                            allows: departure.allows.to_owned(),
                            departs_from: departure.departs_from,
                            reason: stated.reason,
                        });
                    }
                    quirks.$axis = stated.value;
                })*
                (quirks, relaxations)
            }
        }
    };
}

quirks! {
    /// Where `grant_type` may stand.
    grant_type_in: GrantTypeIn,
    /// Which bodies are read.
    request_body: RequestBody,
    /// What a request without `grant_type` means.
    missing_grant_type: MissingGrantType,
    /// What a repeated parameter means.
    duplicate_parameters: DuplicateParameters,
    /// Where client credentials are read.
    client_authentication_in: ClientAuthenticationIn,
    /// How id and secret in HTTP Basic are read.
    basic_decoding: BasicDecoding,
    /// Members of the token answer, in order.
    token_response_members: ResponseMembers,
    /// The spelling of `token_type`.
    token_type_as: TokenTypeAs,
    /// The status of `invalid_client`.
    invalid_client_status: InvalidClientStatus,
    /// What `error_description` holds.
    error_descriptions: ErrorDescriptions,
    /// Whether an unknown refresh token is told before the client's grants are asked.
    refresh_token_checked: RefreshTokenChecked,
    /// What happens to a refresh token that was used.
    refresh_rotation: RefreshRotation,
    /// What an authorization request without `response_type` means.
    missing_response_type: MissingResponseType,
    /// Whether a code needs a `code_verifier`.
    pkce: Pkce,
    /// Whether `redirect_uri` is repeated at the token endpoint.
    redirect_uri_at_token: RedirectUriAtToken,
    /// Whether authorization answers name the issuer.
    authorization_iss: AuthorizationIss,
    /// What a person hears who must change the password.
    forced_password_change: ForcedPasswordChange,
}

/// Declares a quirk: its values, the first being the default, and what each of the others allows.
macro_rules! quirk {
    (
        $(#[$doc:meta])* $name:ident {
            $(#[$first_doc:meta])* $first:ident,
            $($(#[$other_doc:meta])* $other:ident $(=> $allows:literal, $departs_from:literal)?;)*
        }
    ) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
        #[serde(rename_all = "kebab-case")]
        pub enum $name {
            $(#[$first_doc])* #[default] $first,
            $($(#[$other_doc])* $other,)*
        }

        impl Quirk for $name {
            fn departure(&self) -> Option<Departure> {
                match self {
                    Self::$first => None,
                    $(Self::$other => quirk!(@departure $($allows, $departs_from)?),)*
                }
            }
        }
    };
    (@departure) => { None };
    (@departure $allows:literal, $departs_from:literal) => {
        Some(Departure { allows: $allows, departs_from: $departs_from })
    };
}

quirk! {
    /// Where `grant_type` may stand (RFC 6749 §4.4.2: in the body). In both at once it is refused
    /// everywhere.
    GrantTypeIn {
        /// In the body alone; no parameter is read from the query.
        Body,
        /// In either. `scope` goes with it; credentials in the query are refused.
        BodyOrQuery => "grant_type and scope may stand in the query", "RFC 6749 section 4.4.2";
    }
}

quirk! {
    /// Which bodies are read (RFC 6749 §4.4.2: a form).
    RequestBody {
        /// `application/x-www-form-urlencoded`
        Form,
        /// The same, or no body at all, whatever its `Content-Type` says.
        FormOrEmpty => "the body may be empty, with any Content-Type or none", "RFC 6749 section 4.4.2";
        /// The same, or one JSON object of texts.
        FormOrJson => "the body may be a JSON object", "RFC 6749 section 4.4.2";
    }
}

quirk! {
    /// What a request without `grant_type` means (RFC 6749 §4.4.2: required).
    MissingGrantType {
        /// `invalid_request`
        Refused,
        /// `client_credentials`
        MeansClientCredentials => "grant_type may be left out and means client_credentials", "RFC 6749 section 4.4.2";
    }
}

quirk! {
    /// What a repeated parameter means (RFC 6749 §3.2: not allowed).
    DuplicateParameters {
        /// `invalid_request`
        Refused,
        /// The last of them counts. In JSON a repeated member stays refused.
        LastWins => "a parameter may be repeated and the last one counts", "RFC 6749 section 3.2";
    }
}

quirk! {
    /// Where client credentials are read (RFC 6749 §2.3.1). A client may be registered for less.
    ClientAuthenticationIn {
        /// HTTP Basic or the body.
        HeaderOrBody,
        /// HTTP Basic alone.
        Header;
        /// The body alone.
        Body => "client credentials are read in the body alone, not in HTTP Basic", "RFC 6749 section 2.3.1";
    }
}

quirk! {
    /// How id and secret in HTTP Basic are read (RFC 6749 §2.3.1: form-decoded).
    BasicDecoding {
        /// Form-decoded; if that is not right, as sent.
        FormThenRaw,
        /// As sent; if that is not right, form-decoded, as strict clients send it.
        RawThenForm => "client id and secret in HTTP Basic are read as sent before they are form-decoded", "RFC 6749 section 2.3.1";
    }
}

quirk! {
    /// The spelling of `token_type`. RFC 6749 §5.1 makes it case-insensitive, many clients do not.
    TokenTypeAs {
        /// `Bearer`
        Bearer,
        /// `bearer`
        LowerCase;
    }
}

impl TokenTypeAs {
    /// The value of `token_type`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Bearer => "Bearer",
            Self::LowerCase => "bearer",
        }
    }
}

quirk! {
    /// The status of `invalid_client` (RFC 6749 §5.2: 401 where the client used the header).
    InvalidClientStatus {
        /// 401 with a challenge.
        Unauthorized,
        /// 400 without one.
        BadRequest => "invalid_client has status 400 and no challenge", "RFC 6749 section 5.2";
    }
}

quirk! {
    /// When an unknown refresh token is told. The client is authenticated first in either case, so
    /// nobody without a secret can try tokens out.
    RefreshTokenChecked {
        /// After it is clear that the client may use the grant: else `unauthorized_client`.
        ClientFirst,
        /// Before that: an unknown token is `invalid_grant` for every authenticated client.
        TokenFirst => "an unknown refresh token is invalid_grant, also for a client that may not refresh", "RFC 6749 section 5.2";
    }
}

quirk! {
    /// What happens to a refresh token that was used (RFC 9700 §4.14.2).
    RefreshRotation {
        /// A new one; the old one works once more while its successor is unused.
        RetryWhileSuccessorUnused,
        /// A new one; the old one dies when the new access token is first used.
        UntilSuccessorUsed => "a used refresh token works until the new access token is first used", "RFC 9700 section 4.14.2";
        /// A new one; the old one is dead, and using it again is refused.
        OneTime;
        /// A new one; the old one is dead, and using it again ends the whole family.
        Strict;
    }
}

quirk! {
    /// What an authorization request without `response_type` means (RFC 6749 §3.1.1: required).
    MissingResponseType {
        /// `invalid_request`
        Refused,
        /// `code`
        MeansCode => "response_type may be left out and means code", "RFC 6749 section 3.1.1";
    }
}

quirk! {
    /// Whether a code needs a `code_verifier` (RFC 7636).
    Pkce {
        /// Always.
        Required,
        /// Only where the authorization request had a challenge.
        Optional => "authorization codes without PKCE", "RFC 9700 section 2.1.1";
    }
}

quirk! {
    /// Whether `redirect_uri` is repeated at the token endpoint.
    RedirectUriAtToken {
        /// Where the authorization request had one, and it must be the same (RFC 6749 §4.1.3).
        AsRfc6749,
        /// May be left out.
        NotNeeded => "redirect_uri may be left out at the token endpoint", "RFC 6749 section 4.1.3";
    }
}

quirk! {
    /// Whether authorization answers name the issuer (RFC 9207).
    AuthorizationIss {
        /// `iss` in every answer.
        Sent,
        /// No `iss`.
        LeftOut => "authorization answers without iss", "RFC 9700 section 4.4.2.1";
    }
}

quirk! {
    /// What a person hears who must change the password.
    ForcedPasswordChange {
        /// `invalid_grant`
        InvalidGrant,
        /// Status 200 with `userid` and `RequireChangePassword`, and no token.
        Answered => "a password that must be changed is answered with status 200 and no token", "RFC 6749 section 5.2";
    }
}
