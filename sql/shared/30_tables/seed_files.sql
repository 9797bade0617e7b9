create table private.seed_files (
    name text not null,
    checksum text not null,
    applied_at timestamptz not null default now(),
    constraint seed_files_pkey primary key (name)
);
comment on table private.seed_files is 'Seed files and the content they were last applied with';
comment on column private.seed_files.name is 'Path in the project, or the folder for files that belong together';
comment on column private.seed_files.checksum is 'SHA-256 of the content';
comment on column private.seed_files.applied_at is 'When it was last applied';
