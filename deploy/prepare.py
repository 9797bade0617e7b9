"""Bring the cluster of docker-compose.yml up to date: roles, both databases, migrations, seeds. Safe to repeat."""

import os

from ananta.database_setup import LOGIN_ROLES, prepare

ROLES = ("ananta_migrator", *(role for roles in LOGIN_ROLES.values() for role in roles))


def main() -> None:
    """Prepare, with the superuser's URL and each login role's password from the environment."""
    passwords = {role: os.environ[f"{role.upper()}_PASSWORD"] for role in ROLES}
    prepare(os.environ["SUPERUSER_DATABASE_URL"], passwords, progress=print)


if __name__ == "__main__":
    main()
