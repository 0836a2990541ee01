-- Passkeys (WebAuthn) as a second factor of people. The same notation as in 0001.

create table passkeys (
    -- The name that the authenticator gave it.
    credential_id bytea  not null primary key,
    environment   text   not null,
    person_id     text   not null references people (id),
    -- What the person calls it.
    name          text   not null,
    -- Public key and counter, as the library keeps them: nothing in it is secret.
    passkey       text   not null,
    created_at    bigint not null,
    last_used_at  bigint
);
create index passkeys_by_person on passkeys (person_id);

-- A challenge that a browser is answering right now: one per session, taken once.
create table passkey_ceremonies (
    session_id_hash bytea  not null primary key,
    kind            text   not null check (kind in ('registration', 'authentication')),
    state           text   not null,
    expires_at      bigint not null
);
create index passkey_ceremonies_by_expiry on passkey_ceremonies (expires_at);
