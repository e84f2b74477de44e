"""Texts as people type them, made alike: names of things as two are compared, and full-width signs."""

import unicodedata

WIDE = {0xFF01 + n: 0x21 + n for n in range(94)} | {0x3000: " ", 0xFFE5: "¥"}  # full-width signs, as plain ones


def folded(name: str) -> str:
    """A name in small letters, with single spaces and no full-width figures."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def narrow(text: str) -> str:
    """A text with its full-width signs as plain ones; nothing else becomes a figure, as ² would."""
    return text.translate(WIDE).strip()
