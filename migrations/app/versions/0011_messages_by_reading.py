"""messages by reading."""

from migrations.revision import refuse_downgrade, run_sql

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Run the SQL file beside this one."""
    run_sql(__file__)


def downgrade() -> None:
    """Refuse: revisions only go forward."""
    refuse_downgrade()
