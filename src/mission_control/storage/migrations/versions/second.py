"""The findings that were accepted as expected; one that has ended is kept."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "accepted",
        sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("acceptance", sa.Text, nullable=False),
        sa.Column("ended", sa.Text, nullable=True),
    )
