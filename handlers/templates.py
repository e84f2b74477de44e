"""How a coupon is made: as one line asks, or step by step."""

import re
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlmodel import Session

from bot.club import audiences, templates
from bot.club.errors import BadLine, BadNumber, ClubError, TooLong
from bot.club.members import Role
from bot.club.offers import Offer
from bot.club.rules import Shop
from bot.club.templates import BadDays, Plan, Template
from bot.i18n import N_, _
from bot.speech import Html, money, offer
from bot.speech.buttons import Written, rows
from bot.speech.coupons import described, give_button, made
from bot.speech.notes import seed_of
from handlers.forms import Asking, Form, Step, enter
from handlers.lines import Line, read_line, whole

FORM = N_("/coupon new TEA 10 14 min:50")
PASSES, WHOSE = ("transferable", "可转赠", "可轉贈"), ("audience", "人群")
OPTIONS = frozenset({"min", "quota", "limit", *PASSES, *WHOSE})
YES_OR_NO = {"yes": True, "是": True, "no": False, "否": False}
# What is on the buttons of the steps, as it would be typed; nothing typed is no limit.
OFFERS = ("10", "20%", "points:50", "x2")
DAYS = ("7", "14", "30", "90")
MINIMUMS = ("50", "100", "200")
QUOTAS, LIMITS = ("50", "100", "500"), ("1", "2", "5")


class BadAmount(ClubError):
    """A least purchase that is no amount of money."""

    says = N_("min: is an amount such as 50 or 49.90.")


class YesOrNo(ClubError):
    """A word where yes or no was meant."""

    says = N_("transferable: is yes or no.")


def plan(line: str, shop: Shop, now: datetime) -> Plan:
    """A template as its line asks for it.

    Raises BadLine, TooLong, BadOffer, BadDays, BadAmount, BadNumber, YesOrNo and what audiences.read raises.
    """
    read = read_line(line, options=OPTIONS, form=FORM)
    name, *rest = [read.quoted, *read.words] if read.quoted else read.words or [""]
    if not name or len(rest) < 2:
        raise BadLine(form=FORM)
    *value, days = rest
    quota, each = (whole(read, option, templates.COUNT) for option in ("quota", "limit"))
    return Plan(
        _name(name),
        Offer.read(" ".join(value)),
        _days(days),
        _minimum(read.options.get("min", "0")),
        quota,
        each,
        _yes(_option(read, PASSES, "no")),
        _audience(_option(read, WHOSE, ""), shop, now),
    )


def _option(line: Line, names: tuple[str, ...], otherwise: str) -> str:
    return next((line.options[name] for name in names if name in line.options), otherwise)


def _name(words: str) -> str:
    if len(words) > templates.NAME:
        raise TooLong(limit=templates.NAME)
    return " ".join(words.split())


def _days(words: str) -> int:
    if not re.fullmatch("[0-9]{1,9}", words) or not 1 <= int(words) <= templates.DAYS:
        raise BadDays(limit=templates.DAYS)
    return int(words)


def _minimum(words: str) -> int:
    if not re.fullmatch(r"[0-9]{1,7}(\.[0-9]{1,2})?", words):
        raise BadAmount
    return int(Decimal(words) * 100)


def _yes(words: str) -> bool:
    if words.lower() not in YES_OR_NO:
        raise YesOrNo
    return YES_OR_NO[words.lower()]


def _audience(words: str, shop: Shop, now: datetime) -> str:
    return audiences.read(words, shop, now=now, called=seed_of).text if words else ""


def _count(option: str, words: str) -> int | None:
    """How many there are, None for no limit."""
    if not words:
        return None
    if not re.fullmatch("[0-9]{1,6}", words) or not 1 <= int(words) <= templates.COUNT:
        raise BadNumber(option=option, limit=templates.COUNT)
    return int(words)


def _step(
    name: str,
    asks: str,
    read: Callable[[str], Any],
    options: Callable[[Shop], dict[str, str]] = lambda _shop: {},
    wanted: Callable[[dict[str, Any]], bool] = lambda _facts: True,
) -> Step:
    return Step(name, asks, lambda _session, _asking, words: read(words), lambda _, at: options(at.shop), wanted)


def _offers(shop: Shop) -> dict[str, str]:
    return {code: offer(Offer.read(code), shop) for code in OFFERS}


def _days_on_buttons(_shop: Shop) -> dict[str, str]:
    return {days: _("{days} day", "{days} days", int(days)).format(days=days) for days in DAYS}


def _minimums(shop: Shop) -> dict[str, str]:
    return {"0": _("Any purchase")} | {code: money(int(code) * 100, shop) for code in MINIMUMS}


def _is_gift(facts: dict[str, Any]) -> bool:
    return Offer.read(facts["offer"]).kind == "gift"


def _plan_of(asking: Asking) -> Plan:
    facts = asking.facts
    return Plan(**facts | {"offer": Offer.read(facts["offer"])})


def _summary(asking: Asking, _seen: Any) -> Html:
    return described(Template(0, _plan_of(asking), 1, 0), asking.shop)


def _make(session: Session, asking: Asking) -> Template:
    return templates.make(session, asking.person, _plan_of(asking), now=asking.now)


def _made(done: Template, shop: Shop, _now: datetime) -> Written:
    return made(done, shop), rows(give_button(done))


NEW = enter(
    Form(
        "newcoupon",
        N_("A new coupon"),
        Role.MANAGER,
        (
            _step("name", N_("What shall it be called? Members read the name, such as: Tea for two."), _name),
            _step(
                "offer",
                N_("What does it give? 10 (money off), 20% (per cent off), gift:tea, points:50 or x2."),
                lambda words: str(Offer.read(words)),
                _offers,
            ),
            _step("days", N_("For how many days is it good, once it is given?"), _days, _days_on_buttons),
            _step(
                "minimum",
                N_("For which purchases? Write the least amount, such as 50 or 49.90."),
                _minimum,
                _minimums,
            ),
            _step(
                "quota",
                N_("How many are there in all?"),
                lambda words: _count("quota", words),
                lambda _shop: {number: number for number in QUOTAS} | {"": _("No limit")},
            ),
            _step(
                "each",
                N_("How many may one member be given?"),
                lambda words: _count("limit", words),
                lambda _shop: {number: number for number in LIMITS} | {"": _("No limit")},
            ),
            _step(
                "transferable",
                N_("May members pass it on to a friend?"),
                _yes,
                lambda _shop: {"no": _("No"), "yes": _("Yes")},
                _is_gift,
            ),
        ),
        _make,
        _made,
        summary=_summary,
    )
)
