-- Alerts, what happened to them, and who is told.
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
    recording_id text not null unique,
    link_code text not null,
    opened_at bigint not null
);
create index alerts_by_age on alerts (opened_at, id);

create table alert_log (
    id text not null primary key,
    alert_id text not null,
    at bigint not null,
    entry text not null
);
create index log_of_alert on alert_log (alert_id, at, id);

create table notifications (
    id text not null primary key,
    alert_id text not null,
    person text not null,
    device_kind text not null,
    address text not null,
    is_update bigint not null,
    sent bigint not null,
    vendor_id text
);
create index notifications_of_alert on notifications (alert_id);
