"""Photo contests: a manager begins one, members send a photo in private and vote in the group, or the staff pick."""

from datetime import datetime
from typing import Any

from aiogram.methods import SendMessage, TelegramMethod
from aiogram.types import CallbackQuery, Message
from sqlmodel import Session

from bot.club import contests
from bot.club.activities import offer_of, titled
from bot.club.activity_looks import Shown
from bot.club.contests import PHOTO, WINNERS, Plan
from bot.club.errors import BadLine, ClubError
from bot.club.members import Person, Role
from bot.club.rules import Shop
from bot.club.times import read_when
from bot.i18n import N_, _
from bot.platforms import Platform
from bot.speech import Html, fill, last_moment
from bot.speech.activities import ASKS
from bot.speech.contests import invitation, laid_down, question, taken
from db.engine import Database
from handlers import activities
from handlers.commands import Where, answer, button, command
from handlers.forms import Asking, Form, Step, begin, enter, photo_of
from handlers.lines import QUOTES, counted, first_words, read_line, row_id

FORM = N_('/contest "My tea corner" "A teapot" winners:1 until:7d vote:2d')
OPTIONS = frozenset({"winners", "until", "vote", "by"})
BY = {"votes": "votes", "投票": "votes", "owner": "owner", "店主": "owner"}
LINK = "contest_"


class BadBy(ClubError):
    """A contest in which neither the members nor the staff choose."""

    says = N_("Who chooses the best is by:votes or by:owner; vote:2d says how long the vote goes on.")


class PhotoWanted(ClubError):
    """Something else than the photo that a contest waits for."""

    says = N_("I am waiting for your photo: send it here, or /cancel.")


class OnePhoto(ClubError):
    """Several photos at once, where one is wanted."""

    says = N_("One photo each, please: choose the best of them and send it alone.")


class PhotoAsFile(ClubError):
    """A contest's photo that came as a file."""

    says = N_("Please send it as a photo, not as a file: pick it from your pictures and leave “compress” on.")


@command(
    "contest",
    "摄影比赛",
    "攝影比賽",
    who=Role.MANAGER,
    where=Where.GROUP_TOO,
    help=N_("a photo contest: members send photos and vote"),
)
async def contest(
    message: Message, words: str, person: Person, database: Database, shop: Shop, key: str, now: datetime
) -> TelegramMethod[Any] | None:
    """Begin a contest in the group where it is said, or in all from the private chat; bare, ask step by step."""
    if not (words or activities.group_of(message)):
        text, choice = await begin(NEW, person, database, shop, key=key, now=now)
        return message.answer(text, reply_markup=choice)
    plan = _read(words, shop, now)
    made = await database.write(contests.make, person, plan, key=key, now=now, chat_id=activities.group_of(message))
    return activities.told(message, made, person, shop)


@button("contest", who=Role.MEMBER, in_group=True)
async def take_part(
    query: CallbackQuery,
    message: Message,
    about: str,
    person: Person,
    database: Database,
    platform: Platform,
    shop: Shop,
    now: datetime,
) -> TelegramMethod[Any]:
    """From the group, lead into the private chat; there, ask for the photo."""
    if activities.group_of(message):
        await database.read(contests.open_to, person, row_id(about), now=now)
        return activities.lead_in(query, platform, f"{LINK}{about}")
    return await _asking(message, row_id(about), person, database, shop, now)


async def open_one(
    message: Message, about: str, person: Person, database: Database, shop: Shop, now: datetime
) -> SendMessage:
    """Ask a member who came by the link for their photo."""
    return await _asking(message, activities.linked(about), person, database, shop, now)


async def open_newly(
    message: Message, about: str, person: Person, database: Database, shop: Shop, now: datetime
) -> SendMessage:
    """Show the contest of a link to somebody who has just become a member."""
    found, _nth = await database.read(contests.open_to, person, activities.linked(about), now=now)
    text, buttons = invitation(found, shop)
    return message.answer(text, reply_markup=buttons)


@answer(PHOTO, who=Role.MEMBER, photos=True)
async def sent(
    message: Message, facts: dict[str, Any], person: Person, database: Database, shop: Shop, now: datetime
) -> TelegramMethod[Any]:
    """Take a photo into the contest; a question about themselves may follow."""
    if not message.photo:
        raise PhotoAsFile if message.document else PhotoWanted
    if message.media_group_id:
        raise OnePhoto
    photo = f"{person.visitor.platform}:{photo_of(message)}"
    done = await database.write(contests.send, person, facts["contest"], photo, shop, now=now)
    text, buttons = taken(*done, shop)
    return message.answer(text, reply_markup=buttons)


@button("unphoto", who=Role.MEMBER)
async def take_back(
    message: Message, about: str, person: Person, database: Database, shop: Shop, now: datetime
) -> TelegramMethod[Any]:
    """Take a photo out of the contest."""
    left = await database.write(contests.take_back, person, row_id(about), now=now)
    text = _("Your photo is out of “{title}” again. The button in the group takes another until {until}.")
    return message.edit_text(fill(text, title=left.title, until=last_moment(left.closes_at, shop)))


async def _asking(
    message: Message, contest_id: int, person: Person, database: Database, shop: Shop, now: datetime
) -> SendMessage:
    text, buttons = question(*await database.write(contests.ask, person, contest_id, now=now), shop)
    return message.answer(text, reply_markup=buttons)


def _read(words: str, shop: Shop, now: datetime) -> Plan:
    title, rest = first_words(words)
    line = read_line(rest, options=OPTIONS, form=FORM)
    prize = line.quoted or " ".join(line.words)
    if words[:1] not in QUOTES or not (title and prize) or (line.quoted and line.words):
        raise BadLine(form=FORM)
    places, closes_at = activities.bounds(line, shop, now, form=FORM, most=WINNERS)
    by = _by(line.options.get("by", "votes"))
    if by == "owner" and "vote" in line.options:
        raise BadBy
    until = read_when(line.options.get("vote", "2d"), shop, now=now, ends=closes_at) if by == "votes" else None
    return Plan(title, offer_of(titled(prize)), places, closes_at, until)


def _by(words: str) -> str:
    if words.strip().lower() not in BY:
        raise BadBy
    return BY[words.strip().lower()]


def _vote(_session: Session, asking: Asking, words: str) -> str:
    closes_at = datetime.fromisoformat(asking.facts["photos"])
    return contests.vote_ends(read_when(words, asking.shop, now=asking.now, ends=closes_at), closes_at).isoformat()


def _plan(asking: Asking) -> Plan:
    facts = asking.facts
    closes_at = datetime.fromisoformat(facts["photos"])
    until = datetime.fromisoformat(facts["vote"]) if facts["by"] == "votes" else None
    return Plan(facts["theme"], offer_of(facts["prize"]), facts["best"], closes_at, until)


def _laid_down(asking: Asking, _seen: Any) -> Html:
    return laid_down(_plan(asking), asking.shop)


def _make(session: Session, asking: Asking) -> Shown:
    return contests.make(session, asking.person, _plan(asking), key=asking.key, now=asking.now)


NEW = enter(
    Form(
        "newcontest",
        N_("A photo contest in the group"),
        Role.MANAGER,
        (
            Step("theme", ASKS["theme"], lambda _session, _asking, words: titled(words)),
            Step("prize", ASKS["prize"], lambda _session, _asking, words: titled(words)),
            Step(
                "best",
                ASKS["best"],
                lambda _s, _a, words: counted(words, "winners", WINNERS),
                activities.choices("best"),
            ),
            Step("by", ASKS["by"], lambda _session, _asking, words: _by(words), activities.choices("by")),
            Step("photos", ASKS["photos"], activities.until, activities.choices("photos")),
            Step("vote", ASKS["vote"], _vote, activities.choices("vote"), lambda facts: facts.get("by") == "votes"),
        ),
        _make,
        activities.said,
        summary=_laid_down,
    )
)
