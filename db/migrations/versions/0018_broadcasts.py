"""Broadcasts: one message to an audience, once."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0018"
down_revision = "0017"

OPEN = sa.text("state NOT IN ('draft', 'done', 'cancelled') OR message_id IS NOT NULL")
OF_BROADCAST = sa.text("broadcast_id IS NOT NULL")


def upgrade() -> None:
    op.create_table(
        "broadcasts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("texts", sa.JSON(), nullable=False),
        sa.Column("photo", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("photo_on", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("buttons", sa.JSON(), nullable=False),
        sa.Column("audience", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("hour", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("starts_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("sure", sa.Boolean(), nullable=False),
        sa.Column("state", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("paused", sa.Boolean(), nullable=False),
        sa.Column("most", sa.Integer(), nullable=False),
        sa.Column("reached", sa.Integer(), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=False),
        sa.Column("made_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("began_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("ended_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("message_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_broadcasts_account_id")),
        sa.ForeignKeyConstraint(["made_by"], ["members.id"], name=op.f("fk_broadcasts_made_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_broadcasts")),
        sa.UniqueConstraint("key", name=op.f("uq_broadcasts_key")),
    )
    op.create_index("ix_broadcasts_open", "broadcasts", ["id"], sqlite_where=OPEN, postgresql_where=OPEN)
    # Not as a batch: SQLite would copy every letter.
    op.execute(
        "ALTER TABLE letters ADD COLUMN broadcast_id INTEGER "
        "CONSTRAINT fk_letters_broadcast_id REFERENCES broadcasts (id)"
    )
    about = ["broadcast_id", "state", "reason"]
    op.create_index("ix_letters_broadcast", "letters", about, sqlite_where=OF_BROADCAST, postgresql_where=OF_BROADCAST)


def downgrade() -> None:
    op.drop_index("ix_letters_broadcast", "letters")
    op.drop_column("letters", "broadcast_id")
    op.drop_table("broadcasts")
