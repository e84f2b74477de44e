"""Amounts of money as people write them at the counter: 128.50, ￥128.5, 128元, 1,280."""

import re
from decimal import Decimal

from bot.club.errors import ClubError
from bot.club.names import narrow
from bot.club.rules import Shop
from bot.i18n import N_

MOST = 10_000_000_00  # in minor units
SIGNS = {  # what may stand beside an amount, by currency; what another currency writes is not ours to guess
    "CNY": ("CN¥", "¥", "RMB", "元", "块", "塊", "圆", "圓"),
    "TWD": ("NT$", "$", "元", "塊", "圓"),
    "HKD": ("HK$", "$", "元", "塊"),
    "JPY": ("¥", "円"),
    "USD": ("US$", "$"),
    "EUR": ("€",),
    "GBP": ("£",),
}
PLAIN = re.compile(r"([0-9]{1,8}|[0-9]{1,3}(?:,[0-9]{3}){1,2})(?:\.([0-9]{1,2}))?")


class BadMoney(ClubError):
    """A text that is no amount of money in bounds."""

    says = N_("An amount is written like 128.50, from 0.01 to 10,000,000.")


def read(text: str, shop: Shop) -> int:
    """An amount in minor units. Raises BadMoney."""
    found = PLAIN.fullmatch(_bare(narrow(text), shop.currency))
    if found is None:
        raise BadMoney
    whole, part = found[1].replace(",", ""), (found[2] or "").ljust(2, "0")
    amount = int(Decimal(f"{whole}.{part}") * 100)
    if not 1 <= amount <= MOST:
        raise BadMoney
    return amount


def _bare(text: str, currency: str) -> str:
    """An amount without the sign of its currency, which may stand on one side of it."""
    for sign in (*SIGNS.get(currency, ()), currency):
        if text.upper().startswith(sign):
            return text[len(sign) :].strip()
        if text.upper().endswith(sign):
            return text[: -len(sign)].strip()
    return text
