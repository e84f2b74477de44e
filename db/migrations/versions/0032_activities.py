"""Red packets and lucky draws."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0032"
down_revision = "0031"


def upgrade() -> None:
    op.create_table(
        "activities",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("title", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("prize", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("places", sa.Integer(), nullable=False),
        sa.Column("entered", sa.Integer(), nullable=False),
        sa.Column("seed", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("closes_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("state", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=False),
        sa.Column("made_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.CheckConstraint("kind <> 'packet' OR entered <= places", name=op.f("ck_activities_taken_within_parts")),
        sa.ForeignKeyConstraint(["made_by"], ["members.id"], name=op.f("fk_activities_made_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_activities")),
        sa.UniqueConstraint("key", name=op.f("uq_activities_key")),
    )
    op.create_index(op.f("ix_activities_state"), "activities", ["state"], unique=False)
    op.create_table(
        "entrants",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("activity_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("nth", sa.Integer(), nullable=False),
        sa.Column("won", sa.Integer(), nullable=False),
        sa.Column("at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["activity_id"], ["activities.id"], name=op.f("fk_entrants_activity_id")),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_entrants_member_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_entrants")),
        sa.UniqueConstraint("activity_id", "member_id", name=op.f("uq_entrants_activity_id_member_id")),
        sa.UniqueConstraint("activity_id", "nth", name=op.f("uq_entrants_activity_id_nth")),
    )
    op.create_index(op.f("ix_entrants_member_id"), "entrants", ["member_id"], unique=False)
    op.create_table(
        "activity_posts",
        sa.Column("letter_id", sa.Integer(), nullable=False),
        sa.Column("activity_id", sa.Integer(), nullable=False),
        sa.Column("shown", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.ForeignKeyConstraint(["activity_id"], ["activities.id"], name=op.f("fk_activity_posts_activity_id")),
        sa.ForeignKeyConstraint(["letter_id"], ["letters.id"], name=op.f("fk_activity_posts_letter_id")),
        sa.PrimaryKeyConstraint("letter_id", name=op.f("pk_activity_posts")),
    )
    op.create_index(op.f("ix_activity_posts_activity_id"), "activity_posts", ["activity_id"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_activity_posts_activity_id"), table_name="activity_posts")
    op.drop_table("activity_posts")
    op.drop_index(op.f("ix_entrants_member_id"), table_name="entrants")
    op.drop_table("entrants")
    op.drop_index(op.f("ix_activities_state"), table_name="activities")
    op.drop_table("activities")
