"""Alembic's environment: revisions run on the session that the runner opened, one transaction each."""

from alembic import context
from alembic.util import CommandError

connection = context.config.attributes.get("connection")
if connection is None:
    raise CommandError("revisions are applied by `bin/ananta db upgrade`, which acts as the owner role under a lock")

context.configure(
    connection=connection,
    target_metadata=None,
    version_table="schema_revisions",
    version_table_schema="private",
    transaction_per_migration=True,
    on_version_apply=context.config.attributes["on_version_apply"],
)
with context.begin_transaction():
    context.run_migrations()
