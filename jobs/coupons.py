"""Members are reminded of coupons that end soon, and those that are over are marked so."""

from datetime import datetime

from bot.club import coupon_reminders, coupons
from bot.club.rules import Shop
from db.engine import Database

BATCH = 200


async def run(database: Database, shop: Shop, now: datetime) -> None:
    """Write all reminders that are due and mark all that are over, a batch at a time."""
    while await database.write(coupon_reminders.prepare, shop, now=now, limit=BATCH) == BATCH:
        continue
    while await database.write(coupons.lapse, now=now, limit=BATCH) == BATCH:
        continue
