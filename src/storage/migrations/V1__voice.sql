-- Calls, what was answered in them, and what was recorded in them.
create table calls (
    id text not null primary key,
    carrier_call text not null unique,
    leg_id text not null,
    state text not null,
    version bigint not null,
    document bigint not null,
    caller_person text,
    caller_name text,
    caller_number text,
    caller_language text,
    started_at bigint not null,
    due_at bigint
);
create index calls_due on calls (due_at) where due_at is not null;

create table documents (
    leg_id text not null,
    document bigint not null,
    reply text not null,
    primary key (leg_id, document)
);

create table recordings (
    id text not null primary key,
    call_id text not null,
    source_url text not null,
    source_sid text,
    seconds bigint not null,
    status text not null,
    alert_id text,
    transcript text not null,
    transcript_text text,
    audio_key text,
    audio_media_type text,
    audio_bytes bigint,
    audio_sha256 {blob},
    made_at bigint not null
);
create index recordings_of_call on recordings (call_id);
