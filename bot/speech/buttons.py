"""Buttons: a label, and what a tap on it means."""

from collections.abc import Callable

from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup

from bot.speech import Html

Written = tuple[Html, InlineKeyboardMarkup | None]  # a text and the buttons under it
# Makes the link that opens the private chat with a payload; None where the platform has none.
DeepLink = Callable[[str], str | None]

LONGEST = 64  # bytes of callback data
LABEL = 40  # characters


def tap(label: str, verb: str, *about: object) -> InlineKeyboardButton:
    """A button that calls the handler of `verb`, with what it is about."""
    data = ":".join([verb, *map(str, about)])
    if len(data.encode()) > LONGEST:
        raise ValueError(f"callback data of {verb} is over {LONGEST} bytes")
    return InlineKeyboardButton(text=_short(label), callback_data=data)


def link(label: str, url: str) -> InlineKeyboardButton:
    """A button that opens a link."""
    return InlineKeyboardButton(text=_short(label), url=url)


def rows(*lines: list[InlineKeyboardButton] | InlineKeyboardButton) -> InlineKeyboardMarkup:
    """Buttons under a message, line by line; a single button is a line of its own."""
    return InlineKeyboardMarkup(inline_keyboard=[line if isinstance(line, list) else [line] for line in lines])


def pairs(buttons: list[InlineKeyboardButton]) -> list[list[InlineKeyboardButton]]:
    """Buttons two by two."""
    return side_by_side(buttons, 2)


def side_by_side(buttons: list[InlineKeyboardButton], many: int) -> list[list[InlineKeyboardButton]]:
    """Buttons in lines, so many in each."""
    return [buttons[at : at + many] for at in range(0, len(buttons), many)]


def _short(label: str) -> str:
    return label if len(label) <= LABEL else label[: LABEL - 1] + "…"
