-- What another system's directory said of people, so that they are known while it can't be asked. numbers is a JSON
-- list of the phones that they call from: empty for whom it does not know.
create table directory_answers (
    place text not null,
    person text not null,
    name text,
    numbers text not null,
    answered_at bigint not null,
    primary key (place, person)
);
