"""How relatives are named, listed and asked for."""

from datetime import date

from bot.club.calendar import YearlyDate
from bot.club.family import Missing, Relative
from bot.i18n import N_, _
from bot.speech import Html, day, fill, month, name, yearly

RELATIONS = {
    "mother": N_("mother"),
    "father": N_("father"),
    "wife": N_("wife"),
    "husband": N_("husband"),
    "son": N_("son"),
    "daughter": N_("daughter"),
    "grandmother": N_("grandmother"),
    "grandfather": N_("grandfather"),
    "brother": N_("brother"),
    "sister": N_("sister"),
    "friend": N_("friend"),
    "child": N_("child"),
}
QUESTIONS = {
    Missing.RELATION: N_("Whose day shall I keep for you? Tap, or write it in a word or two."),
    Missing.FAMILY: N_(
        "I keep your family's dates only to remind you of them a week ahead. Nobody else sees them, and you can delete "
        "them at any time under /family. Do you agree?"
    ),
    Missing.CHILDREN: N_(
        "I keep a child's name and date only to remind you of the day, nobody else sees it. Delete it at any time "
        "under /family. Do you agree?"
    ),
    Missing.NAME: N_("What is {who}'s first name? My letter reads more warmly with it."),
    Missing.DATE: N_("When is {who}'s birthday? Write it as you like: 15 Aug, 8-15, or lunar 8-15."),
    Missing.WHICH: N_("Which one do you mean?"),
}


def relation_name(relation: str) -> str:
    """A relation, in the language being spoken where it is one that we know."""
    return _(RELATIONS[relation]) if relation in RELATIONS else relation


def short(relation: str, first_name: str) -> str:
    """A relative as their member's list and buttons name them: mother Lan."""
    return f"{relation_name(relation)} {name(first_name)}" if first_name else relation_name(relation)


def relative(relation: str, first_name: str) -> str:
    """A relative as one speaks of them to their member: your mother Lan."""
    if not first_name:
        return _("your {relation}").format(relation=relation_name(relation))
    return _("your {relation} {name}").format(relation=relation_name(relation), name=name(first_name))


def question(what: Missing, who: str, child: bool) -> Html:
    """What is asked next about a relative."""
    text = fill(_(QUESTIONS[what]), who=who)
    if what is Missing.DATE:
        more = _("Month and year will do, such as May 2024.") if child else _("The year is not needed.")
        return Html(text + "\n" + more)
    return text


def falls(when: YearlyDate, next_on: date) -> Html:
    """A relative's date, and when it comes next."""
    if not when.day:
        return fill(_("in {month}"), month=month(next_on))
    return fill(_("{day}, next on {next}"), day=yearly(when), next=day(next_on))


def everybody(relatives: list[Relative]) -> Html:
    """A member's relatives with their dates."""
    if not relatives:
        return Html(_("Tell me the birthdays of your family, lunar ones too, and I remind you a week ahead."))
    lines = [line(each) for each in relatives]
    return Html("\n".join([_("<b>Your family's days</b>"), *lines, "", _("I write to you a week ahead of each.")]))


def line(who: Relative) -> Html:
    """A relative with their date, on a line."""
    return fill(_("· {who}: {falls}"), who=short(who.relation, who.name), falls=falls(who.when, who.next_on))
