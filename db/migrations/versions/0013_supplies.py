"""What members use up, and what they ask for again."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    op.create_table(
        "supplies",
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("product_id", sa.Integer(), nullable=False),
        sa.Column("pace", sa.Float(), nullable=True),
        sa.Column("stopped_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_supplies_member_id")),
        sa.ForeignKeyConstraint(["product_id"], ["products.id"], name=op.f("fk_supplies_product_id")),
        sa.PrimaryKeyConstraint("member_id", "product_id", name=op.f("pk_supplies")),
    )
    op.create_table(
        "reorders",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("product_id", sa.Integer(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("state", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("asked_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("taken_by", sa.Integer(), nullable=True),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_reorders_quantity_positive")),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_reorders_member_id")),
        sa.ForeignKeyConstraint(["product_id"], ["products.id"], name=op.f("fk_reorders_product_id")),
        sa.ForeignKeyConstraint(["taken_by"], ["members.id"], name=op.f("fk_reorders_taken_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reorders")),
        sa.UniqueConstraint("key", name=op.f("uq_reorders_key")),
    )
    op.create_index(op.f("ix_reorders_member_id"), "reorders", ["member_id"])


def downgrade() -> None:
    op.drop_table("reorders")
    op.drop_table("supplies")
