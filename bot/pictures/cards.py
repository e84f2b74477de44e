"""The pictures that messages carry. Pillow is loaded when the first one is drawn, so that a start costs nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Share:
    """A group's share, from 0 to 1, with the bounds between which it lies; `says` is beside it."""

    label: str
    says: str
    share: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Source:
    """A way by which people come: its name, what is beside it and below it, how many came and how many bought."""

    name: str
    says: str
    more: str
    came: int
    bought: int


def greeting_card(name: str, shop: str, wish: str, emblem: str) -> bytes:
    """A card for a birthday or a festival, as a JPEG of 1080 × 1350, with one of the emblems of `emblems.EMBLEMS`."""
    from bot.pictures import greeting  # noqa: PLC0415 (see above)

    return greeting.card(name, shop, wish, emblem)


def member_card(shop: str, name: str, number: str, grade: str, points: str, *, stars: int = 0, more: str = "") -> bytes:
    """The card of a member with a QR code of the number, as a PNG of 1080 × 680.

    `stars` are the grades below theirs: each grade has paper of its own. `more` is a line under the grade.
    """
    from bot.pictures import member  # noqa: PLC0415 (see above)

    return member.card(shop, name, number, grade, points, stars=stars, more=more)


def points_picture(
    shop: str, title: str, balance: str, notes: Sequence[str], gift: tuple[str, str, str, float] | None, lapses: str
) -> bytes:
    """What a member has, what they save for, and what lapses next, as a PNG 1080 wide.

    `notes` are lines below the balance. `gift` is a name, what of its price is there, what lacks, and the share from 0
    to 1 that is there. What is empty is left out.
    """
    from bot.pictures import purse  # noqa: PLC0415 (see above)

    return purse.purse(shop, title, balance, notes, gift, lapses)


def gift_voucher(shop: str, title: str, gift: str, number: str, until: str, link: str, code: str) -> bytes:
    """The voucher of a gift for a member's number, as a PNG of 1080 × 680: a QR code of the link above the code."""
    from bot.pictures import voucher  # noqa: PLC0415 (see above)

    return voucher.card(shop, title, gift, number, until, link, code)


def invitation_poster(shop: str, title: str, gifts: Sequence[str], link: str, foot: str) -> bytes:
    """A poster that invites a friend, as a PNG of 1080 × 1440: the gifts line by line, and a QR code of the link."""
    from bot.pictures import poster  # noqa: PLC0415 (see above)

    return poster.poster(shop, title, gifts, link, foot)


def sources_picture(title: str, came: str, bought: str, links: Sequence[Source]) -> bytes:
    """What came of each way by which people come, as a PNG 1080 wide; `came` and `bought` name its two bars."""
    from bot.pictures import links as drawn  # noqa: PLC0415 (see above)

    return drawn.sources(title, came, bought, links)


def till_code(text: str, below: str) -> bytes:
    """A QR code for the till, with the words below it that can be typed instead, as a PNG of 720 × 840."""
    from bot.pictures import codes  # noqa: PLC0415 (see above)

    return codes.code(text, below)


def calendar(
    title: str, weekdays: Sequence[str], first: date, last: date, today: date, marks: Mapping[date, Sequence[str]]
) -> bytes:
    """The weeks from `first` to `last` with what each day brings, as a PNG 1080 wide; `weekdays` from Monday on."""
    from bot.pictures import days  # noqa: PLC0415 (see above)

    return days.calendar(title, weekdays, first, last, today, marks)


def checkins_calendar(
    title: str,
    weekdays: Sequence[str],
    first: date,
    last: date,
    today: date,
    stamps: Mapping[date, tuple[str, bool]],
    foot: str,
) -> bytes:
    """The days from `first` to `last`, some with a stamp (its words, whether it is a prize), as a PNG 1080 wide."""
    from bot.pictures import days  # noqa: PLC0415 (see above)

    return days.stamped(title, weekdays, first, last, today, stamps, foot)


def liability_picture(
    title: str,
    total: str,
    rows: Sequence[tuple[str, int, str, float]],
    notes: Sequence[str],
    budget: tuple[str, float | None],
) -> bytes:
    """What is promised to members, as a PNG 1080 wide.

    A row is what it is, how many, what they would cost, and the share (0 to 1) of the total. `budget` is a line and the
    share of the month's ceiling that is spent, None where there is no ceiling.
    """
    from bot.pictures import liability  # noqa: PLC0415 (see above)

    return liability.owed(title, total, rows, notes, budget)


def grades_picture(
    title: str,
    rungs: Sequence[tuple[str, str, int, str, float]],
    lives: tuple[str, Sequence[tuple[str, int]]],
    scores: tuple[str, Sequence[Sequence[str]]],
) -> bytes:
    """The grades from the lowest on, as a PNG 1080 wide.

    A rung is a name, what it takes, how many, what changed, and the share (0 to 1) of the fullest. `lives` is a heading
    and how many are in which state, `scores` a heading and rows: a name and from which value on each score is given.
    """
    from bot.pictures import ladder  # noqa: PLC0415 (see above)

    return ladder.ladder(title, rungs, lives, scores)


def contrast_card(title: str, newcomers: str, old: str, rows: Sequence[tuple[str, str, str]], foot: str) -> bytes:
    """What newcomers get beside what old members get, as a PNG 1080 wide, with the names of both over their columns.

    A row is what it is about, what the ones get of it, and what the others. `foot` is a line below, or empty.
    """
    from bot.pictures import contrast  # noqa: PLC0415 (see above)

    return contrast.contrast(title, newcomers, old, rows, foot)


def report_picture(
    title: str,
    days: str,
    tiles: Sequence[tuple[str, str]],
    table: tuple[str, str, Sequence[tuple[str, str, str]]],
    grades: tuple[str, Sequence[tuple[str, str, float]]],
) -> bytes:
    """How the club stands and what a time brought, as a PNG 1080 wide.

    A tile is what it is and how many. `table` has the heads of two columns and rows: what it is, how many, how many
    before. `grades` has a heading and, for each grade, what it brought and the share (0 to 1) of the most.
    """
    from bot.pictures import report  # noqa: PLC0415 (see above)

    return report.report(title, days, tiles, table, grades)


def outcome_picture(
    title: str, steps: Sequence[tuple[str, int]], heading: str, groups: Sequence[Share], verdict: str
) -> bytes:
    """What something brought, from step to step, and who bought beside those kept back, as a PNG 1080 wide."""
    from bot.pictures import outcome  # noqa: PLC0415 (see above)

    return outcome.outcome(title, steps, heading, groups, verdict)


def numbered_photo(data: bytes, number: int) -> bytes:
    """A photo that somebody sent, as a JPEG with its number on it. Raises ValueError for what is no photo."""
    from bot.pictures import numbered  # noqa: PLC0415 (see above)

    return numbered.photo(data, number)


def leaders_picture(
    title: str, boards: Sequence[tuple[str, Sequence[tuple[int, str, str]]]], nobody: str, unnamed: str
) -> bytes:
    """Two boards side by side as a PNG 1080 wide: a heading and places, each its number, a name and the points.

    `nobody` is said on a board without places, `unnamed` of a name that the font cannot draw.
    """
    from bot.pictures import leaders  # noqa: PLC0415 (see above)

    return leaders.leaderboard(title, boards, nobody, unnamed)
