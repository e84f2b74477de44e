"""Standings: what members bought in sums, their grades, and cut points."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0016"
down_revision = "0015"

# Who has bought something is counted by the next night, since a purchase of long ago has left their year.
BUYERS = """
INSERT INTO standings (member_id, purchases, spent, weekends, year_purchases, year_spent, oldest_at, rank)
SELECT id, 0, 0, 0, 0, 0, '1970-01-01 00:00:00.000000',
    CASE grade WHEN 'regular' THEN 1 WHEN 'vip' THEN 2 WHEN 'svip' THEN 3 ELSE 0 END
FROM members
WHERE erased_at IS NULL AND EXISTS (SELECT 1 FROM purchases WHERE purchases.member_id = members.id)
"""


def upgrade() -> None:
    op.create_table(
        "cut_points",
        sa.Column("part", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("part", "score", name=op.f("pk_cut_points")),
    )
    op.create_table(
        "manual_grades",
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("grade", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("reason", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("until", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("set_by", sa.Integer(), nullable=False),
        sa.Column("set_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_manual_grades_member_id")),
        sa.ForeignKeyConstraint(["set_by"], ["members.id"], name=op.f("fk_manual_grades_set_by")),
        sa.PrimaryKeyConstraint("member_id", name=op.f("pk_manual_grades")),
    )
    op.create_index(op.f("ix_manual_grades_until"), "manual_grades", ["until"])
    op.create_table(
        "standings",
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("purchases", sa.Integer(), nullable=False),
        sa.Column("spent", sa.BigInteger(), nullable=False),
        sa.Column("first_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("last_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("weekends", sa.Integer(), nullable=False),
        sa.Column("gap", sa.Integer(), nullable=True),
        sa.Column("sleeps_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("lost_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("year_purchases", sa.Integer(), nullable=False),
        sa.Column("year_spent", sa.BigInteger(), nullable=False),
        sa.Column("oldest_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("was", sa.Integer(), nullable=True),
        sa.Column("changed_on", sa.Date(), nullable=True),
        sa.Column("risen_by", sa.Integer(), nullable=True),
        sa.Column("falls_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_standings_member_id")),
        sa.ForeignKeyConstraint(["risen_by"], ["purchases.id"], name=op.f("fk_standings_risen_by")),
        sa.PrimaryKeyConstraint("member_id", name=op.f("pk_standings")),
    )
    for column in ("falls_on", "oldest_at", "sleeps_at"):
        op.create_index(op.f(f"ix_standings_{column}"), "standings", [column])
    op.execute(BUYERS)


def downgrade() -> None:
    op.drop_table("standings")
    op.drop_table("manual_grades")
    op.drop_table("cut_points")
