-- How much one credential may ask for, where that differs from its environment's; 0 is no limit. The same notation as in 0001.
alter table credentials add column requests_per_second bigint;
alter table credentials add column requests_per_day bigint;

-- Who was warned on which day (whole days since 1970, UTC) of having used how much of it: one node of several tells.
create table budget_warnings (
    credential_uuid text not null,
    day bigint not null,
    percent bigint not null,
    primary key (credential_uuid, day, percent)
);
