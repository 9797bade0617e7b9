create table private.user_identities (
    issuer text not null,
    subject text not null,
    organization_id uuid not null,
    user_id uuid not null,
    created_at timestamptz not null default now(),
    constraint user_identities_pkey primary key (issuer, subject),
    constraint user_identities_issuer_fkey foreign key (issuer)
    references private.issuers (issuer) on update cascade on delete cascade,
    constraint user_identities_user_id_fkey foreign key (organization_id, user_id)
    references public.users (organization_id, id) on delete cascade
);
comment on table private.user_identities is 'The subjects a person has at issuers';
comment on column private.user_identities.issuer is 'The iss claim';
comment on column private.user_identities.subject is 'The sub claim';
comment on column private.user_identities.organization_id is 'Organization of the user';
comment on column private.user_identities.user_id is 'The user';
comment on column private.user_identities.created_at is 'When the row was made';

create unique index user_identities_user_id_idx on private.user_identities (organization_id, user_id, issuer);
