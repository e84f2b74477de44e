"""A broadcast to a tenth of a million members: its letters, written a window at a time, beside one bare statement."""

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bot.club import broadcasts, drafts
from bot.club.drafts import Wish
from db.engine import open_database
from tests.bench.letters import OWNER, emptied
from tests.bench.rounds import Bar, Bench
from tests.bench.stage import MORNING, SHOP, raw, sqlite_file

BARE = """
INSERT INTO letters (key, kind, rank, alone, account_id, member_id, broadcast_id, facts, after, before, state, doubts,
    posted_at)
SELECT 'broadcast:1:' || members.id, 'broadcast', 2, FALSE, min(accounts.id), members.id, 1, '{}',
    '2027-02-10 02:00:00.000000', '2027-02-13 02:00:00.000000', 'waiting', 0, '2027-02-10 02:00:00.000000'
FROM members JOIN accounts ON accounts.member_id = members.id
WHERE members.consent IS NOT NULL AND members.notify = 'all' AND members.held_at IS NULL AND accounts.reachable
    AND members.grade = 'vip' AND members.erased_at IS NULL
GROUP BY members.id
"""
SHARE = 10  # one of so many is meant
HOLD = 0.2  # seconds that nobody should wait for the writer


@asynccontextmanager
async def broadcast(quick: bool) -> AsyncIterator[Bench]:
    """Queueing a broadcast's letters to a tenth of a million members."""
    members = 100_000 if quick else 1_000_000
    with sqlite_file(members) as (url, path):
        with raw(path) as connection:
            connection.execute("UPDATE members SET grade = 'vip' WHERE id % ? = 2", (SHARE,))
            connection.execute("COMMIT")
            connection.execute("ANALYZE")
            connection.execute("BEGIN")
        database = open_database(url)
        longest = [0.0]

        async def ours() -> float:
            emptied(path)
            key, wish = str(time.monotonic()), Wish({"": "New tea, {name}"}, "grade:vip")
            draft_id = await database.write(drafts.draw_up, OWNER, wish, most=members // SHARE, key=key, now=MORNING)
            longest[0], began = 0.0, time.perf_counter()
            for sure in (False, True):
                await database.write(broadcasts.confirm, OWNER, draft_id, 1, 1, SHOP, sure=sure, now=MORNING)
            more = True
            while more:
                act = time.perf_counter()
                more = await database.write(broadcasts.go_on, draft_id, SHOP, now=MORNING)
                longest[0] = max(longest[0], time.perf_counter() - act)
            return time.perf_counter() - began

        async def bare() -> float:
            emptied(path)
            began = time.perf_counter()
            with raw(path) as connection:
                connection.execute(BARE)
                assert connection.execute("SELECT count(*) FROM letters").fetchone() == (members // SHARE,)
            return time.perf_counter() - began

        async def held() -> float:
            return longest[0]

        async def allowed() -> float:
            return HOLD

        what = f"a broadcast to {members // SHARE:,} of {members:,} ÷ the bare INSERT … SELECT"
        bars = [
            Bar(what, "ours", "bare", 1.5, 1.2, most=True),
            Bar("the longest that it holds the writer ÷ 0.2 s", "held", "allowed", 1, 0.25, most=True),
        ]
        yield Bench("s", {"ours": ours, "held": held, "bare": bare, "allowed": allowed}, bars)
        await database.close()
