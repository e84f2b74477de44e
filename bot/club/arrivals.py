"""What the rows of a list bring: members, points, what was bought long ago. Each row once, many to a statement."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import bindparam, select
from sqlmodel import Session

from bot.club import grades, matching, products
from bot.club import points as ledger
from bot.club.calendar import YearlyDate, next_on
from bot.club.columns import MEMBERS, POINTS, PURCHASES
from bot.club.errors import ClubError
from bot.club.expiry import OWN_END
from bot.club.rules import Shop
from bot.club.staging import key_of, opening
from db.engine import insert_new, new_ids
from db.imports import IMPORTED
from db.members import MEMBERS as PEOPLE
from db.notes import NOTES, TAGS
from db.occasions import OCCASIONS
from db.points import ENTRIES, LOTS
from db.profile import ANSWER_CHANGES, ANSWERS
from db.purchases import PURCHASE_LINES
from db.purchases import PURCHASES as BOUGHT

TOLD = ("phone", "email", "region", "qq", "wechat")
SOURCE = "import"
NOON = time(12)
_more = (
    PEOPLE.update()
    .where(PEOPLE.c.id == bindparam("who"))
    .values(points=PEOPLE.c.points + bindparam("more"), moved_at=bindparam("at"))
)


@dataclass(frozen=True, slots=True)
class Work:
    """In which shop, by whom, of which file and when rows are carried out."""

    shop: Shop
    by: int
    file: int
    now: datetime


@dataclass(frozen=True, slots=True)
class Row:
    """A row as it was laid down: whose it is, None for somebody new."""

    number: int
    member_id: int | None
    facts: dict[str, Any]


def members(session: Session, rows: Sequence[Row], work: Work) -> Counter[str]:
    """Take members over, and what is told of them and not known yet; the opening points of each once."""
    whose = _whose(session, MEMBERS, rows)
    new = [row for row in rows if row.number not in whose]
    old = _may_be_told_of(session, whose.values())
    whose |= dict(zip([row.number for row in new], _arrive(session, new, work), strict=True))
    open_to = old.union(whose[row.number] for row in new)
    told = [(whose[row.number], row.facts) for row in rows if whose[row.number] in open_to]
    _tell(session, told, work)
    gifts = [
        (whose[row.number], opening(whose[row.number]), row.facts)
        for row in rows
        if "number" not in row.facts and row.facts.get("points")
    ]
    return Counter(new=len(new), known=len(rows) - len(new)) + _pay(session, gifts, work)


def points(session: Session, rows: Sequence[Row], work: Work) -> Counter[str]:
    """Give members the points that a list gives them."""
    whose = _whose(session, POINTS, rows)
    gifts = [
        (whose[row.number], key_of(POINTS, whose[row.number], row.facts), row.facts)
        for row in rows
        if row.number in whose and row.facts["points"]
    ]
    return _pay(session, gifts, work)


def purchases(session: Session, rows: Sequence[Row], work: Work) -> Counter[str]:
    """Enter what members bought before: it counts for grades, and earns nothing any more."""
    whose = _whose(session, PURCHASES, rows)
    made: dict[str, dict[str, Any]] = {}
    for row in rows:
        facts = row.facts
        if row.number in whose and not 0 < facts["paid"] == facts["refunded"]:
            key = key_of(PURCHASES, whose[row.number], facts)
            made[key] = facts | {"member_id": whose[row.number]}
    values = [_purchase(key, facts, work) for key, facts in made.items()]
    entered = dict(insert_new(session, BOUGHT, values, BOUGHT.c.key, BOUGHT.c.id))
    lines = [(entered[key], *line) for key, facts in made.items() if key in entered for line in facts["lines"]]
    if lines:
        known = products.sold(session, {name for _, name, _, _ in lines}, now=work.now)
        told = ("purchase_id", "product_id", "quantity", "price")
        bought = [dict(zip(told, (n, known[name], many, price), strict=True)) for n, name, many, price in lines]
        session.connection().execute(PURCHASE_LINES.insert(), bought)
    grades.review(session, {made[key]["member_id"] for key in entered}, work.shop, quiet=True, now=work.now)
    money = sum(made[key]["paid"] - made[key]["refunded"] for key in entered)
    return Counter(purchases=len(entered), money=money)


def _whose(session: Session, kind: str, rows: Sequence[Row]) -> dict[int, int]:
    """The members whom rows mean as of now, by the rows' numbers: since they were read somebody may have come."""
    known = matching.look(session, [row.facts for row in rows])
    found = {}
    for row in rows:
        with suppress(ClubError):
            whose = known.means(row.facts) if kind == MEMBERS else known.certainly(row.facts)
            if whose is not None:
                found[row.number] = whose
    return found


def _arrive(session: Session, rows: Sequence[Row], work: Work) -> list[int]:
    """New members, in the order of their rows. They have agreed to nothing, and no account leads to them."""
    if not rows:
        return []
    plain = {"grade": "new", "points": 0, "owed": 0, "notify": "all", "greeting": "private"}
    made = new_ids(session, PEOPLE, len(rows))
    people = [
        plain | {"id": who, "name": row.facts.get("name"), "met_at": _joined(row.facts, work)}
        for who, row in zip(made, rows, strict=True)
    ]
    session.connection().execute(PEOPLE.insert(), people)
    about = {"import_id": work.file, "at": work.now}
    came = [
        about | {"member_id": who, "key": row.facts.get("again"), "agreed": row.facts.get("consent")}
        for who, row in zip(made, rows, strict=True)
    ]
    insert_new(session, IMPORTED, came)
    return made


def _joined(facts: dict[str, Any], work: Work) -> datetime:
    if "joined" not in facts:
        return work.now
    return min(work.now, work.shop.at(date.fromisoformat(facts["joined"]), NOON))


def _may_be_told_of(session: Session, member_ids: Iterable[int]) -> set[int]:
    here = select(PEOPLE.c.id).where(PEOPLE.c.id.in_([*member_ids]), matching.may_be_told_of())
    return set(session.connection().execute(here).scalars())


def _tell(session: Session, told: list[tuple[int, dict[str, Any]]], work: Work) -> None:
    """Keep what lists tell of members, as far as nothing is known of it: what they told themselves stands."""
    _answer(session, told, work)
    days = [_birthday(who, facts["birthday"], work) for who, facts in told if "birthday" in facts]
    insert_new(session, OCCASIONS, days)
    tags = [
        {"member_id": who, "tag": tag, "tagged_by": work.by, "tagged_at": work.now}
        for who, facts in told
        for tag in facts.get("tags", ())
    ]
    insert_new(session, TAGS, tags)
    _note(session, [(who, facts["note"]) for who, facts in told if "note" in facts], work)


def _answer(session: Session, told: list[tuple[int, dict[str, Any]]], work: Work) -> None:
    answers = [
        {"member_id": who, "field": name, "value": facts[name], "told_at": work.now, "source": SOURCE}
        for who, facts in told
        for name in TOLD
        if name in facts
    ]
    fresh = insert_new(session, ANSWERS, answers, ANSWERS.c.member_id, ANSWERS.c.field, ANSWERS.c.value)
    about = {"changed_at": work.now, "source": SOURCE}
    changes = [about | dict(zip(("member_id", "field", "value"), each, strict=True)) for each in fresh]
    if changes:
        session.connection().execute(ANSWER_CHANGES.insert(), changes)


def _birthday(member_id: int, told: list[Any], work: Work) -> dict[str, Any]:
    when, rules = YearlyDate(*told), work.shop.rules.birthday
    coming = next_on(when, work.shop.day(work.now), leap_day_in_march=rules.leap_day_in_march)
    about: dict[str, Any] = {
        "calendar": when.calendar,
        "month": when.month,
        "day": when.day,
        "leap": when.leap,
        "year": when.year,
    }
    about |= {"relation": "self", "name": "", "next_on": coming, "set_at": work.now, "changes": 0, "vouched": False}
    return about | {"member_id": member_id}


def _note(session: Session, notes: list[tuple[int, str]], work: Work) -> None:
    """Note sentences about members that are not noted yet."""
    if not notes:
        return
    theirs = select(NOTES.c.member_id, NOTES.c.words).where(NOTES.c.member_id.in_({who for who, _ in notes}))
    known = {tuple(row) for row in session.connection().execute(theirs)}
    about = {"noted_by": work.by, "noted_at": work.now}
    new = [about | {"member_id": who, "words": words} for who, words in notes if (who, words) not in known]
    if new:
        session.connection().execute(NOTES.insert(), new)


def _pay(session: Session, gifts: list[tuple[int, str, dict[str, Any]]], work: Work) -> Counter[str]:
    """Give points, once for each key: lots with the day that they bring along, or dated by the shop's rule."""
    connection, now = session.connection(), work.now
    ledger.lock(session, {who for who, _, _ in gifts})
    lots = [_lot(who, key, facts, work) for who, key, facts in gifts]
    given = set(insert_new(session, LOTS, lots, LOTS.c.key))
    new = [lot for lot in lots if (lot["key"],) in given]
    if not new:
        return Counter()
    told = ("member_id", "amount", "source", "reason", "key")
    connection.execute(ENTRIES.insert(), [{name: lot[name] for name in told} | {"at": now} for lot in new])
    more: dict[int, int] = defaultdict(int)
    for lot in new:
        more[lot["member_id"]] += lot["amount"]
    connection.execute(_more, [{"who": who, "more": amount, "at": now} for who, amount in more.items()])
    ledger.settle(session, more, key=f"{SOURCE}:{new[0]['key']}", now=now)
    return Counter(points=sum(more.values()), with_points=len(more))


def _lot(who: int, key: str, facts: dict[str, Any], work: Work) -> dict[str, Any]:
    lot = {"member_id": who, "amount": facts["points"], "remaining": facts["points"], "reason": facts.get("reason")}
    lot |= {"earned_at": work.now, "available_at": work.now, "key": key, "source": SOURCE, "expires_at": None}
    if "expires" in facts:
        lot |= {"source": OWN_END, "expires_at": work.shop.end_of(date.fromisoformat(facts["expires"]))}
    return lot


def _purchase(key: str, facts: dict[str, Any], work: Work) -> dict[str, Any]:
    """A purchase of before. What was refunded of it is no part of it any more."""
    order = facts.get("order") or f"I-{facts['said'][:12].upper().replace(':', '-')}"
    about = {"key": key, "order_number": order, "member_id": facts["member_id"], "points": 0, "factor": 100}
    about |= {"total": facts["total"] - facts["refunded"], "discount": facts["total"] - facts["paid"]}
    about |= {"paid": facts["paid"] - facts["refunded"], "because": "none", "source": SOURCE, "staff_id": work.by}
    return about | {"at": datetime.fromisoformat(facts["date"]), "made_at": work.now}
