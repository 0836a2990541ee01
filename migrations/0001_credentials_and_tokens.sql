-- Both databases run this text. What only one of them understands stands in a comment that the
-- migration runner uncovers for that one: /*sqlite …*/ and /*postgres …*/, with a colon after the name.
--
-- Times are milliseconds since 1970 (bigint), ids are text, hashes and keys are bytea (SQLite stores
-- a BLOB under that type name), yes and no are 1 and 0, lists are JSON arrays in text.

-- A customer. One over all environments.
create table accounts (
    id           text   /*postgres: collate "C" */ not null primary key,
    name         text   /*postgres: collate "C" */ not null unique,
    created_at   bigint not null,
    suspended_at bigint
);

-- A client (RFC 6749 section 2) with what the portal calls a credential.
create table credentials (
    uuid               text   not null primary key,
    environment        text   not null,
    client_id          text   not null,
    account_id         text   /*postgres: collate "C" */ not null references accounts (id),
    name               text   /*postgres: collate "C" */ not null,
    description        text   not null,
    version            text,
    scopes             text   not null,
    grant_types        text   not null,
    redirect_uris      text   not null,
    is_public          bigint not null check (is_public in (0, 1)),
    is_resource_server bigint not null check (is_resource_server in (0, 1)),
    created_at         bigint not null,
    updated_at         bigint not null,
    disabled_at        bigint,
    -- Tokens issued at or before this moment are dead: one write ends them all.
    tokens_revoked_at  bigint,
    -- In this order, because a command that names no environment looks a client id up alone.
    unique (client_id, environment)
);
create index credentials_by_name on credentials (environment, name, uuid);
create index credentials_by_account on credentials (account_id);

-- Only hashes; each names the master key it was made with.
create table secrets (
    id                text   not null primary key,
    credential_uuid   text   not null references credentials (uuid),
    scheme            text   not null check (scheme in ('hmac-sha-256', 'argon2id')),
    hash              bytea  not null check (length(hash) > 0),
    master_key_id     text   not null,
    hint              text   not null,
    created_at        bigint not null,
    expires_at        bigint,
    last_used_at      bigint,
    last_used_address text
);
create index secrets_by_credential on secrets (credential_uuid);
create index secrets_by_master_key on secrets (master_key_id);

-- The hot table. Its key begins with the time, so that new rows are appended to the last page; there is
-- no index on expiry (the clean-up walks the key) and none on the credential (the judge looks the
-- credential up, so a token whose credential is gone is dead without being touched).
create table access_tokens (
    id              bytea  not null primary key,
    environment     text   not null,
    secret_hash     bytea  not null,
    credential_uuid text   not null,
    scope           text   not null,
    issued_at       bigint not null,
    expires_at      bigint not null,
    revoked_at      bigint
) /*sqlite: without rowid */;

-- JWT access tokens that died before their time (RFC 7009), until they would have expired.
create table revoked_jwts (
    environment text   not null,
    jti         bytea  not null,
    expires_at  bigint not null,
    revoked_at  bigint not null,
    primary key (environment, jti)
);
create index revoked_jwts_by_expiry on revoked_jwts (expires_at);

create table signing_keys (
    environment         text   not null,
    id                  text   not null,
    algorithm           text   not null,
    public_jwk          text   not null,
    wrapped_private_key bytea  not null check (length(wrapped_private_key) > 0),
    master_key_id       text   not null,
    created_at          bigint not null,
    activates_at        bigint not null,
    retires_at          bigint,
    expires_at          bigint,
    revoked_at          bigint,
    primary key (environment, id)
);

-- The names of master keys and a value by which a wrong key is told from the right one; never the keys.
create table master_keys (
    id          text   not null primary key,
    check_value bytea  not null,
    created_at  bigint not null,
    retired_at  bigint
);

create table operator_tokens (
    id         text   not null primary key,
    name       text   not null,
    scopes     text   not null,
    hash       bytea  not null unique,
    created_at bigint not null,
    expires_at bigint not null,
    revoked_at bigint
);

-- One row, moved by every change that a cache must notice. Verbs move it first, so on PostgreSQL its row
-- lock lets rare changes happen one after the other, as SQLite does with all writes.
create table changes (
    id   bigint not null primary key check (id = 1),
    mark bigint not null
);
insert into changes (id, mark) values (1, 0);

-- The audit trail is only ever added to. On SQLite every row holds the hash of the one before
-- it; on PostgreSQL the service account has no right to change a row.
create table audit_events (
    sequence       /*sqlite: integer */ /*postgres: bigint generated by default as identity */ primary key,
    at             bigint not null,
    actor          text   not null,
    environment    text,
    account_id     text,
    event          text   not null,
    subject        text,
    remote_address text,
    request_id     text,
    details        text   not null,
    hash           bytea
);

/*sqlite:
create table audit_tail (
    id       integer primary key check (id = 1),
    sequence integer not null,
    hash     blob    not null
);
insert into audit_tail (id, sequence, hash) values (1, 0, x'');
create trigger audit_events_are_not_changed before update on audit_events
begin
    select raise(abort, 'audit events are never changed');
end;
create trigger audit_events_are_not_removed before delete on audit_events
begin
    select raise(abort, 'audit events are never removed');
end;
*/

/*postgres:
create function audit_events_are_final() returns trigger language plpgsql as $$
begin
    raise exception 'audit events are never changed or removed';
end
$$;
create trigger audit_events_are_final before update or delete or truncate on audit_events
    for each statement execute function audit_events_are_final();
revoke update, delete, truncate on audit_events from public;
revoke update, delete, truncate on audit_events from current_user;
*/
