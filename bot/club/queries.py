"""The language in which staff say which members they mean: `grade:>=regular tag:"green tea" NOT last:<30d`.

Here a text becomes a tree of terms; what a term asks of the database is the audiences' business. The parser is lark's.
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING, Any

from bot.club.errors import ClubError, TooLong
from bot.i18n import N_

if TYPE_CHECKING:
    from lark import Lark

LONGEST = 500  # characters of a query
DEEPEST = 20  # brackets within brackets

GRAMMAR = r"""
?start: either
?either: both ("OR"i both)*             -> either
?both: one (["AND"i] one)*              -> both
?one: "NOT"i one                        -> without
    | "(" either ")"
    | TERM                              -> term

TERM: ASKED | ALONE
ASKED: /[^\s()"“”「」:]+:\s?("[^"]*"|“[^”]*”|「[^」]*」|[^\s()"“”「」]+)/
ALONE: /(?!(?:and|or|not)(?![^\s()]))[^\s()"“”「」:]+/i
%import common.WS
%ignore WS
"""
# The words that join terms, as Chinese writes them; they stand alone, between spaces or brackets.
JOINING = {
    "或": "OR",
    "或者": "OR",
    "||": "OR",
    "且": "AND",
    "并且": "AND",
    "並且": "AND",
    "&&": "AND",
    "非": "NOT",
    "不是": "NOT",
}
QUOTES = '"“”「」'
WORD = re.compile(r'[^\s()"“”「」]*(?:"[^"]*"|“[^”]*”|「[^」]*」)|[^\s()]+|[()]')
VALUE = re.compile(r"(?P<op>>=|<=|>|<|=|≥|≤)?\s?(?P<text>.*)", re.DOTALL)
SAME = {"≥": ">=", "≤": "<=", "": "="}
AGO = re.compile(r"(\d{1,4})\s?(d|天|日|w|周|週|m|个月|個月|月|y|年)")
DAYS = {
    "d": 1,
    "天": 1,
    "日": 1,
    "w": 7,
    "周": 7,
    "週": 7,
    "m": 30,
    "个月": 30,
    "個月": 30,
    "月": 30,
    "y": 365,
    "年": 365,
}


class BadQuery(ClubError):
    """An audience that cannot be read; `word` is where the reader stopped."""

    says = N_("I could not read the audience at “{word}”. One that works: {form}")


class BadValue(ClubError):
    """A value that does not fit its field; `works` are some that do."""

    says = N_("“{value}” does not fit “{field}:”. What works: {works}")


@dataclass(frozen=True, slots=True)
class Term:
    """A field and what is asked of it: `spent:>=1000` is `spent`, `>=`, `1000`. A word alone has no value."""

    field: str
    op: str = "="
    value: str = ""


@dataclass(frozen=True, slots=True)
class Joined:
    """Terms joined by `and` or `or`, or one that is not to be (`not`)."""

    how: str
    parts: tuple["Term | Joined", ...]


Tree = Term | Joined
EXAMPLE = 'grade:vip OR (tag:"green tea" last:>90d)'


def parse(text: str) -> Tree:
    """The tree of a query. Raises TooLong, BadQuery, which names the word where it stopped."""
    from lark.exceptions import UnexpectedInput  # noqa: PLC0415 (a club that asks for no audience need not load it)

    if len(text) > LONGEST:
        raise TooLong(limit=LONGEST)
    plain = WORD.sub(lambda word: JOINING.get(word[0], word[0]), _narrow(text))
    if plain.count("(") > DEEPEST:
        raise BadQuery(word="((…", form=EXAMPLE)
    try:
        return _tree(_parser().parse(plain))
    except UnexpectedInput as error:
        at = error.pos_in_stream or 0
        word = next((found[0] for found in WORD.finditer(plain) if found.end() > at), "…")
        raise BadQuery(word=word[:40], form=EXAMPLE) from None


def _narrow(text: str) -> str:
    """A query with the signs that Latin keyboards know: full-width colons, brackets, comparisons and figures."""
    return "".join(c if c in "“”" else unicodedata.normalize("NFKC", c) for c in text).replace("~", "..")


@cache
def _parser() -> "Lark":
    from lark import Lark  # noqa: PLC0415 (see above)

    return Lark(GRAMMAR, parser="lalr", maybe_placeholders=False)


def _tree(node: Any) -> Tree:
    if node.data == "term":
        name, colon, rest = str(node.children[0]).partition(":")
        if not colon:
            return Term(name)
        found = VALUE.fullmatch(rest.strip().strip(QUOTES).strip())
        assert found
        return Term(name.casefold(), SAME.get(found["op"] or "", found["op"]), found["text"].strip(QUOTES).strip())
    parts = tuple(_tree(child) for child in node.children)
    how = {"either": "or", "both": "and", "without": "not"}[node.data]
    return parts[0] if len(parts) == 1 and how != "not" else Joined(how, parts)


def whole(text: str) -> int | None:
    """A whole number, None for anything else."""
    return int(text) if re.fullmatch(r"\d{1,9}", text) else None


def minor(text: str) -> int | None:
    """An amount of money in minor units, None for anything else."""
    found = re.fullmatch(r"[¥￥$]?(\d{1,8}(?:\.\d{1,2})?)元?", text)
    return int(Decimal(found[1]) * 100) if found else None


def bounds(term: Term, read: Any) -> tuple[int | None, int | None] | None:
    """The least and the most that a term asks of a number, either None where it is open; None if it is no number.

    `read` makes a number of a text, or None. A range `10..20` holds both its ends.
    """
    low, dots, high = term.value.partition("..")
    if dots and term.op == "=":
        ends = read(low), read(high)
        return ends if None not in ends else None
    number = read(term.value)
    if number is None:
        return None
    return {
        "=": (number, number),
        ">": (number + 1, None),
        ">=": (number, None),
        "<": (None, number - 1),
        "<=": (None, number),
    }[term.op]


def days(term: Term, today: date) -> tuple[date | None, date | None] | None:
    """The first and the last day that a term asks for, either None where it is open; None if it is no time.

    `>90d` is more than 90 days ago, `<30d` less; `2027-01-05`, `2027-01`, `today` and ranges are themselves.
    """
    if found := AGO.fullmatch(term.value):
        then = today - timedelta(days=int(found[1]) * DAYS[found[2]])
        day = timedelta(days=1)
        return {
            "=": (then, then),
            ">": (None, then - day),
            ">=": (None, then),
            "<": (then + day, None),
            "<=": (then, None),
        }[term.op]
    begin, dots, end = term.value.partition("..")
    first, last = _span(begin, today), _span(end, today) if dots else _span(begin, today)
    if first is None or last is None:
        return None
    day = timedelta(days=1)
    return {
        "=": (first[0], last[1]),
        ">": (last[1] + day, None),
        ">=": (first[0], None),
        "<": (None, first[0] - day),
        "<=": (None, last[1]),
    }[term.op]


NAMED = {
    "today": ("day", 0), "今天": ("day", 0), "yesterday": ("day", -1), "昨天": ("day", -1),
    "tomorrow": ("day", 1), "明天": ("day", 1),
    "this-week": ("week", 0), "本周": ("week", 0), "本週": ("week", 0), "last-week": ("week", -1), "上周": ("week", -1),
    "上週": ("week", -1), "next-week": ("week", 1), "下周": ("week", 1), "下週": ("week", 1),
    "this-month": ("month", 0), "本月": ("month", 0), "last-month": ("month", -1), "上月": ("month", -1),
    "next-month": ("month", 1), "下月": ("month", 1),
    "this-year": ("year", 0), "今年": ("year", 0), "last-year": ("year", -1), "去年": ("year", -1),
}  # fmt: skip


def _span(text: str, today: date) -> tuple[date, date] | None:
    """The days of a day, a month, a year or a named time."""
    text = text.strip().casefold()
    if named := NAMED.get(text):
        return _named(*named, today)
    if found := re.fullmatch(r"(\d{1,2})[-/.月](\d{1,2})日?", text):
        return _latest(int(found[1]), int(found[2]), today)
    found = re.fullmatch(r"(\d{4})(?:[-/.年](\d{1,2})(?:[-/.月](\d{1,2})日?|月)?|年)?", text)
    if not found:
        return None
    year, month, day = (int(part) if part else None for part in found.groups())
    try:
        if year is None or month is None:
            return date(year or 0, 1, 1), date(year or 0, 12, 31)
        return (date(year, month, day), date(year, month, day)) if day else _month(year, month)
    except ValueError:
        return None


def _latest(month: int, day: int, today: date) -> tuple[date, date] | None:
    """A day without its year, such as 12.12: the latest one, today at most."""
    for year in range(today.year, today.year - 9, -1):  # between two 29ths of February lie eight years at most
        try:
            found = date(year, month, day)
        except ValueError:
            continue
        if found <= today:
            return found, found
    return None


def _named(unit: str, away: int, today: date) -> tuple[date, date]:
    if unit == "day":
        day = today + timedelta(days=away)
        return day, day
    if unit == "week":
        monday = today + timedelta(days=7 * away - today.weekday())
        return monday, monday + timedelta(days=6)
    if unit == "year":
        return date(today.year + away, 1, 1), date(today.year + away, 12, 31)
    year, month = divmod(today.year * 12 + today.month - 1 + away, 12)
    return _month(year, month + 1)


def _month(year: int, month: int) -> tuple[date, date]:
    following = date(year + month // 12, month % 12 + 1, 1)
    return date(year, month, 1), following - timedelta(days=1)
