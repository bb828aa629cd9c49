-- What other programs are told of alerts and have not taken yet. A row has the id of its effect in the outbox. `seq` counts
-- the messages about one alert to one program: they are sent in that order. `body` is what is sent, word by word, from the
-- first attempt on.
create table webhook_messages (
    id text not null primary key,
    alert_id text not null,
    webhook text not null,
    seq bigint not null,
    at bigint not null,
    entry text not null,
    body text
);
create unique index webhook_messages_in_order on webhook_messages (alert_id, webhook, seq);
