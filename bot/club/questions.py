"""What the club asks on its own, one field at a time: after a check-in, below a receipt, or in a letter after a grade.

A question that nobody answers is open until the end of the next shop-day. Skip and "don't ask again" hold for ever.
"""

import re
from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Row, bindparam, case, exists, func, literal, select, true, union_all
from sqlmodel import Session

from bot.club import consents, conversations, erased, fields, outbox, profile
from bot.club.fields import DEPTHS, Own
from bot.club.rules import Shop
from db.conversations import CONVERSATIONS
from db.engine import insert_once
from db.members import MEMBERS
from db.occasions import OCCASIONS
from db.profile import ANSWER_CHANGES, ANSWERS, QUESTIONS
from db.staff import STAFF
from db.standings import STANDINGS

ASKED = "question"  # the conversation that a question of the club's own opens
OPEN = ("open", "lapsed")  # what may still be skipped
REACH = {"new": 1, "regular": 3}  # how many of the depths are asked of a grade
WEEK = timedelta(days=7)

# What a member writes to the shop, and not about themselves.
TO_THE_SHOP = re.compile(
    r"[?？]\s*$|[吗嗎][。.!！~\s]*$"
    r"|^\s*(?:请问|請問|多少|几点|幾點|怎么|怎麼|什么时候|什麼時候|哪里|哪裡|能不能|有没有|有沒有)"
    r"|^\s*(?:what|when|where|who|why|how|which|do you|does|did you|are you|is there|is it|can (?:you|i)|may i)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Asked:
    """A question that was put: its field, and what telling it earns."""

    id: int
    field: str
    earns: int
    own: Own | None = None


def plainly_to_the_shop(words: str) -> bool:
    """Whether a text is a question to the shop rather than an answer."""
    return TO_THE_SHOP.search(words) is not None


def depths(grade: str, *, bought: bool = False) -> tuple[str, ...]:
    """What may be asked of a member of a grade; the middle depth from the first purchase on."""
    return DEPTHS[: max(REACH.get(grade, len(DEPTHS)), 2 if bought else 0)]


_asked = (
    select(
        func.count().label("week"),
        func.coalesce(func.sum(case((QUESTIONS.c.asked_at >= bindparam("midnight"), 1), else_=0)), 0).label("today"),
    )
    .where(QUESTIONS.c.member_id == bindparam("member"), QUESTIONS.c.asked_at > bindparam("week"))
    .subquery()
)
_busy = select(CONVERSATIONS.c.asked).where(CONVERSATIONS.c.account_id == bindparam("account")).scalar_subquery()
_bought = exists().where(STANDINGS.c.member_id == bindparam("member"), STANDINGS.c.purchases > 0)
_standing = (
    select(MEMBERS.c.grade, _bought.label("bought"), _asked.c.week, _asked.c.today, _busy.label("busy"))
    .select_from(MEMBERS.join(_asked, true()))
    .where(
        MEMBERS.c.id == bindparam("member"),
        MEMBERS.c.consent.is_not(None),
        ~exists().where(STAFF.c.member_id == bindparam("member")),
        ~exists().where(QUESTIONS.c.member_id == bindparam("member"), QUESTIONS.c.outcome == "never"),
    )
)
_lapse_before = (
    QUESTIONS.update()
    .where(
        QUESTIONS.c.member_id == bindparam("member"), QUESTIONS.c.id != bindparam("new"), QUESTIONS.c.outcome == "open"
    )
    .values(outcome="lapsed")
)
_put_again = (
    CONVERSATIONS.update()
    .where(CONVERSATIONS.c.account_id == bindparam("account"))
    .values(facts=bindparam("new"), since=bindparam("at"))
)
# Each field with what became of it: told (now or once), or the outcome of a question.
_settled = union_all(
    select(ANSWERS.c.field, literal("told").label("outcome")).where(ANSWERS.c.member_id == bindparam("member")),
    select(ANSWER_CHANGES.c.field, literal("told")).where(ANSWER_CHANGES.c.member_id == bindparam("member")),
    select(case((OCCASIONS.c.relation == "self", "birthday"), else_="family"), literal("told")).where(
        OCCASIONS.c.member_id == bindparam("member")
    ),
    select(QUESTIONS.c.field, QUESTIONS.c.outcome).where(QUESTIONS.c.member_id == bindparam("member")),
)


def ask(
    session: Session,
    member_id: int,
    account_id: int,
    moment: str,
    shop: Shop,
    *,
    now: datetime,
    letter_id: int | None = None,
) -> Asked | None:
    """Put the next question to a member, and open it as the conversation of their chat. None where nothing is asked:
    of staff, before consent, beside another conversation, over the rules' number, after "don't ask again".
    """
    stands = _standing_of(session, member_id, account_id, shop, now)
    chosen = _next(session, member_id, depths(stands.grade, bought=stands.bought)) if stands else None
    if stands is None or chosen is None:
        return None
    (name, own), today = chosen, shop.day(now)
    about = {"member_id": member_id, "field": name, "asked_at": now, "moment": moment, "outcome": "open"}
    key = f"{member_id}:{today}:{stands.today}"  # so that two moments at once ask no more than one question
    question_id = insert_once(session, QUESTIONS, key=key, letter_id=letter_id, **about)
    if question_id is None:
        return None
    facts = {"field": name, "kind": profile.kind(name, own), "question": question_id}
    facts["until"] = (today + timedelta(days=1)).isoformat()
    if stands.busy:  # the one before, which nobody answered
        session.connection().execute(_lapse_before, {"member": member_id, "new": question_id})
        session.connection().execute(_put_again, {"account": account_id, "new": facts, "at": now})
    else:
        insert_once(session, CONVERSATIONS, account_id=account_id, asked=ASKED, facts=facts, since=now)
    return _asking(session, member_id, question_id, (name, own), shop)


def settle(session: Session, member_id: int, account_id: int, question_id: int, outcome: str) -> str | None:
    """Skip a question, or all there would be (`never`). Returns its field, None where it is over or not theirs."""
    mine = (QUESTIONS.c.id == question_id, QUESTIONS.c.member_id == member_id, QUESTIONS.c.outcome.in_(OPEN))
    settled = QUESTIONS.update().where(*mine).values(outcome=outcome).returning(QUESTIONS.c.field)
    field: str | None = session.connection().execute(settled).scalar()
    open_one = conversations.asked(session, account_id)
    if field and open_one and open_one[0] == ASKED and open_one[1]["question"] == question_id:
        conversations.close(session, account_id)
    return field


def lapsed(facts: dict[str, Any], shop: Shop, *, now: datetime) -> bool:
    """Whether the time of a question is over, by the facts of its conversation."""
    return shop.day(now) > date.fromisoformat(facts["until"])


def lapse(session: Session, account_id: int, question_id: int) -> None:
    """Close a question that nobody answered in its time."""
    unanswered = (QUESTIONS.c.id == question_id, QUESTIONS.c.outcome == "open")
    session.connection().execute(QUESTIONS.update().where(*unanswered).values(outcome="lapsed"))
    conversations.close(session, account_id)


def silent(session: Session, member_id: int) -> bool:
    """Whether a member said not to be asked again."""
    said = exists().where(QUESTIONS.c.member_id == member_id, QUESTIONS.c.outcome == "never").select()
    return bool(session.connection().execute(said).scalar())


def welcome(session: Session, member_id: int) -> None:
    """Let a member be asked again, as they wish."""
    mine = (QUESTIONS.c.member_id == member_id, QUESTIONS.c.outcome == "never")
    session.connection().execute(QUESTIONS.update().where(*mine).values(outcome="lapsed"))


def follow(session: Session, member_id: int, shop: Shop, *, key: str, now: datetime) -> None:
    """Have a question follow the rise of a grade, the day after.

    Which one, and whether any, is decided when the letter goes out.
    """
    tomorrow = shop.at(shop.day(now) + timedelta(days=1), shop.rules.sending.day_hour)
    outbox.to_member(session, "question", member_id, key=f"question:{key}", now=now, after=tomorrow)


def put_out(session: Session, letter: Row[Any], shop: Shop, *, now: datetime) -> bool:
    """Choose the question of a letter that may go now. Returns whether there is one, and it is still open.

    A receipt brings one along.
    """
    outcome = (
        session.connection().execute(select(QUESTIONS.c.outcome).where(QUESTIONS.c.letter_id == letter.id)).scalar()
    )
    if outcome is not None:  # the letter was on its way before
        return bool(outcome == "open")
    about = (letter.member_id, letter.account_id, "grade" if letter.kind == "question" else "purchase")
    return ask(session, *about, shop, now=now, letter_id=letter.id) is not None


def carried(session: Session, letter_id: int, shop: Shop) -> Asked | None:
    """The question of a letter while it is open, for whoever puts it into words."""
    open_one = QUESTIONS.c.letter_id == letter_id, QUESTIONS.c.outcome == "open"
    asked = select(QUESTIONS.c.id, QUESTIONS.c.member_id, QUESTIONS.c.field).where(*open_one)
    row = session.connection().execute(asked).first()
    return row and _asking(session, row.member_id, row.id, (row.field, fields.named(session, row.field)), shop)


def _standing_of(session: Session, member_id: int, account_id: int, shop: Shop, now: datetime) -> Row[Any] | None:
    """How a member stands who may be asked something now."""
    rules, midnight = shop.rules.profile, shop.end_of(shop.day(now) - timedelta(days=1))
    who = {"member": member_id, "account": account_id, "midnight": midnight, "week": now - WEEK}
    stands: Any = session.connection().execute(_standing, who).first()
    if stands is None or stands.busy not in (None, ASKED):
        return None
    enough = stands.today >= rules.questions_per_day or stands.week >= rules.questions_per_week
    return None if enough else stands


def _next(session: Session, member_id: int, reach: tuple[str, ...]) -> tuple[str, Own | None] | None:
    """The field to ask about: by depth, then the one asked least often, then in their order."""
    rows = session.connection().execute(_settled, {"member": member_id}).all()
    known = {field for field, outcome in rows if outcome in ("told", "skipped")}
    times = Counter(field for field, _ in rows)
    if "high" in reach and not consents.given(session, member_id, "family"):
        known.add("family")
    built_in = [(field.depth, field.name, None) for field in profile.FIELDS.values()]
    own = [(each.depth, each.name, each) for each in fields.shown(session)]
    left = [each for each in (*built_in, *own) if each[0] in reach and each[1] not in known]
    if not left:
        return None
    return min(left, key=lambda each: (reach.index(each[0]), times[each[1]]))[1:]


def _asking(session: Session, member_id: int, question_id: int, of: tuple[str, Own | None], shop: Shop) -> Asked:
    """A question with what its answer earns. What was told is never asked, so it was not paid under this number."""
    name, own = of
    earns = own.points if own else profile.worth(name, shop)
    return Asked(question_id, name, 0 if erased.returned(session, member_id) else earns, own)
