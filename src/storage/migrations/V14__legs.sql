-- The phones that we call. number is what was rung; end_word says why it ended.
create table legs (
    id text not null primary key,
    call_id text not null,
    person text not null,
    name text not null,
    language text not null,
    number text not null,
    carrier_call text,
    planned_at bigint not null,
    asked_at bigint,
    ringing_at bigint,
    answered_at bigint,
    keys text,
    accepted_at bigint,
    ended_at bigint,
    end_word text
);
create index legs_of_call on legs (call_id, planned_at, id);
create index legs_of_person on legs (person, planned_at);
create index legs_by_age on legs (planned_at);
create index legs_under_way on legs (person, call_id, ended_at) where ended_at is null;

-- When a call was over.
alter table calls add column ended_at bigint;
create index calls_by_age on calls (started_at, id);

-- Alerts without a message; those that nobody is told of yet; those that somebody takes care of.
alter table alerts rename to alerts_with_message;
create table alerts (
    id text not null primary key,
    call_id text not null,
    action text not null,
    recipients text not null,
    severity text not null,
    caller_person text,
    caller_name text,
    caller_number text,
    caller_language text not null,
    recording_id text unique,
    link_code text,
    opened_at bigint not null,
    held bigint not null,
    acknowledged_at bigint,
    acknowledged_by text,
    closed_at bigint,
    closed_by text
);
insert into alerts (id, call_id, action, recipients, severity, caller_person, caller_name, caller_number,
    caller_language, recording_id, link_code, opened_at, held, closed_at, closed_by)
    select id, call_id, action, recipients, severity, caller_person, caller_name, caller_number, caller_language,
    recording_id, link_code, opened_at, 0, closed_at, closed_by from alerts_with_message;
drop table alerts_with_message;
create index alerts_by_age on alerts (opened_at, id);
create index alerts_closed on alerts (closed_at) where closed_at is not null;
create index alerts_of_call on alerts (call_id);
