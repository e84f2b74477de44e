"""A yearly date in a conversation: read as its reader writes it, said back, asked again where it could be two."""

from datetime import datetime

from aiogram.types import InlineKeyboardButton

from bot.club.calendar import YearlyDate
from bot.club.dates import UnreadableDate, Wrong, read_date, read_month
from bot.club.errors import BadDate, ClubError, FutureBirth, NoSuchDay
from bot.club.rules import Shop
from bot.i18n import _, spoken
from bot.speech import yearly
from bot.speech.buttons import tap

MOST = 3  # readings that are asked back
YES = ("yes", "y", "ok", "right", "correct", "对", "是", "是的", "对的", "好", "對", "對的", "没错", "沒錯", "嗯")
WRONG = {Wrong.NO_SUCH_DAY: NoSuchDay, Wrong.FUTURE: FutureBirth, Wrong.TOO_LONG_AGO: FutureBirth}


def is_yes(words: str) -> bool:
    """Whether somebody says yes instead of tapping it."""
    return words.strip().lower().rstrip(".!。！") in YES


def read(words: str, shop: Shop, now: datetime, *, month_will_do: bool = False) -> tuple[YearlyDate, ...]:
    """What a text may mean as a date, the likeliest first. Raises BadDate, NoSuchDay, FutureBirth."""
    today = shop.day(now)
    try:
        return read_date(words, today=today, order="day first" if spoken() == "en" else "month first")[:MOST]
    except UnreadableDate as error:
        if not month_will_do or error.wrong is not Wrong.NO_DATE:
            raise _refusal(error) from None
    try:
        return (read_month(words, today=today),)
    except UnreadableDate as error:
        raise _refusal(error) from None


def choices(readings: tuple[YearlyDate, ...], verb: str) -> list[InlineKeyboardButton]:
    """A button for each reading, or one that confirms the only one."""
    if len(readings) == 1:
        return [tap(_("Yes, that's right"), verb, 0)]
    return [tap(_("Yes: {day}").format(day=yearly(when)), verb, n) for n, when in enumerate(readings)]


def _refusal(error: UnreadableDate) -> ClubError:
    return WRONG.get(error.wrong, BadDate)()
