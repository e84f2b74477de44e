"""Files that people send, fetched from their platform."""

from io import BytesIO

from aiogram import Bot
from aiogram.exceptions import TelegramAPIError
from aiohttp import ClientError

MOST = 20 * 2**20  # bytes, as the Bot API hands them on
PATIENCE = 60  # seconds


class NotFetched(Exception):
    """A file that is too large, gone, or that the platform does not hand on."""


class _Bounded(BytesIO):
    """Takes no more than may be: what a platform says of a size may be wrong."""

    def write(self, piece: bytes) -> int:  # type: ignore[override]
        """Take some bytes. Raises NotFetched."""
        if self.tell() + len(piece) > MOST:
            raise NotFetched
        return super().write(piece)


async def fetch(bot: Bot, file_id: str, size: int | None = None) -> bytes:
    """The bytes of a file. Raises NotFetched, without a cause: a cause would show the address, and so the token."""
    if (size or 0) > MOST:
        raise NotFetched
    file = _Bounded()
    try:
        await bot.download(file_id, destination=file, timeout=PATIENCE)
    except (TelegramAPIError, ClientError, OSError, LookupError, ValueError):
        raise NotFetched from None
    return file.getvalue()
