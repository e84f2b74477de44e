"""How many days after a purchase it is asked how it goes: told by its journey, and no rule any more."""

from alembic import op

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    op.execute("DELETE FROM rules WHERE name = 'profile.usage_days'")


def downgrade() -> None:
    pass
