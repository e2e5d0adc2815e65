"""The first tables: the install's identity and the audit, which takes new entries only."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

_REFUSE = "the audit is append-only"
_REFUSALS = {
    "sqlite": (
        f"CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, '{_REFUSE}'); END",
        f"CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, '{_REFUSE}'); END",
    ),
    "postgresql": (
        f"""CREATE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql
        AS $$ BEGIN RAISE EXCEPTION '{_REFUSE}'; END $$""",
        """CREATE TRIGGER audit_no_change BEFORE UPDATE OR DELETE ON audit
        FOR EACH ROW EXECUTE FUNCTION audit_refuse()""",
        """CREATE TRIGGER audit_no_truncate BEFORE TRUNCATE ON audit
        FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse()""",
    ),
}


def upgrade() -> None:
    """Make both tables and the triggers that keep the audit as it was written."""
    op.create_table(
        "identity",
        sa.Column("slot", sa.Integer, primary_key=True),
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("key", sa.LargeBinary, nullable=False),
        sa.Column("created", sa.Text, nullable=False),
        sa.CheckConstraint("slot = 1", name="identity_is_one"),
    )
    op.create_table(
        "audit",
        sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
        *(
            sa.Column(name, sa.Text, nullable=False)
            for name in (
                "at", "who", "origin", "action", "subject", "result", "detail", "previous", "seal",
            )
        ),
    )  # fmt: skip
    for statement in _REFUSALS[op.get_bind().dialect.name]:
        op.execute(statement)
