"""A deal with hours of the day has its stock anew each day: what is taken is counted beside all that was claimed."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"


def upgrade() -> None:
    with op.batch_alter_table("deals", schema=None) as batch_op:
        batch_op.add_column(sa.Column("taken", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("counted_on", sa.Date(), nullable=True))
        batch_op.drop_constraint(op.f("ck_deals_claimed_within_stock"), type_="check")
    op.execute("UPDATE deals SET taken = claimed")
    with op.batch_alter_table("deals", schema=None) as batch_op:
        batch_op.alter_column("taken", server_default=None)
        batch_op.create_check_constraint(op.f("ck_deals_taken_within_stock"), "stock IS NULL OR taken <= stock")


def downgrade() -> None:
    op.execute("UPDATE deals SET stock = claimed WHERE stock < claimed")
    with op.batch_alter_table("deals", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("ck_deals_taken_within_stock"), type_="check")
        batch_op.create_check_constraint(op.f("ck_deals_claimed_within_stock"), "stock IS NULL OR claimed <= stock")
        batch_op.drop_column("counted_on")
        batch_op.drop_column("taken")
