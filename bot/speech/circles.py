"""Groups from a grade on, in words: to who is invited, who has to leave, who asks at the door, and to the owner."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from aiogram.methods import TelegramMethod, UnbanChatMember

from bot.club.circles import Circle, Foreseen
from bot.club.cuts import GRADES
from bot.club.rules import Shop
from bot.club.sending import Outgoing
from bot.i18n import _
from bot.speech import Html, fill, fitting, grade, name, weekday
from bot.speech.buttons import DeepLink, Written, link, pairs, rows, tap

OPEN = "all"  # in a button: the group is everybody's


def see_out(letter: Outgoing) -> TelegramMethod[Any]:
    """Put somebody out of a group, who may come again: of a member, an unban does just that."""
    return UnbanChatMember(chat_id=letter.chat_id, user_id=letter.facts["who"])


def invite_letter(letter: Outgoing, shop: Shop, _link: DeepLink) -> Written:
    """Invite a member into a group that they have the grade for."""
    text = _(
        "{name}, as {grade} you are welcome in “{title}”, the group of {shop} for members from {least} on. This button "
        "is for you alone, and works once."
    )
    facts = letter.facts
    about = {"title": name(facts["title"]), "least": grade(facts["least"]), "grade": grade(facts["grade"])}
    return fill(text, name=name(letter.name), shop=shop.name, **about), rows(link(_("Come in"), facts["url"]))


def leaving_letter(letter: Outgoing, shop: Shop, _link: DeepLink) -> Written:
    """Tell a member until when they are in a group, and how to stay."""
    facts = letter.facts
    text = _(
        "{name}, “{title}” is for members from {least} on, and you are {grade} at the moment. You are in it until "
        "{day}; if you are {least} by then, you simply stay. /card shows what it takes. And whenever you are, you are "
        "welcome back."
    )
    about = {"title": name(facts["title"]), "least": grade(facts["least"]), "grade": grade(facts["grade"])}
    last = datetime.fromisoformat(facts["until"]).astimezone(shop.zone).date()
    return fill(text, name=name(letter.name), day=weekday(last), **about), None


def closed(title: str, least: str, shop: Shop) -> Html:
    """What somebody reads who asked to come into a group that is for a higher grade."""
    text = _(
        "“{title}” is for members of {shop} from {least} on. Press Start here: /card shows what it takes, and I write "
        "to you as soon as you may come in."
    )
    return fill(text, title=name(title), shop=shop.name, least=grade(least))


def page(circles: Sequence[Circle]) -> Written:
    """Every linked group with its rule, and a button for each."""
    if not circles:
        text = _("No group is linked yet. Make me an administrator of your group, and I ask you about it.")
        return Html(text), None
    told = [_line(each) for each in circles]
    return fitting([_("<b>Linked groups</b>: tap one to choose who is in it"), *told], "\n\n"), rows(
        *(tap(name(each.title), "groups", "one", each.id) for each in circles)
    )


def _line(circle: Circle) -> Html:
    rule = fill(_("from {grade} on"), grade=grade(circle.least)) if circle.least else Html(_("everybody"))
    lines = [fill(_("<b>{title}</b>: {rule}"), title=name(circle.title), rule=rule)]
    lines.append(fill(_("{count} in it, as far as I know"), count=circle.inside))
    if circle.leaving:
        lines.append(fill(_("{count} of them leave soon"), count=circle.leaving))
    return Html("\n".join(lines))


def choice(circle: Circle) -> Written:
    """A group's rule, and the others that it may have."""
    text = _(
        "Who shall be in it? From a grade on: I invite who reaches it, let nobody else in, and tell who falls below it "
        "a week ahead. Of the staff nobody has to leave."
    )
    labels = [
        (OPEN, _("For everybody")),
        *((each, _("From {grade} on").format(grade=grade(each))) for each in GRADES[1:]),
    ]
    now = circle.least or OPEN
    buttons = [tap(f"✓ {label}" if each == now else label, "groups", "rule", circle.id, each) for each, label in labels]
    return Html(f"{_line(circle)}\n\n{text}"), rows(*pairs(buttons), tap(_("All groups"), "groups", "list"))


def asked(of: Foreseen) -> Written:
    """Whether a rule shall hold, and what it would bring."""
    text = _(
        "“{title}” from {grade} on? Of those whom I know there, {leave} are below it: they are told how to stay, and "
        "leave on {day} otherwise. {invited} of that grade who are not in it get an invitation of their own."
    )
    facts = {"leave": of.leave, "day": weekday(of.leave_at.date()), "invited": of.invited}
    yes = tap(_("Yes, from {grade} on").format(grade=grade(of.least)), "groups", "sure", of.circle.id, of.least)
    back = tap(_("Leave it as it is"), "groups", "one", of.circle.id)
    return fill(text, title=name(of.circle.title), grade=grade(of.least), **facts), rows(yes, back)


def ruled(circle: Circle, least: str | None) -> Html:
    """What holds from now on."""
    if least is None:
        return fill(_("“{title}” is everybody's again: nobody has to leave."), title=name(circle.title))
    text = _("“{title}” is for members from {grade} on now. /groups shows how it goes.")
    return fill(text, title=name(circle.title), grade=grade(least))
