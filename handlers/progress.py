"""How far long work is, told once it takes long: in one message, which becomes the answer in the end."""

import time
from contextlib import suppress
from typing import Any

from aiogram.exceptions import TelegramAPIError
from aiogram.methods import TelegramMethod
from aiogram.types import BufferedInputFile, InlineKeyboardMarkup, Message

LONG, AGAIN = 3.0, 3.0  # seconds until it is told, and until it is told anew


class Progress:
    """Beside some long work. `under`: the message is the bot's own, whose button was tapped, and is edited."""

    def __init__(self, message: Message, *, under: bool = False) -> None:
        self._message = message
        self._shown: Message | None = message if under else None
        self._next = time.monotonic() + LONG

    async def tell(self, text: str) -> None:
        """Say how far it is, if it is time to."""
        if time.monotonic() < self._next:
            return
        with suppress(TelegramAPIError):  # it is only a courtesy
            if self._shown:
                await self._shown.edit_text(text)
            else:
                self._shown = await self._message.answer(text)
        self._next = time.monotonic() + AGAIN

    def answer(self, text: str, buttons: InlineKeyboardMarkup | None = None) -> TelegramMethod[Any]:
        """The answer, in the place of what was shown."""
        if self._shown:
            return self._shown.edit_text(text, reply_markup=buttons)
        return self._message.answer(text, reply_markup=buttons)

    async def document(
        self, file: BufferedInputFile, caption: str, buttons: InlineKeyboardMarkup | None = None
    ) -> TelegramMethod[Any]:
        """The answer as a file. A message cannot become one: what was shown is taken away."""
        if self._shown and self._shown is not self._message:
            with suppress(TelegramAPIError):
                await self._shown.delete()
        return self._message.answer_document(file, caption=caption, reply_markup=buttons)
