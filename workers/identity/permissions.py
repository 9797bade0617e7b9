"""Roles of a tenant's realm as composites of permissions, as the identity provider flattens them into tokens.

What a role may do is decided by ``private.role_permissions`` at the exchange; these are what the realm shows.
"""

_VIEWER = ("organization:read", "users:read", "projects:read", "components:read", "boms:read", "alerts:read")
_MEMBER = (*_VIEWER, "projects:write", "components:write", "boms:write", "alerts:write")
_ADMIN = (*_MEMBER, "users:write", "organization:write", "audit:read")

TENANT_ROLES = {"viewer": _VIEWER, "member": _MEMBER, "admin": _ADMIN, "owner": _ADMIN}
CONTROL_ROLE = "owner"
