-- Who another system's directory said is on call in a group, so that it is known while it can't be asked. answer is
-- JSON: null of a group that it does not have.
create table on_call_answers (
    place text not null,
    group_name text not null,
    answer text not null,
    answered_at bigint not null,
    primary key (place, group_name)
);
