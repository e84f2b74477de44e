"""How the one-line forms of /gift are read."""

import re
from datetime import datetime

from aiogram.types import Message

from bot.club import gifts
from bot.club.cuts import GRADES
from bot.club.errors import BadLine, BadNumber, TooLong
from bot.club.gifts import NoPicture, Wish
from bot.club.offers import Offer
from bot.club.rules import Shop
from bot.club.times import read_when
from bot.i18n import N_
from handlers.forms import LARGEST
from handlers.lines import QUOTES, first_words, read_line

FORM = N_('/gift new "Porcelain cup" 120 10')
STOCK_FORM = N_('/gift stock "Porcelain cup" 10')
OFF_FORM = N_('/gift off "Porcelain cup"')
PHOTO_FORM = N_("/gift photo Porcelain cup")
SERIES_FORM = N_('/gift series "Zodiac cups" points:200')
FIRST_FORM = N_('/gift new "Rat cup" 60 20 series:"Zodiac cups"')
SERIES = ("series", "系列")
OPTIONS = frozenset({"grade", "limit", "from", "until", *SERIES})


def wish(words: str, shop: Shop, now: datetime) -> Wish:
    """A new gift, as far as its line can tell. Raises BadLine, UnknownOption, TooLong, BadNumber, BadTime."""
    line = read_line(words, options=OPTIONS, form=FORM)
    if len(line.words) < 2:
        raise BadLine(form=FORM)
    *more, cost, stock = line.words
    opens = read_when(line.options.get("from", "now"), shop, now=now)
    until = line.options.get("until")
    series = next((line.options[option] for option in SERIES if option in line.options), None)
    return Wish(
        named(" ".join([line.quoted, *more]), FORM),
        whole(cost),
        whole(stock),
        opens,
        read_when(until, shop, now=now, ends=opens) if until else None,
        line.options.get("grade", GRADES[0]).lower(),
        each(line.options["limit"]) if "limit" in line.options else None,
        None if series is None else named(series, FIRST_FORM),
    )


def name_and_number(words: str) -> tuple[str, int]:
    """The gift whose stock is set, and how many there are. Raises BadLine, TooLong."""
    name, _sep, number = words.rpartition(" ")
    return named(name, STOCK_FORM), whole(number)


def series_and_prize(words: str) -> tuple[str, Offer]:
    """The series, and what whoever has it all gets. Raises BadLine, TooLong, BadOffer."""
    name, _sep, offer = words.rpartition(" ")
    if words[:1] in QUOTES:
        name, offer = first_words(words)
    if not offer:
        raise BadLine(form=SERIES_FORM)
    return named(name, SERIES_FORM), Offer.read(offer)


def photo(message: Message) -> str:
    """The photo that came with a line, in its largest size. Raises NoPicture."""
    sizes = message.photo or []
    if not sizes or (sizes[-1].file_size or 0) > LARGEST:
        raise NoPicture(form=PHOTO_FORM)
    return sizes[-1].file_id


def named(words: str, form: str) -> str:
    """A name, without the quotes around it. Raises BadLine where there is none, TooLong."""
    name = " ".join(words.strip("\"“”「」' ").split())
    if not name:
        raise BadLine(form=form)
    if len(name) > gifts.NAME:
        raise TooLong(limit=gifts.NAME)
    return name


def whole(word: str) -> int:
    """A whole number; one below all bounds for anything else."""
    return int(word) if re.fullmatch("[0-9]{1,9}", word) else -1


def each(word: str) -> int:
    """How many a member may have. Raises BadNumber."""
    if not 1 <= whole(word) <= gifts.EACH:
        raise BadNumber(option="limit", limit=gifts.EACH)
    return whole(word)
