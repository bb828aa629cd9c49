-- What alerts are found by besides their age: the program that an event comes from, and the first words of its title and
-- text in small letters. Alerts of calls have neither.
alter table alerts add column source text;
alter table alerts add column words text not null default '';
create index alerts_of_team on alerts (team, opened_at, id) where team is not null;
create index alerts_of_category on alerts (category, opened_at, id) where category is not null;
create index alerts_of_source on alerts (source, opened_at, id) where source is not null;

-- The audit is listed by age: all of it, what one key did, and one kind of deed.
drop index audit_at;
create index audit_by_age on audit (at, id);
create index audit_by_whom on audit (by_whom, at, id);
create index audit_of_kind on audit (what, at, id);
