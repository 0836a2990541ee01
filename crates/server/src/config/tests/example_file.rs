//! `grantor.example.toml` is made from the configuration's structs; a stale one fails here.
