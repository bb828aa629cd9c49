-- Alerts of events besides those of calls: what an event said, whose it is, how far the search for an answer is.
-- A call's columns are null where there was none, and origin where there was one. by and from say who did something,
-- as person:ada, and from where. matter holds later events to the alert while it is open.
alter table alerts rename to alerts_of_calls;
create table alerts (
    id text not null primary key,
    number bigint not null unique,
    version bigint not null,
    call_id text,
    action text,
    caller_person text,
    caller_name text,
    caller_number text,
    caller_language text,
    origin text,
    team text,
    matter text,
    content text not null,
    category text,
    recipients text not null,
    severity text not null,
    scenario text not null,
    recording_id text unique,
    link_code text,
    opened_at bigint not null,
    held bigint not null,
    acknowledged_at bigint,
    acknowledged_by text,
    acknowledged_from text,
    closed_at bigint,
    closed_by text,
    closed_from text,
    progress text not null,
    due_at bigint
);
insert into alerts (id, number, version, call_id, action, caller_person, caller_name, caller_number, caller_language,
    content, recipients, severity, scenario, recording_id, link_code, opened_at, held, acknowledged_at, acknowledged_by,
    acknowledged_from, closed_at, closed_by, closed_from, progress)
    select id, row_number() over (order by opened_at, id), 1, call_id, action, caller_person, caller_name, caller_number,
    caller_language, '{}', recipients, severity, 'single_ack', recording_id, link_code, opened_at, held, acknowledged_at,
    'person:' || acknowledged_by, case when acknowledged_at is null then null else 'phone' end, closed_at,
    'key:' || closed_by, case when closed_at is null then null else 'api' end, '{"escalation":{"has_begun":true}}'
    from alerts_of_calls;
drop table alerts_of_calls;
create index alerts_by_age on alerts (opened_at, id);
create index alerts_open on alerts (opened_at, id) where closed_at is null;
create index alerts_closed on alerts (closed_at) where closed_at is not null;
create index alerts_of_call on alerts (call_id) where call_id is not null;
create index alerts_due on alerts (due_at) where due_at is not null;
create unique index alerts_of_matter on alerts (matter) where closed_at is null;

-- What numbers are given out next.
create table counters (
    name text not null primary key,
    value bigint not null
);
insert into counters (name, value) select 'alert', max(number) from alerts having count(*) > 0;

-- Every event that was taken in, and what became of it.
create table events (
    id text not null primary key,
    at bigint not null,
    team text not null,
    integration text not null,
    outcome text not null,
    alert_id text,
    notes text not null
);
create index events_by_age on events (at, id);

-- Ends of matters whose beginnings have not come yet.
create table early_ends (
    matter text not null primary key,
    at bigint not null
);
create index early_ends_by_age on early_ends (at);

-- What was answered to a request that carried a key against being done twice.
create table answers (
    key_hash text not null primary key,
    request_hash text not null,
    status bigint not null,
    body text not null,
    at bigint not null
);
create index answers_by_age on answers (at);
