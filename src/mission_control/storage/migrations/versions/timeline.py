"""The timeline, and what was last known of the objects whose changes it tells."""

import sqlalchemy as sa
from alembic import op

revision = "timeline"
down_revision = "0004"


def upgrade() -> None:
    """Make both tables and the ways into them."""
    op.create_table(
        "timeline",
        sa.Column("key", sa.Text, primary_key=True),
        sa.Column("cluster", sa.Text, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("first", sa.BigInteger, nullable=True),
        *(
            sa.Column(name, sa.Text, nullable=False)
            for name in ("clock", "what", "kind", "namespace", "name")
        ),
        sa.Column("installation", sa.Text, nullable=True),
        sa.Column("component", sa.Text, nullable=True),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("text", "author", "reason", "fields")),
        sa.Column("times", sa.BigInteger, nullable=False),
        sa.Column("is_bad", sa.Boolean, nullable=False),
    )
    op.create_index("timeline_by_time", "timeline", ["cluster", "at"])
    op.create_index("timeline_by_object", "timeline", ["cluster", "namespace", "kind", "name"])
    op.create_table(
        "timeline_known",
        sa.Column("key", sa.Text, primary_key=True),
        sa.Column("cluster", sa.Text, nullable=False),
        sa.Column("known", sa.Text, nullable=False),
    )
