-- Links to recordings.
create table links (
    code text not null primary key,
    recording_id text not null,
    expires_at bigint not null
);
