"""The translators' desk: `python -m locales` brings the catalogues up to date with the sources, `--check` only looks.

A translation holds the places and the HTML tags of its key. Where the note to its translators names places too, it may
choose among them all.
"""

import io
import re
import sys
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from bot.i18n import FOLDER, LOCALES

HEADING = "# Regulars: what is said. The English sentence is the key; python -m locales keeps this file."
# Which arguments are texts: the first; the first two where there are three, and where a comma stands behind them.
KEYWORDS: dict[str, Any] = {"_": {None: (1,), 3: (1, 2), 4: (1, 2)}, "N_": None}
KEPT = ("Language:", "Plural-Forms:", "MIME-Version:", "Content-")  # other headers change without a word being changed


def template() -> Catalog:
    """Every text in the sources, with the notes to its translators, in the order of the files."""
    texts = Catalog(header_comment=HEADING, fuzzy=False)
    for room in ("bot", "handlers", "jobs"):
        found = extract_from_dir(FOLDER.parent / room, [("**.py", "python")], None, KEYWORDS, ("NOTE:",))
        for file, line, text, notes, _context in found:
            texts.add(text, locations=[(f"{room}/{file}", line)], auto_comments=notes)
    return texts


def path(locale: str) -> Path:
    """Where a locale's catalogue lies."""
    return FOLDER / locale / "LC_MESSAGES" / "messages.po"


def translated(locale: str, texts: Catalog) -> Catalog:
    """A locale's catalogue with the texts of today. English speaks its own keys."""
    with path(locale).open("rb") as file:
        catalogue = read_po(file, locale)
    catalogue.header_comment, catalogue.fuzzy = HEADING, False
    catalogue.update(deepcopy(texts), no_fuzzy_matching=True)
    for message in catalogue:
        if locale == "en" and message.id:
            message.string, message.flags = message.id, message.flags - {"fuzzy"}
    return catalogue


def written(catalogue: Catalog) -> bytes:
    """A catalogue as its file holds it: the same texts give the same bytes."""
    for message in catalogue:
        message.flags.discard("python-format")  # a per cent sign in a text is only that
    file = io.BytesIO()
    write_po(file, catalogue, width=0, ignore_obsolete=True, include_lineno=False)
    header, gap, rest = file.getvalue().decode().partition("\n\n")
    lines = [line for line in header.splitlines() if not line.startswith('"') or line[1:].startswith(KEPT)]
    return "\n".join(lines).encode() + (gap + rest.rstrip() + "\n").encode()


def faults(catalogue: Catalog) -> Iterator[str]:
    """What is missing, fuzzy or unlike its key."""
    for message in catalogue:
        keys, said = _forms(message.id)[-catalogue.num_plurals :], _forms(message.string)
        if message.id and not (len(said) == len(keys) and all(said)):
            yield f"missing: {keys[-1]!r}"
        elif message.id and message.fuzzy:
            yield f"fuzzy: {keys[-1]!r}"
        elif message.id:
            pairs = zip(keys, said, strict=True)
            yield from (f"other places or tags: {key!r}" for key, text in pairs if not _alike(key, text, message))


def main(check: bool) -> str:
    """Bring the files up to date, or with `check` only compare. Returns what is wrong, line by line."""
    texts = template()
    files = {FOLDER / "messages.pot": texts} | {path(locale): translated(locale, texts) for locale in LOCALES}
    wrong = [f"{file.parts[-3]}: {fault}" for file, each in files.items() if each.locale for fault in faults(each)]
    for file, catalogue in files.items():
        if check and not (file.exists() and file.read_bytes() == written(catalogue)):
            wrong.append(f"{file.relative_to(FOLDER.parent)} is out of date: run python -m locales")
        elif not check:
            file.write_bytes(written(catalogue))
    return "".join(f"{line}\n" for line in wrong)


def _forms(text: Any) -> tuple[str, ...]:
    """The forms of a text: one, or one for each number."""
    return tuple(text) if isinstance(text, tuple | list) else (text or "",)


def _alike(key: str, text: str, message: Message) -> bool:
    """Whether a translation shares with its key what it must: places, also lost braces, and tags."""
    wanted, held, noted = (set(re.findall(r"{.*?}|[{}]", s)) for s in (key, text, " ".join(message.auto_comments)))
    tags, their_tags = (sorted(re.findall("<[^>]*>", s)) for s in (key, text))
    return tags == their_tags and (held <= wanted | noted if noted else held == wanted)


if __name__ == "__main__":
    only_look = "--check" in sys.argv[1:]
    findings = main(only_look)
    sys.stderr.write(findings)
    sys.exit(only_look and bool(findings))
