"""Who is in the playground: made-up people, their group and the bot. A restart meets them again: the ids are fixed."""

from dataclasses import dataclass, field
from typing import Any, Literal

Api = dict[str, Any]  # an object of the Bot API as JSON has it
Part = Literal["owner", "clerk", "customer", "newcomer"]

BOT_ID = 100
BOT: Api = {"id": BOT_ID, "is_bot": True, "first_name": "Regulars", "username": "regulars_bot"}
GROUP_ID = -1001000000001
FIRST_ADDED_ID = 1001

_PARTS: tuple[tuple[Part, str], ...] = (
    ("owner", "boss"),
    ("clerk", "chen"),
    ("customer", "mei"),
    ("customer", "qiang"),
    ("customer", "ann"),
    ("customer", "bob"),
    ("newcomer", ""),
)
_NAMES = {
    "zh_CN": ("王老板", "小陈", "美美", "阿强", "Ann", "Bob", "小李"),
    "zh_TW": ("王老闆", "小陳", "美美", "阿強", "Ann", "Bob", "小李"),
    "en": ("Mrs Wang", "Chen", "Mei", "Jack", "Ann", "Bob", "Lily"),
}
_LANGUAGES = {"zh_CN": "zh-hans", "zh_TW": "zh-hant", "en": "en"}
_TITLES = {"zh_CN": "{shop}顾客群", "zh_TW": "{shop}顧客群", "en": "Friends of {shop}"}


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody made up. The id is also that of their private chat with the bot."""

    id: int
    name: str
    language: str
    username: str = ""
    part: Part = "customer"

    def api(self) -> Api:
        """As a User of the Bot API."""
        user = {"id": self.id, "is_bot": False, "first_name": self.name, "language_code": self.language}
        return user | ({"username": self.username} if self.username else {})


@dataclass(slots=True)
class Group:
    """A group chat with everyone's standing in it, the bot's too."""

    id: int
    title: str
    standing: dict[int, str]  # creator | administrator | member | restricted | left | kicked
    asking: set[int] = field(default_factory=set)  # who has asked to join
    until: dict[int, int] = field(default_factory=dict)  # when somebody's silence or ban ends by itself
    lacks: frozenset[str] = frozenset()  # rights that the bot does not have as an administrator
    moved_to: int = 0
    pinned: int = 0  # the message that stands above all others

    def has(self, person_id: int) -> bool:
        """Whether they are in the group now."""
        return self.standing.get(person_id, "left") not in ("left", "kicked")

    @property
    def bot(self) -> str:
        """The bot's standing."""
        return self.standing.get(BOT_ID, "left")

    def api(self) -> Api:
        """As a Chat of the Bot API."""
        return {"id": self.id, "type": "group" if self.moved_to else "supergroup", "title": self.title}


def people(locale: str) -> dict[int, Person]:
    """The people by id, with names that fit the shop's locale."""
    language = _LANGUAGES.get(locale, "en")
    return {
        number: Person(number, name, "en" if name in ("Ann", "Bob") else language, username, part)
        for number, (name, (part, username)) in enumerate(zip(_NAMES.get(locale, _NAMES["en"]), _PARTS, strict=True), 1)
    }


def group(locale: str, shop: str) -> Group:
    """The shop's group: everyone but the newcomer is in it, the bot is not."""
    standing = {number: "member" for number, person in people(locale).items() if person.part != "newcomer"}
    title = _TITLES.get(locale, _TITLES["en"]).format(shop=shop)
    return Group(GROUP_ID, title, standing | {1: "creator"})
