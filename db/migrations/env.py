"""Runs migrations on the connection that it is given, or for the command line on the database of the settings."""

from alembic import context
from sqlalchemy import Connection, create_engine

from db import metadata


def run(connection: Connection) -> None:
    context.configure(connection=connection, target_metadata=metadata, render_as_batch=True, compare_type=True)
    with context.begin_transaction():
        context.run_migrations()


if given := context.config.attributes.get("connection"):
    run(given)
else:
    engine = create_engine("sqlite://")
    with engine.connect() as connection:
        run(connection)
