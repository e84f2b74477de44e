"""Offers as owners write them: `10` money off, `20%` or 8折, `gift:TEXT`, `points:N`, `x2`."""

import re
from dataclasses import dataclass
from decimal import Decimal

from bot.club.errors import BadOffer


@dataclass(frozen=True, slots=True)
class Offer:
    """What is given. `kind` is money, percent, gift, points or times; `amount` is in minor units for money."""

    kind: str
    amount: int = 0
    text: str = ""

    @classmethod
    def read(cls, text: str) -> "Offer":
        """Read an offer as it is written. Raises BadOffer."""
        text = text.strip()
        if found := re.fullmatch(
            r"([1-9])\.?([1-9]?)\s?折", text.translate(_FIGURES)
        ):  # 8折, 85折: what is left to pay
            return Offer("percent", 100 - int((found[1] + found[2]).ljust(2, "0")))
        for kind, pattern in _FORMS.items():
            if found := re.fullmatch(pattern, text, re.IGNORECASE | re.DOTALL):
                return _checked(kind, found[1])
        raise BadOffer

    def __str__(self) -> str:
        """The offer as `read` takes it."""
        match self.kind:
            case "money":
                return f"{Decimal(self.amount) / 100:f}"
            case "percent":
                return f"{self.amount}%"
            case "gift":
                return f"gift:{self.text}"
            case "points":
                return f"points:{self.amount}"
            case _:
                return f"x{self.amount}"


_FIGURES = str.maketrans("一二三四五六七八九", "123456789")
_FORMS = {
    "money": r"(?:立?[减減])?(\d{1,7}(?:\.\d{1,2})?)元?",
    "percent": r"(\d{1,3})\s?[%％]",
    "gift": r"(?:gift|赠品|贈品|礼品|禮品)[:：]\s?(\S.{0,60})",
    "points": r"(?:points|积分|點數)[:：]\s?(\d{1,6})",
    "times": r"[x×](\d{1,2})",
}
_BOUNDS = {"percent": (1, 100), "points": (1, 1_000_000), "times": (2, 10), "money": (1, 10**9)}


def _checked(kind: str, value: str) -> Offer:
    if kind == "gift":
        return Offer(kind, text=value.strip())
    amount = int(Decimal(value) * 100) if kind == "money" else int(value)
    low, high = _BOUNDS[kind]
    if not low <= amount <= high:
        raise BadOffer
    return Offer(kind, amount)
