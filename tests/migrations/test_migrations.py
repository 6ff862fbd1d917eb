"""The migrations give exactly the tables of the models, there and back, on both databases."""

from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, inspect

from helpdesk.database import tune
from helpdesk.models.base import Base
from helpdesk.preparation import migration_config


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
