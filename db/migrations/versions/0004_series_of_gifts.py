"""Series of gifts."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.create_table(
        "gift_series",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("folded", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("offer", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("made_by", sa.Integer(), nullable=False),
        sa.Column("made_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["made_by"], ["members.id"], name=op.f("fk_gift_series_made_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gift_series")),
        sa.UniqueConstraint("folded", name=op.f("uq_gift_series_folded")),
    )
    op.create_table(
        "series_prizes",
        sa.Column("series_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("offer", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("won_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_series_prizes_member_id")),
        sa.ForeignKeyConstraint(["series_id"], ["gift_series.id"], name=op.f("fk_series_prizes_series_id")),
        sa.PrimaryKeyConstraint("series_id", "member_id", name=op.f("pk_series_prizes")),
    )
    with op.batch_alter_table("series_prizes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_series_prizes_member_id"), ["member_id"], unique=False)

    # Not as a batch: SQLite would make the table anew, and the orders' foreign keys forbid dropping the one they mean.
    op.execute(
        "ALTER TABLE gifts ADD COLUMN series_id INTEGER CONSTRAINT fk_gifts_series_id REFERENCES gift_series (id)"
    )
    op.create_index(op.f("ix_gifts_series_id"), "gifts", ["series_id"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_gifts_series_id"), table_name="gifts")
    op.execute("ALTER TABLE gifts DROP COLUMN series_id")
    with op.batch_alter_table("series_prizes", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_series_prizes_member_id"))

    op.drop_table("series_prizes")
    op.drop_table("gift_series")
