"""Keys for tills and web shops, and what they were answered."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0014"
down_revision = "0013"

STANDS = sa.text("revoked_at IS NULL")


def upgrade() -> None:
    op.create_table(
        "api_keys",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("key_hash", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("scopes", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("made_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("used_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("revoked_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_keys")),
        sa.UniqueConstraint("key_hash", name=op.f("uq_api_keys_key_hash")),
    )
    op.create_index("uq_api_keys_name", "api_keys", ["name"], unique=True, sqlite_where=STANDS, postgresql_where=STANDS)
    op.create_table(
        "api_replies",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key_id", sa.Integer(), nullable=False),
        sa.Column("idempotency_key", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("fingerprint", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=True),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("body", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["key_id"], ["api_keys.id"], name=op.f("fk_api_replies_key_id")),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_api_replies_member_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_replies")),
        sa.UniqueConstraint("key_id", "idempotency_key", name=op.f("uq_api_replies_key_id_idempotency_key")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_api_replies_at"), "api_replies", ["at"])
    op.create_index(op.f("ix_api_replies_member_id"), "api_replies", ["member_id"])
    with op.batch_alter_table("audit", schema=None) as batch_op:
        batch_op.alter_column("staff_id", existing_type=sa.Integer(), nullable=True)


def downgrade() -> None:
    op.execute("DELETE FROM audit WHERE staff_id IS NULL")
    with op.batch_alter_table("audit", schema=None) as batch_op:
        batch_op.alter_column("staff_id", existing_type=sa.Integer(), nullable=False)
    op.drop_table("api_replies")
    op.drop_table("api_keys")
