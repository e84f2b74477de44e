"""Fills an empty database with a small, believable shop: regulars and their weeks, points, birthdays, a deal."""

import asyncio
import random
from datetime import datetime, timedelta

from sqlmodel import Session, col, select, update

from bot.clock import Clock
from bot.club import checkins, deals, groups, members, occasions, outbox, points, profile, staff, welcome
from bot.club.calendar import YearlyDate
from bot.club.deals import Plan
from bot.club.members import Person, Visitor, Who
from bot.club.offers import Offer
from bot.club.rules import Shop
from bot.platforms.playground import GROUP_ID
from bot.settings import Settings
from db.engine import open_database
from db.groups import Group
from db.members import Member
from db.upgrade import upgrade

WEEKS = 6  # that the shop has been open
SEED = 8  # the same shop each time
CAST = {3: "美美", 4: "阿强", 5: "Ann", 6: "Bob"}
REGULARS = (
    "李雷", "韩梅梅", "王芳", "张伟", "刘洋", "陈静", "杨帆", "赵敏", "黄磊", "周婷", "吴迪", "徐丽", "孙浩", "朱琳",
    "胡军", "林晓", "何洁", "郭涛", "Grace", "Oliver", "Sofia", "Noah", "Mia", "Leo",
)  # fmt: skip
FIRST_REGULAR = 501  # their ids, beside the playground's own people
TITLES = {"zh_CN": "新茶尝鲜", "zh_TW": "新茶嚐鮮", "en": "First taste of the new tea"}
THANKS = {"zh_CN": "感谢捧场", "zh_TW": "感謝捧場", "en": "thank you for coming so often"}
REGIONS = ("朝阳区", "海淀区", "静安区", "天河区", "大安區")
INTERESTS = ("乌龙茶", "普洱", "茶具", "花茶", "点心", "green tea")


class NotEmpty(Exception):
    """The database holds people already."""


async def fill(settings: Settings) -> str:
    """Fill the database of the settings. Returns what was made, in a sentence. Raises NotEmpty."""
    url, now = settings.database_url.get_secret_value(), Clock(settings.clock_start).now()
    await asyncio.to_thread(upgrade, url)
    database = open_database(url)
    shop = Shop(settings.shop_name, settings.zone, settings.shop_currency, settings.shop_region, settings.shop_locale)
    try:
        return await database.write(furnish, shop, now=now)
    finally:
        await database.close()


def furnish(session: Session, shop: Shop, *, now: datetime) -> str:
    """The act: people, their weeks, a linked group, a deal. Raises NotEmpty."""
    if members.count(session)[0]:
        raise NotEmpty(
            "The database holds people already; the demo needs an empty one. Set DATABASE_URL to a new file."
        )
    chance = random.Random(SEED)  # noqa: S311 (it makes up a shop, and guards nothing)  # noqa: S311 (it makes up a shop, and guards nothing)
    opened = now - timedelta(weeks=WEEKS)
    staff.appoint(session, "playground", {1: "owner", 2: "clerk"}, now=opened)
    owner = members.meet(session, Visitor("playground", 1, ""), private=True, now=opened)
    _link_group(session, owner, opened)
    days = [opened + timedelta(days=n) for n in range(WEEKS * 7)]
    for day in days:
        checkins.open_day(session, shop, now=day)
    for external_id, name in (CAST | dict(enumerate(REGULARS, FIRST_REGULAR))).items():
        _live(session, Visitor("playground", external_id, name), chance, days, shop)
    _thank(session, owner, shop, now)
    deal = Plan(TITLES[shop.locale], Offer("percent", 20), now, now + timedelta(days=3), stock=10)
    deals.make(session, owner, deal, shop, now=now)
    known, agreed, _ = members.count(session)
    return f"A shop is ready: {known} people, {agreed} of them members, a group, {WEEKS} weeks of check-ins, a deal."


def _link_group(session: Session, owner: Person, opened: datetime) -> None:
    groups.promoted(session, "playground", GROUP_ID, "Regulars", owner, key="demo", now=opened)
    outbox.withdraw(session, owner.member_id, ("group_seen",), "made for the demo", now=opened)
    session.exec(update(Group).values(state="linked", linked_by=owner.member_id, linked_at=opened))


def _live(session: Session, visitor: Visitor, chance: random.Random, days: list[datetime], shop: Shop) -> None:
    """One regular's weeks: when they came, what they told, how faithfully they check in."""
    came = chance.randrange(len(days) // 2)
    person = members.meet(session, visitor, private=visitor.external_id in CAST, now=days[came])
    groups.joined(session, GROUP_ID, visitor, key=f"demo:{visitor.external_id}", now=days[came])
    welcome.join(session, person, shop, now=days[came])
    if chance.random() < 0.7:
        _tell(session, person, chance, days[came], shop)
    faith = chance.uniform(0.2, 0.98)
    for day in days[came:]:
        if chance.random() < faith:
            checkins.check_in(session, person.member_id, shop, now=day)


def _tell(session: Session, person: Person, chance: random.Random, at: datetime, shop: Shop) -> None:
    soon = shop.day(at) + timedelta(days=chance.randrange(WEEKS * 7 + 2, 365))
    occasions.keep_birthday(session, person.member_id, YearlyDate("solar", soon.month, min(soon.day, 28)), shop, now=at)
    profile.tell_field(session, person.member_id, "region", chance.choice(REGIONS), shop, now=at)
    profile.tell_field(session, person.member_id, "interests", chance.choice(INTERESTS), shop, now=at)


def _thank(session: Session, owner: Person, shop: Shop, now: datetime) -> None:
    """The owner thanked the most faithful by hand."""
    best = session.exec(select(Member.id).where(Member.points > 0).order_by(col(Member.points).desc()).limit(3)).all()
    for member_id in best:
        who = Who("playground", members.number(member_id or 0))
        points.change(session, owner, who, 50, THANKS[shop.locale], shop, key=f"demo:{member_id}", now=now)
