-- Requests of the management API that are not to be done twice. The same notation as in 0001.

create table idempotency_keys (
    -- SHA-256 over who asked and the key they chose.
    id_hash       bytea  not null primary key,
    -- A keyed hash of the request: it may hold a password, which nobody shall guess from here.
    fingerprint   bytea  not null,
    -- The id of what is made, drawn before it is made: the same id twice makes one.
    made_id       text   not null,
    -- Until when the request counts as running; 0 when it failed on our side and may be sent again.
    running_until bigint not null,
    -- The answer, without what is told once. Null until there is one.
    status        bigint,
    answer        text,
    -- Whom or what the answer is about, so that erasing a person erases it too.
    subject       text,
    expires_at    bigint not null
);
create index idempotency_keys_by_expiry on idempotency_keys (expires_at);
create index idempotency_keys_by_subject on idempotency_keys (subject);
