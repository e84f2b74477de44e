"""Broadcasts: one message to an audience, drawn up, shown, confirmed and sent; paused, resumed and cancelled.

A broadcast is a row that says how far it came, so after a kill it goes on there.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, or_, update
from sqlmodel import select as choose

from bot.club import addresses, audit, broadcast_letters, broadcast_reports, drafts
from bot.club.addresses import Address
from bot.club.broadcast_reports import Report
from bot.club.drafts import Wish
from bot.club.errors import ClubError, StaleButton
from bot.club.givings import FRESH, MANY
from bot.club.members import Person
from bot.club.rules import Shop
from bot.i18n import N_
from db.broadcasts import BROADCASTS, Broadcast

RUNNING, OVER = ("planned", "writing", "sending"), ("done", "cancelled")
LIST = 10


class NoSuchBroadcast(ClubError):
    """A broadcast that nobody sent."""

    says = N_("There is no such broadcast. /broadcast list shows them.")


class BroadcastOver(ClubError):
    """A broadcast that has ended cannot be paused, resumed or cancelled."""

    says = N_("Broadcast {id} is over already.")


@dataclass(frozen=True, slots=True)
class Standing:
    """How a broadcast stands: its state, whether it is `paused`, its report so far."""

    id: int
    wish: Wish
    state: str
    paused: bool
    report: Report


def confirm(
    session: Session,
    by: Person,
    draft_id: int,
    version: int,
    message_id: int,
    shop: Shop,
    *,
    sure: bool,
    now: datetime,
    called: Callable[[str], str] = str,
) -> Standing | None:
    """Take a yes to what was shown: begin, with the first letters at once. None where it is much: ask once more.

    A broadcast that began already is told as it stands. Raises StaleButton, TimePast.
    """
    row = drafts.mine(session, by, draft_id)
    if row.state != "draft":
        return standing(session, row)
    if row.version != version or (sure and not row.sure):
        raise StaleButton
    drafts.in_time(drafts.wished(row), now)
    if row.most >= MANY and not sure:
        row.sure = True
        session.add(row)
        return None
    begun = {"state": "planned", "began_at": now, "account_id": by.account_id, "message_id": message_id}
    here = (col(Broadcast.id) == draft_id, col(Broadcast.state) == "draft", col(Broadcast.version) == version)
    if session.connection().execute(update(Broadcast).where(*here).values(begun)).rowcount:
        audit.note(session, by.member_id, "broadcast", now=now, broadcast=draft_id)
    go_on(session, draft_id, shop, now=now, called=called)
    return one(session, draft_id)


def undone(session: Session, *, now: datetime) -> list[int]:
    """The broadcasts that are under way or to be reported, the oldest first. The answer to a fresh yes goes before."""
    open_ones = or_(col(Broadcast.state).not_in(("draft", "done", "cancelled")), col(Broadcast.message_id).is_not(None))
    found = choose(Broadcast.id).where(open_ones, col(Broadcast.began_at) <= now - FRESH).order_by(col(Broadcast.id))
    return [number for number in session.exec(found) if number]


def go_on(
    session: Session, broadcast_id: int, shop: Shop, *, now: datetime, called: Callable[[str], str] = str
) -> bool:
    """Do the next piece of a broadcast's work. Returns whether there is more of it at once."""
    here = update(Broadcast).where(col(Broadcast.id) == broadcast_id).values(paused=col(Broadcast.paused))
    session.exec(here.execution_options(synchronize_session=False))  # and from here to the commit it is nobody else's
    row = session.get_one(Broadcast, broadcast_id, populate_existing=True)
    if row.state == "planned" and not row.paused and (row.starts_at or now) <= now:
        row.state = "writing"
    more = _work(session, row, shop, now, called)
    if row.state in ("sending", "stopping") and not more and not broadcast_letters.open_still(session, broadcast_id):
        row.state = "done" if row.state == "sending" else "cancelled"
        row.ended_at, row.paused = now, False
    session.add(row)
    session.flush()
    return more


def _work(session: Session, row: Broadcast, shop: Shop, now: datetime, called: Callable[[str], str]) -> bool:
    """A piece of a broadcast's work, as its state asks. Returns whether there is more at once."""
    broadcast_id = row.id or 0
    if row.state == "stopping":
        return broadcast_letters.drop(session, broadcast_id, now=now) == broadcast_letters.BATCH
    if row.paused:
        return broadcast_letters.hold(session, broadcast_id) == broadcast_letters.BATCH
    if row.state == "writing":
        try:
            broadcast_letters.write(session, row, shop, now=now, called=called)
        except ClubError:  # its audience has lost its name
            row.state = "stopping"
        return True
    if row.state == "sending":
        return broadcast_letters.let_go(session, broadcast_id, now=now) == broadcast_letters.BATCH
    return False


def pause(session: Session, by: Person, broadcast_id: int, *, now: datetime) -> Standing:
    """Hold what has not gone yet. Raises NoSuchBroadcast, BroadcastOver."""
    return _change(session, by, broadcast_id, "broadcast pause", now, paused=True)


def resume(session: Session, by: Person, broadcast_id: int, *, now: datetime) -> Standing:
    """Let it go on. Raises NoSuchBroadcast, BroadcastOver."""
    return _change(session, by, broadcast_id, "broadcast resume", now, paused=False)


def cancel(session: Session, by: Person, broadcast_id: int, *, now: datetime) -> Standing:
    """Send no more of it. Raises NoSuchBroadcast, BroadcastOver."""
    return _change(session, by, broadcast_id, "broadcast cancel", now, state="stopping", paused=False)


def one(session: Session, broadcast_id: int) -> Standing:
    """A broadcast that was confirmed. Raises NoSuchBroadcast."""
    row = session.get(Broadcast, broadcast_id)
    if row is None or row.state == "draft":
        raise NoSuchBroadcast
    return standing(session, row)


def listed(session: Session) -> list[Standing]:
    """The latest broadcasts that were confirmed, the newest first."""
    found = choose(Broadcast).where(Broadcast.state != "draft").order_by(col(Broadcast.id).desc()).limit(LIST)
    return [standing(session, row) for row in session.exec(found)]


def address(session: Session, broadcast_id: int) -> Address | None:
    """Where a broadcast is reported; None where its author was erased."""
    return addresses.of(session, BROADCASTS, broadcast_id)


def reported(session: Session, broadcast_id: int) -> None:
    """Its author knows what came of it."""
    told = {"account_id": None, "message_id": None}
    session.connection().execute(BROADCASTS.update().where(BROADCASTS.c.id == broadcast_id).values(**told))


def standing(session: Session, row: Broadcast) -> Standing:
    """How a broadcast stands."""
    return Standing(row.id or 0, drafts.wished(row), row.state, row.paused, broadcast_reports.of(session, row.id or 0))


def _change(session: Session, by: Person, broadcast_id: int, act: str, now: datetime, **values: Any) -> Standing:
    """Pause, resume or cancel a broadcast that has not ended; what is so already is said once more."""
    here = (BROADCASTS.c.id == broadcast_id, BROADCASTS.c.state.in_(RUNNING))
    if not session.connection().execute(BROADCASTS.update().where(*here).values(**values)).rowcount:
        one(session, broadcast_id)
        raise BroadcastOver(id=str(broadcast_id))
    audit.note(session, by.member_id, act, now=now, broadcast=broadcast_id)
    return one(session, broadcast_id)
