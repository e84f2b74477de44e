"""Somebody from a list who came themselves: by the proof of a phone number, or by the word of a manager."""

from datetime import datetime
from typing import Any

from aiogram.methods import TelegramMethod
from aiogram.types import KeyboardButton, Message, ReplyKeyboardMarkup, ReplyKeyboardRemove

from bot.club import merges, proofs
from bot.club.errors import BadLine
from bot.club.members import Person, Role, Who
from bot.club.merges import Merged
from bot.club.proofs import NotYourContact
from bot.club.rules import Shop
from bot.i18n import N_, _
from bot.speech import Html, fill
from bot.speech import person as in_words
from bot.speech.buttons import rows, tap
from db.engine import Database
from handlers.commands import answer, button, command
from handlers.lines import first_words, row_id

FORM = "/merge M0007 M0042"


@command("phone", "手机号", "手機號碼", who=Role.MEMBER, help=N_("prove your number, and get what was kept under it"))
async def ask(message: Message) -> TelegramMethod[Any]:
    """Ask for the contact that only its owner can share."""
    share = KeyboardButton(text=_("Share my number"), request_contact=True)
    text = _(
        "If the shop knows you from before, tap the button below to share your number. Then I know for certain that it "
        "is yours, and the points and purchases that were kept under it come over to you."
    )
    keyboard = ReplyKeyboardMarkup(keyboard=[[share]], resize_keyboard=True, one_time_keyboard=True)
    return message.answer(text, reply_markup=keyboard)


@answer("contact", who=Role.MEMBER)
async def shared(
    message: Message, person: Person, database: Database, shop: Shop, now: datetime
) -> TelegramMethod[Any]:
    """Take a contact that somebody shared: their own is a proof."""
    contact = message.contact
    if contact is None or contact.user_id != person.visitor.external_id:
        raise NotYourContact
    phone = "+" + contact.phone_number.lstrip("+")
    proof = await database.write(proofs.prove, person, phone, shop, now=now)
    parts: list[str] = [fill(_("Thank you: {phone} is yours for certain now."), phone=proof.phone)]
    if proof.earned:
        parts.append(fill(_("+{points} points for telling it."), points=proof.earned))
    if proof.listed:
        text = _("What the shop kept under it is yours now: {points} points, {purchases} purchases.")
        parts.append(fill(text, points=proof.points, purchases=proof.purchases))
    return message.answer("\n".join(parts), reply_markup=ReplyKeyboardRemove())


@command(
    "merge", "合并会员", "合併會員", who=Role.MANAGER, help=N_("somebody from a list is a member: /merge M0007 M0042")
)
async def merge(message: Message, words: str, person: Person, database: Database) -> TelegramMethod[Any]:
    """Say what a merge would do, and ask."""
    gone, rest = first_words(words)
    stays, more = first_words(rest)
    if not stays or more:
        raise BadLine(form=FORM)
    platform = person.visitor.platform
    pair = await database.read(merges.foresee, Who(platform, gone), Who(platform, stays))
    question = _(
        "Is {gone} the same person as {stays}? Then {points} points, {purchases} purchases, coupons, tags and notes go "
        "over, and {gone} is no more. That cannot be undone."
    )
    buttons = [tap(_("Confirm"), "merge", pair.gone.member_id, pair.stays.member_id), tap(_("Cancel"), "untell")]
    return message.answer(_worded(question, pair), reply_markup=rows(buttons))


@button("merge", who=Role.MANAGER)
async def confirm(
    message: Message, about: str, person: Person, database: Database, shop: Shop, now: datetime
) -> TelegramMethod[Any]:
    """Merge the two."""
    gone, _sep, stays = about.partition(":")
    pair = await database.write(merges.merge, person, row_id(gone), row_id(stays), shop, now=now)
    text = _("Done: {gone} went over into {stays}, with {points} points and {purchases} purchases.")
    return message.edit_text(_worded(text, pair))


def _worded(text: str, pair: Merged) -> Html:
    facts = {"gone": in_words(pair.gone), "stays": in_words(pair.stays)}
    return fill(text, **facts, points=pair.points, purchases=pair.purchases)
