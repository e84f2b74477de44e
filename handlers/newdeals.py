"""A new deal step by step: the form of /deal."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from aiogram.types import InlineKeyboardMarkup
from sqlmodel import Session

from bot.club import deal_letters, deals, forecasts
from bot.club.deal_looks import Shown
from bot.club.deals import Plan
from bot.club.errors import DealTooLate, TooLong
from bot.club.extras import Extra
from bot.club.forecasts import Forecast
from bot.club.members import Person, Role
from bot.club.offers import Offer
from bot.club.rules import Shop
from bot.club.times import read_when
from bot.club.windows import Window
from bot.i18n import N_, _
from bot.speech import Html
from bot.speech.buttons import Written, rows, tap
from bot.speech.dealing import ASKS, beyond, explained, laid_down, made, options
from bot.speech.notes import seed_of
from db.engine import Database
from handlers import audiences as crowd
from handlers.forms import Asking, Form, Step, begin, enter
from handlers.lines import counted

FORM = N_('/deal new "Spring tea" 20% from:now until:2d stock:10')
Read = Callable[[Session, Asking, str], Any]


async def new(person: Person, database: Database, shop: Shop, key: str, now: datetime) -> Written:
    """The first question about a new deal, the line that does it at once, and the way to what is there."""
    text, buttons = await begin(NEW, person, database, shop, key=key, now=now)
    look = [tap(_("All deals"), "deal", "list"), tap(_("Stop a deal"), "deal", "stop")]
    under = [*(buttons.inline_keyboard if buttons else []), look]
    return Html(f"{text}\n\n{explained(_(FORM))}"), InlineKeyboardMarkup(inline_keyboard=under)


def make(session: Session, person: Person, plan: Plan, shop: Shop, *, now: datetime) -> tuple[Shown, Forecast]:
    """Make a deal, and foretell what comes of it."""
    done = deals.make(session, person, plan, shop, now=now, called=seed_of)
    return done, forecasts.of_deal(session, done, shop, now=now, called=seed_of)


def titled(words: str) -> str:
    """What a deal is called. Raises TooLong."""
    if len(words) > deals.TITLE:
        raise TooLong(limit=deals.TITLE)
    return words


def _step(name: str, read: Read) -> Step:
    return Step(name, ASKS[name], read, lambda _session, asking: options(name, asking.shop))


def _offer(asking: Asking) -> Offer:
    return Offer.read(asking.facts["offer"])


def _extra(_session: Session, asking: Asking, words: str) -> str:
    return words and str(Extra.read(words).beyond(_offer(asking)))


def _opens(_session: Session, asking: Asking, words: str) -> str:
    """When it begins, empty for the moment of the last yes."""
    opens = read_when(words, asking.shop, now=asking.now)
    return opens.isoformat() if opens > asking.now else ""


def _until(_session: Session, asking: Asking, words: str) -> str:
    opens = _begins(asking)
    until = read_when(words, asking.shop, now=asking.now, ends=opens)
    if until <= max(opens, asking.now):
        raise DealTooLate
    return until.isoformat()


def _stock(_session: Session, _asking: Asking, words: str) -> int | None:
    return counted(words, "stock", deals.STOCK) if words else None


def _limit(_session: Session, _asking: Asking, words: str) -> int:
    return counted(words, "limit", deals.STOCK)


def _audience(session: Session, asking: Asking, words: str) -> str:
    return deal_letters.meant_for(session, words, asking.shop, now=asking.now, called=seed_of)


def _holdout(_session: Session, _asking: Asking, words: str) -> int:
    return counted(words, "holdout", deals.MOST_KEPT_BACK) if words else 0


def _begins(asking: Asking) -> datetime:
    opens = asking.facts["opens"]
    return datetime.fromisoformat(opens) if opens else asking.now


def _plan(asking: Asking) -> Plan:
    facts, until = asking.facts, datetime.fromisoformat(asking.facts["until"])
    about = (facts["title"], _offer(asking), _begins(asking), until)
    extra = Extra.read(facts["extra"]) if facts["extra"] else None
    daily = Window.read(facts["daily"]) if facts["daily"] else None
    return Plan(*about, facts["stock"], facts["limit"], facts["audience"], daily, extra, facts["holdout"])


def _said(done: tuple[Shown, Forecast], shop: Shop, now: datetime) -> Written:
    deal, forecast = done
    return made(deal, forecast, shop, now), rows(tap(_("All deals"), "deal", "list"))


NEW = enter(
    Form(
        "newdeal",
        N_("A new deal"),
        Role.MANAGER,
        (
            _step("title", lambda _session, _asking, words: titled(" ".join(words.split()))),
            _step("offer", lambda _session, _asking, words: str(Offer.read(words.strip()))),
            Step("extra", ASKS["extra"], _extra, lambda _session, asking: beyond(_offer(asking), asking.shop)),
            _step("opens", _opens),
            _step("until", _until),
            _step("daily", lambda _session, _asking, words: words and str(Window.read(words))),
            _step("stock", _stock),
            _step("limit", _limit),
            Step("audience", ASKS["audience"], _audience, crowd.first),
            _step("holdout", _holdout),
        ),
        lambda session, asking: make(session, asking.person, _plan(asking), asking.shop, now=asking.now),
        _said,
        summary=lambda asking, _seen: laid_down(_plan(asking), asking.shop),
    )
)
