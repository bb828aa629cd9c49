-- What is due is looked for lane by lane: however much waits in one of them, the look at the others costs the same.
drop index outbox_due;
create index outbox_by_lane on outbox (state, lane, due_at);
