//! Redirect URIs: which may be registered, and whether the one asked for is.
//!
//! Compared byte for byte (RFC 9700 §2.1), except for the port of a native app's loopback address,
//! which the operating system chooses (RFC 8252 §7.3). Only a [`VerifiedRedirectUri`] can receive
//! anything, and only [`verify`] makes one.

use url::{Host, Url};

/// The longest redirect URI, in bytes.
pub const LONGEST: usize = 2048;

/// What an answer puts into the query; a registered URI that has one of them could speak in our name.
const OURS: [&str; 5] = ["code", "state", "iss", "error", "error_description"];

/// A redirect URI that the client is registered for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifiedRedirectUri(String);

impl VerifiedRedirectUri {
    /// The URI, exactly as asked for.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The asked URI, if the client is registered for it.
pub fn verify(registered: &[String], asked: &str) -> Option<VerifiedRedirectUri> {
    registered
        .iter()
        .any(|known| known == asked || is_same_loopback(known, asked))
        .then(|| VerifiedRedirectUri(asked.to_owned()))
}

/// Whether two texts are the same loopback URI but for the port.
fn is_same_loopback(registered: &str, asked: &str) -> bool {
    match (loopback(registered), loopback(asked)) {
        (Some(registered), Some(asked)) => registered == asked,
        _ => false,
    }
}

/// Host and what follows the port. Literal addresses only: a name could be resolved elsewhere.
fn loopback(uri: &str) -> Option<(&'static str, &str)> {
    ["http://127.0.0.1", "http://[::1]"]
        .into_iter()
        .find_map(|origin| {
            let rest = uri.strip_prefix(origin)?;
            let rest = match rest.strip_prefix(':') {
                None => rest,
                Some(after) => {
                    let digits = after.bytes().take_while(u8::is_ascii_digit).count();
                    let (port, rest) = after.split_at(digits);
                    port.parse::<u16>().ok().filter(|&port| port != 0)?;
                    rest
                }
            };
            (rest.is_empty() || rest.starts_with(['/', '?'])).then_some((origin, rest))
        })
}

/// Whether a URI may be registered.
///
/// # Errors
/// What such a URI is instead, as the end of a sentence that begins with "A redirect URI".
pub fn may_be_registered(text: &str) -> Result<(), &'static str> {
    if text.len() > LONGEST {
        return Err("has at most 2048 characters");
    }
    // A parser forgives what a byte-for-byte comparison later would not.
    if !text.bytes().all(|byte| (0x21..=0x7e).contains(&byte))
        || text.contains(['\\', '"', '<', '>'])
    {
        return Err("has only printable ASCII characters, the others percent-encoded");
    }
    let url =
        Url::parse(text).map_err(|_| "is a whole URL, such as https://app.example.com/callback")?;
    if url.fragment().is_some() {
        return Err("has no fragment (RFC 6749 section 3.1.2)");
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("has no user name in it");
    }
    if text.contains('*') {
        return Err("has no wildcard: it is compared character by character");
    }
    if url.query_pairs().any(|(name, _)| OURS.contains(&&*name)) {
        return Err(
            "has no code, state, iss, error or error_description in its query: the answer brings them",
        );
    }
    let loopback = match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    };
    match url.scheme() {
        "https" if url.host().is_some() => Ok(()),
        "http" if loopback => Ok(()),
        _ => Err(
            "begins with https://, or with http:// on this machine (127.0.0.1, [::1], localhost)",
        ),
    }
}
