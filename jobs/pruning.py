"""What need not be remembered is forgotten, a batch at a time."""

from datetime import datetime

from bot.club import conversations, drafts, inbox, outbox, replies, webhooks
from db.engine import Database

FORGETTERS = (
    conversations.prune,
    drafts.prune,
    inbox.empty_odd,
    inbox.prune,
    outbox.prune,
    replies.prune,
    webhooks.prune,
)
BATCH = 1000


async def run(database: Database, now: datetime) -> None:
    """Forget what is old enough."""
    for forget in FORGETTERS:
        while await database.write(forget, now=now, limit=BATCH) == BATCH:
            continue
