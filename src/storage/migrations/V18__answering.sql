-- Answers by text and by link. A short number stands for an alert on one phone; it is the alert's as long as that is
-- open, and may go to another one then. told_at: when that phone was told of the alert last.
create table reply_codes (
    phone text not null,
    code bigint not null,
    alert_id text not null,
    told_at bigint not null,
    primary key (phone, code)
);
create unique index reply_codes_of_alert on reply_codes (alert_id, phone);

-- Phones that have written to us. stopped_at: since when they want no more texts. sorries: how many answers they got
-- that did nothing, since the last that did something.
create table texters (
    phone text not null primary key,
    stopped_at bigint,
    sorries bigint not null
);

-- Text messages that have come in, by the carrier's id, and what was answered to each: the carrier may bring one twice.
create table texts_in (
    id text not null primary key,
    carrier_id text not null unique,
    at bigint not null,
    answer text
);
create index texts_in_by_age on texts_in (at, id);

-- Links by which one person may answer one alert. Only their hashes are kept.
create table answer_links (
    hash text not null primary key,
    alert_id text not null,
    person text not null,
    made_at bigint not null,
    expires_at bigint not null,
    acknowledged_at bigint,
    resolved_at bigint,
    escalated_at bigint
);
create index answer_links_of_alert on answer_links (alert_id);
