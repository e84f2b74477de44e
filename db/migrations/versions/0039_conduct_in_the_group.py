"""Warnings, mutes and kicks in the groups."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0039"
down_revision = "0038"


def upgrade() -> None:
    op.create_table(
        "strikes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=False),
        sa.Column("deed", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("reason", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("struck_by", sa.Integer(), nullable=True),
        sa.Column("at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_strikes_member_id")),
        sa.ForeignKeyConstraint(["group_id"], ["groups.id"], name=op.f("fk_strikes_group_id")),
        sa.ForeignKeyConstraint(["struck_by"], ["members.id"], name=op.f("fk_strikes_struck_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_strikes")),
        sa.UniqueConstraint("key", name=op.f("uq_strikes_key")),
    )
    op.create_index("ix_strikes_of_member", "strikes", ["member_id", "group_id", "at"])


def downgrade() -> None:
    op.drop_table("strikes")
