-- What a spoken message is found by: its text in small letters, as the program makes them. Of texts that are there already
-- the database makes them, which may know no others than those of ASCII.
alter table recordings add column transcript_words text;
update recordings set transcript_words = lower(transcript_text) where transcript_text is not null;
