-- Holds no row: whether one could be written is how the program knows that there is room for a turn of a call.
create table probe (
    id bigint not null primary key,
    filler {blob} not null
);
