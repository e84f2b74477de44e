"""Fills an empty database with a small, believable shop: regulars and their weeks, points, birthdays, a deal."""

import asyncio
import random
from datetime import datetime, time, timedelta

from sqlmodel import Session, case, col, select, update

from bot.clock import Clock
from bot.club import (
    changes,
    checkins,
    coupons,
    deals,
    groups,
    members,
    occasions,
    outbox,
    profile,
    staff,
    welcome,
)
from bot.club.calendar import YearlyDate
from bot.club.deals import Plan
from bot.club.members import Person, Visitor, Who
from bot.club.offers import Offer
from bot.club.rules import Shop
from bot.platforms.playground import GROUP_ID, Playground
from bot.rehearsal import PLAYGROUND_STAFF
from bot.settings import Settings
from db.engine import open_database
from db.groups import Group
from db.members import Member
from db.outbox import Letter
from db.upgrade import upgrade

WEEKS = 6  # that the shop has been open
SEED = 8  # the same shop each time
SOON = (3, 6, 11, 19)  # days until the first regulars' birthdays
REGULARS = {  # by language
    "zh": "李雷 韩梅梅 王芳 张伟 刘洋 陈静 杨帆 赵敏 黄磊 周婷 吴迪 徐丽 孙浩 朱琳 胡军 林晓 何洁 郭涛 "
    "高翔 罗兰 梁晨 宋佳 唐宁 许诺",
    "en": "Grace Oliver Sofia Noah Mia Leo Emma Jack Chloe Ethan Zoe Lucas Ruby Henry Alice Max Nora Sam Ivy Ben Kate "
    "Paul Lucy Tom",
}
NEWEST = {"zh": "小周", "en": "Daisy"}
FIRST_REGULAR = 501  # their ids, beside the playground's own people
TITLES = {"zh_CN": "新茶尝鲜", "zh_TW": "新茶嚐鮮", "en": "First taste of the new tea"}
THANKS = {"zh_CN": "感谢捧场", "zh_TW": "感謝捧場", "en": "thank you for coming so often"}
TOLD = {
    "zh": {"region": ("朝阳区", "海淀区", "静安区", "天河区"), "interests": ("乌龙茶", "普洱", "茶具", "花茶", "点心")},
    "en": {"region": ("Old Town", "Riverside", "Hillside"), "interests": ("green tea", "oolong", "teaware", "cakes")},
}


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
    """The act: people, their weeks, a linked group, a deal, and the letters that came of it. Raises NotEmpty."""
    if members.count(session)[0]:
        raise NotEmpty(
            "The database holds people already; the demo needs an empty one. Set DATABASE_URL to a new file."
        )
    chance = random.Random(SEED)  # noqa: S311 (it makes up a shop, and guards nothing)
    playground = Playground(lambda: now, shop.locale, shop.name)
    yesterday = shop.at(shop.day(now) - timedelta(days=1), time(10))
    days = [yesterday - timedelta(days=n) for n in reversed(range(WEEKS * 7))]
    for day in days:
        checkins.open_day(session, shop, now=day)
    owner, clerk = _staff(session, playground, days[0])
    _link_group(session, playground, owner, days[0])
    customers = [Visitor("playground", p.id, p.name) for p in playground.people if p.part == "customer"]
    others = [
        Visitor("playground", id_, name) for id_, name in enumerate(REGULARS[shop.locale[:2]].split(), FIRST_REGULAR)
    ]
    soon = iter(SOON)
    regulars = [_live(session, each, chance, days, shop, next(soon, None)) for each in customers + others]
    for day in days[-7:]:
        occasions.prepare(session, shop, now=day)
    _thank(session, owner, shop, yesterday)
    _deal(session, owner, clerk, regulars, shop, yesterday)
    _as_sent(session, now)
    groups.joined(session, GROUP_ID, Visitor("playground", 599, NEWEST[shop.locale[:2]]), key="demo:newest", now=now)
    known, agreed, _ = members.count(session)
    return f"A shop is ready: {known} people, {agreed} of them members, a group, {WEEKS} weeks of check-ins, a deal."


def _staff(session: Session, playground: Playground, opened: datetime) -> list[Person]:
    """The owner and the clerk."""
    staff.appoint(session, "playground", PLAYGROUND_STAFF, now=opened)
    known = (Visitor("playground", p.id, p.name) for p in playground.people if p.id in PLAYGROUND_STAFF)
    return [members.meet(session, each, private=True, now=opened) for each in known]


def _link_group(session: Session, playground: Playground, owner: Person, opened: datetime) -> None:
    groups.promoted(session, "playground", GROUP_ID, playground.group.title, owner, now=opened)
    groups.link(session, owner, session.exec(select(Group.id)).one() or 0, now=opened)
    outbox.withdraw(session, owner.member_id, ("group_seen",), "made for the demo", now=opened)


def _live(
    session: Session, visitor: Visitor, chance: random.Random, days: list[datetime], shop: Shop, soon: int | None
) -> Person:
    """One regular's weeks: when they came, what they told, how faithfully they check in. `soon`: days to a birthday."""
    came = chance.randrange(7 if soon else len(days) // 2)
    person = members.meet(session, visitor, private=visitor.external_id < FIRST_REGULAR, now=days[came])
    groups.joined(session, GROUP_ID, visitor, key=f"demo:{visitor.external_id}", now=days[came])
    welcome.join(session, person, shop, now=days[came])
    if soon or chance.random() < 0.7:
        born = shop.day(days[-1]) + timedelta(days=1 + (soon or chance.randrange(WEEKS * 7, 300)))
        when = YearlyDate("solar", born.month, born.day)
        occasions.keep_birthday(session, person.member_id, when, shop, now=days[came])
        for field, answers in TOLD[shop.locale[:2]].items():
            profile.tell_field(session, person.member_id, field, chance.choice(answers), shop, now=days[came])
    faith = chance.uniform(0.2, 0.98)
    for day in days[came:]:
        if chance.random() < faith:
            checkins.check_in(session, person.member_id, shop, now=day)
    return members.meet(session, visitor, private=False, now=days[-1])


def _thank(session: Session, owner: Person, shop: Shop, now: datetime) -> None:
    """The owner thanked the most faithful by hand."""
    best = session.exec(select(Member.id).where(Member.points > 0).order_by(col(Member.points).desc()).limit(3)).all()
    for member_id in best:
        who = Who("playground", members.number(member_id or 0))
        changes.change(session, owner, who, 50, THANKS[shop.locale], shop, key=f"demo:{member_id}", now=now)


def _deal(session: Session, owner: Person, clerk: Person, regulars: list[Person], shop: Shop, at: datetime) -> None:
    """A deal that some have claimed; one of them came to the till."""
    plan = Plan(TITLES[shop.locale], Offer("percent", 20), at, at + timedelta(days=5), stock=10)
    deal = deals.make(session, owner, plan, shop, now=at)
    claimed = [deals.claim(session, p, deal.id, by_letter=p.reachable, now=at) for p in regulars[1:9:2]]
    coupons.redeem(session, clerk.member_id, claimed[-1].code, shop, now=at + timedelta(hours=4))


def _as_sent(session: Session, now: datetime) -> None:
    """What fell due was sent in its time; the welcomes were cleared away by newer ones."""
    gone = case((col(Letter.kind) == "welcome", "dropped"), else_="sent")
    due = update(Letter).where(col(Letter.state) == "waiting", col(Letter.after) <= now)
    session.exec(due.values(state=gone, message_id=col(Letter.id), settled_at=col(Letter.after)))
