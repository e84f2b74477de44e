"""Lines of a day's plan that managers skipped."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    op.create_table(
        "plan_skips",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("line", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("skipped_by", sa.Integer(), nullable=False),
        sa.Column("skipped_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["skipped_by"], ["members.id"], name=op.f("fk_plan_skips_skipped_by")),
        sa.PrimaryKeyConstraint("day", "line", name=op.f("pk_plan_skips")),
    )


def downgrade() -> None:
    op.drop_table("plan_skips")
