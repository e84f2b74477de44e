"""Deals that can be claimed at some hours of the day only."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    with op.batch_alter_table("deals", schema=None) as batch_op:
        daily = sa.Column("daily", sqlmodel.sql.sqltypes.AutoString(), nullable=False, server_default="")
        batch_op.add_column(daily)
    with op.batch_alter_table("deals", schema=None) as batch_op:
        batch_op.alter_column("daily", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("deals", schema=None) as batch_op:
        batch_op.drop_column("daily")
