//! A dialect: how one well-known server spells OAuth, as data.
//!
//! A company that moves here keeps its integrators' programs as they are, so the answers must look
//! as they did. What differs between servers is a row of *quirks*, each an enum whose default is
//! the RFC; a dialect is a named row of them in a file that an operator could have written. No code
//! asks which dialect it speaks: it asks for the quirk.

pub mod defaults;
pub mod error_descriptions;
mod file;
pub mod paths;
pub mod quirks;
mod read;
pub mod relaxation;
pub mod response_members;

pub use defaults::{AccessTokenFormat, ClientIdLook, Defaults, SigningAlgorithm};
pub use error_descriptions::ErrorDescriptions;
pub use file::DialectError;
pub use paths::{PathOverrides, Paths};
pub use quirks::{
    AuthorizationIss, BasicDecoding, ClientAuthenticationIn, DuplicateParameters,
    ForcedPasswordChange, GrantTypeIn, InvalidClientStatus, MissingGrantType, MissingResponseType,
    Pkce, Quirks, RedirectUriAtToken, RefreshRotation, RefreshTokenChecked, RequestBody,
    TokenTypeAs,
};
pub use relaxation::Relaxation;
pub use response_members::{ResponseMember, ResponseMembers};

/// A named row of quirks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dialect {
    /// The name in the configuration; for a file of the operator's, its path.
    pub name: String,
    /// Where the endpoints are.
    pub paths: Paths,
    /// Everything in which it may depart from the RFCs.
    pub quirks: Quirks,
    /// What an environment gets when its configuration is silent.
    pub defaults: Defaults,
    relaxations: Vec<Relaxation>,
}

impl Dialect {
    /// The dialects that come with Grantor. The first is the default.
    pub const NAMES: [&'static str; 10] = [
        "rfc6749",
        "spring",
        "doorkeeper",
        "identityserver",
        "dotnetopenauth",
        "hydra",
        "keycloak",
        "openiddict",
        "spring-authorization-server",
        "auth0",
    ];

    /// A dialect that comes with Grantor.
    ///
    /// # Errors
    /// [`DialectError::Unknown`] where there is none of this name.
    pub fn named(name: &str) -> Result<Self, DialectError> {
        let text = match name {
            "rfc6749" => include_str!("../dialects/rfc6749.toml"),
            "spring" => include_str!("../dialects/spring.toml"),
            "doorkeeper" => include_str!("../dialects/doorkeeper.toml"),
            "identityserver" => include_str!("../dialects/identityserver.toml"),
            "dotnetopenauth" => include_str!("../dialects/dotnetopenauth.toml"),
            "hydra" => include_str!("../dialects/hydra.toml"),
            "keycloak" => include_str!("../dialects/keycloak.toml"),
            "openiddict" => include_str!("../dialects/openiddict.toml"),
            "spring-authorization-server" => {
                include_str!("../dialects/spring-authorization-server.toml")
            }
            "auth0" => include_str!("../dialects/auth0.toml"),
            _ => return Err(DialectError::Unknown(name.to_owned())),
        };
        Self::from_toml(name, text)
    }

    /// Reads a dialect file. Whatever it does not state is as in the default dialect.
    ///
    /// # Errors
    /// [`DialectError::Broken`] with the line and the key, also for a key that does not exist.
    pub fn from_toml(name: &str, text: &str) -> Result<Self, DialectError> {
        let file = file::DialectFile::read(name, text)?;
        let (quirks, relaxations) = file.quirks.settle();
        Ok(Self {
            name: name.to_owned(),
            paths: Paths::default().overridden_by(&file.paths),
            quirks,
            defaults: file.defaults,
            relaxations,
        })
    }

    /// Every quirk that departs from an RFC, with the reason that the file gives.
    pub fn relaxations(&self) -> &[Relaxation] {
        &self.relaxations
    }
}

impl Default for Dialect {
    /// `rfc6749`: plain OAuth 2.1, no relaxation.
    fn default() -> Self {
        Self {
            name: Self::NAMES[0].to_owned(),
            paths: Paths::default(),
            quirks: Quirks::default(),
            defaults: Defaults::default(),
            relaxations: Vec::new(),
        }
    }
}
