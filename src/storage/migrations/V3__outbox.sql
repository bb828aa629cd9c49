-- What is to be done outside. A row goes when it is done; one that was given up stays, with its cause.
create table outbox (
    id text not null primary key,
    effect text not null,
    due_at bigint not null,
    failed bigint not null,
    state text not null,
    cause text
);
create index outbox_due on outbox (state, due_at);
