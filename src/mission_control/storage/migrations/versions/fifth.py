"""The audit says as whom and how long; retention may take away what it has anchored, and nothing else."""

# ruff: noqa: S608 -- triggers of two literals of ours

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "timeline"

_REFUSE = "the audit is append-only"
_ANCHORED = "SELECT coalesce(max(number), 0) FROM audit_anchors"
_STATEMENTS = {
    "sqlite": (
        "DROP TRIGGER audit_no_delete",
        f"""CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit WHEN OLD.number > ({_ANCHORED})
        BEGIN SELECT RAISE(ABORT, '{_REFUSE}'); END""",
        f"""CREATE TRIGGER audit_no_replace BEFORE INSERT ON audit
        WHEN EXISTS (SELECT 1 FROM audit WHERE number = NEW.number)
        BEGIN SELECT RAISE(ABORT, '{_REFUSE}'); END""",
        f"""CREATE TRIGGER audit_anchors_name_an_entry BEFORE INSERT ON audit_anchors
        WHEN NOT EXISTS (SELECT 1 FROM audit WHERE number = NEW.number AND seal = NEW.seal)
        BEGIN SELECT RAISE(ABORT, '{_REFUSE}'); END""",
        f"""CREATE TRIGGER audit_anchors_no_update BEFORE UPDATE ON audit_anchors
        BEGIN SELECT RAISE(ABORT, '{_REFUSE}'); END""",
        f"""CREATE TRIGGER audit_anchors_no_delete BEFORE DELETE ON audit_anchors
        BEGIN SELECT RAISE(ABORT, '{_REFUSE}'); END""",
    ),
    "postgresql": (
        "DROP TRIGGER audit_no_change ON audit",
        f"""CREATE FUNCTION audit_refuse_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        IF OLD.number > ({_ANCHORED}) THEN RAISE EXCEPTION '{_REFUSE}'; END IF; RETURN OLD; END $$""",
        f"""CREATE FUNCTION audit_check_anchor() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        IF NOT EXISTS (SELECT 1 FROM audit WHERE number = NEW.number AND seal = NEW.seal)
        THEN RAISE EXCEPTION '{_REFUSE}'; END IF; RETURN NEW; END $$""",
        """CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit
        FOR EACH ROW EXECUTE FUNCTION audit_refuse()""",
        """CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit
        FOR EACH ROW EXECUTE FUNCTION audit_refuse_delete()""",
        """CREATE TRIGGER audit_anchors_name_an_entry BEFORE INSERT ON audit_anchors
        FOR EACH ROW EXECUTE FUNCTION audit_check_anchor()""",
        """CREATE TRIGGER audit_anchors_no_change BEFORE UPDATE OR DELETE ON audit_anchors
        FOR EACH ROW EXECUTE FUNCTION audit_refuse()""",
    ),
}


def upgrade() -> None:
    """Add the columns, the anchors, and triggers that know them."""
    op.add_column("audit", sa.Column("acting_as", sa.Text, nullable=False, server_default=""))
    op.add_column("audit", sa.Column("took_ms", sa.Integer, nullable=True))
    op.add_column("audit", sa.Column("form", sa.Integer, nullable=False, server_default="1"))
    op.create_table(
        "audit_anchors",
        sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("seal", sa.Text, nullable=False),
        sa.Column("at", sa.Text, nullable=False),
    )
    for statement in _STATEMENTS[op.get_bind().dialect.name]:
        op.execute(statement)
