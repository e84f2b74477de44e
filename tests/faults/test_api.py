"""Tills go on through kills: each sends a request again until it is answered, and it counts once."""

import asyncio
import json
import random
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import httpx
from sqlmodel import Session, func, select

from bot.club import books, keys
from db.engine import Database
from db.members import Member
from db.purchases import Purchase
from tests.club.test_purchases import joined
from tests.faults.conftest import DEEP, say
from tests.faults.running import Running, settings

TILLS, EACH, KILLS = (10, 60, 12) if DEEP else (3, 10, 2)
BUSY = ("in_progress", "too_many_requests")  # it may come again


async def sells(address: str, key: str, orders: list[str], answers: dict[str, str], met: Counter[int]) -> None:
    """A till enters purchases one after the other, each again until it is answered."""
    async with httpx.AsyncClient(headers={"Authorization": f"Bearer {key}"}, timeout=10) as http:
        for order in orders:
            while order not in answers:
                about = {"member": "M0001", "order": order, "total": 500, "lines": [{"product": "tea"}]}
                try:
                    answer = await http.post(address, json=about, headers={"Idempotency-Key": order})
                except httpx.TransportError:
                    met[0] += 1
                    await asyncio.sleep(0.1)
                    continue
                met[answer.status_code] += 1
                if answer.json().get("error", {}).get("code") in BUSY:
                    await asyncio.sleep(0.1)
                else:
                    assert answer.status_code == 201, answer.text
                    answers[order] = answer.text


def kept(session: Session) -> tuple[int, int, int]:
    """How many purchases, how many order numbers, and Ann's points."""
    orders = func.count(func.distinct(Purchase.order_number))
    purchases, numbers = session.exec(select(func.count(), orders).select_from(Purchase)).one()
    return purchases, numbers, session.get_one(Member, 1).points


async def test_purchases_count_once_through_kills(
    database: Database, url: str, tmp_path: Path, chance: random.Random
) -> None:
    now, told = datetime.now(UTC), settings(url)  # noqa: TID251
    await database.write(joined, 7001, "Ann")
    held = [await database.write(keys.make, f"till-{n}", (), now=now) for n in range(TILLS)]
    address, met = f"http://127.0.0.1:{told['WEB_PORT']}/api/v1/purchases", Counter[int]()
    answers: dict[str, str] = {}
    async with asyncio.TaskGroup() as tasks:
        for till, key in enumerate(held):
            orders = [f"A-{till}-{n}" for n in range(EACH)]
            tasks.create_task(sells(address, key, orders, answers, met))
        for kill in range(1, KILLS + 1):
            with Running(tmp_path, told) as bot:
                await bot.says("the playground is open")
                while len(answers) < kill * TILLS * EACH // (KILLS + 1):
                    await asyncio.sleep(chance.uniform(0, 0.02))
                while (await database.read(kept))[0] == len(answers):  # until something is kept that nobody was told
                    await asyncio.sleep(0)
        last = Running(tmp_path, told)
        while len(answers) < TILLS * EACH:
            await asyncio.sleep(0.1)
    last.kill()
    many = TILLS * EACH
    say(f"{database.dialect}: {many} purchases, {KILLS} kills, answers by status {dict(met)}")
    assert met[0] >= KILLS
    told_of = sum(json.loads(answer)["points"] for answer in answers.values())
    assert await database.read(kept) == (many, many, told_of)
    assert len(set(answers.values())) == many
    assert await database.read(books.faults) == []
