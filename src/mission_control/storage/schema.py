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
    sa.Column("acting_as", sa.Text, nullable=False, server_default=""),
    sa.Column("took_ms", sa.Integer, nullable=True),
    sa.Column("form", sa.Integer, nullable=False, server_default="1"),  # of what its seal is over: `chain`
)

audit_anchors = sa.Table(
    "audit_anchors",  # the last entry that retention took away, each time
    metadata,
    sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("seal", sa.Text, nullable=False),
    sa.Column("at", sa.Text, nullable=False),
)

redaction_rules = sa.Table(
    "redaction_rules",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("rule", sa.Text, nullable=False),  # the struct as JSON
)

accepted = sa.Table(
    "accepted",
    metadata,
    sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("acceptance", sa.Text, nullable=False),  # the struct as JSON
    sa.Column("ended", sa.Text, nullable=True),  # when it was revoked, replaced or had lapsed; null: in force
)

accounts = sa.Table(
    "accounts",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("password", sa.Text, nullable=False),  # an argon2 hash
    sa.Column("roles", sa.Text, nullable=False),  # as JSON
    sa.Column("made", sa.Text, nullable=False),
    sa.Column("changed", sa.Text, nullable=False),  # when the password was set
    sa.Column("must_change", sa.Integer, nullable=False),  # 1: a password that somebody else knows
    sa.Column(
        "given", sa.Text, nullable=False
    ),  # a hash of the password that the installation gave; or empty
)

sessions = sa.Table(
    "sessions",
    metadata,
    sa.Column("hash", sa.Text, primary_key=True),  # of the id, which only the browser has
    sa.Column("account", sa.Text, nullable=False),
    sa.Column("began", sa.Text, nullable=False),
    sa.Column("used", sa.Text, nullable=False),
    sa.Column("origin", sa.Text, nullable=False),
    sa.Column("browser", sa.Text, nullable=False),
)

timeline = sa.Table(
    "timeline",
    metadata,
    sa.Column("key", sa.Text, primary_key=True),  # a digest of cluster and identity
    sa.Column("cluster", sa.Text, nullable=False),
    sa.Column("at", sa.BigInteger, nullable=False),  # milliseconds since 1970, as `first`
    sa.Column("first", sa.BigInteger, nullable=True),
    sa.Column("clock", sa.Text, nullable=False),
    sa.Column("what", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("namespace", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("installation", sa.Text, nullable=True),
    sa.Column("component", sa.Text, nullable=True),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("author", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("fields", sa.Text, nullable=False),  # one a line
    sa.Column("times", sa.BigInteger, nullable=False),
    sa.Column("is_bad", sa.Boolean, nullable=False),
    sa.Index("timeline_by_time", "cluster", "at"),
    sa.Index("timeline_by_object", "cluster", "namespace", "kind", "name"),
)

timeline_known = sa.Table(
    "timeline_known",
    metadata,
    sa.Column("key", sa.Text, primary_key=True),  # a digest of cluster, kind, namespace and name
    sa.Column("cluster", sa.Text, nullable=False),
    sa.Column("known", sa.Text, nullable=False),  # what was last seen of the object, as JSON, without values
)
