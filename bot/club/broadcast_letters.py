"""The letters of a broadcast: written for the next members who fit, held in a pause, dropped once it is cancelled.

Each is one statement over a window of members or letters, so that nobody else waits long for the writer.
"""

from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    Insert,
    Row,
    Select,
    and_,
    bindparam,
    case,
    cast,
    exists,
    func,
    literal,
    null,
    select,
)
from sqlalchemy.types import Boolean, Integer, String
from sqlmodel import Session

from bot.club import audiences
from bot.club.audiences import Audience
from bot.club.letters import KINDS, UNREACHABLE, Verdict, awake
from bot.club.members import LEVELS
from bot.club.outbox import best_first
from bot.club.rules import Shop
from db.broadcasts import BROADCASTS, Broadcast
from db.coupons import COUPONS
from db.engine import tell
from db.members import ACCOUNTS, MEMBERS
from db.outbox import LETTERS
from db.standings import STANDINGS
from db.times import Later, Seconds

WINDOW, WIDEST = 2000, 50_000  # letters in one act, and members who are looked at for them
BATCH = 2000  # letters that are held, let go or dropped in one act
LOOK_AGAIN = timedelta(minutes=1)  # until a letter of a paused broadcast comes up anew, should it still wait
BEST = "best"  # the hour of the day at which a member was here last
DAY = 24 * 60 * 60
PLAIN, WITH_COUPON = "broadcast", "broadcast_coupon"
OPEN = ("waiting", "sending", "held")
CANCELLED, PAUSED, NO_COUPON = "cancelled", "paused", "no coupon"

_theirs = ACCOUNTS.c.member_id == MEMBERS.c.id
_told = (BROADCASTS.c.texts, BROADCASTS.c.buttons, BROADCASTS.c.photo, BROADCASTS.c.photo_on)
_standing: Select[Any] = select(BROADCASTS.c.id, BROADCASTS.c.state, BROADCASTS.c.paused, *_told).where(
    BROADCASTS.c.id.in_(bindparam("ids", expanding=True))
)
REACHABLE = exists().where(_theirs, ACCOUNTS.c.reachable)


def meant(audience: Audience, author: int) -> ColumnElement[bool]:
    """Who is meant, as a condition of a statement: they fit and agreed; never the author."""
    return and_(audience.where, MEMBERS.c.consent.is_not(None), MEMBERS.c.id != author)


def why_not(kind: str, reachable: ColumnElement[bool], now: datetime) -> ColumnElement[Any]:
    """Why a member would not get a letter if it went now, in the words of the outbox; NULL where they would."""
    reasons = [
        (~reachable, UNREACHABLE),
        (MEMBERS.c.blocked.in_(LEVELS[LEVELS.index("messages") :]), "blacklisted"),
        (MEMBERS.c.notify != "all", "opted out"),
        (MEMBERS.c.held_at.is_not(None), "a bad rating"),
    ]
    if kind == WITH_COUPON:
        reasons.append((~exists().where(COUPONS.c.member_id == MEMBERS.c.id, *_good(now)), NO_COUPON))
    return case(*reasons, else_=cast(null(), String))


def kind_of(texts: dict[str, str]) -> str:
    """The kind of a broadcast's letters: those that carry a code go one at a time, and never twice."""
    return WITH_COUPON if any("{coupon}" in text for text in texts.values()) else PLAIN


def write(session: Session, row: Broadcast, shop: Shop, *, now: datetime, called: Callable[[str], str]) -> None:
    """Write the letters of the next window of members. `called`: see audiences.read."""
    fits = meant(audiences.read(row.audience, shop, now=now, called=called), row.made_by)
    newest = session.connection().execute(select(func.max(MEMBERS.c.id))).scalar_one()
    last = row.reached + min(max(WINDOW, WINDOW * newest // max(row.most, 1)), WIDEST)
    here = (MEMBERS.c.id > row.reached, MEMBERS.c.id <= last)
    session.connection().execute(_letters(row, and_(fits, *here), shop, now))
    tell(session, "letters")
    row.reached = last
    if last >= newest:
        row.state = "sending"
    session.add(row)
    session.flush()


def hold(session: Session, broadcast_id: int) -> int:
    """Take letters of a paused broadcast out of the queue. Returns how many."""
    return _move(session, broadcast_id, ("waiting",), {"state": "held", "reason": PAUSED})


def let_go(session: Session, broadcast_id: int, *, now: datetime) -> int:
    """Put letters back into the queue, with all the time that they had. Returns how many."""
    late = KINDS[PLAIN].late or timedelta()
    begins = case((LETTERS.c.after > now, LETTERS.c.after), else_=literal(now, LETTERS.c.after.type))
    values = {"state": "waiting", "reason": None, "after": begins, "before": literal(now + late, LETTERS.c.after.type)}
    many = _move(session, broadcast_id, ("held",), values)
    if many:
        tell(session, "letters")
    return many


def drop(session: Session, broadcast_id: int, *, now: datetime) -> int:
    """Drop letters of a cancelled broadcast that have not gone. Returns how many."""
    return _move(
        session, broadcast_id, ("waiting", "held"), {"state": "dropped", "reason": CANCELLED, "settled_at": now}
    )


def open_still(session: Session, broadcast_id: int) -> bool:
    """Whether the fate of a letter is open."""
    here = select(LETTERS.c.id).where(LETTERS.c.broadcast_id == broadcast_id, LETTERS.c.state.in_(OPEN)).limit(1)
    return session.connection().execute(here).first() is not None


def standing(session: Session, ids: Collection[int]) -> dict[int, Row[Any]]:
    """Some broadcasts as they stand, by their number: whether their letters go, and what those say."""
    if not ids:
        return {}
    return {row.id: row for row in session.connection().execute(_standing, {"ids": list(ids)})}


def judge(session: Session, letter: Any, broadcast: Any, *, now: datetime) -> Verdict | None:
    """What its broadcast means for a letter that could go now. None: nothing."""
    if broadcast.state in ("stopping", "cancelled"):
        return Verdict(drop=True, reason=CANCELLED)
    if broadcast.paused:
        return Verdict(now + LOOK_AGAIN, reason=PAUSED)
    if letter.kind == WITH_COUPON and _coupon(session, letter.member_id, now) is None:
        return Verdict(drop=True, reason=NO_COUPON)
    return None


def carried(session: Session, letter: Any, broadcast: Any, *, now: datetime) -> dict[str, Any]:
    """What a letter says: the words in each language, the picture, the buttons, and the member as they stand."""
    coupon = _coupon(session, letter.member_id, now) if letter.kind == WITH_COUPON else None
    told = {
        "broadcast": broadcast.id,
        "texts": broadcast.texts,
        "buttons": broadcast.buttons,
        "about": {"points": letter.points, "grade": letter.grade, "coupon": coupon},
    }
    return told | ({"photo": broadcast.photo} if broadcast.photo and broadcast.photo_on == letter.platform else {})


def opened(session: Session, broadcast_id: int, member_id: int, *, now: datetime) -> None:
    """A member opened a button of a broadcast; the first time counts, of a letter that they got."""
    theirs = (LETTERS.c.broadcast_id == broadcast_id, LETTERS.c.member_id == member_id, LETTERS.c.opened_at.is_(None))
    arrived = LETTERS.c.state.in_(("sent", "uncertain"))
    session.connection().execute(LETTERS.update().where(*theirs, arrived).values(opened_at=now))


def about(session: Session, member_id: int, *, now: datetime) -> dict[str, Any]:
    """What fills the places of a broadcast for a member: points, grade, and the coupon of theirs that ends first."""
    here = select(MEMBERS.c.points, MEMBERS.c.grade).where(MEMBERS.c.id == member_id)
    points, grade = session.connection().execute(here).one()
    return {"points": points, "grade": grade, "coupon": _coupon(session, member_id, now)}


def _coupon(session: Session, member_id: int, now: datetime) -> dict[str, Any] | None:
    words = (COUPONS.c.name, COUPONS.c.offer, COUPONS.c.code, COUPONS.c.minimum, COUPONS.c.good_until)
    first = select(*words).where(COUPONS.c.member_id == member_id, *_good(now)).limit(1)
    row = session.connection().execute(first.order_by(COUPONS.c.good_until, COUPONS.c.id)).mappings().first()
    return dict(row) | {"good_until": row["good_until"].isoformat()} if row else None


def _good(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return COUPONS.c.state == "issued", COUPONS.c.good_from <= now, COUPONS.c.good_until > now


def _letters(row: Broadcast, fits: ColumnElement[bool], shop: Shop, now: datetime) -> Insert:
    """A letter for each member who fits, at their best account; one that would not go is dropped with its reason."""
    name = kind_of(row.texts)
    kind, moment = KINDS[name], LETTERS.c.after.type
    to = _addressed(name, row.hour, fits, now)
    reason = to.c.reason
    start = max(now, row.starts_at or now)
    after = Later(literal(start, moment), to.c.wait) if row.hour == BEST else literal(awake(shop, start), moment)
    values: dict[str, Any] = {
        "key": literal(f"broadcast:{row.id}:") + cast(to.c.id, String),
        "kind": literal(name),
        "rank": cast(literal(int(kind.rank)), Integer),
        "alone": cast(literal(kind.once), Boolean),
        "account_id": to.c.account_id,
        "member_id": to.c.id,
        "broadcast_id": cast(literal(row.id), Integer),
        "facts": literal({}, LETTERS.c.facts.type),
        "after": after,
        "before": Later(after, literal(int((kind.late or timedelta()).total_seconds()))),
        "state": case((reason.is_(None), "waiting"), else_="dropped"),
        "reason": reason,
        "doubts": cast(literal(0), Integer),
        "posted_at": literal(now, moment),
        "settled_at": case((reason.is_(None), cast(null(), moment)), else_=literal(now, moment)),
    }
    return LETTERS.insert().from_select(list(values), select(*values.values()))


def _addressed(kind: str, hour: str, fits: ColumnElement[bool], now: datetime) -> CTE:
    """The members who fit, each looked at once: their best account, why they would get no letter, and their hour.

    `wait` are the seconds from now until the hour at which they last bought something, or were noticed.
    """
    best = ACCOUNTS.alias()
    first = (
        select(best.c.id).where(best.c.member_id == MEMBERS.c.id).order_by(*best_first(best)).limit(1).scalar_subquery()
    )
    bought = select(STANDINGS.c.last_at).where(STANDINGS.c.member_id == MEMBERS.c.id).scalar_subquery()
    apart = (Seconds(func.coalesce(bought, ACCOUNTS.c.seen_at)) - int(now.timestamp())) % DAY  # mostly below zero
    columns = (
        MEMBERS.c.id,
        ACCOUNTS.c.id.label("account_id"),
        why_not(kind, ACCOUNTS.c.reachable, now).label("reason"),
        ((apart + DAY) % DAY if hour == BEST else literal(0)).label("wait"),
    )
    rows = select(*columns).select_from(MEMBERS).join(ACCOUNTS, ACCOUNTS.c.id == first).where(fits)
    return rows.cte("meant").prefix_with("MATERIALIZED")


def _move(session: Session, broadcast_id: int, states: tuple[str, ...], values: dict[str, Any]) -> int:
    """Change a batch of a broadcast's letters that stand in one of some states. Returns how many."""
    here = (LETTERS.c.broadcast_id == broadcast_id, LETTERS.c.state.in_(states))
    batch = select(LETTERS.c.id).where(*here).limit(BATCH)
    change = LETTERS.update().where(LETTERS.c.id.in_(batch), LETTERS.c.state.in_(states)).values(values)
    return session.connection().execute(change).rowcount
