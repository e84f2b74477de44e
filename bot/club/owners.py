"""What an owner is asked, or has to know: where he could not be reached it is said again when he can."""

from datetime import datetime

from sqlalchemy import and_, or_
from sqlmodel import Session

from bot.club import impostors, members
from bot.club.letters import KINDS, UNREACHABLE
from bot.club.members import Person, Role, Visitor
from bot.club.rules import Shop
from db.engine import tell
from db.outbox import LETTERS

KEPT = [name for name, kind in KINDS.items() if kind.waits]
_not_reached = or_(LETTERS.c.state == "blocked", and_(LETTERS.c.state == "dropped", LETTERS.c.reason == UNREACHABLE))


def meet(
    session: Session, visitor: Visitor, shop: Shop, bot: tuple[str, ...], *, private: bool, now: datetime
) -> Person:
    """Know someone who speaks, as members.meet does; an owner who can be reached by it gets what had to wait.

    Owners hear of somebody who bears their name, or one of the bot's.
    """
    person = members.meet(session, visitor, private=private, now=now)
    if private and person.role == Role.OWNER:
        _say_again(session, person, now)
    if shop.rules.group.lookalikes:
        impostors.notice(session, person, bot, now=now)
    return person


def _say_again(session: Session, owner: Person, now: datetime) -> None:
    waiting = {"state": "waiting", "reason": None, "settled_at": None, "after": now, "account_id": owner.account_id}
    lost = (LETTERS.c.member_id == owner.member_id, LETTERS.c.kind.in_(KEPT), _not_reached)
    if session.connection().execute(LETTERS.update().where(*lost).values(**waiting)).rowcount:
        tell(session, "letters")
