-- A link as a service that shortens links has it; none where there is no such service, or it failed.
alter table links add column short_url text;
