-- What the runner remembers; made before the first revision, so it cannot be part of one.
create schema if not exists private;

create table if not exists private.schema_revisions (
    version_num text not null,
    constraint schema_revisions_pkey primary key (version_num)
);
comment on table private.schema_revisions is 'The revision this database is at (Alembic''s version table).';
comment on column private.schema_revisions.version_num is 'Number of the newest revision applied.';

create table if not exists private.repeatable_objects (
    path text not null,
    checksum text not null,
    applied_at timestamptz not null default now(),
    constraint repeatable_objects_pkey primary key (path)
);
comment on table private.repeatable_objects is
'Functions, views and policies as last applied; a revision deletes the row of a file it retires or wants again.';
comment on column private.repeatable_objects.path is 'Path of the file in the repository.';
comment on column private.repeatable_objects.checksum is 'SHA-256 of the text that was applied.';
comment on column private.repeatable_objects.applied_at is 'When the text was applied.';
