"""Bring the cluster of docker-compose.yml up to date: roles, both databases, migrations, seeds. Safe to repeat."""

import os

from ananta.database_setup import LOGIN_ROLES, prepare
from ananta.settings import Environment, Process
from ananta.settings_loading import load, password_weaknesses
from ananta.settings_types import SettingsInvalidError

ROLES = ("ananta_migrator", *(role for roles in LOGIN_ROLES.values() for role in roles))


def main() -> None:
    """Prepare, with the superuser's URL and each login role's password from the environment."""
    variables = {role: f"{role.upper()}_PASSWORD" for role in ROLES}
    passwords = {role: os.environ[variable] for role, variable in variables.items()}
    if load(Process.DB).environment is Environment.PRODUCTION:  # PostgREST itself takes any password
        faults = [line for role in ROLES for line in password_weaknesses(variables[role], passwords[role], role)]
        if faults:
            raise SettingsInvalidError("\n".join(faults))
    prepare(os.environ["SUPERUSER_DATABASE_URL"], passwords, progress=print)


if __name__ == "__main__":
    main()
