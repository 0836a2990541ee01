-- What the status page shows: how each part of an environment answered, and what the operator says of it. The same notation as in 0001.

-- Answers of one part of an environment in one minute or on one day (UTC), added up over all nodes. A row without answers says
-- that somebody was there to count.
create table status_counts (
    environment text   not null,
    component   text   not null,
    period      text   not null check (period in ('minute', 'day')),
    -- Whole minutes or days since 1970.
    at          bigint not null,
    answered    bigint not null,
    failed      bigint not null,
    primary key (environment, period, at, component)
);

-- What the operator tells everyone: something is wrong, or will be away for a while.
create table incidents (
    id          text   /*postgres: collate "C" */ not null primary key,
    environment text   not null,
    kind        text   not null check (kind in ('incident', 'maintenance')),
    title       text   not null,
    -- The parts that it concerns.
    components  text   not null,
    state       text   not null check (state in ('investigating', 'identified', 'monitoring', 'scheduled', 'resolved')),
    -- When it began, or is to begin.
    starts_at   bigint not null,
    -- Of maintenance: when it is to end.
    ends_at     bigint,
    created_at  bigint not null,
    updated_at  bigint not null,
    resolved_at bigint
);
create index incidents_by_id on incidents (environment, id);
create index incidents_by_end on incidents (resolved_at) where resolved_at is not null;

-- What was told of it, one after the other. Nothing that was told is changed.
create table incident_updates (
    incident_id text   /*postgres: collate "C" */ not null references incidents (id),
    id          text   /*postgres: collate "C" */ not null,
    at          bigint not null,
    state       text   not null,
    text        text   not null,
    primary key (incident_id, id)
);
