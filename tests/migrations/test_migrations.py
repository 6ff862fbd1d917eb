"""The migrations give exactly the tables of the models, there and back, on both databases."""

from datetime import datetime
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.util import CommandError
from sqlalchemy import Engine, create_engine, delete, inspect, text
from sqlalchemy.orm import Session

from helpdesk.database import tune
from helpdesk.models.amendment import CatalogueRecord, RecordedClosing
from helpdesk.models.base import Base
from helpdesk.policy.permissions import Role
from helpdesk.policy.window_closings import WindowClosing, WindowClosingKind
from helpdesk.preparation import migration_config
from helpdesk.runtime import Runtime
from helpdesk.services import accounts
from helpdesk.services.catalogue_proposals import propose_catalogue, propose_window_closing
from knowledge_base.exchange.plain import stored
from knowledge_base.records.measures import TAIPEI
from tests import builders
from tests.conftest import NOW, PASSWORD
from tests.services.putting_in_force import apply


@pytest.mark.parametrize("database", ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def test_upgrading_gives_the_models_tables_and_downgrading_takes_them_away(
    database: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    server = request.getfixturevalue("postgresql") if database == "postgresql" else None
    url = server.new_database() if server else f"sqlite:///{tmp_path / 'm.sqlite'}"
    config = migration_config(url)
    engine = create_engine(url)
    tune(engine)
    for _ in range(2):
        command.upgrade(config, "head")
        with engine.connect() as connection:
            assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []
        command.downgrade(config, "base")
        assert set(inspect(engine).get_table_names()) <= {"alembic_version"}
    engine.dispose()


def worked_with(engine: Engine, runtime: Runtime) -> None:
    """Leave a referral with its clocks, an edited record and a recorded closing."""
    with Session(engine) as session, session.begin():
        account = accounts.add_account(
            session, email="agent@example.com", display_name="專員甲", role=Role.AGENT,
            password=PASSWORD, organisation=None, equipment=runtime, now=NOW,
        )  # fmt: skip
        made = builders.sorted_case(session, runtime, account=account, now=NOW)
        builders.offered(session, runtime, made, account=account, now=NOW)
        edited = {**stored(runtime.knowledge.measures["sbir"]), "summary": "新的摘要"}
        raw = {"measures": {"sbir": edited}}
        _, after = apply(session, runtime, lambda held: propose_catalogue(session, raw, equipment=held))
        closing = WindowClosing(
            "sbir", "115", WindowClosingKind.FUNDS_EXHAUSTED, datetime(2026, 2, 2, 17, tzinfo=TAIPEI)
        )
        apply(session, after, lambda held: propose_window_closing(session, closing, equipment=held))


def test_what_the_desk_edited_is_never_taken_away_and_referrals_live_through_it(
    committing_engine: Engine, runtime: Runtime
) -> None:
    worked_with(committing_engine, runtime)
    config = migration_config(committing_engine.url.render_as_string(hide_password=False))
    for table, holding in ((RecordedClosing, "window_closing"), (CatalogueRecord, "catalogue_record")):
        with pytest.raises(CommandError, match=f"{holding} holds what the desk"):
            command.downgrade(config, "0003")
        with committing_engine.begin() as connection:
            connection.execute(delete(table))
    counts = {}
    for revision in ("0003", "head"):
        (command.downgrade if revision == "0003" else command.upgrade)(config, revision)
        with committing_engine.connect() as connection:
            for table in ("referral", "service_clock"):
                counts[table, revision] = connection.scalar(text(f"select count(*) from {table}"))  # noqa: S608
    assert counts["referral", "0003"] == counts["referral", "head"] == 1
    assert counts["service_clock", "0003"] == counts["service_clock", "head"] > 1
    with committing_engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []
