-- Whose hand made a link: it dies with the right to make it. None for those of the management API and from before.
alter table tickets add column issued_by text;
create index tickets_by_maker on tickets (issued_by) where issued_by is not null;
