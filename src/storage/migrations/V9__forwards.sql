-- Alerts are passed on to other systems. Such an effect may be held for a text: as long as it is, its time is its last.
alter table outbox add column subject text;
alter table outbox add column held_until bigint;
create index outbox_held on outbox (subject) where held_until is not null;
