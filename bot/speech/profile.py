"""How the fields of the profile are named and asked for."""

from datetime import date

from aiogram.types import InlineKeyboardButton, Message

from bot.club.calendar import YearlyDate
from bot.club.fields import Own
from bot.club.profile import Known
from bot.club.questions import Asked
from bot.i18n import N_, _
from bot.speech import Html, day, fill, yearly
from bot.speech.buttons import pairs, tap

NAMES = {
    "name": N_("Name"),
    "phone": N_("Phone"),
    "email": N_("E-mail"),
    "region": N_("Region"),
    "age_band": N_("Age band"),
    "qq": N_("QQ number"),
    "wechat": N_("WeChat id"),
    "birthday": N_("Birthday"),
    "interests": N_("Interests"),
    "family": N_("Family"),
    "products": N_("Products in use"),
    "cares": N_("What matters to me"),
}

QUESTIONS = {
    "name": N_("What may I call you? I greet you by it from then on."),
    "phone": N_("What is your phone number? With it the shop can reach you about an order, and find you at the till."),
    "email": N_("Which e-mail address may the shop write to, should the chat ever fail?"),
    "region": N_("Which town or district do you live in? It helps with deliveries and with what is in season."),
    "age_band": N_("Which age band are you in, such as 25–34? It helps to suggest what suits you."),
    "qq": N_("What is your QQ number, so that the shop knows you there too?"),
    "wechat": N_("What is your WeChat id, so that the shop knows you there too?"),
    "birthday": N_(
        "When is your birthday? Then my good wishes come in time. Write it as you like: 15 Aug, 8-15, or lunar 8-15. "
        "The year is not needed, and is never shown."
    ),
    "interests": N_("What do you enjoy? A few words will do; then offers fit you better."),
    "family": N_("Whose birthdays shall I keep for you? A week ahead of each I write to you, so that none slips by."),
    "products": N_("Which of our products do you use at present? Then advice fits what you have."),
    "cares": N_(
        "What matters most to you: taste, health, price, packaging, delivery …? Then we choose with that in mind."
    ),
}


def depths() -> dict[str, str]:
    """The four depths of the profile, in their order, each with its title."""
    return {
        "basic": _("<b>Basics</b>"),
        "middle": _("<b>So that we know you a little better</b>"),
        "value": _("<b>So that we think of you</b>"),
        "high": _("<b>So that we choose well for you</b>"),
    }


def field_name(name: str) -> str:
    """The name of a built-in field."""
    return _(NAMES[name])


def label(field: Known | Asked) -> str:
    """A field's name: ours in the reader's language, the shop's own in the shop's words."""
    if field.own:
        return field.own.label
    return field_name(field.name if isinstance(field, Known) else field.field)


def value(field: Known) -> str:
    """What is known of a field, in words."""
    match field.value:
        case YearlyDate():
            return yearly(field.value)
        case date():
            return day(field.value)
        case int():
            return _("one person", "{many} people", field.value).format(many=field.value)
        case _:
            return field.value or "–"


def question(name: str, own: Own | None, earns: int) -> Html:
    """The question for a field: why it is asked, and what it earns."""
    lines = [_about(own)] if own else [Html(_(QUESTIONS[name]))]
    if earns:
        lines.append(fill(_("It earns {points} points."), points=earns))
    return Html("\n".join(lines))


def choices(own: Own | None) -> list[list[InlineKeyboardButton]]:
    """The choices of a field of the shop's own as buttons."""
    if own is None or own.kind != "choice":
        return []
    return pairs([tap(choice, "pick", own.name, at) for at, choice in enumerate(own.choices)])


def asking(asked: Asked) -> Html:
    """A question of the club's own, as it stands under an answer or in a letter."""
    return question(asked.field, asked.own, asked.earns)


def answers(asked: Asked) -> list[list[InlineKeyboardButton]]:
    """The buttons under a question of the club's own."""
    family = [[tap(_("My family"), "go", "family")]] if asked.field == "family" else []
    return [*family, *choices(asked.own), leaving(asked.id)]


def leaving(question_id: int) -> list[InlineKeyboardButton]:
    """The two ways out of a question."""
    return [tap(_("Skip"), "skip", question_id), tap(_("Don't ask again"), "never", question_id)]


def before_question(message: Message) -> Html:
    """What stands before the question in a message of ours: it stays when the question is settled."""
    text = message.html_text if message.text else ""
    return Html("".join(text.rpartition("\n\n")[:2]))


def _about(own: Own) -> Html:
    says = {
        "text": _("May I ask about “{label}”? A few words will do."),
        "choice": _("May I ask about “{label}”? Tap what fits."),
        "date": _("May I ask about “{label}”? Write the date as you like, such as 15 Aug 2020."),
        "number": _("May I ask about “{label}”? A number is all I need."),
    }
    text = fill(says[own.kind], label=own.label)
    return fill("{question}\n{reason}", question=text, reason=own.reason) if own.reason else text


def with_thanks(text: Html, earned: int) -> Html:
    """An answer that was noted, with what it earned."""
    return Html(text + "\n" + fill(_("Thank you! +{points} points."), points=earned)) if earned else text
