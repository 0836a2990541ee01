//! `POST /oauth/token`

mod client_authentication;
mod client_credentials;
mod frame;
