"""How what staff noted about a member is put into words."""

from bot.club.notes import Notes, tidy
from bot.club.rules import Shop
from bot.i18n import LOCALES, N_, _, speaking
from bot.speech import Html, fill, fitting, moment, name

SEEDS = {
    "office sharer": N_("office sharer"),
    "cares about: taste": N_("cares about: taste"),
    "cares about: health": N_("cares about: health"),
    "cares about: price": N_("cares about: price"),
    "cares about: gifts": N_("cares about: gifts"),
}


def tag_name(tag: str) -> str:
    """A tag as the reader's language calls it: our own suggestions are translated, the shop's words are its own."""
    return _(SEEDS[tag]) if tag in SEEDS else tag


def seed_of(words: str) -> str:
    """The suggested tag that these words name in one of our languages, else the words themselves."""
    for locale in LOCALES:
        with speaking(locale):
            if named := next((seed for seed in SEEDS if tidy(tag_name(seed)) == tidy(words)), None):
                return named
    return words


def noted(about: Notes, shop: Shop) -> Html:
    """The tags and notes of a member."""
    head = fill("<b>{number} {name}</b>", number=about.who.number, name=name(about.who.name))
    return fitting([head, tags(about), *notes(about, shop)])


def tags(about: Notes) -> Html:
    """The tags of a member in one line."""
    if not about.tags:
        return Html(_("No tags yet."))
    return fill(_("Tags: {tags}"), tags=" · ".join(map(tag_name, about.tags)))


def notes(about: Notes, shop: Shop) -> list[Html]:
    """The notes about a member, a line each."""
    theirs = about.who.number
    return [
        fill(
            _("· “{words}” (in their own words, {at})") if each.by == theirs else _("· {words} ({by}, {at})"),
            words=each.words,
            by=each.by,
            at=moment(each.at, shop),
        )
        for each in about.notes
    ]
