"""Idempotency keys: one table for every request that creates."""

from migrations.revision import refuse_downgrade, run_sql

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Run the SQL file beside this one."""
    run_sql(__file__)


def downgrade() -> None:
    """Refuse: revisions only go forward."""
    refuse_downgrade()
