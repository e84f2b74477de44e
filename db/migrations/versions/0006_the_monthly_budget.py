"""The monthly budget of what the club gives on its own."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.create_table(
        "budget_months",
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("spent", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("spent >= 0", name=op.f("ck_budget_months_spent_not_negative")),
        sa.PrimaryKeyConstraint("month", name=op.f("pk_budget_months")),
    )


def downgrade() -> None:
    op.drop_table("budget_months")
