"""How a command line is read: whom it means, quoted texts, options such as `stock:2`."""

import re
from dataclasses import dataclass

from aiogram.types import Message

from bot.club.errors import BadLine, BadNumber, UnknownOption
from bot.club.members import Person, Who

QUOTES = {'"': '"', "“": "”", "”": "”", "「": "」", "'": "'", "＂": "＂"}
_OPTION = re.compile(
    r'(?<!\S)([a-z_]+|[\u4e00-\u9fff]{2,3})[:：]\s?("[^"]*"|“[^”]*”|「[^」]*」|\S+(?:\s+\d{1,2}[:：]\d{2}(?!\S))?)',
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Line:
    """A command line taken apart: a quoted text, the words in order, the options by name."""

    quoted: str
    words: tuple[str, ...]
    options: dict[str, str]


def whom(message: Message, words: str, by: Person, *, form: str) -> tuple[Who, str]:
    """Whom staff mean, and the rest of the line: the author of the message replied to, or the first word.

    Raises BadLine.
    """
    platform, replied = by.visitor.platform, message.reply_to_message
    # A topic's root, a channel's post and an anonymous administrator's word are nobody's message.
    if replied and (replied.forum_topic_created or replied.sender_chat):
        replied = None
    if replied and replied.from_user and not replied.from_user.is_bot and not NAMED.match(words):
        return Who(platform, "", replied.from_user.id), words.strip()
    first, rest = first_words(words)
    if not first:
        raise BadLine(form=form)
    return Who(platform, first), rest


def storable(text: str) -> str:
    """A text without what no database takes: half characters, and the null that PostgreSQL refuses."""
    return text.encode(errors="ignore").decode().replace("\0", "")


def row_id(text: str) -> int:
    """The id that a button, a link or a line holds. Raises ValueError where no row can have it."""
    if not re.fullmatch("[0-9]{1,9}", text):
        raise ValueError(text[:40])
    return int(text)


def first_words(words: str) -> tuple[str, str]:
    """The name that a line begins with, one word or several in quotes, and what follows."""
    if words[:1] in QUOTES:
        return _quoted(words)
    first, _, rest = words.strip().partition(" ")
    return first, rest.strip()


def whole(line: Line, option: str, limit: int) -> int | None:
    """An option that is a whole number, None where it is left out. Raises BadNumber."""
    value = line.options.get(option)
    if value is not None and not (value.isascii() and value.isdecimal() and len(value) < 10):
        raise BadNumber(option=option, limit=limit)
    return int(value) if value is not None else None


def counted(words: str, option: str, limit: int) -> int:
    """A whole number from 1 on, as the answer to a form. Raises BadNumber."""
    if not (words.isascii() and words.isdecimal() and len(words) < 10 and 1 <= int(words) <= limit):
        raise BadNumber(option=option, limit=limit)
    return int(words)


def read_line(words: str, *, options: frozenset[str], form: str) -> Line:
    """Take a line apart. Raises UnknownOption for an option that the command does not know."""
    quoted, rest = _quoted(words) if words[:1] in QUOTES else ("", words)
    found: dict[str, str] = {}
    for name, value in _OPTION.findall(rest):
        if name.lower() in options:
            found[name.lower()] = value.strip('"“”「」').strip()
        elif name.lower() not in OFFERS:
            raise UnknownOption(option=name[:20], form=form)
    plain = _OPTION.sub(lambda option: option[0] if option[1].lower() in OFFERS else " ", rest)
    return Line(quoted, tuple(plain.split()), found)


NAMED = re.compile(r'@|[mM]\d|["“「]')  # somebody is named, so a reply is no answer to "whom"
OFFERS = (
    "gift",
    "points",
    "赠品",
    "贈品",
    "礼品",
    "禮品",
    "积分",
    "點數",
)  # words with a colon that are offers, not options


def _quoted(words: str) -> tuple[str, str]:
    """The text in quotes that a line begins with, and what follows."""
    end = words.find(QUOTES[words[0]], 1)
    if end < 0:
        return words[1:].strip(), ""
    return words[1:end].strip(), words[end + 1 :].strip()
