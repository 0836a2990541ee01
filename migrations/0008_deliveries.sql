-- What is to be told to others: webhooks to the platform, mail to its customers' people. The same notation as in 0001.

-- Where mail for a person goes, if not to the username.
alter table people add column email text;

-- One row for each event and each who is to hear of it, written in the transaction of the event.
create table deliveries (
    id              text   /*postgres: collate "C" */ not null primary key,
    kind            text   not null check (kind in ('webhook', 'mail')),
    -- The webhook's name in the configuration, or the person's id.
    receiver        text   not null,
    event           text   not null,
    environment     text,
    occurred_at     bigint not null,
    -- What happened, as a JSON object, without a secret and without a person's name.
    payload         text   not null,
    state           text   not null check (state in ('waiting', 'delivered', 'given-up')),
    attempts        bigint not null default 0,
    -- Not before then; while a node sends it, the moment at which another may try.
    next_attempt_at bigint not null,
    last_attempt_at bigint,
    last_outcome    text,
    ended_at        bigint
);
create index deliveries_due on deliveries (kind, receiver, next_attempt_at) where state = 'waiting';
create index deliveries_by_receiver on deliveries (kind, receiver, id);
create index deliveries_by_end on deliveries (ended_at) where ended_at is not null;
