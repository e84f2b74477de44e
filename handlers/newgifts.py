"""A new gift step by step, and a gift's new stock or picture: the forms of /gift."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any

from aiogram.types import InlineKeyboardMarkup
from sqlmodel import Session

from bot.club import gifts, series
from bot.club.cuts import GRADES
from bot.club.gifts import BadGrade, GiftTooLate, Shelved, Wish
from bot.club.members import Person, Role
from bot.club.rules import Shop
from bot.club.series import Series
from bot.club.times import read_when
from bot.i18n import N_, _
from bot.speech import Html, fill
from bot.speech.buttons import Written, rows, tap
from bot.speech.gifts import on_the_shelf
from bot.speech.shelf import ASKS, explained, laid_down, options
from db.engine import Database
from handlers import giftlines as lines
from handlers.forms import Asking, Form, Step, begin, enter

Read = Callable[[Session, Asking, str], Any]


async def new(person: Person, database: Database, shop: Shop, key: str, now: datetime) -> Written:
    """The first question about a new gift, the line that does it at once, and the way to what is there."""
    begun = await database.read(series.listed, now=now)
    text, buttons = await begin(NEW, person, database, shop, key=key, now=now, collects=bool(begun))
    look = [tap(_("All gifts"), "shelf", "list"), tap(_("To hand over"), "shelf", "orders")]
    under = [*(buttons.inline_keyboard if buttons else []), look]
    how = explained(_(lines.FORM), _(lines.FIRST_FORM))
    return Html(f"{text}\n\n{how}"), InlineKeyboardMarkup(inline_keyboard=under)


def make(session: Session, person: Person, wish: Wish, *, now: datetime) -> tuple[Shelved, Series | None]:
    """Put a gift into the area. Returns its series too, where that has no prize yet."""
    made = gifts.make(session, person, wish, now=now)
    its = series.named(session, made.series, now=now) if made.series else None
    return made, its if its and its.offer is None else None


def made(done: tuple[Shelved, Series | None], shop: Shop, now: datetime) -> Written:
    """What stands in the area now, and what may be said next."""
    gift, unprized = done
    text = fill(_("In the gift area: {gift}."), gift=on_the_shelf(gift, shop, now))
    if unprized:
        form = f'/gift series "{unprized.name}" points:200'
        how = _("Once its last piece is there, say what whoever has them all gets: <code>{form}</code>")
        text = Html(text + "\n" + fill(how, form=form))
    return text, rows(tap(_("All gifts"), "shelf", "list"))


def _step(name: str, read: Read) -> Step:
    return Step(name, ASKS[name], read, lambda _session, _asking: options(name), photo=name == "photo")


def _free_name(session: Session, _asking: Asking, words: str) -> str:
    return gifts.free(session, lines.named(words, lines.FORM))


def _grade(_session: Session, _asking: Asking, words: str) -> str:
    if words.lower() not in GRADES:
        raise BadGrade
    return words.lower()


def _until(_session: Session, asking: Asking, words: str) -> str:
    if not words:
        return ""
    until = read_when(words, asking.shop, now=asking.now, ends=asking.now)
    if until <= asking.now:
        raise GiftTooLate
    return until.isoformat()


def _its_series(session: Session, asking: Asking, words: str) -> str:
    there = {f"#{each.id}": each.name for each in series.listed(session, now=asking.now)}
    return there.get(words) or (words and lines.named(words, lines.FIRST_FORM))


def _all_series(session: Session, asking: Asking) -> dict[str, str]:
    return {"": _("No series")} | {f"#{each.id}": each.name for each in series.listed(session, now=asking.now)}


def _wish(asking: Asking) -> Wish:
    facts = asking.facts
    closes_at = datetime.fromisoformat(facts["until"]) if facts["until"] else None
    about = (facts["name"], facts["cost"], facts["stock"], asking.now, closes_at, facts["grade"])
    return Wish(*about, facts["each"] or None, facts.get("series") or None)


def _laid_down(asking: Asking, _seen: Any) -> Html:
    wish = _wish(asking)
    about = (wish.opens_at, wish.closes_at, wish.grade, wish.each, "open", wish.series)
    gift = Shelved(0, wish.name, wish.cost, wish.stock, *about)
    return laid_down(gift, asking.shop, asking.now, pictured=bool(asking.facts["photo"]))


def _make(session: Session, asking: Asking) -> tuple[Shelved, Series | None]:
    done = make(session, asking.person, _wish(asking), now=asking.now)
    if asking.facts["photo"]:
        gifts.picture(session, asking.person, done[0].id, asking.facts["photo"], now=asking.now)
    return done


def _change(session: Session, asking: Asking) -> Shelved:
    act = gifts.picture if asking.facts["what"] == "photo" else gifts.restock
    return act(session, asking.person, asking.facts["gift"], asking.facts[asking.facts["what"]], now=asking.now)


def _changed(gift: Shelved, shop: Shop, now: datetime) -> Written:
    text = fill(_("Changed: {gift}."), gift=on_the_shelf(gift, shop, now))
    return text, rows([tap(gift.name, "shelf", "one", gift.id), tap(_("All gifts"), "shelf", "list")])


def _alone(step: Step) -> Step:
    """A step that is asked where it is what shall change."""
    return replace(step, wanted=partial(_is_changed, step.name))


def _is_changed(name: str, facts: dict[str, Any]) -> bool:
    return facts.get("what") == name


_STOCK = _step("stock", lambda _session, _asking, words: gifts.pieces(lines.whole(words)))
_PHOTO = _step("photo", lambda _session, _asking, words: words)
NEW = enter(
    Form(
        "newgift",
        N_("A new gift"),
        Role.MANAGER,
        (
            _step("name", _free_name),
            _step("cost", lambda _session, _asking, words: gifts.price(lines.whole(words))),
            _STOCK,
            _step("grade", _grade),
            _step("each", lambda _session, _asking, words: words and lines.each(words)),
            _step("until", _until),
            Step("series", ASKS["series"], _its_series, _all_series, lambda facts: bool(facts.get("collects"))),
            _PHOTO,
        ),
        _make,
        made,
        summary=_laid_down,
    )
)
CHANGE = enter(
    Form(
        "giftvalue",
        N_("Change “{called}”"),
        Role.MANAGER,
        (_alone(_STOCK), replace(_alone(_PHOTO), options=lambda _session, _asking: {})),
        _change,
        _changed,
    )
)
