"""The house in order: what no single test would notice, because it is about all of it."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest
from babel.messages.catalog import Message
from babel.messages.pofile import read_po
from pydantic import ValidationError

from bot.club import errors
from bot.club.errors import ClubError
from bot.club.letters import KINDS
from bot.club.rules import Rules, listed
from bot.i18n import FOLDER, LOCALES
from bot.settings import Settings
from bot.speech.email import SUBJECTS
from bot.speech.letters import DEEDS, WRITERS
from db.check import differences
from db.engine import Database
from handlers.commands import COMMANDS

ROOT = Path(__file__).parent.parent
ROOMS = ("bot", "handlers", "jobs", "db")
LONGEST = 300  # lines of a file
ABSURD = ("-1", "99999999999", "nonsense", "25:61")


def sources(*folders: str) -> Iterator[Path]:
    """The Python files of some rooms."""
    return (path for folder in folders for path in sorted((ROOT / folder).rglob("*.py")))


def catalogue(locale: str) -> list[Message]:
    """The texts of a locale."""
    with (FOLDER / locale / "LC_MESSAGES" / "messages.po").open("rb") as file:
        return [message for message in read_po(file, locale) if message.id]


def used() -> set[str]:
    """The texts that the sources mark."""
    with (FOLDER / "messages.pot").open("rb") as file:
        return {_first(message.id) for message in read_po(file) if message.id}


def _first(texts: str | tuple[str, ...]) -> str:
    return texts if isinstance(texts, str) else texts[0]


def _all(texts: str | tuple[str, ...]) -> tuple[str, ...]:
    return (texts,) if isinstance(texts, str) else tuple(texts)


def _places(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def _tags(text: str) -> list[str]:
    return sorted(re.findall(r"</?\w+>", text))


async def test_the_migrations_make_the_tables(database: Database) -> None:
    assert await database.read(lambda session: differences(session.connection())) == []


@pytest.mark.parametrize("locale", LOCALES)
def test_a_catalogue_is_complete(locale: str) -> None:
    known = {_first(message.id): message for message in catalogue(locale)}
    if locale != "en":  # English is the key itself; only its plurals need a catalogue
        assert used() - set(known) == set()
    for text, message in known.items():
        assert not message.fuzzy, text
        for translation in _all(message.string):
            assert translation or locale == "en", text
            _check_places(message, translation or text)


def _check_places(message: Message, translation: str) -> None:
    """The same places and tags as in the key, or some of those that the translators' note offers as well."""
    key = _all(message.id)[-1]
    offered = set(re.findall(r"\{(\w+)\}", " ".join(message.auto_comments)))
    if offered or isinstance(message.id, tuple):
        assert _places(translation) <= _places(key) | offered, translation
    else:
        assert _places(translation) == _places(key), translation
    assert _tags(translation) == _tags(key), translation


def test_every_command_of_the_readme_exists() -> None:
    if not (ROOT / "README.md").exists():
        pytest.skip("no README yet")
    rows = [row for row in (ROOT / "README.md").read_text("utf-8").splitlines() if row.startswith("| `/")]
    named = {name for row in rows for name in re.findall(r"`/(\w+)", row)}
    assert rows
    assert named <= set(COMMANDS)


def test_the_club_never_waits() -> None:
    for path in sources("bot/club"):
        waiting = (ast.Await, ast.AsyncFunctionDef, ast.AsyncFor, ast.AsyncWith)
        assert not any(isinstance(node, waiting) for node in ast.walk(ast.parse(path.read_text("utf-8")))), path


def test_nobody_commits_but_the_database() -> None:
    for path in sources("bot/club", "handlers", "jobs", "bot/speech", "bot/web"):
        assert not re.search(r"\.(commit|rollback)\(", path.read_text("utf-8")), path


def test_nobody_but_the_clock_asks_the_time() -> None:
    for path in sources("bot/club", "handlers", "jobs", "bot/speech"):
        assert not re.search(r"\b(datetime|date)\.(now|today|utcnow)\(|\btime\.time\(", path.read_text("utf-8")), path


def test_every_refusal_has_words_and_is_used() -> None:
    text = "\n".join(path.read_text("utf-8") for path in sources("bot", "handlers") if path.name != "errors.py")
    for refusal in ClubError.__subclasses__():
        assert refusal.says.endswith((".", "}", "?")), refusal
        assert refusal.__doc__, refusal
        if refusal.__module__ == errors.__name__:
            assert re.search(rf"(raise|return|[:(,]) {refusal.__name__}\b", text), refusal


def test_every_kind_of_letter_has_a_writer() -> None:
    assert sorted([*WRITERS, *DEEDS]) == sorted(KINDS)


def test_every_letter_that_may_go_by_email_has_a_subject() -> None:
    assert set(SUBJECTS) == {name for name, kind in KINDS.items() if kind.by_email}


def test_every_rule_has_bounds() -> None:
    for name in listed(Rules()):
        part, _, last = name.partition(".")
        refused = 0
        for absurd in ABSURD:
            try:
                Rules.model_validate({part: {last: absurd}})
            except (ValidationError, ClubError):
                refused += 1
        assert refused >= 3, name


def test_the_example_of_the_settings_names_them_all() -> None:
    example = ROOT / ".env.example"
    if not example.exists():
        pytest.skip("no .env.example yet")
    named = re.findall(r"^#? ?([A-Z][A-Z_]+)=", example.read_text("utf-8"), re.MULTILINE)
    assert sorted(named) == sorted(name.upper() for name in Settings.model_fields)


def test_no_file_is_too_long_to_read() -> None:
    files = (path for path in sources(*ROOMS) if "migrations" not in path.parts)
    long = {str(path.relative_to(ROOT)) for path in files if len(path.read_text("utf-8").splitlines()) > LONGEST}
    assert long == set()
