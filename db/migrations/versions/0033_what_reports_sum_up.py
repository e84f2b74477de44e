"""Indexes by time, for what reports sum up."""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"

USED = sa.text("used_at IS NOT NULL")


def upgrade() -> None:
    op.create_index("ix_entries_at", "entries", ["at", "member_id", "source", "amount"])
    op.create_index("ix_checkins_day", "checkins", ["day", "member_id"])
    op.create_index("ix_coupons_issued_at", "coupons", ["issued_at"])
    op.create_index("ix_coupons_used_at", "coupons", ["used_at"], sqlite_where=USED, postgresql_where=USED)


def downgrade() -> None:
    for index, table in (
        ("ix_coupons_used_at", "coupons"),
        ("ix_coupons_issued_at", "coupons"),
        ("ix_checkins_day", "checkins"),
        ("ix_entries_at", "entries"),
    ):
        op.drop_index(index, table_name=table)
