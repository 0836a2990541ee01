-- What happened to one credential or person, also where a million things happened to others. The same notation as in 0001.
create index audit_events_of_subject on audit_events (subject, sequence)
    where event <> 'token.issued' and event <> 'refresh_token.rotated';
