-- An account's people in the order of their names: found without walking everybody else's. The same notation as in 0001.

create index people_by_account_and_name on people (account_id, environment, canonical_username);
drop index people_by_account;
