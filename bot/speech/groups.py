"""What is written about groups: to newcomers there, and to the owner."""

from typing import Any

from aiogram.methods import (
    ApproveChatJoinRequest,
    BanChatMember,
    DeclineChatJoinRequest,
    TelegramMethod,
    UnbanChatMember,
)

from bot.club.entry import NO_QUESTION, STANDARD
from bot.club.rules import Shop
from bot.club.sending import Outgoing
from bot.i18n import _
from bot.speech import Html, fill, grade, name
from bot.speech.buttons import DeepLink, Written, link, rows, tap


def welcome(letter: Outgoing, shop: Shop, deep_link: DeepLink) -> Written:
    """Greet the newcomers of a group."""
    names = Html(_(", ").join(f"<b>{fill('{name}', name=name(each))}</b>" for each in letter.facts["names"]))
    if more := letter.facts.get("more"):
        names = fill(_("{names} and {more} more"), names=names, more=more)
    if least := letter.facts.get("least"):
        text = _(
            "Welcome, {names}! 🎉\nThis is the group of {shop} for members from {least} on: good to have you here."
        )
        return fill(text, names=names, shop=shop.name, least=grade(least)), None
    text = fill(
        _(
            "Welcome, {names}! 🎉\n{shop} has points, birthday treats and members' offers for everyone here. "
            "Press Start to join."
        ),
        names=names,
        shop=shop.name,
    )
    url = deep_link("group")
    return text, rows(link(_("Start"), url)) if url else None


def seen(letter: Outgoing, _shop: Shop, _link: DeepLink) -> Written:
    """Ask the owner whether a group is the club's."""
    text = fill(
        _(
            "I am an administrator of “{title}” now. Shall I link it to the club? Then I welcome newcomers there "
            "and post members' deals."
        ),
        title=name(letter.facts["title"]),
    )
    group = letter.facts["group"]
    return text, rows([tap(_("Link the group"), "link", group), tap(_("No, leave it alone"), "unlink", group)])


def unknown(_letter: Outgoing, shop: Shop, _link: DeepLink) -> Written:
    """Tell a group that nobody has linked what it takes."""
    text = _(
        "I work for {shop}, and can link this group to its club once one of its owners, under their own name, makes me "
        "an administrator here."
    )
    return fill(text, shop=shop.name), None


def muted(letter: Outgoing, _shop: Shop, _link: DeepLink) -> Written:
    """Tell the owner that we may not write in a group, and the remedy."""
    text = _(
        "I can no longer do my work in “{title}”: I am no administrator there any more, or may not write. Please make "
        "me an administrator again, with the right to send messages; then I go on by myself."
    )
    return fill(text, title=name(letter.facts["title"])), None


def lost(letter: Outgoing, _shop: Shop, _link: DeepLink) -> Written:
    """Tell the owner that we were removed from a group."""
    text = _(
        "I was removed from “{title}”, so that group is no longer linked to the club. If that was a mistake, add me "
        "again as an administrator, and I'll ask you about it."
    )
    return fill(text, title=name(letter.facts["title"])), None


def no_links(letter: Outgoing, _shop: Shop, _link: DeepLink) -> Written:
    """Tell the owner that we may not make invite links in a group, and the remedy."""
    text = _(
        "I was not able to make an invite link for “{title}”. Please give me the right to invite users there; then I "
        "go on by myself."
    )
    return fill(text, title=name(letter.facts["title"])), None


def linked(_letter: Outgoing, shop: Shop, deep_link: DeepLink) -> Written:
    """Tell a group that it is the club's now."""
    text = fill(
        _(
            "This is {shop}'s members' group now. I look after points, birthdays and members' offers: "
            "say /checkin here once a day, and press Start for everything else."
        ),
        shop=shop.name,
    )
    url = deep_link("group")
    return text, rows(link(_("Start"), url)) if url else None


def kept_out(letter: Outgoing) -> TelegramMethod[Any]:
    """Put somebody out of a group for good, or let them come again."""
    about = {"chat_id": letter.chat_id, "user_id": letter.facts["who"]}
    return BanChatMember(**about) if letter.facts["out"] else UnbanChatMember(**about, only_if_banned=True)


def let_in(letter: Outgoing) -> TelegramMethod[Any]:
    """Let somebody in who asked to be and has agreed, unless they were put on the blacklist meanwhile."""
    about = {"chat_id": letter.chat_id, "user_id": letter.facts["who"]}
    return DeclineChatJoinRequest(**about) if letter.facts["out"] else ApproveChatJoinRequest(**about)


def door_question(rule: str) -> str:
    """What is asked at the groups' door."""
    return _("What brings you here?") if rule == STANDARD else rule


def hello(title: str, shop: Shop) -> Html:
    """What somebody reads first who asks to come into a group."""
    text = _("You asked to come into “{title}”. Agree below, answer one question, and I let you in.")
    if shop.rules.group.question == NO_QUESTION:
        text = _("You asked to come into “{title}”. Agree below, and I let you in.")
    return fill(text, title=name(title))


def asked_at_the_door(shop: Shop) -> Written:
    """The one question to somebody who is about to come in, and the way past it."""
    text = fill(
        _("One question, and you are in. Just write it, or skip it:\n\n<b>{question}</b>"),
        question=door_question(shop.rules.group.question),
    )
    return text, rows(tap(_("Skip"), "door"))
