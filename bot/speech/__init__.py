"""How it is put into words: what a person reads is formatted here, and names are made safe here alone."""

import html
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime, timedelta
from typing import Any

from babel.dates import format_date, get_day_names
from babel.numbers import format_currency

from bot.club.calendar import YearlyDate
from bot.club.journeys import shipped
from bot.club.members import Named
from bot.club.offers import Offer
from bot.club.rules import Shop
from bot.i18n import _, spoken

LUNAR_MONTHS = ("正", "二", "三", "四", "五", "六", "七", "八", "九", "十", "冬", "腊")
LONGEST_NAME = 32  # characters of a name in a text
LONGEST_TEXT, LONGEST_CAPTION = 4096, 1024  # UTF-16 units of a message, and of the words under a picture
MIDNIGHT = (0, 0)
INVISIBLE = "\u00ad\u200b\u2060\u2061\u2062\u2063\ufeff"
LINKS = re.compile(r"(?<=:)/|(?<=\w)\.(?=[^\W\d]{2})|(?<!\S)[@/](?=\w)")  # where a chat would make a link of a name
CONTROLS = ("Cc", "Cs", "Cn")  # Unicode's categories of what cannot be shown
TURNS = "\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"  # marks that change the writing direction


_today: ContextVar[date | None] = ContextVar("today", default=None)


@contextmanager
def spoken_on(today: date) -> Iterator[None]:
    """Speak on a day of the shop's within the block: a date of another year is told with it."""
    token = _today.set(today)
    try:
        yield
    finally:
        _today.reset(token)


class Html(str):
    """A text that is safe as it stands."""

    __slots__ = ()


def fill(text: str, /, **facts: Any) -> Html:
    """A translated text with its places filled. Everything a stranger may have typed is made safe."""
    return Html(text.format(**{name: safe(fact) for name, fact in facts.items()}))


def fitting(parts: Iterable[str], between: str = "\n", last: str = "", longest: int = LONGEST_TEXT) -> Html:
    """Parts one after the other, as many as one message holds, then `last`; an ellipsis where some are left out."""
    text, room = "", longest - utf16(between + "…" + between + last)
    for part in parts:
        longer = text + between + part if text else part
        if utf16(longer) > room:
            text += between + "…"
            break
        text = longer
    return Html(text + between + last if last else text)


def safe(fact: Any) -> Any:
    """A fact as it may stand in a message: a text escaped, on one line, of one direction; a number grouped."""
    if isinstance(fact, Html):
        return fact
    if isinstance(fact, bool):
        return str(fact)
    if isinstance(fact, int):
        return Html(f"{fact:,}")  # as all our languages group them; babel would take ten times as long
    if isinstance(fact, datetime):
        return Html(fact.isoformat(" ", "minutes"))
    if isinstance(fact, date):
        return Html(day(fact))
    return Html(html.escape(_clean(str(fact)), quote=False))


def lines(text: str) -> Html:
    """A text that somebody typed on several lines, each made safe."""
    return Html("\n".join(safe(each) for each in text.splitlines()))


def name(text: str | None) -> str:
    """Somebody's name, short enough for a sentence, and never empty."""
    words = LINKS.sub("\\g<0>\u2060", "".join(c for c in _clean(text or "") if c not in INVISIBLE)).strip()
    if not re.search(r"\w", words):
        return words[:LONGEST_NAME] or _("friend")
    return words if len(words) <= LONGEST_NAME else words[: LONGEST_NAME - 1] + "…"


def called(text: str | None) -> str:
    """Somebody as everybody may read of them: of who does not wish to be named there is no name."""
    return name(text) if text else _("a member")


def person(who: Named) -> str:
    """A member as staff read of them: the number, with the name where it is known."""
    return f"{name(who.name)} ({who.number})" if who.name else who.number


def day(when: date) -> str:
    """A date in words, such as 5 March 2027 or 2027年3月5日."""
    return format_date(when, "y年M月d日" if spoken().startswith("zh") else "d MMMM y", locale=spoken())


def month_day(when: date) -> str:
    """A date without its year, such as 5 March or 3月5日: a year of birth is never shown."""
    return format_date(when, "M月d日" if spoken().startswith("zh") else "d MMMM", locale=spoken())


def month(when: date) -> str:
    """A month without its year, such as May or 5月."""
    return format_date(when, "M月" if spoken().startswith("zh") else "LLLL", locale=spoken())


def weekday(when: date) -> str:
    """A date with its weekday and without its year, such as Friday 5 March or 3月5日星期五."""
    return format_date(when, "M月d日EEEE" if spoken().startswith("zh") else "EEEE d MMMM", locale=spoken())


def sunday() -> str:
    """The coming Sunday without its year, tomorrow at the earliest, as told to somebody today."""
    soon = (_today.get() or date.min) + timedelta(days=1)
    return month_day(soon + timedelta(days=6 - soon.weekday()))


def near_day(when: date) -> str:
    """A date, with its year only where that is another than today's."""
    today = _today.get()
    return month_day(when) if today and when.year == today.year else day(when)


def month_of(when: date) -> str:
    """The month of a day with its year, such as May 2027 or 2027年5月."""
    return format_date(when, "y年M月" if spoken().startswith("zh") else "MMMM y", locale=spoken())


def weekdays() -> list[str]:
    """The names of Monday to Sunday, short enough to stand over a column."""
    names = get_day_names("narrow" if spoken().startswith("zh") else "abbreviated", "stand-alone", spoken())
    return [names[number] for number in range(7)]


def yearly(when: YearlyDate) -> str:
    """A yearly date without its year, in its own calendar: 15 August, 农历八月十五, May."""
    if not when.day:
        return month(date(2000, when.month, 1))
    if when.calendar == "solar":
        return month_day(date(2000, when.month, when.day))
    if spoken().startswith("zh"):
        named = LUNAR_MONTHS[when.month - 1]
        named = "臘" if named == "腊" and spoken() == "zh_TW" else named
        leap = _("leap") if when.leap else ""
        return f"{_('lunar')}{leap}{named}月{lunar_day(when.day)}"
    leap = _("leap") + " " if when.leap else ""
    return _("lunar") + f" {leap}{when.month}-{when.day}"


def lunar_day(number: int) -> str:
    """A day of a lunar month as Chinese names it: 初一, 十五, 廿三, 三十."""
    if number in (10, 20, 30):
        return {10: "初十", 20: "二十", 30: "三十"}[number]
    return "初十廿"[number // 10] + "一二三四五六七八九"[number % 10 - 1]


def moment(when: datetime, shop: Shop) -> str:
    """An instant in the shop's time, to the minute; with its year where that is another than today's."""
    local = when.astimezone(shop.zone)
    return f"{near_day(local.date())}{' ' if spoken().startswith('zh') else ', '}{local:%H:%M}"


def lasting(time: timedelta) -> Html:
    """How long something takes: minutes, from two hours on hours."""
    minutes = max(1, round(time.total_seconds() / 60))
    if minutes < 120:
        return fill(_("{minutes} min"), minutes=minutes)
    return fill(_("{hours} h"), hours=round(minutes / 60))


def last_moment(when: datetime, shop: Shop) -> str:
    """The end of a validity: the last day where it ends at midnight, else the minute."""
    local = when.astimezone(shop.zone)
    if (local.hour, local.minute) == MIDNIGHT:
        return day(date.fromordinal(local.date().toordinal() - 1))
    return moment(when, shop)


def money(minor: int, shop: Shop) -> str:
    """An amount of money (in minor units) with the currency's sign, without empty decimals."""
    whole = minor % 100 == 0
    return format_currency(
        minor / 100, shop.currency, "¤#,##0" if whole else "¤#,##0.00", locale=spoken(), currency_digits=False
    )


def offer(what: Offer, shop: Shop) -> str:
    """What is given, in words."""
    match what.kind:
        case "money":
            return _("{money} off").format(money=money(what.amount, shop))
        case "percent" if what.amount == 100:
            return _("free of charge")
        case "percent":
            # NOTE: Chinese says what is left to pay, in tenths ({rest}折); other languages what is taken off.
            return _("{percent}% off").format(percent=what.amount, rest=f"{(100 - what.amount) / 10:g}")
        case "gift":
            return _("a gift: {gift}").format(gift=what.text)
        case "points":
            return _("{points} points").format(points=what.amount)
        case _:
            return _("{factor}× points").format(factor=what.amount)


def prize(what: Offer, shop: Shop) -> str:
    """What there is to win: an article by its name alone, anything else as an offer."""
    return what.text if what.kind == "gift" else offer(what, shop)


def coupon(facts: Mapping[str, Any], shop: Shop) -> Html:
    """A coupon in words, with its code; from the facts that `Issued.facts` keeps."""
    what = offer(Offer.read(facts["offer"]), shop)
    return fill(
        _("<b>{name}</b>: {offer}\nCode: <code>{code}</code>\nValid until {until}"),
        name=coupon_name(facts["name"]),
        offer=from_minimum(what, facts.get("minimum", 0), shop),
        code=facts["code"],
        until=last_moment(datetime.fromisoformat(facts["good_until"]), shop),
    )


def from_minimum(what: str, minimum: int, shop: Shop) -> str:
    """What a coupon gives, with the least purchase for which it does."""
    return (
        _("{offer}, for purchases from {minimum}").format(offer=what, minimum=money(minimum, shop)) if minimum else what
    )


def coupon_name(text: str) -> str:
    """A coupon's name: the deal's title, or our own word for what the club gives by itself."""
    ours = {
        "birthday": _("Birthday coupon"),
        "family": _("Family birthday coupon"),
        "next visit": _("Coupon for your next visit"),
        "welcome": _("Coupon for your first visit"),
        "thank-you": _("Thank-you coupon"),
        "festivals": _("Festival coupon"),
        "win-back": _("Coupon for coming back"),
    }
    if text not in ours and text in shipped():
        return shipped()[text].title[spoken()]
    return ours.get(text, text)


def grade(text: str) -> str:
    """A grade's name."""
    return {"new": _("new"), "regular": _("regular"), "vip": _("vip"), "svip": _("svip")}[text]


def role_name(text: str) -> str:
    """A role's name."""
    return {"clerk": _("clerk"), "manager": _("manager"), "owner": _("owner")}[text]


def plain(text: str) -> str:
    """A text as it stands where no HTML is understood: in alerts and on buttons."""
    return html.unescape(re.sub(r"<[^>]+>", "", text))


def utf16(text: str) -> int:
    """How long a text is to a chat, in UTF-16 units."""
    return len(text.encode("utf-16-le")) // 2


def _clean(text: str) -> str:
    """Without line breaks and controls. A text that turns the writing direction is fenced in."""
    kept = "".join(c for c in " ".join(text.split()) if unicodedata.category(c) not in CONTROLS and c not in TURNS)
    if any(unicodedata.bidirectional(c) in ("R", "AL", "AN") for c in kept):
        return f"\u2068{kept}\u2069"
    return kept
