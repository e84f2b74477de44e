"""Coupons that may be passed on, and coupons for an audience."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0003"
down_revision = "0002"

TEXT, MOMENT = sqlmodel.sql.sqltypes.AutoString, sqlmodel.sql.sqltypes.UTCDateTime
NO = sa.text("false")


def upgrade() -> None:
    # Column by column, each in place: a table that others refer to cannot be made anew on SQLite while it is full.
    op.add_column("coupon_templates", sa.Column("transferable", sa.Boolean(), nullable=False, server_default=NO))
    op.add_column("coupon_templates", sa.Column("audience", TEXT(), nullable=False, server_default=""))
    op.add_column("coupons", sa.Column("transferable", sa.Boolean(), nullable=False, server_default=NO))
    op.execute(
        "ALTER TABLE coupons ADD COLUMN issued_to INTEGER CONSTRAINT fk_coupons_issued_to REFERENCES members (id)"
    )
    op.add_column("coupons", sa.Column("came_at", MOMENT(), nullable=True))
    op.add_column("coupons", sa.Column("link_hash", TEXT(), nullable=True))
    op.create_index(op.f("ix_coupons_link_hash"), "coupons", ["link_hash"], unique=True)
    for name, column, where in (
        ("ix_coupons_good_until", "good_until", "state = 'issued'"),
        ("ix_coupons_issued_to", "issued_to", "issued_to IS NOT NULL"),
    ):
        op.create_index(name, "coupons", [column], sqlite_where=sa.text(where), postgresql_where=sa.text(where))
    op.create_table(
        "coupon_transfers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("coupon_id", sa.Integer(), nullable=False),
        sa.Column("from_id", sa.Integer(), nullable=False),
        sa.Column("to_id", sa.Integer(), nullable=False),
        sa.Column("link_hash", TEXT(), nullable=False),
        sa.Column("at", MOMENT(), nullable=False),
        sa.ForeignKeyConstraint(["coupon_id"], ["coupons.id"], name=op.f("fk_coupon_transfers_coupon_id")),
        sa.ForeignKeyConstraint(["from_id"], ["members.id"], name=op.f("fk_coupon_transfers_from_id")),
        sa.ForeignKeyConstraint(["to_id"], ["members.id"], name=op.f("fk_coupon_transfers_to_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_coupon_transfers")),
        sa.UniqueConstraint("link_hash", name=op.f("uq_coupon_transfers_link_hash")),
    )
    for column in ("coupon_id", "from_id", "to_id"):
        op.create_index(op.f(f"ix_coupon_transfers_{column}"), "coupon_transfers", [column])
    op.create_table(
        "coupon_givings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", TEXT(), nullable=False),
        sa.Column("template_id", sa.Integer(), nullable=False),
        sa.Column("audience", TEXT(), nullable=False),
        sa.Column("most", sa.Integer(), nullable=False),
        sa.Column("good_until", MOMENT(), nullable=False),
        sa.Column("state", TEXT(), nullable=False),
        sa.Column("reached", sa.Integer(), nullable=False),
        sa.Column("given", sa.Integer(), nullable=False),
        sa.Column("had", sa.Integer(), nullable=False),
        sa.Column("late", sa.Integer(), nullable=False),
        sa.Column("given_by", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("message_id", sa.Integer(), nullable=True),
        sa.Column("began_at", MOMENT(), nullable=False),
        sa.ForeignKeyConstraint(["template_id"], ["coupon_templates.id"], name=op.f("fk_coupon_givings_template_id")),
        sa.ForeignKeyConstraint(["given_by"], ["members.id"], name=op.f("fk_coupon_givings_given_by")),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_coupon_givings_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_coupon_givings")),
        sa.UniqueConstraint("key", name=op.f("uq_coupon_givings_key")),
    )
    undone = sa.text("state <> 'done'")
    op.create_index("ix_coupon_givings_undone", "coupon_givings", ["id"], sqlite_where=undone, postgresql_where=undone)
    _let_transfers_stay()


def _let_transfers_stay() -> None:
    said = "transfers of coupons are never changed"
    if op.get_bind().dialect.name == "sqlite":
        for verb in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER coupon_transfers_no_{verb.lower()} BEFORE {verb} ON coupon_transfers "
                f"BEGIN SELECT RAISE(ABORT, '{said}'); END"
            )
        return
    op.execute(
        "CREATE FUNCTION coupon_transfers_stay() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{said}'; END $$"
    )
    for verb in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER coupon_transfers_no_{verb.lower()} BEFORE {verb} ON coupon_transfers FOR EACH ROW "
            "EXECUTE FUNCTION coupon_transfers_stay()"
        )


def downgrade() -> None:
    op.drop_table("coupon_givings")
    op.drop_table("coupon_transfers")
    if op.get_bind().dialect.name != "sqlite":
        op.execute("DROP FUNCTION coupon_transfers_stay()")
    for name in ("ix_coupons_issued_to", "ix_coupons_good_until", "ix_coupons_link_hash"):
        op.drop_index(name, "coupons")
    for column in ("link_hash", "came_at", "issued_to", "transferable"):
        op.drop_column("coupons", column)
    for column in ("audience", "transferable"):
        op.drop_column("coupon_templates", column)
