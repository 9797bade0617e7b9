"""Baseline: every table, type and queue of the first release."""

from migrations.revision import refuse_downgrade, run_sql

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Run the SQL file beside this one."""
    run_sql(__file__)


def downgrade() -> None:
    """Refuse: revisions only go forward."""
    refuse_downgrade()
