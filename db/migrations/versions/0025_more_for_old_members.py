"""Deals that give old members more."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0025"
down_revision = "0024"


def upgrade() -> None:
    with op.batch_alter_table("deals", schema=None) as batch_op:
        extra = sa.Column("extra", sqlmodel.sql.sqltypes.AutoString(), nullable=False, server_default="")
        batch_op.add_column(extra)
    with op.batch_alter_table("deals", schema=None) as batch_op:
        batch_op.alter_column("extra", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("deals", schema=None) as batch_op:
        batch_op.drop_column("extra")
