"""The tables of the console's own state, as the newest migration leaves them. A test compares the two."""

from __future__ import annotations

import sqlalchemy as sa

metadata = sa.MetaData()

identity = sa.Table(
    "identity",
    metadata,
    sa.Column("slot", sa.Integer, primary_key=True),  # always 1: there is one identity
    sa.Column("id", sa.Text, nullable=False),
    sa.Column("key", sa.LargeBinary, nullable=False),
    sa.Column("created", sa.Text, nullable=False),
    sa.CheckConstraint("slot = 1", name="identity_is_one"),
)

audit = sa.Table(
    "audit",
    metadata,
    sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("at", sa.Text, nullable=False),
    sa.Column("who", sa.Text, nullable=False),
    sa.Column("origin", sa.Text, nullable=False),
    sa.Column("action", sa.Text, nullable=False),
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("result", sa.Text, nullable=False),
    sa.Column("detail", sa.Text, nullable=False),
    sa.Column("previous", sa.Text, nullable=False),
    sa.Column("seal", sa.Text, nullable=False),
)

accepted = sa.Table(
    "accepted",
    metadata,
    sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("acceptance", sa.Text, nullable=False),  # the struct as JSON
    sa.Column("ended", sa.Text, nullable=True),  # when it was revoked, replaced or had lapsed; null: in force
)
