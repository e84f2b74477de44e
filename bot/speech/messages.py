"""A shop's own message to its members: read and checked before anything is sent, and filled for each of them."""

import html
import re
from collections.abc import Callable
from typing import Any

from bot.club.errors import BadWords, ClubError
from bot.club.rules import Shop
from bot.i18n import N_
from bot.platforms.playground.markup import Unreadable, read_html
from bot.speech import LONGEST_CAPTION, LONGEST_TEXT, Html, coupon, grade, name, safe, utf16

PLACE = re.compile(r"\{\s*([^{}\s]{1,20})\s*\}")
PLACES = {
    "name": ("name", "姓名", "名字", "称呼", "稱呼"),
    "points": ("points", "积分", "積分", "點數"),
    "grade": ("grade", "等级", "等級"),
    "coupon": ("coupon", "卡券", "票券", "优惠券", "優惠券"),
}
CALLED = {word: place for place, words in PLACES.items() for word in words}
LONGEST = {"name": 160, "points": 14, "grade": 20, "coupon": 600}  # UTF-16 units that may stand in a place
CODE = "ABCD-2345-EFGH"  # of the coupon in a preview


class BadPlace(ClubError):
    """A text with a place that nothing fills."""

    says = N_("Nothing fills {{{place}}}. What works: {places}")


class BadHtml(ClubError):
    """A text that Telegram would refuse; `where` is the sign or the tag."""

    says = N_(
        "Telegram cannot read the text at {where}. Every tag needs an end, as in {bold}; {less} is a plain {sign}."
    )


class TooLongFilled(ClubError):
    """A message that does not fit into one."""

    says = N_("That is too long: {longest} characters once it is filled in, and one message holds {limit}.")


def read(words: str, *, pictured: bool = False) -> str:
    """A message as it is kept, its places in English. `pictured`: it stands under a picture, where less fits.

    Raises BadWords, BadPlace, BadHtml, TooLongFilled.
    """
    text = PLACE.sub(lambda place: f"{{{_known(place[1])}}}", words.strip())
    try:
        plain, _ = read_html(PLACE.sub("x", text))
    except Unreadable as error:
        where = re.search(r"'([\w-]+)'|(</?\w+>)", str(error))
        tag = (where[1] and f"<{where[1]}>") or where[2] if where else "<"
        raise BadHtml(where=tag, bold="<b>…</b>", less="&lt;", sign="<") from None
    if not plain.strip():
        raise BadWords
    longest = utf16(PLACE.sub(lambda place: "x" * LONGEST[place[1]], text))
    limit = LONGEST_CAPTION if pictured else LONGEST_TEXT
    if longest > limit:
        raise TooLongFilled(longest=longest, limit=limit)
    return text


def choose(texts: dict[str, str], locale: str) -> str:
    """The text for a reader's language: its own, the one for everybody, or the one that is nearest."""
    near = {"zh_TW": "zh_CN", "zh_CN": "zh_TW"}.get(locale, "en")
    found = (texts[each] for each in (locale, "", near) if each in texts)
    return next(found, next(iter(texts.values())))


def filled(text: str, reader: str | None, about: dict[str, Any], shop: Shop) -> Html:
    """A message as one member reads it; `about` is what broadcast_letters.about tells of them."""
    facts: dict[str, Callable[[], Any]] = {
        "name": lambda: name(reader),
        "points": lambda: about["points"],
        "grade": lambda: grade(about["grade"]),
        "coupon": lambda: coupon(about["coupon"], shop) if about["coupon"] else "",
    }
    return Html(PLACE.sub(lambda place: _safe(facts[place[1]]()), text))


def snippet(text: str, longest: int = 40) -> str:
    """The beginning of a message without its HTML, on one line."""
    plain = " ".join(html.unescape(re.sub(r"<[^>]+>", "", text)).split())
    return plain if len(plain) <= longest else plain[: longest - 1] + "…"


def _known(word: str) -> str:
    place = CALLED.get(word.casefold())
    if place is None:
        raise BadPlace(place=word, places=", ".join(f"{{{each}}}" for each in PLACES))
    return place


def _safe(fact: Any) -> str:
    """A fact as it may stand anywhere in a message, within a tag's quotes too."""
    return fact if isinstance(fact, Html) else str(safe(fact)).replace('"', "&quot;")
