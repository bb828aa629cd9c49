-- Calls of ours to people about alerts. Their documents are kept with those of other phones. Nobody is rung about two
-- alerts at the same time.
create table rings (
    id text not null primary key,
    notification_id text not null,
    alert_id text not null,
    person text not null,
    name text not null,
    language text not null,
    number text not null,
    attempt bigint not null,
    carrier_call text,
    state text not null,
    version bigint not null,
    document bigint not null,
    asked_at bigint not null,
    due_at bigint,
    ended_at bigint
);
create index rings_of_notification on rings (notification_id, attempt);
create index rings_of_alert on rings (alert_id);
create index rings_by_age on rings (asked_at);
create unique index rings_of_person on rings (person) where ended_at is null;
