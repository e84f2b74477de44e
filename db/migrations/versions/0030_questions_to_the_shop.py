"""What members ask the shop, and the answers."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0030"
down_revision = "0029"


def upgrade() -> None:
    op.create_table(
        "threads",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("state", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("taken_by", sa.Integer(), nullable=True),
        sa.Column("asked_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("said_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("answered_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("stars", sa.Integer(), nullable=True),
        sa.CheckConstraint("stars BETWEEN 1 AND 5", name=op.f("ck_threads_one_to_five")),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_threads_member_id")),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_threads_account_id")),
        sa.ForeignKeyConstraint(["taken_by"], ["members.id"], name=op.f("fk_threads_taken_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_threads")),
    )
    op.create_index(op.f("ix_threads_member_id"), "threads", ["member_id"])
    op.create_index("ix_threads_state", "threads", ["state", "asked_at"])
    op.create_table(
        "thread_lines",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("thread_id", sa.Integer(), nullable=False),
        sa.Column("said_by", sa.Integer(), nullable=False),
        sa.Column("words", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("photo", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("said_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["thread_id"], ["threads.id"], name=op.f("fk_thread_lines_thread_id")),
        sa.ForeignKeyConstraint(["said_by"], ["members.id"], name=op.f("fk_thread_lines_said_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_thread_lines")),
        sa.UniqueConstraint("key", name=op.f("uq_thread_lines_key")),
    )
    op.create_index(op.f("ix_thread_lines_thread_id"), "thread_lines", ["thread_id"])


def downgrade() -> None:
    op.drop_table("thread_lines")
    op.drop_table("threads")
