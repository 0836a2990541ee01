//! What a backup holds: every table and column but what each database keeps for itself (the mark of
//! changes and what moved it, the end of SQLite's audit chain, the list of migrations).

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
    "account_environments" by "environment, account_id": "environment", "account_id", "since";
    "refresh_schedules" by "environment": "environment", "schedule", "since";
    "refreshes" by "id": "id", "environment", "source", "scheduled_at", "data_until", "begun_at", "lease_until", "outcome", "ended_at", "report",
        "cleared_at";
    "credentials" by "uuid": "uuid", "environment", "client_id", "account_id", "name", "description", "version", "scopes", "grant_types",
        "redirect_uris", "is_public", "is_resource_server", "created_at", "updated_at", "disabled_at", "tokens_revoked_at", "pkce_exempt",
        "requests_per_second", "requests_per_day", "disabled_by_refresh";
    "secrets" by "id": "id", "credential_uuid", "scheme", "hash", "master_key_id", "hint", "created_at", "expires_at", "last_used_at",
        "last_used_address", "warned_days";
    "ways_back" by "secret_id": "secret_id", "environment", "server", "sealed", "master_key_id";
    "imported_clients" by "environment, client_id": "environment", "client_id", "credential_uuid", "format", "imported_at";
    "imported_secrets" by "mark": "mark", "environment", "client_id", "imported_at";
    "imported_tokens" by "id": "id", "environment", "kind", "secret_hash", "credential_uuid", "scope", "issued_at", "imported_at",
        "expires_at", "gone_at", "revoked_at", "family_id";
    "access_tokens" by "id": "id", "environment", "secret_hash", "credential_uuid", "scope", "issued_at", "expires_at", "revoked_at",
        "family_id", "generation";
    "revoked_jwts" by "environment, jti": "environment", "jti", "expires_at", "revoked_at";
    "signing_keys" by "environment, id": "environment", "id", "algorithm", "public_jwk", "wrapped_private_key", "master_key_id", "created_at",
        "activates_at", "retires_at", "expires_at", "revoked_at";
    "master_keys" by "id": "id", "check_value", "created_at", "retired_at";
    "operator_tokens" by "id": "id", "name", "scopes", "hash", "created_at", "expires_at", "revoked_at";
    "credential_uses" by "credential_uuid, day": "credential_uuid", "day", "tokens", "requests", "refusals";
    "budget_warnings" by "credential_uuid, day, percent": "credential_uuid", "day", "percent";
    "request_records" by "environment, id": "environment", "id", "credential_uuid", "kind", "at", "door", "method", "path", "status", "reason",
        "microseconds", "remote_address", "exchange";
    "people" by "id": "id", "environment", "account_id", "username", "canonical_username", "role", "password_hash", "password_master_key_id",
        "must_change_password", "password_changed_at", "totp_wrapped_secret", "totp_master_key_id", "totp_confirmed_at", "totp_last_step",
        "created_at", "updated_at", "disabled_at", "last_sign_in_at", "email", "arrives", "leaves", "origin";
    "people_before" by "person_id, until": "person_id", "environment", "until", "account_id", "username", "canonical_username", "role",
        "disabled_at", "email";
    "passkeys" by "credential_id": "credential_id", "environment", "person_id", "name", "passkey", "created_at", "last_used_at";
    "passkey_ceremonies" by "session_id_hash": "session_id_hash", "kind", "state", "expires_at";
    "recovery_codes" by "person_id, hash": "person_id", "hash", "used_at";
    "sessions" by "id_hash": "id_hash", "environment", "person_id", "step", "created_at", "authenticated_at", "second_factor_at", "last_seen_at",
        "expires_at", "remote_address", "user_agent";
    "tickets" by "id_hash": "id_hash", "environment", "kind", "person_id", "created_at", "expires_at", "used_at", "issued_by";
    "identities" by "environment, issuer, subject": "environment", "issuer", "subject", "person_id", "created_at";
    "spent" by "environment, kind, hash": "environment", "kind", "hash", "expires_at";
    "consents" by "person_id, credential_uuid": "environment", "person_id", "credential_uuid", "scope", "granted_at";
    "token_families" by "id": "id", "environment", "credential_uuid", "person_id", "scope", "created_at", "expires_at", "newest_generation",
        "revoked_at", "revoked_reason";
    "refresh_tokens" by "family_id, generation": "family_id", "generation", "secret_hash", "issued_at", "expires_at", "used_at", "access_used_at",
        "dead_at";
    "authorization_codes" by "id": "id", "environment", "secret_hash", "credential_uuid", "person_id", "scope", "redirect_uri", "code_challenge",
        "issued_at", "expires_at", "redeemed_at", "family_id", "failed_attempts";
    "idempotency_keys" by "id_hash": "id_hash", "fingerprint", "made_id", "running_until", "status", "answer", "subject", "expires_at";
    "deliveries" by "id": "id", "kind", "receiver", "event", "environment", "occurred_at", "payload", "state", "attempts", "next_attempt_at",
        "last_attempt_at", "last_outcome", "ended_at";
    "status_counts" by "environment, period, at, component": "environment", "component", "period", "at", "answered", "failed";
    "incidents" by "id": "id", "environment", "kind", "title", "components", "state", "starts_at", "ends_at", "created_at", "updated_at",
        "resolved_at";
    "incident_updates" by "incident_id, id": "incident_id", "id", "at", "state", "text";
    "audit_events" by "sequence": "sequence", "at", "actor", "environment", "account_id", "event", "subject", "remote_address", "request_id",
        "details", "hash";
}
