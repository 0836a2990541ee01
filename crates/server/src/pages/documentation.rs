//! The documentation: a page to read, and a page for each API of the platform.

use serde::Serialize;

use super::Page;

/// A page of the documentation.
#[derive(Default, Serialize)]
pub struct Documentation {
    /// The documentation's own path.
    pub path: String,
    /// The name of the API that this page is about; None: this is the first page.
    pub api: Option<String>,
    /// What leads to a first call, and what one should know then.
    pub guide: Option<Guide>,
    /// The operations, by their tags.
    pub groups: Vec<OperationGroup>,
    /// Every page there is: name and path.
    pub pages: Vec<(String, String)>,
    /// What can be taken away: its name and its path.
    pub downloads: Vec<(String, String)>,
    /// Where the mock answers this page's operations, below the environment's URL.
    pub mock: String,
    /// Where the environment answers them.
    pub base: String,
}

impl Page for Documentation {
    const TEMPLATE: &'static str = "documentation";
    const STYLE: &'static str = include_str!("documentation.css");
    const SCRIPT: &'static str = include_str!("documentation.js");
    const ASKS_US: bool = true;
}

/// The part of the first page that is not made from a description.
#[derive(Default, Serialize)]
pub struct Guide {
    /// The environment's URL.
    pub url: String,
    /// The token endpoint's.
    pub token_url: String,
    /// The portal's.
    pub portal_url: String,
    /// What the programs read where and as whom they call from, for a shell.
    pub variables: String,
    /// Seconds that an access token lives.
    pub lifetime: u64,
    /// The path that is called first; empty where there is no route.
    pub call_path: String,
    /// The header that asks for dates in the one form.
    pub dates: String,
    /// The same steps in each language.
    pub samples: Vec<Sample>,
    /// Whether credentials of this environment get refresh tokens.
    pub refreshes: bool,
    /// Where one can call: name, URL, and whether it is this environment, the mock or another.
    pub servers: Vec<(String, String, &'static str)>,
    /// What is limited: a sentence of the catalogue and its number.
    pub limits: Vec<(&'static str, u64)>,
    /// What is said when something is wrong: status, code, sentence of the catalogue.
    pub errors: Vec<(String, String, String)>,
    /// What may be asked for: a version and its scopes, by name and value.
    pub versions: Vec<(String, Vec<(String, String)>)>,
}

/// A program of two steps in one language.
#[derive(Serialize)]
pub struct Sample {
    /// For programs: `python`.
    pub language: &'static str,
    /// For people: `Python`.
    pub label: &'static str,
    /// What gets a token: the file's name and its text.
    pub token: (&'static str, String),
    /// What calls the API with it.
    pub call: (&'static str, String),
}

/// The operations of one tag.
#[derive(Serialize)]
pub struct OperationGroup {
    /// The tag.
    pub name: String,
    /// Where it is on the page.
    pub anchor: String,
    /// What it is about.
    pub description: Vec<Paragraph>,
    /// In the description's order.
    pub operations: Vec<Operation>,
}

/// One operation.
#[derive(Serialize)]
pub struct Operation {
    /// Where it is on the page.
    pub anchor: String,
    /// `POST`
    pub method: String,
    /// Below the environment's URL.
    pub path: String,
    /// In a few words.
    pub summary: String,
    /// In more.
    pub description: Vec<Paragraph>,
    /// Not for new programs.
    pub deprecated: bool,
    /// How the caller proves itself: `basic`, `bearer`, or nothing.
    pub proves: &'static str,
    /// The scopes that are needed.
    pub scopes: Vec<String>,
    /// In path, query, header or cookie.
    pub parameters: Vec<Field>,
    /// What is sent.
    pub body: Option<Body>,
    /// What is answered.
    pub answers: Vec<Answer>,
    /// The same as a command line.
    pub command: String,
    /// Whether a program can ask, or only a browser.
    pub tries: bool,
}

/// What is sent with an operation.
#[derive(Serialize)]
pub struct Body {
    /// Whether there must be one.
    pub required: bool,
    /// One per kind.
    pub contents: Vec<Content>,
}

/// A body of one kind.
#[derive(Serialize)]
pub struct Content {
    /// `application/json`
    pub media_type: String,
    /// What it can be: one, or one of several.
    pub shapes: Vec<Shape>,
    /// Name, what it shows, and its text.
    pub examples: Vec<(String, String, String)>,
}

/// One of the things that a body can be.
#[derive(Serialize)]
pub struct Shape {
    /// Empty where there is only one.
    pub title: String,
    /// What it is.
    pub description: Vec<Paragraph>,
    /// What is in it.
    pub fields: Vec<Field>,
}

/// A parameter, or a member of a body.
#[derive(Serialize)]
pub struct Field {
    /// Its name.
    pub name: String,
    /// How far inside.
    pub depth: usize,
    /// `query`, `path`, `header`, `cookie`; empty in a body.
    pub place: String,
    /// `string`, `list of integer`
    pub kind: String,
    /// Whether it must be there.
    pub required: bool,
    /// What it means.
    pub description: Vec<Paragraph>,
    /// The only values it may have.
    pub values: Vec<String>,
    /// What it may be, in the words of JSON Schema.
    pub bounds: Vec<String>,
    /// What could stand there.
    pub example: String,
}

/// An answer.
#[derive(Serialize)]
pub struct Answer {
    /// `200`, `4XX`, `default`
    pub status: String,
    /// What it means.
    pub description: Vec<Paragraph>,
    /// Its headers.
    pub headers: Vec<Field>,
    /// One per kind.
    pub contents: Vec<Content>,
}

/// Prose, in pieces that are code or not.
pub type Paragraph = Vec<(bool, String)>;
