"""Named links, who came by which, and the invite links of the groups that the bot made."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0040"
down_revision = "0039"


def upgrade() -> None:
    op.create_table(
        "named_links",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("folded", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("staff_id", sa.Integer(), nullable=True),
        sa.Column("partner", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("template_id", sa.Integer(), nullable=True),
        sa.Column("made_by", sa.Integer(), nullable=False),
        sa.Column("made_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("retired_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["made_by"], ["members.id"], name=op.f("fk_named_links_made_by")),
        sa.ForeignKeyConstraint(["staff_id"], ["members.id"], name=op.f("fk_named_links_staff_id")),
        sa.ForeignKeyConstraint(["template_id"], ["coupon_templates.id"], name=op.f("fk_named_links_template_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_named_links")),
        sa.UniqueConstraint("folded", name=op.f("uq_named_links_folded")),
    )
    op.create_table(
        "comers",
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("link_id", sa.Integer(), nullable=False),
        sa.Column("how", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("came_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("stayed", sa.Boolean(), nullable=True),
        sa.ForeignKeyConstraint(["link_id"], ["named_links.id"], name=op.f("fk_comers_link_id")),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_comers_member_id")),
        sa.PrimaryKeyConstraint("member_id", name=op.f("pk_comers")),
    )
    op.create_index(op.f("ix_comers_link_id"), "comers", ["link_id"], unique=False)
    op.create_index(
        "ix_comers_undecided",
        "comers",
        ["came_at"],
        unique=False,
        sqlite_where=sa.text("stayed IS NULL"),
        postgresql_where=sa.text("stayed IS NULL"),
    )
    op.create_table(
        "invite_links",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=False),
        sa.Column("link_id", sa.Integer(), nullable=True),
        sa.Column("member_id", sa.Integer(), nullable=True),
        sa.Column("url", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("state", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("asks", sa.Boolean(), nullable=False),
        sa.Column("changed_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["group_id"], ["groups.id"], name=op.f("fk_invite_links_group_id")),
        sa.ForeignKeyConstraint(["link_id"], ["named_links.id"], name=op.f("fk_invite_links_link_id")),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_invite_links_member_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invite_links")),
        sa.UniqueConstraint("key", name=op.f("uq_invite_links_key")),
        sa.UniqueConstraint("url", name=op.f("uq_invite_links_url")),
    )
    op.create_index(op.f("ix_invite_links_group_id"), "invite_links", ["group_id"], unique=False)
    op.create_index(op.f("ix_invite_links_member_id"), "invite_links", ["member_id"], unique=False)


def downgrade() -> None:
    op.drop_table("invite_links")
    op.drop_table("comers")
    op.drop_table("named_links")
