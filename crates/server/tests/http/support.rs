//! What the tests stand on: a real server, a wire that can say anything, the command line, an API behind the gateway.

pub mod api;
pub mod browser;
pub mod cli;
pub mod database;
pub mod folder;
pub mod frames;
pub mod gate;
pub mod house;
pub mod http2;
pub mod identity_provider;
pub mod mail_sink;
pub mod process;
pub mod receiver;
pub mod redis;
pub mod request;
pub mod server;
pub mod signer;
pub mod tls;
pub mod tls_api;
pub mod transcript;
pub mod upstream;
pub mod wire;

pub use self::redis::Redis;
pub use browser::Browser;
pub use cli::Credential;
pub use house::{House, house};
pub use request::Request;
pub use server::{Server, Setup, until};
pub use wire::{Answer, Connection, exchange};

/// Runs a test on SQLite and, where `GRANTOR_TEST_POSTGRES` says that there is one, on PostgreSQL.
macro_rules! on_each_database {
    ($($(#[$attribute:meta])* fn $name:ident($house:ident) $body:block)*) => {$(
        $(#[$attribute])*
        mod $name {
            #[allow(unused_imports)]
            use super::*;

            fn body($house: &'static $crate::http::support::House) $body

            #[test]
            fn on_sqlite() {
                body($crate::http::support::house::sqlite_house());
            }

            #[test]
            fn on_postgres() {
                match $crate::http::support::house::postgres_house() {
                    Some(house) => body(house),
                    None => println!("not run: GRANTOR_TEST_POSTGRES is not set"),
                }
            }
        }
    )*};
}
pub(crate) use on_each_database;
