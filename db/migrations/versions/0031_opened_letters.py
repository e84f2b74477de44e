"""Letters whose button was opened."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0031"
down_revision = "0030"


def upgrade() -> None:
    op.add_column("letters", sa.Column("opened_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True))


def downgrade() -> None:
    op.drop_column("letters", "opened_at")
