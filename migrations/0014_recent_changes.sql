-- What the latest changes were, so that whoever remembers something forgets only what changed. The same notation as in 0001.

-- A row for each of the latest moves of the mark of changes. A mark without its row was moved by an older Grantor: nobody knows
-- what it was for.
create table recent_changes (
    -- Where the mark stood after it.
    mark    bigint not null primary key,
    -- A number by chance. Whoever saw this change knows by it that the marks after it follow from it, and that the database is
    -- not another one (a replica that took over, a restored file) in which the same marks stand for something else.
    stamp   bigint not null,
    kind    text   not null,
    -- A token, a family, a person, a credential, an account or an environment; empty where the kind says it all.
    subject text   not null
);
