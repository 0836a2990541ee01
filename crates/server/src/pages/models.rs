//! The pages: what stands in each.

use serde::Serialize;
use store::Millis;

use super::{Page, Shell};

/// Something that went wrong, as a key of the catalogue, and which field it belongs to.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Problem {
    /// The sentence.
    pub sentence: &'static str,
    /// A number in the sentence, such as minutes to wait.
    pub number: u64,
}

impl Problem {
    /// A sentence without a number.
    pub fn of(sentence: &'static str) -> Self {
        Self {
            sentence,
            number: 0,
        }
    }
}

/// Name and password.
#[derive(Debug, Default, Serialize)]
pub struct SignIn {
    /// The sealed continuation.
    pub flow: String,
    /// What was typed before, or what the client hints at.
    pub username: String,
    /// The client that waits, by name; none for the portal.
    pub client: Option<String>,
    /// What went wrong.
    pub problem: Option<Problem>,
}

impl Page for SignIn {
    const TEMPLATE: &'static str = "sign_in";
}

/// A code of the authenticator, a recovery code, or a passkey.
#[derive(Debug, Default, Serialize)]
pub struct SecondFactor {
    /// The sealed continuation.
    pub flow: String,
    /// What the browser proves a passkey by, as JSON; none where the person has none.
    pub passkey: Option<String>,
    /// What went wrong.
    pub problem: Option<Problem>,
}

impl Page for SecondFactor {
    const TEMPLATE: &'static str = "second_factor";
    const SCRIPT: &'static str = include_str!("passkey.js");
}

/// May this client act for you?
#[derive(Debug, Default, Serialize)]
pub struct Consent {
    /// The sealed continuation.
    pub flow: String,
    /// Who asks.
    pub client: String,
    /// The client's own words about itself.
    pub description: String,
    /// The account that made the client.
    pub account: String,
    /// Who is asked.
    pub username: String,
    /// What it will be able to do, each in words; none means all that the API offers to its account.
    pub abilities: Vec<String>,
    /// Where the browser goes afterwards: scheme and host.
    pub destination: String,
}

impl Page for Consent {
    const TEMPLATE: &'static str = "consent";
}

/// The password so far and from now on.
#[derive(Debug, Default, Serialize)]
pub struct ChangePassword {
    /// The sealed continuation; empty where the person came by choice.
    pub flow: String,
    /// Whether nothing else is open before it is changed.
    pub forced: bool,
    /// Whose; password programs want to know.
    pub username: String,
    /// Wrong about the password so far.
    pub problem: Option<Problem>,
    /// Wrong about the new one.
    pub new_problem: Option<Problem>,
}

impl Page for ChangePassword {
    const TEMPLATE: &'static str = "change_password";
}

/// A first password, by invitation.
#[derive(Debug, Default, Serialize)]
pub struct Invitation {
    /// The invitation.
    pub token: String,
    /// Whose.
    pub username: String,
    /// Wrong about the password.
    pub problem: Option<Problem>,
}

impl Page for Invitation {
    const TEMPLATE: &'static str = "invitation";
}

/// Someone comes from the platform's own product.
#[derive(Debug, Default, Serialize)]
pub struct HandOver {
    /// The link's ticket.
    pub token: String,
    /// Who.
    pub username: String,
    /// Of which account.
    pub account: String,
}

impl Page for HandOver {
    const TEMPLATE: &'static str = "hand_over";
}

/// What can only be shown.
#[derive(Debug, Default, Serialize)]
pub struct ErrorPage {
    /// What happened, as a key of the catalogue.
    pub title: &'static str,
    /// What to do.
    pub advice: &'static str,
    /// For whoever is asked for help.
    pub request_id: String,
}

impl Page for ErrorPage {
    const TEMPLATE: &'static str = "error";
}

/// Goodbye.
#[derive(Debug, Default, Serialize)]
pub struct SignedOut {}

impl Page for SignedOut {
    const TEMPLATE: &'static str = "signed_out";
}

/// The portal's first page.
#[derive(Debug, Default, Serialize)]
pub struct Portal {
    /// Around it.
    pub shell: Shell,
    /// The word in the interface.
    pub role: &'static str,
    /// How many there are to manage.
    pub credentials: u64,
    /// The token endpoint.
    pub token_url: String,
}

impl Page for Portal {
    const TEMPLATE: &'static str = "portal";
}

/// A browser that is signed in.
#[derive(Debug, Default, Serialize)]
pub struct OpenSession {
    /// Half of its hash: enough to name it, nothing to use it.
    pub id: String,
    /// Whether it is the one that looks.
    pub this: bool,
    /// With what, in the browser's own words.
    pub user_agent: String,
    /// From where.
    pub remote_address: String,
    /// When.
    pub begun_at: Millis,
    /// When.
    pub last_seen_at: Millis,
}

/// A client that may act.
#[derive(Debug, Default, Serialize)]
pub struct GivenConsent {
    /// The credential.
    pub credential: String,
    /// The client's name.
    pub name: String,
    /// What it may do.
    pub abilities: Vec<String>,
    /// When.
    pub granted_at: Millis,
}

/// A passkey that lets its person in.
#[derive(Debug, Default, Serialize)]
pub struct KeptPasskey {
    /// What its authenticator calls it, in hex.
    pub id: String,
    /// What the person calls it.
    pub name: String,
    /// When.
    pub created_at: Millis,
    /// When.
    pub last_used_at: Option<Millis>,
}

/// What protects a person's account.
#[derive(Debug, Default, Serialize)]
pub struct Security {
    /// Who is signed in.
    pub username: String,
    /// Whether there is a password to change; others sign some people in.
    pub password: bool,
    /// Where mail for the person goes.
    pub email: Option<String>,
    /// Whether a second factor is on.
    pub second_factor: bool,
    /// Whether an authenticator app is one.
    pub authenticator_app: bool,
    /// Whether passkeys work at this address.
    pub passkeys_work: bool,
    /// Those there are.
    pub passkeys: Vec<KeptPasskey>,
    /// Recovery codes that are left.
    pub recovery_codes_left: u64,
    /// Every browser that is signed in.
    pub sessions: Vec<OpenSession>,
    /// Every client that may act.
    pub consents: Vec<GivenConsent>,
    /// What was just done, as a key of the catalogue.
    pub done: Option<&'static str>,
}

impl Page for Security {
    const TEMPLATE: &'static str = "security";
}

/// A passkey is about to be made.
#[derive(Debug, Default, Serialize)]
pub struct NewPasskey {
    /// What the browser makes it by, as JSON.
    pub passkey: String,
    /// A name to begin with: the browser it is made in.
    pub name: String,
    /// What went wrong.
    pub problem: Option<Problem>,
}

impl Page for NewPasskey {
    const TEMPLATE: &'static str = "new_passkey";
    const SCRIPT: &'static str = include_str!("passkey.js");
}

/// Turning the second factor on.
#[derive(Debug, Default, Serialize)]
pub struct Enrolment {
    /// The secret to type, in groups of four.
    pub secret: String,
    /// The picture an app reads: an SVG as a `data:` address.
    pub picture: String,
    /// Once it is confirmed: the recovery codes, shown here and never again.
    pub recovery_codes: Vec<String>,
    /// What went wrong.
    pub problem: Option<Problem>,
}

impl Page for Enrolment {
    const TEMPLATE: &'static str = "enrolment";
}
