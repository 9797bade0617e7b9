create table private.role_permissions (
    role text not null,
    permission text not null,
    constraint role_permissions_pkey primary key (role, permission),
    constraint role_permissions_role_check check (role in ('owner', 'admin', 'member', 'viewer'))
);
comment on table private.role_permissions is 'What each role may do; copied into the permissions claim at the exchange';
comment on column private.role_permissions.role is 'owner, admin, member or viewer';
comment on column private.role_permissions.permission is 'resource:action';
