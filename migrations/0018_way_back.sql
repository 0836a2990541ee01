-- The way back: secrets made here, as the server that somebody may return to would keep them. The same notation as in 0001.

-- Sealed under a master key, and gone with the secret. A later migration that makes the table of secrets anew on SQLite loses
-- these rows with the old table unless it saves them.
create table ways_back (
    secret_id     text  not null primary key references secrets (id) on delete cascade,
    environment   text  not null,
    -- Whose form it is: doorkeeper, hydra, keycloak.
    server        text  not null,
    sealed        bytea not null check (length(sealed) > 0),
    master_key_id text  not null
);
create index ways_back_by_environment on ways_back (environment, server);
create index ways_back_by_master_key on ways_back (master_key_id);
