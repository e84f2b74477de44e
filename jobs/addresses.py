"""Long work says how it stands in the message that began it, in its reader's language."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from aiogram.methods import EditMessageText, SendMessage
from aiogram.types import InlineKeyboardMarkup

from bot.club.addresses import Address
from bot.club.rules import Shop
from bot.i18n import speaking, understood
from bot.platforms import Later, Platform, Refused, Unsure
from bot.speech import spoken_on


@contextmanager
def spoken_at(address: Address, shop: Shop, now: datetime) -> Iterator[None]:
    """Words within are for whoever reads there."""
    with speaking(address.locale or understood(address.language, shop.locale)), spoken_on(shop.day(now)):
        yield


async def tell(
    platform: Platform, address: Address, text: str, buttons: InlineKeyboardMarkup | None = None, *, over: bool
) -> bool:
    """Say how the work stands; when it is `over` anew, if that message is gone. Returns whether it is said."""
    edit = EditMessageText(chat_id=address.chat_id, message_id=address.message_id, text=text, reply_markup=buttons)
    outcome = await platform.send(edit)
    if isinstance(outcome, Refused) and over:
        outcome = await platform.send(SendMessage(chat_id=address.chat_id, text=text))
    return not isinstance(outcome, Later | Unsure)
