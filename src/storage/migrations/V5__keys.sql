-- API keys made at run time; only their hashes.
create table api_keys (
    id text not null primary key,
    name text not null unique,
    hash {blob} not null unique,
    scopes text not null,
    expires_at bigint,
    created_at bigint not null
);
