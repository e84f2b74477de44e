"""Of welcomes and weekly notes a group keeps the newest."""

import sqlalchemy as sa
from alembic import op

revision = "0042"
down_revision = "0041"

STANDS = sa.text("kind IN ('welcome', 'safety_note') AND message_id > 0")


def upgrade() -> None:
    op.drop_index("ix_letters_welcomes", "letters")
    newest = ["kind", "group_id", "id"]
    op.create_index("ix_letters_replaced", "letters", newest, sqlite_where=STANDS, postgresql_where=STANDS)


def downgrade() -> None:
    op.drop_index("ix_letters_replaced", "letters")
    greets = sa.text("kind = 'welcome' AND message_id > 0")
    about = ["group_id", "id"]
    op.create_index("ix_letters_welcomes", "letters", about, sqlite_where=greets, postgresql_where=greets)
