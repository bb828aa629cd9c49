-- Who is away, and who takes whose place on call, as it was said while the program ran; what the settings file says of
-- it is not here. An absence without an end lasts until further notice.
create table absences (
    id text primary key,
    person text not null,
    replacement text,
    from_at bigint not null,
    until_at bigint
);
create index absences_until on absences (until_at);
-- change is add, remove or replace; place: the person whose place in the schedule it is about; replacement: who takes
-- it, where somebody is replaced.
create table overrides (
    id text primary key,
    schedule text not null,
    change text not null,
    place text not null,
    replacement text,
    from_at bigint not null,
    until_at bigint not null
);
create index overrides_until on overrides (schedule, until_at);
-- Whoever adds an override changes the row of its schedule first, so that two who do it at once come one after the
-- other, and the second sees what the first has added.
create table override_turns (
    schedule text primary key,
    turns bigint not null
);
-- Who did what. before and after are JSON: what there was, and what there is instead.
create table audit (
    id text primary key,
    at bigint not null,
    by_whom text not null,
    what text not null,
    before text,
    after text
);
create index audit_at on audit (at);
