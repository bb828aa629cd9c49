-- What whoever answers an alert knows of it is counted in steps of its policy: clocks of two machines differ. steps: how
-- many had been made when the phone was told of the alert last, or the link was made.
alter table reply_codes add column steps bigint not null default 0;
update reply_codes set steps = (select count(*) from alert_log l
    where l.alert_id = reply_codes.alert_id and l.at <= reply_codes.told_at and l.entry like '%"what":"escalated"%');
alter table answer_links add column steps bigint not null default 0;
update answer_links set steps = (select count(*) from alert_log l
    where l.alert_id = answer_links.alert_id and l.at <= answer_links.made_at and l.entry like '%"what":"escalated"%');
alter table answer_links drop column made_at;

-- Phones that take texts are forgotten some time after their last one. errors: how many texts did nothing, since the last
-- that did something.
alter table texters rename column sorries to errors;
alter table texters add column texted_at bigint not null default 0;
delete from texters where stopped_at is null and errors = 0;
create index texters_by_age on texters (texted_at) where stopped_at is null;
