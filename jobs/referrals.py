"""Invitations count by themselves, once the friend has stayed and bought."""

from datetime import datetime

from bot.club import referrals
from bot.club.rules import Shop
from db.engine import Database

BATCH = 100  # friends in one act


async def run(database: Database, shop: Shop, now: datetime) -> None:
    """Decide about everybody of whom something is due."""
    while await database.write(referrals.settle, shop, now=now, limit=BATCH) >= BATCH:
        pass
