"""What may be sent to a member: chosen with one tap, or by STOP."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from aiogram.methods import TelegramMethod
from aiogram.types import InlineKeyboardMarkup, Message
from sqlmodel import Session

from bot.club import consents, email, family, greetings, leaderboards, members
from bot.club.members import NOTIFY, Person, Role
from bot.club.rules import Shop
from bot.i18n import N_, _
from bot.speech import Html, day, fill
from bot.speech.buttons import rows, tap
from db.engine import Database
from db.members import EMAIL
from handlers.commands import button, command

PAUSE = "pause"


@dataclass(frozen=True, slots=True)
class Wishes:
    """What /notify shows: the level, the end of a pause, the greeting style, which purposes stand, and the name."""

    level: str
    until: datetime | None
    style: str
    offers: bool
    family: bool
    named: bool  # on the leaderboard, and among winners
    email: bool | None  # None: no address, or no e-mail here


@command("notify", "通知", who=Role.MEMBER, help=N_("what I may send you"))
async def show(message: Message, person: Person, database: Database, shop: Shop, now: datetime) -> TelegramMethod[Any]:
    """Show what may be sent, with a button for each choice."""
    wishes = await database.read(_look, person, shop)
    return message.answer(_stands(wishes, shop, now), reply_markup=choices(wishes))


@button("notify", who=Role.MEMBER)
async def choose(
    message: Message, about: str, person: Person, database: Database, shop: Shop, now: datetime
) -> TelegramMethod[Any]:
    """Keep a choice; it holds from the very next letter on."""
    if about not in (*NOTIFY, PAUSE):
        raise ValueError(about)
    wishes = await database.write(_notify, person, about, shop, now=now)
    return message.edit_text(_stands(wishes, shop, now), reply_markup=choices(wishes))


@button("greeting", who=Role.MEMBER)
async def greet(
    message: Message, about: str, person: Person, database: Database, shop: Shop, now: datetime
) -> TelegramMethod[Any]:
    """Keep how somebody wishes to be greeted on their birthday."""
    if about not in greetings.STYLES:
        raise ValueError(about)
    wishes = await database.write(_greet, person, about, shop)
    return message.edit_text(_stands(wishes, shop, now), reply_markup=choices(wishes))


@button("named", who=Role.MEMBER)
async def name(
    message: Message, about: str, person: Person, database: Database, shop: Shop, now: datetime
) -> TelegramMethod[Any]:
    """Keep whether somebody wishes to be named on the leaderboard and among winners."""
    if about not in ("yes", "no"):
        raise ValueError(about)
    wishes = await database.write(_name, person, shop, named=about == "yes")
    return message.edit_text(_stands(wishes, shop, now), reply_markup=choices(wishes))


@button("consent", who=Role.MEMBER)
async def consent(
    message: Message, about: str, person: Person, database: Database, shop: Shop, now: datetime
) -> TelegramMethod[Any]:
    """Withdraw a purpose, or agree to it again; it holds from the very next letter on, queued ones included."""
    do, _sep, purpose = about.partition(":")
    if do not in ("yes", "no") or purpose not in ("offers", "family", EMAIL):
        raise ValueError(about)
    wishes = await database.write(_agree, person, purpose, shop, agreed=do == "yes", now=now)
    buttons = choices(wishes)
    if about == "no:family":
        erase = [tap(_("Erase my relatives' dates too"), "unfamily")]
        buttons = InlineKeyboardMarkup(inline_keyboard=[erase, *buttons.inline_keyboard])
    return message.edit_text(_stands(wishes, shop, now), reply_markup=buttons)


@button("unfamily", who=Role.MEMBER)
async def unfamily(
    message: Message, person: Person, database: Database, shop: Shop, now: datetime
) -> TelegramMethod[Any]:
    """Erase the relatives whom a member told of."""
    wishes = await database.write(_unfamily, person, shop, now=now)
    await database.tidy()
    text = Html(_("Your relatives and their dates are erased.") + "\n\n" + _stands(wishes, shop, now))
    return message.edit_text(text, reply_markup=choices(wishes))


@button("stop", who=Role.ANYONE)  # under each offer
@command("stop", "退订", "退訂", "td", "unsubscribe", who=Role.ANYONE, help=N_("no more offers"))
async def stop(message: Message, person: Person, database: Database, now: datetime) -> TelegramMethod[Any]:
    """Opt out of offers at once: only what is the member's own still comes."""
    await database.write(members.notify, person, "own", now=now)
    text = _(
        "Done: no more offers. Only your own coupons and birthday wishes still come. /notify turns offers on again."
    )
    return message.answer(text)


def _look(session: Session, person: Person, shop: Shop) -> Wishes:
    level, until = members.notified(session, person.member_id)
    offers, family_too = (consents.given(session, person.member_id, purpose) for purpose in ("offers", "family"))
    mails = email.wished(session, person.member_id) if shop.email else None
    style, named = greetings.style(session, person.member_id), leaderboards.named(session, person.member_id)
    return Wishes(level, until, style, offers, family_too, named, mails)


def _notify(session: Session, person: Person, choice: str, shop: Shop, *, now: datetime) -> Wishes:
    members.notify(session, person, choice, now=now)
    if choice == "all":  # who wishes for everything agrees to the offers again
        consents.give(session, person.member_id, ["offers"], now=now)
    return _look(session, person, shop)


def _greet(session: Session, person: Person, wish: str, shop: Shop) -> Wishes:
    greetings.choose(session, person.member_id, wish)
    return _look(session, person, shop)


def _name(session: Session, person: Person, shop: Shop, *, named: bool) -> Wishes:
    leaderboards.wish(session, person.member_id, named=named)
    return _look(session, person, shop)


def _agree(session: Session, person: Person, purpose: str, shop: Shop, *, agreed: bool, now: datetime) -> Wishes:
    if purpose == EMAIL:
        if agreed:
            email.back(session, person.member_id, shop, now=now)
        else:
            email.leave(session, person.member_id, now=now)
    elif agreed:
        consents.give(session, person.member_id, [purpose], now=now)
    else:
        consents.withdraw(session, person.member_id, purpose, now=now)
    level, _until = members.notified(session, person.member_id)
    if purpose == "offers" and level != "none":
        members.notify(session, person, "all" if agreed else "own", now=now)
    return _look(session, person, shop)


def _unfamily(session: Session, person: Person, shop: Shop, *, now: datetime) -> Wishes:
    family.forget(session, person.member_id, now=now)
    return _look(session, person, shop)


def choices(wishes: Wishes) -> InlineKeyboardMarkup:
    """A button for each choice, the present one marked; and one for each purpose, to withdraw or to give again."""
    labels = {
        "all": _("Everything"),
        "own": _("Only my own coupons and birthdays"),
        "none": _("Nothing"),
        PAUSE: _("Pause for 30 days"),
    }
    styles = {
        "private": _("Birthday wishes in private"),
        "group": _("Birthday wishes in the group"),
        "none": _("No birthday wishes"),
    }
    offers = (_("I withdraw my consent: offers"), "no") if wishes.offers else (_("I agree again: offers"), "yes")
    relatives = (_("I withdraw my consent: family"), "no") if wishes.family else (_("I agree again: family"), "yes")
    unnamed, again = _("No name among leaders and winners"), _("My name among leaders and winners")
    listed = (unnamed, "no") if wishes.named else (again, "yes")
    mails = (_("No more e-mail"), "no") if wishes.email else (_("E-mail again, where the chat fails"), "yes")
    return rows(
        *(tap(("✓ " if item == wishes.level else "") + label, "notify", item) for item, label in labels.items()),
        *(tap(("✓ " if item == wishes.style else "") + label, "greeting", item) for item, label in styles.items()),
        tap(listed[0], "named", listed[1]),
        tap(offers[0], "consent", offers[1], "offers"),
        tap(relatives[0], "consent", relatives[1], "family"),
        *([tap(mails[0], "consent", mails[1], EMAIL)] if wishes.email is not None else []),
    )


def _stands(wishes: Wishes, shop: Shop, now: datetime) -> Html:
    says = {
        "all": _("I send you members' offers, your own coupons and birthday wishes."),
        "own": _("I send you only your own coupons and birthday wishes; no offers."),
        "none": _("I send you nothing on my own. When you ask, I answer."),
    }
    lines = [says[wishes.level]]
    if wishes.until and wishes.until > now:
        until = day(wishes.until.astimezone(shop.zone).date())
        lines.append(fill(_("All of it is paused until {day}; a tap on what you wish for ends the pause."), day=until))
    if not wishes.named:
        lines.append(_("On the leaderboard and among winners you have no name."))
    if not wishes.offers:
        lines.append(_("You withdrew your consent to offers: you are in none of them."))
    if not wishes.family:
        lines.append(
            _(
                "You withdrew your consent to family dates: I write about none. "
                "/family keeps what you told, until you remove it."
            )
        )
    if wishes.email is not None:
        on, off = _("Where no letter reaches you here, it goes by e-mail."), _("You get no e-mail.")
        lines.append(on if wishes.email else off)
    lines.append(
        _("Each consent can be withdrawn by itself. To leave the club altogether, send /forget: it erases you.")
    )
    return Html("\n".join(lines))
