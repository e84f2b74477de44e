"""What nobody fetched goes back on the shelf, and its points to the member."""

from datetime import datetime

from bot.club import orders
from bot.club.rules import Shop
from db.engine import Database


async def run(database: Database, shop: Shop, now: datetime) -> None:
    """Let the orders lapse whose last day is over, a batch at a time."""
    while await database.write(orders.lapse, shop, now=now):
        pass
