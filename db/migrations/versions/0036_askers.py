"""Who asks to be let into a group."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0036"
down_revision = "0035"


def upgrade() -> None:
    op.create_table(
        "askers",
        sa.Column("group_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("asked_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["group_id"], ["groups.id"], name=op.f("fk_askers_group_id")),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_askers_member_id")),
        sa.PrimaryKeyConstraint("group_id", "member_id", name=op.f("pk_askers")),
    )
    op.create_index(op.f("ix_askers_member_id"), "askers", ["member_id"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_askers_member_id"), table_name="askers")
    op.drop_table("askers")
