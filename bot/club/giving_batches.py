"""The batches of a giving: the next members who fit get their coupons, and a letter each, in one act."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Insert, Select, String, cast, exists, false, func, literal, select
from sqlalchemy.types import Boolean, Integer
from sqlmodel import Session, col, update

from bot.club import audiences, coupons, departures, events, outbox, templates
from bot.club.audiences import Audience
from bot.club.letters import KINDS, awake
from bot.club.rules import Shop
from db.coupons import COUPON_TEMPLATES, COUPONS, Coupon, CouponGiving, CouponTemplate
from db.engine import insert_new, tell
from db.members import ACCOUNTS, MEMBERS
from db.outbox import LETTERS

BATCH = 500  # members in one act
KIND = "coupon_giving"

Meant = tuple[ColumnElement[bool], ...]


def give_next(
    session: Session, giving_id: int, shop: Shop, *, now: datetime, called: Callable[[str], str] = str
) -> CouponGiving:
    """Give to the next batch of those who fit, in the order in which they came to the club; to nobody once it is over.

    `called`: see audiences.read. Returns the giving as it stands then.
    """
    here = (col(CouponGiving.id) == giving_id, col(CouponGiving.state) == "giving")
    mine = update(CouponGiving).where(*here).values(state="giving").execution_options(synchronize_session=False)
    under_way = session.exec(mine).rowcount  # and from here to the commit it is nobody else's
    giving = session.get_one(CouponGiving, giving_id, populate_existing=True)
    if under_way:
        template = templates.hold(session, giving.template_id)
        audience = audiences.read(giving.audience, shop, now=now, called=called)
        meant = fits(template, audience, giving.given_by, shop, now=now, called=called)
        _give(session, giving, template, _batch(session, giving, template, meant), shop, now)
    return giving


def fits(
    template: CouponTemplate,
    audience: Audience,
    giver: int,
    shop: Shop,
    *,
    now: datetime,
    called: Callable[[str], str] = str,
) -> Meant:
    """Who is meant, as conditions of a statement: they fit audience and template, and agreed; never the giver."""
    wanted = [audience.where, MEMBERS.c.consent.is_not(None), MEMBERS.c.id != giver]
    if template.audience:
        wanted.append(audiences.read(template.audience, shop, now=now, called=called).where)
    return tuple(wanted)


def had(template: CouponTemplate) -> Select[int]:
    """The members who had as many of a template as one may have. Whoever passed one on had it."""
    first = func.coalesce(COUPONS.c.issued_to, COUPONS.c.member_id)
    theirs = select(first).where(COUPONS.c.template_id == template.id)
    if template.each is None:
        return theirs.where(false())
    return theirs.group_by(first).having(func.count() >= template.each)


def left(template: CouponTemplate) -> int | None:
    """How many coupons of a template can still be given, None where they are not counted."""
    return None if template.quota is None else template.quota - template.issued


def _batch(session: Session, giving: CouponGiving, template: CouponTemplate, meant: Meant) -> list[tuple[int, bool]]:
    """The next members, and whether each has had theirs."""
    theirs = MEMBERS.c.id.in_(had(template))
    rows = select(MEMBERS.c.id, theirs).where(*meant, MEMBERS.c.id > giving.reached).order_by(MEMBERS.c.id).limit(BATCH)
    return [(member_id, bool(has)) for member_id, has in session.connection().execute(rows)]


def _give(
    session: Session,
    giving: CouponGiving,
    template: CouponTemplate,
    batch: list[tuple[int, bool]],
    shop: Shop,
    now: datetime,
) -> None:
    """Issue coupons to those of a batch who have not had theirs, as far as there are any; write to them, and count."""
    fresh = [member_id for member_id, has in batch if not has]
    room, there = giving.most - giving.given, left(template)
    some = fresh[: room if there is None else min(room, there)]
    fresh_ones = [_coupon(giving, template, each, now) for each in some]
    new = [coupon_id for (coupon_id,) in insert_new(session, COUPONS, fresh_ones, COUPONS.c.id)]
    if new:
        taken = {"issued": COUPON_TEMPLATES.c.issued + len(new)}
        connection = session.connection()
        connection.execute(COUPON_TEMPLATES.update().where(COUPON_TEMPLATES.c.id == template.id).values(**taken))
        connection.execute(_letters(session, new, giving, shop, now))
        tell(session, "letters")
        _tell(session, new, now)
        whom = [(who, template.name) for who in connection.execute(_holders(new)).scalars()]
        departures.told(session, departures.ISSUED, whom, shop, now=now)
    giving.given += len(new)
    giving.had += len(batch) - len(fresh)
    giving.late += len(fresh) - len(new)
    giving.reached = batch[-1][0] if batch else giving.reached
    giving.state = "giving" if len(batch) == BATCH else "given"
    session.add(giving)
    session.flush()


def _holders(new: list[int]) -> Select[int]:
    return select(COUPONS.c.member_id).where(COUPONS.c.id.in_(new))


def _tell(session: Session, new: list[int], now: datetime) -> None:
    """Let the owner's webhooks know of new coupons."""
    if not events.wanted(session, "coupon.issued"):
        return
    rows = session.scalars(select(Coupon).where(col(Coupon.id).in_(new)).order_by(col(Coupon.id)))
    told = [(row.member_id, coupons.told(coupons.as_issued(row), row.member_id)) for row in rows]
    events.post_all(session, "coupon.issued", told, now=now)


def _coupon(giving: CouponGiving, template: CouponTemplate, member_id: int, now: datetime) -> dict[str, Any]:
    return {
        "code": coupons.new_code(),
        "key": f"giving:{giving.id}:{member_id}",
        "member_id": member_id,
        "template_id": template.id,
        "name": template.name,
        "offer": template.offer,
        "minimum": template.minimum,
        "state": "issued",
        "issued_at": now,
        "good_from": now,
        "good_until": giving.good_until,
        "remind_at": giving.good_until - coupons.LOOK,
        "transferable": template.transferable,
    }


def _letters(session: Session, new: list[int], giving: CouponGiving, shop: Shop, now: datetime) -> Insert:
    """A letter for each new coupon, at its member's best account, in one statement."""
    kind, moment, theirs = KINDS[KIND], LETTERS.c.after.type, ACCOUNTS.c.member_id == COUPONS.c.member_id
    after = awake(shop, now)
    before = min(after + (kind.late or timedelta()), giving.good_until)
    best = select(ACCOUNTS.c.id).where(theirs).order_by(*outbox.best_first()).limit(1)
    values: dict[str, Any] = {
        "key": literal(f"{KIND}:") + cast(COUPONS.c.id, String),
        "kind": literal(KIND),
        "rank": cast(literal(int(kind.rank)), Integer),
        "alone": cast(literal(kind.once), Boolean),
        "account_id": best.scalar_subquery(),
        "member_id": COUPONS.c.member_id,
        "facts": _facts(session, giving),
        "after": literal(after, moment),
        "before": literal(before, moment),
        "state": literal("waiting"),
        "doubts": cast(literal(0), Integer),
        "posted_at": literal(now, moment),
    }
    to = select(*values.values()).where(COUPONS.c.id.in_(new), exists().where(theirs))
    return LETTERS.insert().from_select(list(values), to)


def _facts(session: Session, giving: CouponGiving) -> ColumnElement[Any]:
    """What a letter about a coupon keeps (coupons.Issued.facts), put together by the database."""
    facts: list[Any] = ["coupon_id", COUPONS.c.id, "good_until", giving.good_until.isoformat()]
    for name in ("name", "offer", "code", "minimum", "transferable"):
        facts += [name, COUPONS.c[name]]
    sqlite = session.connection().dialect.name == "sqlite"
    put_together: ColumnElement[Any] = (func.json_object if sqlite else func.json_build_object)(*facts)
    return put_together
