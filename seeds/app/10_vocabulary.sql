insert into private.role_permissions (role, permission)
select r.role, p.permission
from (values ('viewer', 1), ('member', 2), ('admin', 3), ('owner', 4)) as r (role, level)
inner join (
    values
    (1, 'organization:read'),
    (1, 'users:read'),
    (1, 'projects:read'),
    (1, 'components:read'),
    (1, 'boms:read'),
    (1, 'alerts:read'),
    (2, 'projects:write'), (2, 'components:write'), (2, 'boms:write'), (2, 'alerts:write'),
    (3, 'users:write'), (3, 'organization:write'), (3, 'audit:read')
) as p (level, permission) on p.level <= r.level
on conflict (role, permission) do nothing;

insert into private.plan_features (plan_id, feature) values
('plan-professional', 'ai_normalization'), ('plan-professional', 'bulk_export'),
('plan-enterprise', 'ai_normalization'), ('plan-enterprise', 'bulk_export'), ('plan-enterprise', 'dedicated_placement')
on conflict (plan_id, feature) do nothing;
