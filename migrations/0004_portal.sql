-- What the portal shows. The same notation as in 0001.

-- An account's credentials by name, page by page.
create index credentials_by_account_and_name on credentials (account_id, environment, name, uuid);

-- How often a credential was used on a day (whole days since 1970, UTC).
create table credential_uses (
    credential_uuid text   not null,
    day             bigint not null,
    -- Answers of the token endpoint that held a token.
    tokens          bigint not null,
    -- Requests that the gateway passed on.
    requests        bigint not null,
    -- Requests that the gateway refused, though the token was good.
    refusals        bigint not null,
    primary key (credential_uuid, day)
);
create index credential_uses_by_day on credential_uses (day);

-- What people did, without what programs do all day: the two events that every token writes are in no index, so that a
-- token costs what it cost.
create index audit_events_of_account on audit_events (account_id, sequence)
    where event <> 'token.issued' and event <> 'refresh_token.rotated';
create index audit_events_of_people on audit_events (sequence)
    where event <> 'token.issued' and event <> 'refresh_token.rotated';

-- For how many days before its end people were warned of a secret: 30, then 7, then 1.
alter table secrets add column warned_days bigint;
create index secrets_by_expiry on secrets (expires_at);

-- Tickets of a second kind: a person who comes from the platform's own product. A check cannot be changed, so the table is
-- made anew with what it held.
alter table tickets rename to tickets_before_0004;
create table tickets (
    id_hash     bytea  not null primary key,
    environment text   not null,
    kind        text   not null check (kind in ('invitation', 'hand-over')),
    person_id   text   not null references people (id),
    created_at  bigint not null,
    expires_at  bigint not null,
    used_at     bigint
);
insert into tickets select id_hash, environment, kind, person_id, created_at, expires_at, used_at from tickets_before_0004;
drop table tickets_before_0004;
create index tickets_by_person on tickets (person_id);
create index tickets_by_expiry on tickets (expires_at);
