create table private.organization_issuers (
    issuer text not null,
    organization_id uuid not null,
    constraint organization_issuers_pkey primary key (issuer),
    constraint organization_issuers_issuer_fkey foreign key (issuer)
    references private.issuers (issuer) on update cascade on delete cascade,
    constraint organization_issuers_organization_id_fkey foreign key (organization_id)
    references public.organizations (id) on delete cascade
);
comment on table private.organization_issuers is 'Which organization an issuer may speak for';
comment on column private.organization_issuers.issuer is 'The iss claim';
comment on column private.organization_issuers.organization_id is 'The only organization it may name';

create index organization_issuers_organization_id_idx on private.organization_issuers (organization_id);
