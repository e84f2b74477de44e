"""Members are reminded of coupons that end soon."""

from datetime import datetime

from bot.club import coupon_reminders
from bot.club.rules import Shop
from db.engine import Database

BATCH = 200


async def run(database: Database, shop: Shop, now: datetime) -> None:
    """Write all reminders that are due, a batch at a time."""
    while await database.write(coupon_reminders.prepare, shop, now=now, limit=BATCH) == BATCH:
        continue
