"""Record on a decision what of the model's view was offered to whoever decided."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

OFFERED_UNTIL_NOW = 3
"""How many categories of the ranking the screen showed to everybody."""


def upgrade() -> None:
    with op.batch_alter_table("triage_decision", schema=None) as batch_op:
        batch_op.add_column(sa.Column("shortlist", sa.JSON(), nullable=False, server_default="[]"))
        batch_op.add_column(sa.Column("blind", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("triage_decision", schema=None) as batch_op:
        for name in ("shortlist", "blind"):
            batch_op.alter_column(name, server_default=None)
    decision = sa.table(
        "triage_decision", sa.column("id"), sa.column("ranking", sa.JSON()), sa.column("shortlist", sa.JSON())
    )
    rows = op.get_bind().execute(sa.select(decision.c.id, decision.c.ranking)).all()
    for row in rows:
        offered = [each["category"] for each in row.ranking[:OFFERED_UNTIL_NOW]]
        op.execute(sa.update(decision).where(decision.c.id == row.id).values(shortlist=offered))


def downgrade() -> None:
    with op.batch_alter_table("triage_decision", schema=None) as batch_op:
        for name in ("blind", "shortlist"):
            batch_op.drop_column(name)
