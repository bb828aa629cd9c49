-- What becomes of each message: waiting, sending, sent, delivered, failed, dropped, unknown or bundled; and every attempt
-- at it, written before a vendor is asked. next_at is when a waiting one is tried; trace is what a vendor
-- can find it by who keeps no id of ours; bundle is the message that says it too.
alter table notifications add column state text not null default 'waiting';
alter table notifications add column due_at bigint not null default 0;
alter table notifications add column next_at bigint;
alter table notifications add column throttled bigint not null default 0;
alter table notifications add column attempts bigint not null default 0;
alter table notifications add column started_at bigint;
alter table notifications add column sent_at bigint;
alter table notifications add column ended_at bigint;
alter table notifications add column vendor text;
alter table notifications add column trace text;
alter table notifications add column cause text;
alter table notifications add column bundle text;
update notifications set
    state = case when sent = 1 then 'sent'
        when exists (select 1 from outbox o where o.state = 'waiting'
            and o.effect like '%"' || notifications.id || '"%') then 'waiting'
        else 'failed' end,
    due_at = coalesce((select a.opened_at from alerts a where a.id = notifications.alert_id), 0);
alter table notifications drop column sent;
drop index notifications_of_alert;
create index notifications_of_alert on notifications (alert_id, device_kind, address);
create index notifications_waiting on notifications (device_kind, address, id) where state = 'waiting';
create index notifications_begun on notifications (device_kind, address, started_at) where started_at is not null;
create index notifications_of_bundle on notifications (bundle) where bundle is not null;
create index notifications_by_state on notifications (state, id);

create table attempts (
    notification_id text not null,
    n bigint not null,
    vendor text not null,
    started_at bigint not null,
    ended_at bigint,
    outcome text,
    vendor_ref text,
    error text,
    primary key (notification_id, n)
);
