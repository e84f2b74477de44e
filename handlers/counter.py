"""The counter: what a clerk sees of whom they serve, and the sentences that sell; managers write them."""

import re
from datetime import datetime
from typing import Any

from aiogram.methods import TelegramMethod
from aiogram.types import Message
from sqlmodel import Session

from bot.club import counter, products, selling
from bot.club.errors import BadLine, NotAvailable, TooLong
from bot.club.members import Person, Role
from bot.club.offers import Offer
from bot.club.products import BadProduct
from bot.club.rules import Shop
from bot.club.selling import Plan, Ruled
from bot.club.templates import BadDays
from bot.i18n import N_, _
from bot.speech import Html, fill
from bot.speech.buttons import Written, rows, tap
from bot.speech.suggestions import at_counter, described, handbook
from db.engine import Database
from handlers.commands import button, command
from handlers.forms import Asking, Form, Step, begin, enter
from handlers.lines import first_words, row_id, whom

WHO = "/counter @ann"
FORM = N_('/script new tea > honey "Our honey goes well with it"')
COUPON = N_("/script coupon tea 10% 30")
ANY = ("any", "anything", "*", "任何", "任意", "全部")
BUTTONS = 10  # under one message


@command("counter", "柜台", "櫃台", who=Role.CLERK, help=N_("whom you serve, and what to say: /counter WHO"))
async def show(
    message: Message, words: str, person: Person, database: Database, shop: Shop, now: datetime
) -> TelegramMethod[Any]:
    """Show whom a clerk serves: first name, grade, coupons, one sentence."""
    who, rest = whom(message, words, person, form=WHO)
    if rest:
        raise BadLine(form=WHO)
    return message.answer(at_counter(await database.write(counter.show, person, who, now=now), shop))


@command("script", "话术", "話術", who=Role.CLERK, help=N_("what to say at the counter"))
async def script(
    message: Message, words: str, person: Person, database: Database, shop: Shop, now: datetime
) -> TelegramMethod[Any]:
    """Show the day's sentences; a manager makes and drops them."""
    verb, rest = first_words(words)
    if not verb:
        text, buttons = _all(await database.read(selling.script), person, shop)
        return message.answer(text, reply_markup=buttons)
    if person.role < Role.MANAGER:
        raise NotAvailable
    match verb.lower():
        case "new" | "新建":
            made = await database.write(selling.make, person, _sentence(rest), now=now)
            return message.answer(_made(made, shop, now)[0])
        case "coupon" | "送券":
            made = await database.write(selling.make, person, _next_visit(rest), now=now)
            return message.answer(_made(made, shop, now)[0])
        case "off" | "停用":
            if not re.fullmatch("[0-9]{1,9}", rest):
                raise BadLine(form="/script off 3")
            return message.answer(_dropped(await database.write(selling.drop, person, int(rest), now=now), shop))
        case _:
            raise BadLine(form=FORM)


@button("script", who=Role.MANAGER)
async def change(
    message: Message, about: str, person: Person, database: Database, shop: Shop, key: str, now: datetime
) -> TelegramMethod[Any]:
    """Begin a new sentence or next-visit coupon, or drop a rule."""
    what, _sep, which = about.partition(":")
    if what == "off":
        return message.edit_text(_dropped(await database.write(selling.drop, person, row_id(which), now=now), shop))
    if about not in ("new", "coupon"):
        raise ValueError(about)
    text, buttons = await begin(SENTENCE if what == "new" else VISIT, person, database, shop, key=key, now=now)
    return message.answer(text, reply_markup=buttons)


def _all(found: selling.Script, person: Person, shop: Shop) -> Written:
    if person.role < Role.MANAGER:
        return handbook(found, shop), None
    off = [tap(_("Drop {number}").format(number=each.id), "script", "off", each.id) for each in found.rules[:BUTTONS]]
    new = [tap(_("New sentence"), "script", "new"), tap(_("Next-visit coupon"), "script", "coupon")]
    return handbook(found, shop), rows(new, *(off[at : at + 3] for at in range(0, len(off), 3)))


def _made(made: Ruled, shop: Shop, _now: datetime) -> Written:
    text = fill(_("From now on: {rule}. To end it: /script off {id}"), rule=described(made.plan, shop), id=str(made.id))
    return text, None


def _dropped(gone: Ruled, shop: Shop) -> Html:
    return fill(_("No longer: {rule}."), rule=described(gone.plan, shop))


def _sentence(line: str) -> Plan:
    """A rule as its line tells it. Raises BadLine, BadProduct, TooLong."""
    after, arrow, rest = (part.strip() for part in re.sub("→|＞|->|=>", ">", line).partition(">"))
    quoted = re.search(r"[\"“「](.+)[\"”」]\s*$", rest)
    offers = rest[: quoted.start()].strip() if quoted else rest
    says = quoted[1].strip() if quoted else None
    if not (after and arrow and (offers or says)):
        raise BadLine(form=FORM)
    return Plan(_product(after), _named(offers) if offers else None, _says(says) if says else None)


def _next_visit(line: str) -> Plan:
    """A next-visit coupon as its line tells it. Raises BadLine, BadOffer, BadDays, BadProduct."""
    found = re.fullmatch(r"(.+?)\s+(\S+)\s+(\S+)", line)
    if found is None:
        raise BadLine(form=COUPON)
    return Plan(_product(found[1]), coupon=Offer.read(found[2]), days=_days(found[3]))


def _product(words: str) -> str | None:
    """A product's name, None for any."""
    plain = words.strip().strip('"“”「」').strip()
    return None if plain.casefold() in ANY else _named(plain)


def _named(words: str) -> str:
    plain = " ".join(words.strip('"“”「」').split())
    if not 1 <= len(plain) <= products.NAME:
        raise BadProduct(limit=products.NAME)
    return plain


def _says(words: str) -> str:
    if len(words) > selling.SAYS:
        raise TooLong(limit=selling.SAYS)
    return " ".join(words.split())


def _days(words: str) -> int:
    plain = words.removesuffix("天").removesuffix("d").strip()
    if not re.fullmatch("[0-9]{1,4}", plain) or not 1 <= int(plain) <= selling.DAYS:
        raise BadDays(limit=selling.DAYS)
    return int(plain)


def _any(_session: Session, _asking: Asking) -> dict[str, str]:
    return {"any": _("Anything")}


def _skip(_session: Session, _asking: Asking) -> dict[str, str]:
    return {"": _("Skip")}


AFTER = Step("after", N_("After which product? Write its name."), lambda _s, _a, words: _product(words), _any)
SENTENCE = enter(
    Form(
        "newsay",
        N_("A new sentence for the counter"),
        Role.MANAGER,
        (
            AFTER,
            Step(
                "offers",
                N_("Which product do you offer with it?"),
                lambda _s, _a, words: _named(words) if words else None,
                _skip,
            ),
            Step(
                "says",
                N_("What shall the clerk say? I can find the words myself."),
                lambda _s, _a, words: _says(words) if words else None,
                lambda _s, asking: {"": _("Skip")} if asking.facts["offers"] else {},
            ),
        ),
        lambda session, asking: selling.make(session, asking.person, Plan(**asking.facts), now=asking.now),
        _made,
        summary=lambda asking, _seen: described(Plan(**asking.facts), asking.shop),
    )
)


def _planned(asking: Asking) -> Plan:
    facts = asking.facts
    return Plan(facts["after"], coupon=Offer.read(facts["coupon"]), days=facts["days"])


VISIT = enter(
    Form(
        "newvisit",
        N_("A coupon for the next visit"),
        Role.MANAGER,
        (
            AFTER,
            Step(
                "coupon",
                N_("What does it give? 10 (money off), 20%, gift:tea, points:50 or x2."),
                lambda _s, _a, words: str(Offer.read(words)),
                lambda _s, _a: {each: each for each in ("5%", "10%", "5", "10")},
            ),
            Step(
                "days",
                N_("For how many days is it good?"),
                lambda _s, _a, words: _days(words),
                lambda _s, _a: {each: each for each in ("7", "14", "30", "60")},
            ),
        ),
        lambda session, asking: selling.make(session, asking.person, _planned(asking), now=asking.now),
        _made,
        summary=lambda asking, _seen: described(_planned(asking), asking.shop),
    )
)
