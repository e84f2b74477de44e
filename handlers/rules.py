"""The club's rules, for the owner: a menu over them, one by conversation, one at once by a line."""

from datetime import datetime
from typing import Any

from aiogram.methods import TelegramMethod
from aiogram.types import InlineKeyboardMarkup, Message
from sqlmodel import Session

from bot.club import conversations, rules
from bot.club.errors import NoSuchRule
from bot.club.members import Person, Role
from bot.club.rules import Shop
from bot.i18n import N_, _
from bot.speech import Html, fill
from bot.speech.buttons import rows, tap
from bot.speech.rules import FAMILIES, explained, family_name, form, rule_name, shown
from db.engine import Database
from handlers.commands import answer, button, command


@command("settings", who=Role.OWNER, help=N_("the club's rules: /settings KEY VALUE"))
async def settings(
    message: Message, words: str, person: Person, database: Database, shop: Shop, now: datetime
) -> TelegramMethod[Any]:
    """Show the menu over the rules, show one rule, or change one."""
    key, _sep, value = words.partition(" ")
    key = _called(shop).get(key, key)
    if not key:
        return message.answer(_overview(shop), reply_markup=_families())
    if key in FAMILIES and not value:
        return message.answer(_family(key, shop), reply_markup=_members_of(key, shop))
    if value:
        changed = await database.write(rules.change, person.member_id, key, value.strip(), now=now)
        return message.answer(_changed(key, changed, shop), reply_markup=_back(key))
    change = tap(_("Change it"), "rule", _known(key, shop))
    return message.answer(explained(key, rules.listed(shop.rules)[key], shop), reply_markup=rows(change))


@button("rules", who=Role.OWNER)
async def browse(message: Message, about: str, shop: Shop) -> TelegramMethod[Any]:
    """Show a family of rules, or all of them."""
    if not about:
        return message.edit_text(_overview(shop), reply_markup=_families())
    if about not in FAMILIES:
        raise ValueError(about)
    return message.edit_text(_family(about, shop), reply_markup=_members_of(about, shop))


@button("rule", who=Role.OWNER)
async def ask(
    message: Message, about: str, person: Person, database: Database, shop: Shop, now: datetime
) -> TelegramMethod[Any]:
    """Explain a rule and ask for its value; the next text is the answer."""
    if about not in rules.listed(shop.rules):
        raise ValueError(about)
    await database.write(_ask, person, about, now=now)
    value = rules.listed(shop.rules)[about]
    text = Html(explained(about, value, shop) + "\n\n" + _("Which value shall it have? Just write it."))
    return message.edit_text(text, reply_markup=rows(tap(_("Cancel"), "untell")))


def _ask(session: Session, person: Person, key: str, *, now: datetime) -> None:
    conversations.ask(session, person.account_id, "rule", now=now, rule=key)


@answer("rule", who=Role.OWNER)
async def told(
    message: Message, words: str, facts: dict[str, Any], person: Person, database: Database, shop: Shop, now: datetime
) -> TelegramMethod[Any]:
    """Take a text as the rule's value. One that does not work leaves the question open."""
    key = facts["rule"]
    changed = await database.write(_change, person, key, words.strip(), now=now)
    return message.answer(_changed(key, changed, shop), reply_markup=_back(key))


def _change(session: Session, person: Person, key: str, value: str, *, now: datetime) -> Any:
    changed = rules.change(session, person.member_id, key, value, now=now)
    conversations.close(session, person.account_id)
    return changed


def _called(shop: Shop) -> dict[str, str]:
    """The rules and their families by the names that the owner reads."""
    return {rule_name(key): key for key in rules.listed(shop.rules)} | {family_name(each): each for each in FAMILIES}


def _known(key: str, shop: Shop) -> str:
    if key not in rules.listed(shop.rules):
        raise NoSuchRule(name=key[:40], near=", ".join(rules.near(key, shop.rules)))
    return key


def _overview(shop: Shop) -> Html:
    parts = [_("<b>The club's rules</b>")]
    for family in FAMILIES:
        lines = [f"· {shown(key, value, shop)}" for key, value in _of(family, shop).items()]
        parts.append("\n".join([f"\n<b>{family_name(family)}</b>", *lines]))
    return Html("\n".join([*parts, "", _("Tap what you would like to change.")]))


def _family(family: str, shop: Shop) -> Html:
    lines = [f"{shown(key, value, shop)}\n{form(key, value)}" for key, value in _of(family, shop).items()]
    return Html("\n".join([f"<b>{family_name(family)}</b>", *lines, "", _("Tap a rule, or send such a line.")]))


def _of(family: str, shop: Shop) -> dict[str, Any]:
    return {key: value for key, value in rules.listed(shop.rules).items() if key.startswith(f"{family}.")}


def _families() -> InlineKeyboardMarkup:
    return rows(*(tap(family_name(family), "rules", family) for family in FAMILIES))


def _members_of(family: str, shop: Shop) -> InlineKeyboardMarkup:
    buttons = [tap(rule_name(key), "rule", key) for key in _of(family, shop)]
    return rows(*buttons, tap(_("All rules"), "rules"))


def _back(key: str) -> InlineKeyboardMarkup:
    family = key.partition(".")[0]
    return rows(tap(family_name(family), "rules", family))


def _changed(key: str, value: Any, shop: Shop) -> Html:
    return fill(_("From now on: {rule}"), rule=shown(key, value, shop))
