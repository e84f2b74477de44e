"""Fills an empty database with a small, believable shop: regulars, their weeks, purchases, birthdays, gifts, a deal."""

import asyncio
import random
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from itertools import islice

from sqlmodel import Session, case, col, select, update

from bot.clock import Clock
from bot.club import (
    changes,
    checkins,
    coupons,
    deals,
    gifts,
    groups,
    links,
    members,
    occasions,
    orders,
    outbox,
    places,
    points,
    products,
    profile,
    purchases,
    selling,
    staff,
    templates,
    welcome,
)
from bot.club.calendar import YearlyDate
from bot.club.gifts import Wish
from bot.club.members import Person, Visitor, Who
from bot.club.offers import Offer
from bot.club.products import NoSuchProduct
from bot.club.purchases import Sale
from bot.club.receipts import Bought
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

Good = tuple[str, str, int, int | None]  # its name, its category, its price in minor units, how many days it lasts
GOODS: dict[str, tuple[Good, ...]] = {
    "zh": (
        ("西湖龙井", "茶叶", 12800, 30), ("铁观音", "茶叶", 8800, 30), ("熟普洱饼", "茶叶", 15800, 60),
        ("茉莉花茶", "茶叶", 5800, 30), ("盖碗", "茶具", 6800, None), ("随行杯", "茶具", 12900, None),
        ("绿豆糕", "点心", 2600, 7), ("桂花酥", "点心", 3200, 7),
    ),
    "en": (
        ("Green tea", "tea", 5800, 30), ("Oolong", "tea", 8800, 30), ("Aged pu-erh", "tea", 15800, 60),
        ("Jasmine tea", "tea", 4800, 30), ("Lidded cup", "teaware", 6800, None), ("Travel mug", "teaware", 12900, None),
        ("Mung bean cakes", "cakes", 2600, 7), ("Osmanthus cakes", "cakes", 3200, 7),
    ),
}  # fmt: skip

GIFTS: dict[str, tuple[tuple[str, int, int, str], ...]] = {  # its name, its price in points, its stock, for which grade
    "zh": (("桂花酥一盒", 200, 12, "new"), ("手绘茶杯", 600, 4, "new"), ("铁壶一把", 3000, 1, "vip")),
    "en": (("Box of cakes", 200, 12, "new"), ("Painted cup", 600, 4, "new"), ("Iron kettle", 3000, 1, "vip")),
}
COUPON = {"zh_CN": "双人茶点", "zh_TW": "雙人茶點", "en": "Tea for two"}
LINKS = {  # a poster, and a partner shop: by every third of the regulars each
    "zh_CN": ("门口海报", "月光咖啡"),
    "zh_TW": ("門口海報", "月光咖啡"),
    "en": ("Corner poster", "Moonlight Café"),
}
SENTENCES = {  # which product, what to offer with it, how the clerk says it
    "zh": (("西湖龙井", "盖碗", "龙井用盖碗泡最香，要不要看看？"), ("绿豆糕", "茉莉花茶", "配一泡茉莉花茶正好解腻。")),
    "en": (
        ("Oolong", "Lidded cup", "Oolong tastes best from a lidded cup. May I show you one?"),
        ("Mung bean cakes", "Jasmine tea", "Jasmine tea goes well with these."),
    ),
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
    ways = _links(session, owner, shop, days[0])
    customers = [Visitor("playground", p.id, p.name) for p in playground.people if p.part == "customer"]
    others = [
        Visitor("playground", id_, name) for id_, name in enumerate(REGULARS[shop.locale[:2]].split(), FIRST_REGULAR)
    ]
    soon = iter(SOON)
    lives = [_join(session, each, chance, days, shop, next(soon, None), ways) for each in customers + others]
    sold = _live(session, clerk, lives, chance, days, shop)
    regulars = [life.person for life in lives]
    for day in days[-7:]:
        occasions.prepare(session, shop, now=day)
    _thank(session, owner, shop, yesterday)
    _gifts(session, owner, regulars, shop, yesterday)
    for after, offers, says in SENTENCES[shop.locale[:2]]:
        selling.make(session, owner, selling.Plan(after, offers, says), now=yesterday)
    _deal(session, owner, clerk, regulars, shop, yesterday)
    _as_sent(session, now)
    places.joined(session, GROUP_ID, Visitor("playground", 599, NEWEST[shop.locale[:2]]), key="demo:newest", now=now)
    known, agreed, _ = members.count(session)
    people = f"{known} people, {agreed} of them members"
    return f"A shop is ready: {people}, a group, {WEEKS} weeks of check-ins, {sold} purchases, gifts, a deal."


def _staff(session: Session, playground: Playground, opened: datetime) -> list[Person]:
    """The owner and the clerk."""
    staff.appoint(session, "playground", PLAYGROUND_STAFF, now=opened)
    known = (Visitor("playground", p.id, p.name) for p in playground.people if p.id in PLAYGROUND_STAFF)
    return [members.meet(session, each, private=True, now=opened) for each in known]


def _link_group(session: Session, playground: Playground, owner: Person, opened: datetime) -> None:
    groups.promoted(session, "playground", GROUP_ID, playground.group.title, owner, now=opened)
    groups.link(session, owner, session.exec(select(Group.id)).one() or 0, now=opened)
    outbox.withdraw(session, owner.member_id, ("group_seen",), "made for the demo", now=opened)


def _links(session: Session, owner: Person, shop: Shop, opened: datetime) -> tuple[str, str]:
    """The links of a poster and of a partner shop: what each carries."""
    poster, partner = LINKS[shop.locale]
    plans = links.Plan(poster), links.Plan(partner, partner=partner)
    first, second = (links.make(session, owner, plan, now=opened).payload for plan in plans)
    return first, second


@dataclass(frozen=True, slots=True)
class Life:
    """How one regular lives with the shop: since when, how faithfully they check in, what they buy and how often."""

    person: Person
    came: datetime
    faith: float
    favourites: list[Good]
    appetite: float


def _join(
    session: Session,
    visitor: Visitor,
    chance: random.Random,
    days: list[datetime],
    shop: Shop,
    soon: int | None,
    ways: Sequence[str],
) -> Life:
    """One regular comes into the group, by one of some ways perhaps, and tells something of themselves.

    `soon`: days to a birthday.
    """
    came = days[chance.randrange(7 if soon else len(days) // 2)]
    person = members.meet(session, visitor, private=visitor.external_id < FIRST_REGULAR, now=came)
    for way in ways[visitor.external_id % 3 :][:1]:
        links.open_link(session, person, way, now=came)
    places.joined(session, GROUP_ID, visitor, key=f"demo:{visitor.external_id}", now=came)
    welcome.join(session, person, shop, now=came)
    if soon or chance.random() < 0.7:
        born = shop.day(days[-1]) + timedelta(days=1 + (soon or chance.randrange(WEEKS * 7, 300)))
        when = YearlyDate("solar", born.month, born.day)
        occasions.keep_birthday(session, person.member_id, when, shop, now=came)
        for field, answers in TOLD[shop.locale[:2]].items():
            profile.tell_field(session, person.member_id, field, chance.choice(answers), shop, now=came)
    person = members.meet(session, visitor, private=False, now=days[-1])
    favourites = chance.sample(GOODS[shop.locale[:2]], 3)
    appetite = chance.uniform(0.1 if person.reachable else 0.03, 0.2)  # whom one may play has something to look at
    return Life(person, came, chance.uniform(0.2, 0.98), favourites, appetite)


def _live(
    session: Session, clerk: Person, lives: list[Life], chance: random.Random, days: list[datetime], shop: Shop
) -> int:
    """The regulars' weeks, day by day: check-ins and purchases. Returns how many purchases."""
    sold = 0
    for day in days:
        for life in (life for life in lives if life.came <= day):
            if chance.random() < life.faith:
                checkins.check_in(session, life.person.member_id, shop, now=day)
            if chance.random() < life.appetite:
                sold += 1
                _buy(session, clerk, life, chance, shop, day + timedelta(minutes=chance.randrange(1, 8 * 60)))
    for name, category, _price, lasts in GOODS[shop.locale[:2]]:
        with suppress(NoSuchProduct):  # nobody wanted it yet
            products.categorise(session, clerk, name, category, now=days[-1])
            products.keep_lasting(session, clerk, name, lasts, now=days[-1])
    return sold


def _buy(session: Session, clerk: Person, life: Life, chance: random.Random, shop: Shop, at: datetime) -> None:
    """One purchase: the favourite most often, now and then two things. A receipt goes to who can be written to."""
    chosen = {good[0]: good for good in chance.choices(life.favourites, (6, 3, 1), k=chance.randint(1, 2))}
    lines = tuple(Bought(good[0], chance.choice((1, 1, 1, 2)), good[2]) for good in chosen.values())
    total = sum(line.quantity * (line.price or 0) for line in lines)
    sale = Sale(Who("playground", life.person.number), total, lines)
    purchases.enter(session, clerk, sale, shop, key=f"demo:{life.person.member_id}:{at}", now=at)
    kinds = ("question",) if life.person.reachable else ("question", "receipt", "grade_up")
    outbox.withdraw(session, life.person.member_id, kinds, "made for the demo", now=at)


def _thank(session: Session, owner: Person, shop: Shop, now: datetime) -> None:
    """The owner thanked the most faithful by hand."""
    best = session.exec(select(Member.id).where(Member.points > 0).order_by(col(Member.points).desc()).limit(3)).all()
    for member_id in best:
        who = Who("playground", members.number(member_id or 0))
        changes.change(session, owner, who, 50, THANKS[shop.locale], shop, key=f"demo:{member_id}", now=now)


def _gifts(session: Session, owner: Person, regulars: list[Person], shop: Shop, now: datetime) -> None:
    """The gift area, something ordered out of it that waits to be handed over, and a kind of coupon to give."""
    made = [
        gifts.make(session, owner, Wish(name, cost, stock, now, grade=grade), now=now)
        for name, cost, stock, grade in GIFTS[shop.locale[:2]]
    ]
    able = (each for each in regulars if points.usable(session, each.member_id, now=now) >= made[0].cost)
    for person in islice(able, 2):
        orders.place(session, person, made[0].id, shop, key=f"demo:{person.member_id}", now=now)
    templates.make(session, owner, templates.Plan(COUPON[shop.locale], Offer("money", 1000), 30), now=now)


def _deal(session: Session, owner: Person, clerk: Person, regulars: list[Person], shop: Shop, at: datetime) -> None:
    """A deal that some have claimed; one of them came to the till."""
    plan = deals.Plan(TITLES[shop.locale], Offer("percent", 20), at, at + timedelta(days=5), stock=10)
    deal = deals.make(session, owner, plan, shop, now=at)
    claimed = [deals.claim(session, p, deal.id, shop, by_letter=p.reachable, now=at) for p in regulars[1:9:2]]
    coupons.redeem(session, clerk.member_id, claimed[-1].code, shop, now=at + timedelta(hours=4))


def _as_sent(session: Session, now: datetime) -> None:
    """What fell due was sent in its time; the welcomes were cleared away by newer ones."""
    gone = case((col(Letter.kind) == "welcome", "dropped"), else_="sent")
    due = update(Letter).where(col(Letter.state) == "waiting", col(Letter.after) <= now)
    session.exec(due.values(state=gone, message_id=col(Letter.id), settled_at=col(Letter.after)))
