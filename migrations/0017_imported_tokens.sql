-- Tokens that another server gave out and that go on working here until they end. The same notation as in 0001.

-- Found by the first bytes of a one-way step over what the old server kept; neither that nor the token's text is here.
create table imported_tokens (
    id              bytea  not null primary key,
    environment     text   not null,
    kind            text   not null check (kind in ('access', 'refresh')),
    secret_hash     bytea  not null,
    credential_uuid text   not null,
    scope           text   not null,
    -- When the old server gave it out; that may be long before its credential came.
    issued_at       bigint not null,
    imported_at     bigint not null,
    expires_at      bigint not null,
    -- From when the old server refuses it as well. Until then, or for good where there is no such moment, the row stays as the mark
    -- that it came: what was ended here does not come back with the next run.
    gone_at         bigint,
    revoked_at      bigint,
    -- Tokens that a client got for itself have none.
    family_id       bytea
);
create index imported_tokens_by_expiry on imported_tokens (environment, expires_at);
create index imported_tokens_by_end on imported_tokens (gone_at);
create index imported_tokens_by_credential on imported_tokens (credential_uuid);
