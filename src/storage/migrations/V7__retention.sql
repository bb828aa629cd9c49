-- Alerts end, and what nobody needs any more is forgotten after its time.
alter table alerts add column closed_at bigint;
alter table alerts add column closed_by text;
alter table recordings add column erased_at bigint;
create index alerts_closed on alerts (closed_at) where closed_at is not null;
create index alerts_of_call on alerts (call_id);
create index alert_log_by_age on alert_log (at);
create index calls_over on calls (started_at) where due_at is null;
create index sounds_by_age on recordings (made_at) where audio_key is not null;
