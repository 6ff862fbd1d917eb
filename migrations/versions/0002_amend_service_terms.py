"""Keep closures, imported office calendars and own targets; let clocks remind and be digested."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

UNTOLD = sa.text("breached_at IS NOT NULL AND (digested_at IS NULL OR breached_at > digested_at)")
PARTIAL = (
    ("ix_service_clock_open", ["due_at"], sa.text("met_at IS NULL AND cancelled_at IS NULL")),
    (
        "ix_service_clock_untold",
        ["id"],
        UNTOLD,
    ),
    ("ix_service_clock_met_at", ["met_at", "metric"], sa.text("met_at IS NOT NULL AND breached_at IS NULL")),
    ("ix_service_clock_breached_at", ["breached_at", "metric"], sa.text("breached_at IS NOT NULL")),
)


def upgrade() -> None:
    version = op.create_table(
        "terms_version",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("token", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_terms_version")),
    )
    op.bulk_insert(version, [{"id": 1, "version": 0, "token": ""}])
    op.create_table(
        "terms_change",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("actor_name", sa.String(length=120), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("moved", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["actor_id"], ["account.id"], name=op.f("fk_terms_change_actor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_terms_change")),
    )
    op.create_table(
        "declared_closure",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("counties", sa.JSON(), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("declared_in", sa.Integer(), nullable=False),
        sa.Column("withdrawn_in", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["declared_in"], ["terms_change.id"], name=op.f("fk_declared_closure_declared_in")
        ),
        sa.ForeignKeyConstraint(
            ["withdrawn_in"], ["terms_change.id"], name=op.f("fk_declared_closure_withdrawn_in")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_declared_closure")),
    )
    op.create_index(
        op.f("ix_declared_closure_withdrawn_in_ends_at"), "declared_closure", ["withdrawn_in", "ends_at"]
    )
    op.create_table(
        "official_year",
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("days", sa.JSON(), nullable=False),
        sa.Column("imported_in", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["imported_in"], ["terms_change.id"], name=op.f("fk_official_year_imported_in")
        ),
        sa.PrimaryKeyConstraint("year", name=op.f("pk_official_year")),
    )
    op.create_table(
        "level_edition",
        sa.Column("change_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("targets", sa.JSON(), nullable=False),
        sa.Column("opening", sa.JSON(), nullable=True),
        sa.ForeignKeyConstraint(["change_id"], ["terms_change.id"], name=op.f("fk_level_edition_change_id")),
        sa.PrimaryKeyConstraint("change_id", name=op.f("pk_level_edition")),
    )
    op.create_table(
        "breach_digest",
        sa.Column("slot_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("breaches", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("slot_at", name=op.f("pk_breach_digest")),
    )
    with op.batch_alter_table("service_clock", schema=None) as batch_op:
        batch_op.add_column(sa.Column("terms_version", sa.Integer(), nullable=False, server_default="0"))
        for name in ("remind_at", "reminded_at", "digested_at"):
            batch_op.add_column(sa.Column(name, sa.DateTime(timezone=True), nullable=True))
    with op.batch_alter_table("service_clock", schema=None) as batch_op:
        batch_op.alter_column("terms_version", server_default=None)
    # What broke before there were digests is known by now.
    op.execute("UPDATE service_clock SET digested_at = breached_at WHERE breached_at IS NOT NULL")
    for name, columns, where in PARTIAL:
        op.create_index(name, "service_clock", columns, sqlite_where=where, postgresql_where=where)


def downgrade() -> None:
    for name, _, _ in PARTIAL:
        op.drop_index(name, table_name="service_clock")
    with op.batch_alter_table("service_clock", schema=None) as batch_op:
        for name in ("digested_at", "reminded_at", "remind_at", "terms_version"):
            batch_op.drop_column(name)
    for table in ("breach_digest", "level_edition", "official_year", "declared_closure", "terms_change",
                  "terms_version"):  # fmt: skip
        op.drop_table(table)
