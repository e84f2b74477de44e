"""What goes with what at the counter."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0010"
down_revision = "0006"


def upgrade() -> None:
    op.create_table(
        "pairings",
        sa.Column("after_id", sa.Integer(), nullable=False),
        sa.Column("offers_id", sa.Integer(), nullable=False),
        sa.Column("together", sa.Integer(), nullable=False),
        sa.Column("share", sa.Integer(), nullable=False),
        sa.Column("lift", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["after_id"], ["products.id"], name=op.f("fk_pairings_after_id")),
        sa.ForeignKeyConstraint(["offers_id"], ["products.id"], name=op.f("fk_pairings_offers_id")),
        sa.PrimaryKeyConstraint("after_id", "offers_id", name=op.f("pk_pairings")),
    )
    op.create_table(
        "selling_rules",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("after_id", sa.Integer(), nullable=True),
        sa.Column("offers_id", sa.Integer(), nullable=True),
        sa.Column("says", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("coupon", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("days", sa.Integer(), nullable=True),
        sa.Column("state", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=False),
        sa.Column("made_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.CheckConstraint(
            "offers_id IS NOT NULL OR says IS NOT NULL OR coupon IS NOT NULL",
            name=op.f("ck_selling_rules_does_something"),
        ),
        sa.ForeignKeyConstraint(["after_id"], ["products.id"], name=op.f("fk_selling_rules_after_id")),
        sa.ForeignKeyConstraint(["made_by"], ["members.id"], name=op.f("fk_selling_rules_made_by")),
        sa.ForeignKeyConstraint(["offers_id"], ["products.id"], name=op.f("fk_selling_rules_offers_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_selling_rules")),
    )
    with op.batch_alter_table("selling_rules", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_selling_rules_after_id"), ["after_id"], unique=False)

    op.create_table(
        "suggestions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("rule_id", sa.Integer(), nullable=True),
        sa.Column("after_id", sa.Integer(), nullable=True),
        sa.Column("offers_id", sa.Integer(), nullable=False),
        sa.Column("said_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("said_by", sa.Integer(), nullable=True),
        sa.Column("purchase_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["after_id"], ["products.id"], name=op.f("fk_suggestions_after_id")),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_suggestions_member_id")),
        sa.ForeignKeyConstraint(["offers_id"], ["products.id"], name=op.f("fk_suggestions_offers_id")),
        sa.ForeignKeyConstraint(["purchase_id"], ["purchases.id"], name=op.f("fk_suggestions_purchase_id")),
        sa.ForeignKeyConstraint(["rule_id"], ["selling_rules.id"], name=op.f("fk_suggestions_rule_id")),
        sa.ForeignKeyConstraint(["said_by"], ["members.id"], name=op.f("fk_suggestions_said_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_suggestions")),
    )
    with op.batch_alter_table("suggestions", schema=None) as batch_op:
        batch_op.create_index("ix_suggestions_member", ["member_id", "said_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_suggestions_rule_id"), ["rule_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("suggestions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_suggestions_rule_id"))
        batch_op.drop_index("ix_suggestions_member")

    op.drop_table("suggestions")
    with op.batch_alter_table("selling_rules", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_selling_rules_after_id"))

    op.drop_table("selling_rules")
    op.drop_table("pairings")
