//! `POST /oauth/token`

mod authorization_code;
mod client_authentication;
mod client_credentials;
mod frame;
mod password;
mod refresh_token;
