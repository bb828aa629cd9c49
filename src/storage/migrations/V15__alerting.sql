-- Alerts of events besides those of calls: what an event said, whose it is, how far the search for an answer is.
-- A call's columns are null where there was none, and origin where there was one. by and from say who did something,
-- as person:ada, and from where. Whoever ended the alert of a call was named alone: one whom that call rang up did it on
-- the phone, anybody else by a key of that name. matter holds later events to the alert while it is open.
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
    select a.id, row_number() over (order by a.opened_at, a.id), 1, a.call_id, a.action, a.caller_person, a.caller_name,
    a.caller_number, a.caller_language, '{}', a.recipients, a.severity, 'single_ack', a.recording_id, a.link_code,
    a.opened_at, a.held, a.acknowledged_at, 'person:' || a.acknowledged_by,
    case when a.acknowledged_at is null then null else 'phone' end, a.closed_at,
    case when exists (select 1 from legs l where l.call_id = a.call_id and l.person = a.closed_by)
    then 'person:' else 'key:' end || a.closed_by,
    case when a.closed_at is null then null
    when exists (select 1 from legs l where l.call_id = a.call_id and l.person = a.closed_by) then 'phone'
    else 'api' end, '{"escalation":{"has_begun":true}}'
    from alerts_of_calls a;
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
