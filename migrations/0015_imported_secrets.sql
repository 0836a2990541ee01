-- Secrets that came from another server under its hash, and what came by which import. The same notation as in 0001.

-- A third scheme: `imported` names in its text how the old server hashed, and is replaced at the first use.
/*postgres:
alter table secrets drop constraint secrets_scheme_check;
alter table secrets add constraint secrets_scheme_check check (scheme in ('hmac-sha-256', 'argon2id', 'imported'));
*/

/*sqlite:
create table secrets_of_three_schemes (
    id                text   not null primary key,
    credential_uuid   text   not null references credentials (uuid),
    scheme            text   not null check (scheme in ('hmac-sha-256', 'argon2id', 'imported')),
    hash              bytea  not null check (length(hash) > 0),
    master_key_id     text   not null,
    hint              text   not null,
    created_at        bigint not null,
    expires_at        bigint,
    last_used_at      bigint,
    last_used_address text,
    warned_days       bigint
);
insert into secrets_of_three_schemes
    select id, credential_uuid, scheme, hash, master_key_id, hint, created_at, expires_at, last_used_at, last_used_address, warned_days from secrets;
drop table secrets;
alter table secrets_of_three_schemes rename to secrets;
create index secrets_by_credential on secrets (credential_uuid);
create index secrets_by_master_key on secrets (master_key_id);
create index secrets_by_expiry on secrets (expires_at);
*/

-- Which client ids came by an import. A row outlives its credential: what was deleted here does not come back with the next run.
create table imported_clients (
    environment     text   not null,
    client_id       text   not null,
    credential_uuid text   not null,
    format          text   not null,
    imported_at     bigint not null,
    primary key (environment, client_id)
);

-- Which secrets came, by a keyed hash of what the old server held, so that one that was ended here does not come back either.
create table imported_secrets (
    mark        text   not null primary key,
    environment text   not null,
    client_id   text   not null,
    imported_at bigint not null
);
create index imported_secrets_by_environment on imported_secrets (environment);
