"""How a purchase is written in a line: `tea*2 "Green tea" coupon:K7QM-3XWF-9TRB #A-1001`, in any order."""

import re
from dataclasses import dataclass

from bot.club.errors import BadLine, UnknownOption
from bot.club.purchases import PIECES, BadQuantity
from bot.club.receipts import Bought

TOKEN = re.compile(
    r"""[\s,，、;；]*(?:
      (?:[#＃]|(?:order|订单号?|訂單號?|单号|單號)\s?[:：]\s?[#＃]?|(?:单号|單號)\s?[#＃]?)(?P<order>[^\s,，、;；]+)
    | (?:coupon|code|卡券|票券|优惠券|優惠券|券码|券碼)\s?[:：]\s?(?P<coupon>[^\s,，、;；]+)
    | (?P<option>[a-z_]+|[\u4e00-\u9fff]{1,4})[:：]\S*
    | (?: "(?P<plain>[^"]*)" | ＂(?P<wide>[^＂]*)＂ | “(?P<curly>[^”]*)” | 「(?P<corner>[^」]*)」
        | (?P<word>[^\s*＊×"＂“「,，、;；]+) )
      (?:\s*[*＊×]\s*(?P<many>[^\s,，、;；]*))?
    | (?P<odd>\S)
    )""",
    re.VERBOSE | re.IGNORECASE,
)

COMMAS = re.compile("[,，、;；\n]")
PRODUCT = re.compile(r"(.+?)(?:\s*[*＊×]\s*(\S*))?", re.DOTALL)
QUOTES = '"＂“”「」 '
ORDER = re.compile(
    r"(?:order(?:\s?[:：]|\s)|(?:订单号?|訂單號?|单号|單號)\s?[:：]?)?\s?[#＃]?\s?(\S*)(.*)", re.IGNORECASE | re.DOTALL
)


@dataclass(frozen=True, slots=True)
class Basket:
    """What a line tells of a purchase beside whose and how much it was."""

    lines: tuple[Bought, ...] = ()
    coupon: str | None = None
    order: str | None = None


def read(words: str, *, form: str) -> Basket:
    """Take a line apart. Raises BadLine, BadQuantity, and UnknownOption for a word with a colon that is not ours."""
    lines: list[Bought] = []
    single: dict[str, str] = {}
    for found in TOKEN.finditer(words.rstrip(" ,，、;；")):
        said = {name: text for name, text in found.groupdict().items() if text is not None}
        if "option" in said:
            raise UnknownOption(option=said["option"][:20], form=form)
        if "odd" in said or single.keys() & said.keys():  # a stray sign, or a second order number
            raise BadLine(form=form)
        if said.keys() & {"order", "coupon"}:
            single |= said
        else:
            lines.append(_bought(said))
    return Basket(tuple(lines), single.get("coupon"), single.get("order"))


def order_in(words: str) -> tuple[str, str]:
    """The order number that a text begins with, with or without a word or a # before it; and what follows."""
    found = ORDER.fullmatch(words.strip())
    return (found[1], found[2].strip()) if found else ("", "")


def listed(words: str) -> tuple[Bought, ...]:
    """The products of a text that names nothing else, with commas between them. Raises BadQuantity."""
    parts = (part.strip() for part in COMMAS.split(words))
    found = (PRODUCT.fullmatch(part) for part in parts if part)
    return tuple(_bought({"word": each[1].strip(QUOTES), "many": each[2] or "1"}) for each in found if each)


def _bought(said: dict[str, str]) -> Bought:
    many = said.pop("many", "1")
    if not re.fullmatch("[0-9０-９]{1,4}", many):
        raise BadQuantity(limit=PIECES)
    [name] = said.values()
    return Bought(" ".join(name.split()), int(many))
