insert into private.role_permissions (role, permission)
select r.role, p.permission
from (values ('viewer', 1), ('member', 2), ('admin', 3), ('owner', 4)) as r (role, level)
inner join (
    values
    (1, 'tenant:read'), (3, 'members:read'), (3, 'tenant:write'), (3, 'billing:read'), (3, 'audit:read'),
    (4, 'billing:write')
) as p (level, permission) on p.level <= r.level
on conflict (role, permission) do nothing;

insert into private.reserved_tenant_keys (key)
select
    unnest(array[
        'admin',
        'administrator',
        'analytics',
        'ananta',
        'anonymous',
        'api',
        'app',
        'apps',
        'arc-saas',
        'assets',
        'auth',
        'backstage',
        'billing',
        'blog',
        'cdn',
        'control',
        'dashboard',
        'default',
        'demo',
        'dev',
        'docs',
        'download',
        'email',
        'files', 'ftp', 'health', 'help', 'host', 'imap', 'internal', 'localhost', 'login', 'logout', 'mail', 'mailbox',
        'master',
        'metrics',
        'mobile',
        'null',
        'platform',
        'portal',
        'private',
        'public',
        'register',
        'root',
        'security',
        'settings',
        'signup',
        'smtp',
        'staff',
        'static',
        'status',
        'studio',
        'support',
        'system',
        'tenant',
        'test',
        'undefined',
        'webhook', 'webhooks', 'www'
    ])
on conflict (key) do nothing;
