"""Quizzes: what can be chosen, what is right, and what somebody chose."""

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"


def upgrade() -> None:
    op.add_column("activities", sa.Column("choices", sa.JSON(), nullable=True))
    op.add_column("activities", sa.Column("answer", sa.Integer(), nullable=True))
    op.add_column("entrants", sa.Column("said", sa.Integer(), nullable=True))


def downgrade() -> None:
    op.drop_column("entrants", "said")
    op.drop_column("activities", "answer")
    op.drop_column("activities", "choices")
