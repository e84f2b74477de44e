"""The blacklist."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0027"
down_revision = "0026"


def upgrade() -> None:
    op.create_table(
        "blocks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("level", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("reason", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("blocked_by", sa.Integer(), nullable=False),
        sa.Column("blocked_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("lifted_by", sa.Integer(), nullable=True),
        sa.Column("lifted_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_blocks_member_id")),
        sa.ForeignKeyConstraint(["blocked_by"], ["members.id"], name=op.f("fk_blocks_blocked_by")),
        sa.ForeignKeyConstraint(["lifted_by"], ["members.id"], name=op.f("fk_blocks_lifted_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_blocks")),
    )
    op.create_index(op.f("ix_blocks_member_id"), "blocks", ["member_id"])
    # Not as a batch: SQLite would copy every member.
    op.add_column("members", sa.Column("blocked", sqlmodel.sql.sqltypes.AutoString(), nullable=True))


def downgrade() -> None:
    op.drop_column("members", "blocked")
    op.drop_table("blocks")
