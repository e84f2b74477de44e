"""Tomorrow's plan is shown to the managers each evening."""

from datetime import datetime

from bot.club import plan
from bot.club.rules import Shop
from bot.speech.notes import seed_of
from db.engine import Database


async def run(database: Database, shop: Shop, now: datetime) -> None:
    """Draw the plan and leave its card, once a day; it is drawn while nobody waits for the writer."""
    if day := await database.read(plan.due, shop, now=now):
        drawn = await database.read(plan.draw, day, shop, now=now, called=seed_of)
        await database.write(plan.show, drawn, now=now)
