-- Each effect waits in the lane of whom it asks, so that one who hangs holds up nobody else. A message goes by SMS or
-- by mail, and its effect says which.
alter table outbox add column lane text not null default 'own';
update outbox set lane = 'recordings' where effect like '%"fetch_recording.v1"%';
update outbox set lane = 'deletions' where effect like '%"delete_at_carrier.v1"%';
update outbox set lane = 'carrier' where effect like '%"find_recording.v1"%' or effect like '%"ask_for_text.v1"%';
update outbox set lane = 'sms', effect = replace(effect, '"send_notification.v1"', '"send_sms.v1"')
    where effect like '%"send_notification.v1"%' and exists (
        select 1 from notifications n where n.device_kind = 'sms' and outbox.effect like '%"' || n.id || '"%');
update outbox set lane = 'mail', effect = replace(effect, '"send_notification.v1"', '"send_mail.v1"')
    where effect like '%"send_notification.v1"%' and exists (
        select 1 from notifications n where n.device_kind = 'email' and outbox.effect like '%"' || n.id || '"%');
update outbox set state = 'failed', cause = 'its message is not there'
    where effect like '%"send_notification.v1"%';
drop index outbox_due;
create index outbox_due on outbox (state, due_at, lane);
