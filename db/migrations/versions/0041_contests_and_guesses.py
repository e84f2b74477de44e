"""Photo contests with their votes, and guesses at a price."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0041"
down_revision = "0040"


def upgrade() -> None:
    op.add_column("activities", sa.Column("photo", sqlmodel.sql.sqltypes.AutoString(), nullable=True))
    op.add_column("activities", sa.Column("votes_until", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True))
    op.add_column("activities", sa.Column("changes", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("entrants", sa.Column("photo", sqlmodel.sql.sqltypes.AutoString(), nullable=True))
    op.create_table(
        "votes",
        sa.Column("activity_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("nth", sa.Integer(), nullable=False),
        sa.Column("at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["activity_id"], ["activities.id"], name=op.f("fk_votes_activity_id")),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_votes_member_id")),
        sa.PrimaryKeyConstraint("activity_id", "member_id", name=op.f("pk_votes")),
    )
    op.create_index(op.f("ix_votes_member_id"), "votes", ["member_id"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_votes_member_id"), table_name="votes")
    op.drop_table("votes")
    op.drop_column("entrants", "photo")
    op.drop_column("activities", "changes")
    op.drop_column("activities", "votes_until")
    op.drop_column("activities", "photo")
