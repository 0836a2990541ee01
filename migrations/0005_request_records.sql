-- The last requests of each credential, for a talk with support. The same notation as in 0001.
--
-- What stands here has been blotted out before: no secret, no token, no code. The newest of each credential and kind are
-- kept, and none longer than the configuration says.
create table request_records (
    environment     text   not null,
    -- The request's name, 32 hex digits that begin with its time: they sort by it.
    id              text   /*postgres: collate "C" */ not null,
    credential_uuid text   not null,
    kind            text   not null check (kind in ('answered', 'refused', 'unproven')),
    at              bigint not null,
    -- token or gateway
    door            text   not null,
    method          text   not null,
    path            text   not null,
    status          bigint not null,
    -- The name of the refusal, as the logs have it.
    reason          text,
    -- From the request's head to the answer's head.
    microseconds    bigint not null,
    remote_address  text   not null,
    -- Both halves, as JSON.
    exchange        text   not null,
    primary key (environment, id)
);
create index request_records_by_credential on request_records (credential_uuid, kind, id);
