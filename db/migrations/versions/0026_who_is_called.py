"""Staff find people by name, in capitals or not, without reading through all of them."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"


def upgrade() -> None:
    op.create_index("ix_members_called", "members", [sa.text("lower(name)")])
    op.create_index("ix_accounts_called", "accounts", [sa.text("lower(name)")])


def downgrade() -> None:
    op.drop_index("ix_accounts_called", table_name="accounts")
    op.drop_index("ix_members_called", table_name="members")
