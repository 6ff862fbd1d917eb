"""How alembic reaches the database: the address comes from the caller, or from the running application."""

from alembic import context
from flask import current_app
from sqlalchemy import Connection, create_engine

import helpdesk.models  # noqa: F401 - makes the tables known
from helpdesk.database import tune
from helpdesk.models.base import Base


def run(connection: Connection) -> None:
    """Run the migrations on an open connection, all in one transaction."""
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=True,
        compare_type=True,
        user_module_prefix="models.",
    )
    with context.begin_transaction():
        context.run_migrations()


def database_url() -> str:
    """Return the address given in the configuration, else the application's."""
    given = context.config.attributes.get("database_url")
    return str(given or current_app.config["SQLALCHEMY_DATABASE_URI"])


engine = create_engine(database_url())
tune(engine)
try:
    with engine.connect() as connection:
        run(connection)
finally:
    engine.dispose()
