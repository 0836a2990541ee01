//! The formats by name, and how their secrets may be kept.

use std::fmt;
use std::str::FromStr;

macro_rules! named {
    ($(#[$about:meta])* $type:ident, $what:literal { $($(#[$doc:meta])* $variant:ident = $name:literal,)+ }) => {
        $(#[$about])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $type { $($(#[$doc])* $variant),+ }

        impl $type {
            /// All there are, by name.
            pub const NAMES: &'static [&'static str] = &[$($name),+];

            /// Its name.
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name),+ }
            }
        }

        impl FromStr for $type {
            type Err = String;

            fn from_str(text: &str) -> Result<Self, String> {
                match text {
                    $($name => Ok(Self::$variant),)+
                    _ => Err(format!(concat!("there is no such ", $what, "; there are {}"), Self::NAMES.join(", "))),
                }
            }
        }

        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.name())
            }
        }
    };
}

named! {
    /// Where clients come from.
    Format, "format" {
        /// A table with a line of names.
        Csv = "csv",
        /// The database of Doorkeeper.
        Doorkeeper = "doorkeeper",
        /// The database of Duende IdentityServer or IdentityServer4.
        Duende = "duende",
        /// The database of OpenIddict.
        Openiddict = "openiddict",
        /// The database of Ory Hydra.
        Hydra = "hydra",
        /// The database of Spring Authorization Server.
        Spring = "spring",
        /// A realm as Keycloak exports it.
        Keycloak = "keycloak",
        /// A tenant as Auth0's tools or its API show it.
        Auth0 = "auth0",
        /// The database of django-oauth-toolkit.
        Django = "django",
        /// The database of Laravel Passport.
        Passport = "passport",
        /// The database or the declarative file of Kong.
        Kong = "kong",
    }
}

named! {
    /// How the old server keeps tokens, where its rows do not say.
    TokensAre, "way to keep tokens" {
        /// As they are.
        Plain = "plain",
        /// SHA-256 in hex.
        Sha256 = "sha256",
    }
}

named! {
    /// How the old server keeps secrets, where its rows do not say.
    SecretsAre, "way to keep secrets" {
        /// As they are.
        Plain = "plain",
        /// SHA-256 in hex or base64.
        Sha256 = "sha256",
        /// bcrypt.
        Bcrypt = "bcrypt",
    }
}
