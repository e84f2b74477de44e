"""Deals that keep some members back, to compare with."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"


def upgrade() -> None:
    op.add_column("deals", sa.Column("holdout", sa.Integer(), nullable=False, server_default="0"))


def downgrade() -> None:
    op.drop_column("deals", "holdout")
