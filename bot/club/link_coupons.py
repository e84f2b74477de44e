"""What newcomers get who become members by a named link: a coupon, once, within the budget."""

from datetime import datetime

from sqlalchemy import select
from sqlmodel import Session

from bot.club import budget, costs, outbox, templates
from bot.club.members import Named, Person
from bot.club.offers import Offer
from bot.club.rules import Shop
from db.coupons import COUPONS
from db.links import COMERS, NAMED_LINKS

GIVEN = "coupon_given"  # the kind of the letter that brings it


def key_of(link_id: int, member_id: int) -> str:
    """The key of the coupon that a newcomer got for coming by a link."""
    return f"link:{link_id}:{member_id}"


def welcome(session: Session, person: Person, shop: Shop, *, now: datetime) -> None:
    """Give somebody who has just become a member the coupon of the link by which they came, if it has one."""
    link = select(NAMED_LINKS).join(COMERS, COMERS.c.link_id == NAMED_LINKS.c.id)
    mine = COMERS.c.member_id == person.member_id, NAMED_LINKS.c.template_id.is_not(None)
    row = session.connection().execute(link.where(*mine, NAMED_LINKS.c.retired_at.is_(None))).first()
    if row is None:
        return
    key = key_of(row.id, person.member_id)
    if session.connection().execute(select(COUPONS.c.id).where(COUPONS.c.key == key)).first():
        return
    template = templates.hold(session, templates.one(session, row.template_id).id)
    gone = template.quota is not None and template.issued >= template.quota
    if gone or not templates.fits(session, template, person.member_id, shop, now=now):
        return
    if not budget.spend(session, costs.of_offer(Offer.read(template.offer), shop), shop, now=now):
        return
    issued = templates.issue(session, template, Named(person.member_id, person.name), shop, key=key, now=now)
    if issued:
        facts = issued.facts | ({"partner": row.partner} if row.partner else {})
        outbox.to_member(session, GIVEN, person.member_id, key=f"{GIVEN}:{issued.id}", now=now, **facts)
