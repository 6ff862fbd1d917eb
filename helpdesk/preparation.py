"""What must be there before the application starts: a trained model, a database of this version."""

from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine, inspect

from helpdesk.settings import REPOSITORY, Settings
from triage_model import release


def prepare(settings: Settings) -> None:
    """Train the model that this release waits for, and make the tables of a new database.

    A database that exists is migrated by `flask db upgrade` alone: starting is not the moment.
    """
    release.ensure_trained()
    engine = create_engine(settings.database_url)
    new = not inspect(engine).has_table("alembic_version")
    engine.dispose()
    if new:
        command.upgrade(migration_config(settings.database_url), "head")


def migration_config(database_url: str) -> Config:
    """Return alembic's settings for a database, usable without an application."""
    config = Config()
    config.set_main_option("script_location", str(REPOSITORY / "migrations"))
    config.attributes["database_url"] = database_url
    return config
