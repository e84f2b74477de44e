"""Relatives and their dates: shown, added, changed and removed, by buttons or in one line."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from aiogram.methods import TelegramMethod
from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup, Message
from sqlmodel import Session

from bot.club import consents, conversations, family, occasions, profile, stages
from bot.club.errors import BadDate, BadLine, StaleButton
from bot.club.family import Draft, Missing, Relative
from bot.club.members import Person, Role
from bot.club.rules import Shop
from bot.i18n import N_, _
from bot.speech import Html, day, fill, yearly
from bot.speech.buttons import pairs, rows, tap
from bot.speech.family import RELATIONS, everybody, falls, line, question, relation_name, relative, short
from bot.speech.profile import with_thanks
from db.engine import Database
from handlers.commands import answer, button, command
from handlers.dates import choices, is_yes, read
from handlers.lines import QUOTES, row_id

FORM = N_("/family add mother Lan 8-15")
ADD, REMOVE = ("add", "添加", "加", "新增"), ("remove", "delete", "删除", "刪除", "移除")
OFFERED = tuple(relation for relation in RELATIONS if relation != "child")  # as buttons


@command("family", "家人", who=Role.MEMBER, help=N_("your family's days, and a reminder of each"))
async def show(
    message: Message, words: str, person: Person, database: Database, shop: Shop, now: datetime
) -> TelegramMethod[Any]:
    """Show the relatives; or add or remove one in a line."""
    what, _space, rest = words.partition(" ")
    if what.lower() in ADD and rest.strip():
        return await _go_on(message, _one_line(rest, shop, now), person, database, shop, now)
    if what.lower() in ADD:
        return await _go_on(message, Draft(), person, database, shop, now)
    if what.lower() in REMOVE and rest.strip():
        gone = await database.write(_remove_called, person, rest, shop, now=now)
        return message.answer(_forgotten(gone), reply_markup=_back())
    if what:
        raise BadLine(form=FORM)
    relatives, months = await database.write(_look, person, shop, now=now)
    return message.answer(everybody(relatives), reply_markup=_list_buttons(relatives, months))


def _look(session: Session, person: Person, shop: Shop, *, now: datetime) -> tuple[list[Relative], bool]:
    """The relatives; a field that was asked for before is asked for no longer, or it would take the next text."""
    conversations.close(session, person.account_id, "field", "date")
    return _page(session, person, shop, now=now)


def _page(session: Session, person: Person, shop: Shop, *, now: datetime) -> tuple[list[Relative], bool]:
    """The relatives, and whether letters by a baby's months are offered."""
    return family.listed(session, person.member_id, shop, now=now), stages.offered(session)


@button("family", who=Role.MEMBER)
async def back(message: Message, person: Person, database: Database, shop: Shop, now: datetime) -> TelegramMethod[Any]:
    """Show the relatives again."""
    relatives, months = await database.read(_page, person, shop, now=now)
    return message.edit_text(everybody(relatives), reply_markup=_list_buttons(relatives, months))


@button("relative", who=Role.MEMBER)
async def one(
    message: Message, about: str, person: Person, database: Database, shop: Shop, now: datetime
) -> TelegramMethod[Any]:
    """Show one relative, with what can be changed."""
    who = await database.read(family.one, person.member_id, row_id(about), shop, now=now)
    change = [tap(_("Change the date"), "redate", who.id), tap(_("Change the name"), "rename", who.id)]
    return message.edit_text(line(who), reply_markup=rows(change, tap(_("Remove"), "unkin", who.id), _list()))


@button("redate", who=Role.MEMBER)
async def change_date(
    message: Message, about: str, person: Person, database: Database, shop: Shop, now: datetime
) -> TelegramMethod[Any]:
    """Ask for a relative's date anew."""
    who = await database.read(family.one, person.member_id, row_id(about), shop, now=now)
    draft = Draft(who.relation, who.name, id=who.id)
    return await _go_on(message, draft, person, database, shop, now, tapped=True)


@button("rename", who=Role.MEMBER)
async def change_name(
    message: Message, about: str, person: Person, database: Database, shop: Shop, now: datetime
) -> TelegramMethod[Any]:
    """Ask for a relative's name anew."""
    who = await database.read(family.one, person.member_id, row_id(about), shop, now=now)
    draft = Draft(who.relation, None, (who.when,), sure=True, id=who.id)
    return await _go_on(message, draft, person, database, shop, now, tapped=True)


@button("unkin", who=Role.MEMBER)
async def remove(
    message: Message, about: str, person: Person, database: Database, shop: Shop, now: datetime
) -> TelegramMethod[Any]:
    """Ask whether a relative is to be forgotten; forget them once that is confirmed."""
    kin, _colon, sure = about.partition(":")
    who = await database.read(family.one, person.member_id, row_id(kin), shop, now=now)
    if sure:
        await database.write(family.remove, person.member_id, who.id, now=now)
        return message.edit_text(_forgotten(who), reply_markup=_back())
    text = fill(_("Shall I forget {who} and the date?"), who=relative(who.relation, who.name))
    return message.edit_text(text, reply_markup=rows(tap(_("Yes, remove"), "unkin", who.id, "yes"), _list()))


@button("newkin", who=Role.MEMBER)
async def add(message: Message, person: Person, database: Database, shop: Shop, now: datetime) -> TelegramMethod[Any]:
    """Begin to add a relative."""
    return await _go_on(message, Draft(), person, database, shop, now, tapped=True)


@button("kin", who=Role.MEMBER)
async def choose(
    message: Message, about: str, person: Person, database: Database, shop: Shop, now: datetime
) -> TelegramMethod[Any]:
    """Take a tap as the answer to what was asked: a relation, a yes, no name, or one of the readings."""
    asked = await database.read(conversations.asked, person.account_id)
    if asked is None or asked[0] != "family":
        raise StaleButton
    what, _colon, choice = about.partition(":")
    draft, step = Draft.of(asked[1]), Missing(asked[1]["step"])
    if what != step and {what, step} != {Missing.WHICH, Missing.CONFIRM}:
        raise StaleButton
    draft = _chosen(draft, step, choice)
    return await _go_on(message, draft, person, database, shop, now, tapped=True, agreed=_agreed(step))


@answer("family", who=Role.MEMBER)
async def told(
    message: Message, words: str, facts: dict[str, Any], person: Person, database: Database, shop: Shop, now: datetime
) -> TelegramMethod[Any]:
    """Take a text as the answer to what was asked. A wrong one leaves the question open."""
    draft, step = Draft.of(facts), Missing(facts["step"])
    agreed = _agreed(step) if is_yes(words) else None
    if step is Missing.RELATION:
        draft = replace(draft, relation=family.read_relation(words))
    elif step is Missing.NAME:
        draft = replace(draft, name=family.read_name(words))
    elif step is Missing.CONFIRM and is_yes(words):
        draft = replace(draft, sure=True)
    elif step not in (Missing.FAMILY, Missing.CHILDREN):
        draft = replace(draft, readings=read(words, shop, now, month_will_do=_is_child(draft, shop, now)))
    return await _go_on(message, draft, person, database, shop, now, agreed=agreed)


async def _go_on(
    message: Message,
    draft: Draft,
    person: Person,
    database: Database,
    shop: Shop,
    now: datetime,
    *,
    tapped: bool = False,
    agreed: str | None = None,
) -> TelegramMethod[Any]:
    """Ask for what is still missing of a relative; keep them where nothing is."""
    step = await database.write(_next, person, draft, agreed, shop, now=now)
    say = message.edit_text if tapped else message.answer
    if isinstance(step, tuple):
        return say(_noted(*step), reply_markup=_back())
    who = relative(draft.relation or "", draft.name or "")
    if step is Missing.CONFIRM:
        text = _understood(who, draft, shop, now)
    else:
        text = question(step, who, _is_child(draft, shop, now))
    return say(text, reply_markup=_answers(step, draft))


def _next(
    session: Session, person: Person, draft: Draft, agreed: str | None, shop: Shop, *, now: datetime
) -> Missing | tuple[Relative, int]:
    if agreed:
        consents.give(session, person.member_id, [agreed], now=now)
    step = family.missing(session, person.member_id, draft, today=shop.day(now))
    if step is None:
        conversations.close(session, person.account_id)
        kept = family.keep(session, person.member_id, draft, shop, now=now)
        return kept, profile.tell_family(session, person.member_id, shop, now=now)
    conversations.ask(session, person.account_id, "family", now=now, step=step, **draft.facts)
    return step


def _one_line(words: str, shop: Shop, now: datetime) -> Draft:
    """A relative as told in a line: RELATION [NAME] [DATE]."""
    relation, rest = _word(words)
    draft = Draft(family.read_relation(relation), sure=True)
    month_will_do = _is_child(draft, shop, now)
    if not rest:
        return replace(draft, sure=False)
    called_may = rest.isascii() and rest.isalpha()  # May, June and April are rather names
    try:
        return replace(draft, name="", readings=read(rest, shop, now, month_will_do=month_will_do and not called_may))
    except BadDate:  # it begins with a name
        name, rest = _word(rest)
    draft = replace(draft, name=family.read_name(name))
    if not rest:
        return replace(draft, sure=False)
    return replace(draft, readings=read(rest, shop, now, month_will_do=month_will_do))


def _word(words: str) -> tuple[str, str]:
    """The first word, or what stands first in quotes, and the rest."""
    close = QUOTES.get(words[0])
    first, _sep, rest = words[1:].partition(close) if close else words.partition(" ")
    return first, rest.strip()


def _chosen(draft: Draft, step: Missing, choice: str) -> Draft:
    """The draft after a tap. Raises ValueError for what no button of ours holds."""
    if step is Missing.RELATION:
        if choice not in OFFERED:
            raise ValueError(choice)
        return replace(draft, relation=choice)
    if step is Missing.NAME:
        return replace(draft, name="")
    if step in (Missing.WHICH, Missing.CONFIRM):
        if choice == "again":
            return replace(draft, readings=())
        number = row_id(choice)
        if number >= len(draft.readings):
            raise StaleButton
        return replace(draft, readings=(draft.readings[number],), sure=True)
    return draft


def _agreed(step: Missing) -> str | None:
    """The purpose that a yes to this question agrees to."""
    return step.value if step in (Missing.FAMILY, Missing.CHILDREN) else None


def _is_child(draft: Draft, shop: Shop, now: datetime) -> bool:
    return family.is_child(draft.relation, draft.readings, shop.day(now))


def _answers(step: Missing, draft: Draft) -> InlineKeyboardMarkup:
    """The buttons under a question."""
    cancel = tap(_("Cancel"), "untell")
    if step is Missing.RELATION:
        return rows(*pairs([tap(relation_name(each), "kin", step, each) for each in OFFERED]), cancel)
    if step in (Missing.FAMILY, Missing.CHILDREN):
        return rows([tap(_("I agree"), "kin", step), cancel])
    if step is Missing.NAME:
        return rows([tap(_("Skip"), "kin", step), cancel])
    if step is Missing.DATE:
        return rows(cancel)
    again = tap(_("No, let me try again"), "kin", step, "again")
    return rows(*choices(draft.readings, f"kin:{step}"), [again, cancel])


def _understood(who: str, draft: Draft, shop: Shop, now: datetime) -> Html:
    [when] = draft.readings
    if not when.day:
        return fill(_("So {who}'s birthday is in {month}. Is that right?"), who=who, month=yearly(when))
    text = _("So {who}'s birthday is {day}; it comes next on {next}. Is that right?")
    return fill(text, who=who, day=yearly(when), next=day(occasions.coming(when, shop, now=now)))


def _noted(who: Relative, earned: int) -> Html:
    named = relative(who.relation, who.name)
    text = fill(_("Noted: {who}, {falls}. I write to you a week ahead."), who=named, falls=falls(who.when, who.next_on))
    return with_thanks(text, earned)


def _forgotten(who: Relative) -> Html:
    return fill(_("{who}: removed, the date too."), who=short(who.relation, who.name))


def _remove_called(session: Session, person: Person, words: str, shop: Shop, *, now: datetime) -> Relative:
    who = family.called(session, person.member_id, words, shop, now=now)
    family.remove(session, person.member_id, who.id, now=now)
    return who


def _list_buttons(relatives: list[Relative], months: bool) -> InlineKeyboardMarkup:
    people = [tap(short(who.relation, who.name), "relative", who.id) for who in relatives]
    baby = [tap(_("Letters by the baby's months"), "babymonths")] if months else []
    return rows(*pairs(people), tap(_("Add somebody"), "newkin"), *baby)


def _back() -> InlineKeyboardMarkup:
    return rows(_list())


def _list() -> InlineKeyboardButton:
    return tap(_("My family"), "family")
