"""What is owed: debts that refunds leave, what they took back, and books that stay as they were written."""

from itertools import product

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0002"
down_revision = "0001"

BOOKS = ("lot_uses", "take_backs")
STAY = "the books are never changed"


def upgrade() -> None:
    # In one line, since SQLite would copy the table to give it a constraint, and other tables point to it.
    op.execute(
        "ALTER TABLE members ADD COLUMN owed INTEGER DEFAULT 0 NOT NULL "
        "CONSTRAINT ck_members_owed_not_negative CHECK (owed >= 0) "
        "CONSTRAINT ck_members_erased_without_debt CHECK (erased_at IS NULL OR owed = 0)"
    )
    op.create_table(
        "take_backs",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("lot_id", sa.Integer(), nullable=False),
        sa.Column("taken", sa.Integer(), nullable=False),
        sa.Column("owed", sa.Integer(), nullable=False),
        sa.Column("at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("key", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.CheckConstraint("taken >= 0 AND owed >= 0", name=op.f("ck_take_backs_nothing_negative")),
        sa.ForeignKeyConstraint(["lot_id"], ["lots.id"], name=op.f("fk_take_backs_lot_id")),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_take_backs_member_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_take_backs")),
        sa.UniqueConstraint("key", name=op.f("uq_take_backs_key")),
    )
    with op.batch_alter_table("take_backs", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_take_backs_member_id"), ["member_id"], unique=False)
    if op.get_bind().dialect.name == "sqlite":
        for table, verb in product(BOOKS, ("UPDATE", "DELETE")):
            op.execute(
                f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{STAY}'); END"
            )
    else:
        op.execute(
            f"CREATE FUNCTION books_stay() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION '{STAY}'; END $$"
        )
        for table in BOOKS:
            op.execute(
                f"CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table} "
                "FOR EACH ROW EXECUTE FUNCTION books_stay()"
            )


def downgrade() -> None:
    op.drop_table("take_backs")
    if op.get_bind().dialect.name == "sqlite":
        for verb in ("update", "delete"):
            op.execute(f"DROP TRIGGER lot_uses_no_{verb}")
    else:
        op.execute("DROP TRIGGER lot_uses_no_change ON lot_uses")
        op.execute("DROP FUNCTION books_stay()")
    op.execute("ALTER TABLE members DROP COLUMN owed")
