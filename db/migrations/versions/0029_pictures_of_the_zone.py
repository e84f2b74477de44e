"""Pictures of the products in the zone."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0029"
down_revision = "0028"

COLUMNS = ("photo", "photo_on")


def upgrade() -> None:
    for name in COLUMNS:  # not as a batch, which would copy the table and read the members' indexes
        op.add_column("zone_items", sa.Column(name, sqlmodel.sql.sqltypes.AutoString(), nullable=True))


def downgrade() -> None:
    for name in reversed(COLUMNS):
        op.drop_column("zone_items", name)
