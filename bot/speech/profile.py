"""How the fields of the profile are named and asked for."""

from bot.i18n import N_, _
from bot.speech import Html

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
    "products": N_("Products in use"),
    "cares": N_("What matters to me"),
}

QUESTIONS = {
    "name": N_("What may I call you?"),
    "phone": N_("What is your phone number? With it the shop can reach you about an order, and find you at the till."),
    "email": N_("Which e-mail address may the shop write to, should the chat ever fail?"),
    "region": N_("Which town or district do you live in? It helps with deliveries and with what is in season."),
    "age_band": N_("Which age band are you in, such as 25–34? It helps to suggest what suits you."),
    "qq": N_("What is your QQ number, so that the shop knows you there too?"),
    "wechat": N_("What is your WeChat id, so that the shop knows you there too?"),
    "birthday": N_(
        "When is your birthday? Write it as you like: 15 Aug, 8-15, or lunar 8-15. "
        "The year is not needed, and is never shown."
    ),
    "interests": N_("What do you enjoy? A few words will do; then offers fit you better."),
    "products": N_("Which of our products do you use at present? Then advice fits what you have."),
    "cares": N_("What matters most to you: taste, health, price, packaging, delivery …?"),
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
    """A field's name."""
    return _(NAMES[name])


def question(name: str) -> Html:
    """The question for a field, which says why it is asked."""
    return Html(_(QUESTIONS[name]))
