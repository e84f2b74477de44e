"""Texts in the language of whoever is spoken to: the English sentence is the key of its translations."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations

LOCALES = ("zh_CN", "zh_TW", "en")
FOLDER = Path(__file__).parent.parent / "locales"

_speaking: ContextVar[str] = ContextVar("speaking", default="en")


def N_(text: str) -> str:  # noqa: N802 (gettext's own name)
    """Mark a text for the translators where it stands; `_` translates it where it is said."""
    return text


def _(text: str, many: str | None = None, n: int = 0) -> str:
    """The text in the language being spoken; with `many` and `n`, its form for that number."""
    catalogue = _catalogue(_speaking.get())
    return catalogue.gettext(text) if many is None else catalogue.ngettext(text, many, n)


@contextmanager
def speaking(locale: str) -> Iterator[None]:
    """Speak `locale` (one of LOCALES) within the block."""
    token = _speaking.set(locale)
    try:
        yield
    finally:
        _speaking.reset(token)


def spoken() -> str:
    """The locale being spoken."""
    return _speaking.get()


def understood(code: str | None, otherwise: str) -> str:
    """The locale of ours nearest to a client's language code such as `zh-hans`, else `otherwise`."""
    parts = (code or "").replace("_", "-").lower().split("-")
    if parts[0] == "zh":
        return "zh_TW" if {"hant", "tw", "hk", "mo"} & set(parts) else "zh_CN"
    return "en" if parts[0] == "en" else otherwise


@cache
def _catalogue(locale: str) -> Translations:
    """The texts of one locale, read from its .po file when it is first spoken: no build step can be forgotten."""
    compiled = io.BytesIO()
    with (FOLDER / locale / "LC_MESSAGES" / "messages.po").open("rb") as file:
        write_mo(compiled, read_po(file, locale))
    compiled.seek(0)
    return Translations(compiled)
