-- Signing in by others: the company's identity provider, and what the platform's own product signs. The same notation as in 0001.

-- Whom an identity provider vouches for. Found by its issuer and subject alone: a name or an address can be given to someone else.
create table identities (
    environment text   not null,
    issuer      text   not null,
    subject     text   not null,
    person_id   text   not null references people (id),
    created_at  bigint not null,
    primary key (environment, issuer, subject)
);
create index identities_by_person on identities (person_id);

-- What others showed once and that counts no second time, as SHA-256: the beginning of a sign-in, the id of a signed hand-over.
-- Kept until it would be refused for its age.
create table spent (
    environment text   not null,
    kind        text   not null check (kind in ('staff-sign-in', 'assertion')),
    hash        bytea  not null,
    expires_at  bigint not null,
    primary key (environment, kind, hash)
);
create index spent_by_expiry on spent (expires_at);
