-- An environment that is overwritten with another one's data. The same notation as in 0001.

-- Which account is a customer of which environment, and since when. An account itself is one over all environments.
create table account_environments (
    environment text   not null,
    account_id  text   /*postgres: collate "C" */ not null references accounts (id),
    since       bigint not null,
    primary key (environment, account_id)
);
insert into account_environments (environment, account_id, since)
    select environment, account_id, min(created_at) from (
        select environment, account_id, created_at from credentials
        union all
        select environment, account_id, created_at from people where account_id is not null
    ) known group by environment, account_id;

-- A person as it stood until a change: with these and what stands now, any moment of the last months can be read.
create table people_before (
    person_id          text   /*postgres: collate "C" */ not null,
    environment        text   not null,
    until              bigint not null,
    account_id         text   /*postgres: collate "C" */,
    username           text   not null,
    canonical_username text   /*postgres: collate "C" */ not null,
    role               text   not null,
    disabled_at        bigint,
    email              text,
    primary key (person_id, until)
);
create index people_before_by_age on people_before (until);

-- Since when a schedule is known: what would have been run before is nothing that was missed.
create table refresh_schedules (
    environment text   not null primary key,
    schedule    text   not null,
    since       bigint not null
);

-- Each run of a refresh.
create table refreshes (
    id           text   /*postgres: collate "C" */ not null primary key,
    environment  text   not null,
    source       text   not null,
    -- The moment of the schedule; none for one that somebody asked for.
    scheduled_at bigint,
    data_until   bigint not null,
    begun_at     bigint not null,
    -- From when a run that has not ended counts as given up.
    lease_until  bigint not null,
    outcome      text   not null check (outcome in ('running', 'done', 'failed')),
    ended_at     bigint,
    -- What it did, as JSON; why it failed, as a sentence.
    report       text,
    -- When nothing prepared for it, and nothing that it ended, was left.
    cleared_at   bigint
);
-- Over all nodes a moment of the schedule is one run, and an environment has one run at a time.
create unique index refreshes_scheduled on refreshes (environment, scheduled_at) where outcome <> 'failed';
create unique index refreshes_running on refreshes (environment) where outcome = 'running';

-- What a run prepares is there before it counts. A person who arrives or leaves with a run names it; whether the run is done
-- decides for all of them in one write.
alter table people add column arrives text;
alter table people add column leaves text;
-- The person of the source whom a refresh brought.
alter table people add column origin text;
create index people_arriving on people (arrives) where arrives is not null;
create index people_leaving on people (leaves) where leaves is not null;

-- Everyone who is here. Whoever adds a column to people makes this view anew: PostgreSQL keeps the columns it had.
create view present_people as
    select p.* from people p
    where (p.arrives is null or exists (select 1 from refreshes r where r.id = p.arrives and r.outcome = 'done'))
      and (p.leaves is null or not exists (select 1 from refreshes r where r.id = p.leaves and r.outcome = 'done'));

-- The run that switched a credential off, because its account was not among the accounts of the source.
alter table credentials add column disabled_by_refresh text;
