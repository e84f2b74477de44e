"""python -m db.check: do the migrations make the tables that the models describe? For `make check`."""

import sys

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, create_engine

from db import metadata
from db.upgrade import bring_up


def differences(connection: Connection) -> list[object]:
    """What the migrations leave different from the models, on an empty database's connection."""
    bring_up(connection)
    context = MigrationContext.configure(connection, opts={"compare_type": True})
    return list(compare_metadata(context, metadata))


if __name__ == "__main__":
    with create_engine("sqlite://").connect() as connection:
        found = differences(connection)
    for each in found:
        sys.stderr.write(f"{each}\n")
    sys.stderr.write("The migrations do not make these tables.\n" if found else "")
    raise SystemExit(bool(found))
