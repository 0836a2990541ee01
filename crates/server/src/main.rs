//! `grantor`: the OAuth 2 authorization server for companies that sell an API.

fn main() {}
