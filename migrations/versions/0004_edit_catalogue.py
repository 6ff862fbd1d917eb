"""Keep records of the catalogue that the desk edited, windows that closed, and what an offer was judged by."""

import sqlalchemy as sa
from alembic import op
from alembic.util import CommandError

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

TABLES = ("window_closing", "catalogue_record")


def upgrade() -> None:
    op.create_table(
        "catalogue_record",
        sa.Column("change_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("section", sa.String(length=40), nullable=False),
        sa.Column("identity", sa.String(length=120), nullable=False),
        sa.Column("document", sa.JSON(), nullable=True),
        sa.ForeignKeyConstraint(
            ["change_id"], ["terms_change.id"], name=op.f("fk_catalogue_record_change_id")
        ),
        sa.PrimaryKeyConstraint("section", "identity", "change_id", name=op.f("pk_catalogue_record")),
    )
    op.create_table(
        "window_closing",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("measure", sa.String(length=60), nullable=False),
        sa.Column("edition", sa.String(length=20), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_in", sa.Integer(), nullable=False),
        sa.Column("withdrawn_in", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["recorded_in"], ["terms_change.id"], name=op.f("fk_window_closing_recorded_in")
        ),
        sa.ForeignKeyConstraint(
            ["withdrawn_in"], ["terms_change.id"], name=op.f("fk_window_closing_withdrawn_in")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_window_closing")),
    )
    with op.batch_alter_table("referral", schema=None) as batch_op:
        batch_op.add_column(sa.Column("eligibility", sa.JSON(), nullable=True))


def downgrade() -> None:
    for table in TABLES:
        if op.get_bind().scalar(sa.select(sa.func.count()).select_from(sa.table(table))):
            raise CommandError(
                f"{table} holds what the desk edited or recorded, which the version before cannot keep. "
                "Export the catalogue (flask knowledge export), or go back to a backup of the database."
            )
    # not in a batch: SQLite would drop the table and make it anew, and what refers to its rows forbids that
    op.drop_column("referral", "eligibility")
    for table in TABLES:
        op.drop_table(table)
