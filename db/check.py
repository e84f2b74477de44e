"""python -m db.check: do the migrations make the tables that the models describe? For `make check`."""

import sys
import warnings

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, create_engine

from db import metadata
from db.upgrade import bring_up


def differences(connection: Connection) -> list[object]:
    """What a migrated database's tables are, and the models do not say, or the other way round."""
    context = MigrationContext.configure(connection, opts={"compare_type": True})
    with warnings.catch_warnings():
        # SQLite does not tell what such an index is made of: that it is there and used is for the tests to see.
        warnings.filterwarnings("ignore", message=".*expression-based index")
        return [each for each in compare_metadata(context, metadata) if "alembic_version" not in str(each)]


if __name__ == "__main__":
    with create_engine("sqlite://").connect() as connection:
        bring_up(connection)
        found = differences(connection)
    for each in found:
        sys.stderr.write(f"{each}\n")
    sys.stderr.write("The migrations do not make these tables.\n" if found else "")
    raise SystemExit(bool(found))
