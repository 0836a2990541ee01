//! The authorization request (RFC 6749 §4.1.1), read in two stages.
//!
//! First who asks and where the answer would go: what is wrong there is *shown* to the person and
//! never redirected, since nobody has vouched for the address. Only with a
//! [`VerifiedRedirectUri`](crate::redirect_uri::VerifiedRedirectUri) in hand is the rest read, and
//! what is wrong with that goes back to the client. The two kinds of refusal are different types.

use std::fmt;

use crate::authorization_response::AuthorizationError;
use crate::dialect::Dialect;
use crate::dialect::quirks::{DuplicateParameters, MissingResponseType};
use crate::form;
use crate::parameters::{LONGEST_CREDENTIAL, MOST_PARAMETERS};
use crate::pkce::CodeChallenge;
use crate::redirect_uri;
use crate::scope::Scope;

/// The longest value of any parameter, in bytes.
const LONGEST_VALUE: usize = 4096;
/// The longest `state`, in bytes.
const LONGEST_STATE: usize = 2048;

/// The parameters as they came, repeated ones too.
#[derive(Clone, PartialEq, Eq)]
pub struct AuthorizationParameters {
    pairs: Vec<(String, String)>,
}

/// What can only be shown to the person: the address for an answer is not known to be the client's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ShownRefusal {
    /// Not a query at all, or one beyond every limit.
    Unreadable,
    /// No `client_id`, or several.
    ClientIdMissing,
    /// No such client here.
    ClientUnknown,
    /// No `redirect_uri`, or several.
    RedirectUriMissing,
    /// Not one that the client is registered for.
    RedirectUriNotRegistered,
}

impl fmt::Display for ShownRefusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

/// What goes back to the client's verified address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RedirectedRefusal {
    /// A parameter more than once.
    DuplicateParameter,
    /// A `state` beyond its limit, which is not sent back.
    StateTooLong,
    /// No `response_type`.
    ResponseTypeMissing,
    /// One other than `code`.
    ResponseTypeUnsupported,
    /// One other than `query`.
    ResponseModeUnsupported,
    /// A `code_challenge` that is none, or of another method than S256.
    CodeChallengeMalformed,
    /// No `code_challenge`, and this client needs one.
    CodeChallengeMissing,
    /// An unknown `prompt`, or `none` beside another.
    PromptMalformed,
    /// `max_age` is no number of seconds.
    MaxAgeMalformed,
    /// An `id_token_hint`: no ID token is issued here, so none can be ours.
    IdTokenHintUnknown,
    /// A `request` object.
    RequestObject,
    /// A `request_uri`.
    RequestUri,
    /// The client was not made for authorization codes.
    GrantNotAllowed,
    /// A scope outside the grammar or beyond the client's.
    ScopeNotAllowed,
    /// A `resource` other than this environment's API.
    ResourceNotAllowed,
    /// `prompt=none`, and nobody is signed in.
    NobodySignedIn,
    /// `prompt=none`, and the person would have to be asked.
    ConsentNeeded,
    /// The person said no.
    PersonDenied,
    /// The person belongs to another account than the client.
    PersonOfAnotherAccount,
}

impl RedirectedRefusal {
    /// What the client is told.
    pub fn error(self) -> AuthorizationError {
        match self {
            Self::DuplicateParameter
            | Self::StateTooLong
            | Self::ResponseTypeMissing
            | Self::ResponseModeUnsupported
            | Self::CodeChallengeMalformed
            | Self::CodeChallengeMissing
            | Self::PromptMalformed
            | Self::MaxAgeMalformed
            | Self::IdTokenHintUnknown => AuthorizationError::InvalidRequest,
            Self::ResponseTypeUnsupported => AuthorizationError::UnsupportedResponseType,
            Self::RequestObject => AuthorizationError::RequestNotSupported,
            Self::RequestUri => AuthorizationError::RequestUriNotSupported,
            Self::GrantNotAllowed => AuthorizationError::UnauthorizedClient,
            Self::ScopeNotAllowed => AuthorizationError::InvalidScope,
            Self::ResourceNotAllowed => AuthorizationError::InvalidTarget,
            Self::NobodySignedIn => AuthorizationError::LoginRequired,
            Self::ConsentNeeded => AuthorizationError::ConsentRequired,
            Self::PersonDenied | Self::PersonOfAnotherAccount => AuthorizationError::AccessDenied,
        }
    }

    /// What the developer of the client is told, where a word more helps.
    pub fn description(self) -> Option<&'static str> {
        Some(match self {
            Self::DuplicateParameter => "A parameter occurs more than once.",
            Self::StateTooLong => "state has at most 2048 bytes.",
            Self::ResponseTypeMissing => "response_type is missing: code.",
            Self::ResponseTypeUnsupported => "response_type is code.",
            Self::ResponseModeUnsupported => "response_mode is query.",
            Self::CodeChallengeMalformed => {
                "code_challenge is the base64url of a SHA-256, with code_challenge_method=S256."
            }
            Self::CodeChallengeMissing => {
                "code_challenge is missing: this client needs PKCE with S256 (RFC 7636)."
            }
            Self::PromptMalformed => "prompt is none, login or consent; none stands alone.",
            Self::MaxAgeMalformed => "max_age is a number of seconds.",
            Self::GrantNotAllowed => "This client was not made for authorization_code.",
            _ => return None,
        })
    }
}

impl fmt::Display for RedirectedRefusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

/// The first stage: who asks, and where to. Nothing is verified yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Asker<'p> {
    /// The client.
    pub client_id: &'p str,
    /// Where the answer should go.
    pub redirect_uri: &'p str,
}

/// What `prompt` asks for (OpenID Connect Core §3.1.2.1).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Prompt {
    /// Show nothing: answer with an error instead.
    pub none: bool,
    /// Sign in again.
    pub login: bool,
    /// Ask again.
    pub consent: bool,
}

/// The second stage: all the rest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuthorizationRequest {
    /// None means all that the client has; an error is told only after someone has signed in, since a
    /// redirect that follows by itself would make of us an open redirector (RFC 9700 §4.11.2).
    pub scope: Result<Option<Scope>, RedirectedRefusal>,
    /// RFC 7636
    pub code_challenge: Option<CodeChallenge>,
    /// What may and must be shown.
    pub prompt: Prompt,
    /// Seconds since the last sign-in, at most.
    pub max_age: Option<u64>,
    /// Whom the client expects; only to fill the field in.
    pub login_hint: Option<String>,
    /// Languages in order of preference, as sent.
    pub ui_locales: Option<String>,
    /// RFC 8707
    pub resources: Vec<String>,
}

impl AuthorizationParameters {
    /// Reads a query or a form body.
    ///
    /// # Errors
    /// It cannot be read, or is beyond every limit.
    pub fn read(encoded: &[u8]) -> Result<Self, ShownRefusal> {
        let mut pairs = Vec::new();
        for (name, value) in form::pairs(encoded) {
            let decode = |text| form::decode(text).map_err(|_| ShownRefusal::Unreadable);
            let (name, value) = (decode(name)?.into_owned(), decode(value)?.into_owned());
            if pairs.len() == MOST_PARAMETERS
                || name.len() > LONGEST_VALUE
                || value.len() > LONGEST_VALUE
                || name.contains('\0')
                || value.contains('\0')
            {
                return Err(ShownRefusal::Unreadable);
            }
            pairs.push((name, value));
        }
        Ok(Self { pairs })
    }

    /// The same parameters, kept elsewhere in between.
    pub fn from_pairs(pairs: Vec<(String, String)>) -> Self {
        Self { pairs }
    }

    /// All pairs in order.
    pub fn into_pairs(self) -> Vec<(String, String)> {
        self.pairs
    }

    /// The one value of a parameter that occurs once.
    pub fn single(&self, name: &str) -> Option<&str> {
        let mut values = self.pairs.iter().filter(|(known, _)| known == name);
        match (values.next(), values.next()) {
            (Some((_, value)), None) if !value.is_empty() => Some(value),
            _ => None,
        }
    }

    /// Who asks, and where to.
    ///
    /// # Errors
    /// One of the two is missing, repeated or beyond its limit. A redirect URI is always required: which of
    /// several registered ones a client means is not guessed.
    pub fn asker(&self) -> Result<Asker<'_>, ShownRefusal> {
        let client_id = self
            .single("client_id")
            .filter(|id| id.len() <= LONGEST_CREDENTIAL)
            .ok_or(ShownRefusal::ClientIdMissing)?;
        let redirect_uri = self
            .single("redirect_uri")
            .filter(|uri| uri.len() <= redirect_uri::LONGEST)
            .ok_or(ShownRefusal::RedirectUriMissing)?;
        Ok(Asker {
            client_id,
            redirect_uri,
        })
    }

    /// The state to send back: only one that came once and within its limit.
    pub fn state(&self) -> Option<&str> {
        self.single("state")
            .filter(|state| state.len() <= LONGEST_STATE)
    }

    /// The value that counts, in a dialect.
    fn get(&self, name: &str) -> Option<&str> {
        self.pairs
            .iter()
            .rev()
            .find(|(known, value)| known == name && !value.is_empty())
            .map(|(_, value)| value.as_str())
    }

    fn repeats_anything(&self) -> bool {
        self.pairs.iter().enumerate().any(|(at, (name, _))| {
            name != "resource" && self.pairs[..at].iter().any(|(earlier, _)| earlier == name)
        })
    }
}

impl fmt::Debug for AuthorizationParameters {
    /// How many, never which: a state may be a secret of the client's.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AuthorizationParameters({})", self.pairs.len())
    }
}

impl Dialect {
    /// Reads what is left once the asker is verified. `pkce_needed`: whether this client must send a challenge.
    ///
    /// # Errors
    /// See [`RedirectedRefusal`].
    pub fn read_authorization_request(
        &self,
        parameters: &AuthorizationParameters,
        pkce_needed: bool,
    ) -> Result<AuthorizationRequest, RedirectedRefusal> {
        if self.quirks.duplicate_parameters == DuplicateParameters::Refused
            && parameters.repeats_anything()
        {
            return Err(RedirectedRefusal::DuplicateParameter);
        }
        if parameters
            .get("state")
            .is_some_and(|state| state.len() > LONGEST_STATE)
        {
            return Err(RedirectedRefusal::StateTooLong);
        }
        for (name, refusal) in [
            ("request", RedirectedRefusal::RequestObject),
            ("request_uri", RedirectedRefusal::RequestUri),
            ("id_token_hint", RedirectedRefusal::IdTokenHintUnknown),
        ] {
            if parameters.get(name).is_some() {
                return Err(refusal);
            }
        }
        match (
            parameters.get("response_type"),
            self.quirks.missing_response_type,
        ) {
            (Some("code"), _) | (None, MissingResponseType::MeansCode) => {}
            (None, MissingResponseType::Refused) => {
                return Err(RedirectedRefusal::ResponseTypeMissing);
            }
            (Some(_), _) => return Err(RedirectedRefusal::ResponseTypeUnsupported),
        }
        if parameters
            .get("response_mode")
            .is_some_and(|mode| mode != "query")
        {
            return Err(RedirectedRefusal::ResponseModeUnsupported);
        }
        let code_challenge = code_challenge(parameters)?;
        if pkce_needed && code_challenge.is_none() {
            return Err(RedirectedRefusal::CodeChallengeMissing);
        }
        let owned = |name| parameters.get(name).map(str::to_owned);
        Ok(AuthorizationRequest {
            scope: parameters
                .get("scope")
                .map(Scope::parse)
                .transpose()
                .map_err(|_| RedirectedRefusal::ScopeNotAllowed),
            code_challenge,
            prompt: prompt(parameters)?,
            max_age: max_age(parameters)?,
            login_hint: owned("login_hint"),
            ui_locales: owned("ui_locales"),
            resources: parameters
                .pairs
                .iter()
                .filter(|(name, value)| name == "resource" && !value.is_empty())
                .map(|(_, value)| value.clone())
                .collect(),
        })
    }
}

fn code_challenge(
    parameters: &AuthorizationParameters,
) -> Result<Option<CodeChallenge>, RedirectedRefusal> {
    match (
        parameters.get("code_challenge"),
        parameters.get("code_challenge_method"),
    ) {
        (None, None) => Ok(None),
        (Some(challenge), Some("S256")) => CodeChallenge::s256(challenge)
            .map(Some)
            .map_err(|_| RedirectedRefusal::CodeChallengeMalformed),
        _ => Err(RedirectedRefusal::CodeChallengeMalformed),
    }
}

fn prompt(parameters: &AuthorizationParameters) -> Result<Prompt, RedirectedRefusal> {
    let mut prompt = Prompt::default();
    let mut others = false;
    for word in parameters
        .get("prompt")
        .unwrap_or_default()
        .split(' ')
        .filter(|word| !word.is_empty())
    {
        match word {
            "none" => prompt.none = true,
            "login" => prompt.login = true,
            "consent" => prompt.consent = true,
            // There is one person in a browser at a time; to choose another is to sign in again.
            "select_account" => prompt.login = true,
            _ => return Err(RedirectedRefusal::PromptMalformed),
        }
        others |= word != "none";
    }
    if prompt.none && others {
        return Err(RedirectedRefusal::PromptMalformed);
    }
    Ok(prompt)
}

fn max_age(parameters: &AuthorizationParameters) -> Result<Option<u64>, RedirectedRefusal> {
    let Some(text) = parameters.get("max_age") else {
        return Ok(None);
    };
    if !text.bytes().all(|byte| byte.is_ascii_digit()) || text.len() > 10 {
        return Err(RedirectedRefusal::MaxAgeMalformed);
    }
    text.parse()
        .map(Some)
        .map_err(|_| RedirectedRefusal::MaxAgeMalformed)
}
