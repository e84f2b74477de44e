"""Groups that are for members from a grade on, and who has to leave them when."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0043"
down_revision = "0042"


def upgrade() -> None:
    op.add_column("groups", sa.Column("least", sqlmodel.sql.sqltypes.AutoString(), nullable=True))
    for name in ("leaves_at", "put_out_at"):
        op.add_column("places", sa.Column(name, sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True))
    op.create_index(op.f("ix_places_leaves_at"), "places", ["leaves_at"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_places_leaves_at"), table_name="places")
    for name in ("put_out_at", "leaves_at"):
        op.drop_column("places", name)
    op.drop_column("groups", "least")
