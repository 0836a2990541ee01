//! What a backup holds: every table and column but what each database keeps for itself (the mark of
//! changes, the end of SQLite's audit chain, the list of migrations).

/// A table with its columns, in the order in which rows are written.
pub(crate) struct Table {
    pub(super) name: &'static str,
    pub(super) columns: &'static [&'static str],
    pub(super) select: &'static str,
    pub(super) select_any: &'static str,
}

/// Declares tables, and beside them the list of their statements.
macro_rules! tables {
    ($($name:literal by $order:literal: $first:literal $(, $column:literal)*;)+) => {
        /// Every table, those first that others refer to.
        pub(crate) const TABLES: &[Table] = &[$(Table {
            name: $name,
            columns: &[$first $(, $column)*],
            select: concat!("select ", $first $(, ", ", $column)*, " from ", $name, " order by ", $order),
            select_any: concat!("select mark from changes where exists (select 1 from ", $name, ")"),
        }),+];
        pub(crate) const STATEMENTS: &[(&str, &str)] = &[$(
            (concat!("backup::", $name), concat!("select ", $first $(, ", ", $column)*, " from ", $name, " order by ", $order)),
            (concat!("backup::any::", $name), concat!("select mark from changes where exists (select 1 from ", $name, ")")),
        )+];
    };
}

/// Whose rows are chained on SQLite.
pub(super) const AUDIT_EVENTS: &str = "audit_events";

tables! {
    "accounts" by "id": "id", "name", "created_at", "suspended_at";
    "credentials" by "uuid": "uuid", "environment", "client_id", "account_id", "name", "description", "version", "scopes", "grant_types",
        "redirect_uris", "is_public", "is_resource_server", "created_at", "updated_at", "disabled_at", "tokens_revoked_at";
    "secrets" by "id": "id", "credential_uuid", "scheme", "hash", "master_key_id", "hint", "created_at", "expires_at", "last_used_at",
        "last_used_address";
    "access_tokens" by "id": "id", "environment", "secret_hash", "credential_uuid", "scope", "issued_at", "expires_at", "revoked_at";
    "revoked_jwts" by "environment, jti": "environment", "jti", "expires_at", "revoked_at";
    "signing_keys" by "environment, id": "environment", "id", "algorithm", "public_jwk", "wrapped_private_key", "master_key_id", "created_at",
        "activates_at", "retires_at", "expires_at", "revoked_at";
    "master_keys" by "id": "id", "check_value", "created_at", "retired_at";
    "operator_tokens" by "id": "id", "name", "scopes", "hash", "created_at", "expires_at", "revoked_at";
    "audit_events" by "sequence": "sequence", "at", "actor", "environment", "account_id", "event", "subject", "remote_address", "request_id",
        "details", "hash";
}
