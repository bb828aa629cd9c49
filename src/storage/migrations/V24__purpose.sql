-- What a message is for: to be answered (alert), to bring a text that came later (text), or to tell a subscriber how an
-- alert stands (open, acknowledged, resolved).
alter table notifications add column purpose text not null default 'alert';
update notifications set purpose = 'text' where is_update = 1;
alter table notifications drop column is_update;
