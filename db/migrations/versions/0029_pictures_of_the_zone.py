"""Pictures of the products in the zone."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0029"
down_revision = "0028"


def upgrade() -> None:
    with op.batch_alter_table("zone_items", schema=None) as batch_op:
        batch_op.add_column(sa.Column("photo", sqlmodel.sql.sqltypes.AutoString(), nullable=True))
        batch_op.add_column(sa.Column("photo_on", sqlmodel.sql.sqltypes.AutoString(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("zone_items", schema=None) as batch_op:
        batch_op.drop_column("photo_on")
        batch_op.drop_column("photo")
