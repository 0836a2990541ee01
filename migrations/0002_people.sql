-- People, what they sign in with, and what they let clients do. The same notation as in 0001.

-- Someone who signs in. An operator belongs to the platform itself and has no account.
create table people (
    id                     text   not null primary key,
    environment            text   not null,
    account_id             text   /*postgres: collate "C" */ references accounts (id),
    username               text   not null,
    -- The one form in which all spellings of a name meet (Unicode NFKC, lower case, trimmed).
    canonical_username     text   /*postgres: collate "C" */ not null,
    role                   text   not null check (role in ('operator', 'account-manager', 'member')),
    -- Argon2id over an HMAC under that master key; none until an invitation is taken up.
    password_hash          bytea,
    password_master_key_id text,
    must_change_password   bigint not null check (must_change_password in (0, 1)),
    password_changed_at    bigint,
    -- The shared secret of RFC 6238, encrypted under that master key, and the last time step that was accepted.
    totp_wrapped_secret    bytea,
    totp_master_key_id     text,
    totp_confirmed_at      bigint,
    totp_last_step         bigint not null default 0,
    created_at             bigint not null,
    updated_at             bigint not null,
    disabled_at            bigint,
    last_sign_in_at        bigint,
    unique (environment, canonical_username),
    check (role = 'operator' or account_id is not null)
);
create index people_by_account on people (account_id);
create index people_by_password_master_key on people (password_master_key_id);
create index people_by_totp_master_key on people (totp_master_key_id);

-- Single-use codes for the day the second factor is lost. SHA-256 of 80 random bits under the person's id.
create table recovery_codes (
    person_id text   not null references people (id),
    hash      bytea  not null,
    used_at   bigint,
    primary key (person_id, hash)
);

-- A browser in which someone signed in. Found by the SHA-256 of its cookie.
create table sessions (
    id_hash          bytea  not null primary key,
    environment      text   not null,
    person_id        text   not null references people (id),
    step             text   not null check (step in ('second-factor', 'change-password', 'full')),
    created_at       bigint not null,
    authenticated_at bigint not null,
    second_factor_at bigint,
    last_seen_at     bigint not null,
    expires_at       bigint not null,
    remote_address   text   not null,
    user_agent       text   not null
);
create index sessions_by_person on sessions (person_id);
create index sessions_by_expiry on sessions (expires_at);

-- What may be used once: an invitation to set a password.
create table tickets (
    id_hash     bytea  not null primary key,
    environment text   not null,
    kind        text   not null check (kind in ('invitation')),
    person_id   text   not null references people (id),
    created_at  bigint not null,
    expires_at  bigint not null,
    used_at     bigint
);
create index tickets_by_person on tickets (person_id);
create index tickets_by_expiry on tickets (expires_at);

-- What a person has let a client do.
create table consents (
    environment     text   not null,
    person_id       text   not null references people (id),
    credential_uuid text   not null references credentials (uuid),
    scope           text   not null,
    granted_at      bigint not null,
    primary key (person_id, credential_uuid)
);
create index consents_by_credential on consents (credential_uuid);

-- All that came out of one authorization by a person: it lives and dies together.
create table token_families (
    id                bytea  not null primary key,
    environment       text   not null,
    credential_uuid   text   not null,
    person_id         text   not null,
    scope             text   not null,
    created_at        bigint not null,
    -- From when nothing of it can be refreshed, however often it was (the absolute lifetime).
    expires_at        bigint not null,
    -- The generation that lives: the newest. A generation is one token answer.
    newest_generation bigint not null,
    revoked_at        bigint,
    revoked_reason    text
);
create index token_families_by_person on token_families (person_id);
create index token_families_by_credential on token_families (credential_uuid);
create index token_families_by_expiry on token_families (expires_at);

-- One row per token answer of a family. Without a refresh token its hash is empty.
create table refresh_tokens (
    family_id      bytea  not null references token_families (id),
    generation     bigint not null,
    secret_hash    bytea  not null,
    issued_at      bigint not null,
    expires_at     bigint not null,
    -- When it was first exchanged; a retry does not move it.
    used_at        bigint,
    -- When the access token of the same answer was first used.
    access_used_at bigint,
    -- When a retry of the generation before took its place: it and its access token are dead.
    dead_at        bigint,
    primary key (family_id, generation)
);

create table authorization_codes (
    id              bytea  not null primary key,
    environment     text   not null,
    secret_hash     bytea  not null,
    credential_uuid text   not null,
    person_id       text   not null,
    scope           text   not null,
    redirect_uri    text   not null,
    code_challenge  text,
    issued_at       bigint not null,
    expires_at      bigint not null,
    redeemed_at     bigint,
    family_id       bytea,
    failed_attempts bigint not null default 0
);
create index authorization_codes_by_expiry on authorization_codes (expires_at);
create index authorization_codes_by_person on authorization_codes (person_id);

-- Tokens that a client got for itself have neither.
alter table access_tokens add column family_id bytea;
alter table access_tokens add column generation bigint;

-- A confidential client that was let off PKCE (RFC 9700 section 2.1.1).
alter table credentials add column pkce_exempt bigint not null default 0 check (pkce_exempt in (0, 1));
