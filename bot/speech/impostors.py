"""Who passes for the shop, in words: to the owners, and the weekly note to the groups."""

from bot.club.impostors import BOT
from bot.club.rules import Shop
from bot.club.sending import Outgoing
from bot.i18n import _
from bot.speech import Html, fill, name
from bot.speech.buttons import DeepLink, Written, link, rows, tap

LINK = "verify"  # the payload of a link that asks who is real


def lookalike(letter: Outgoing, _shop: Shop, _link: DeepLink) -> Written:
    """Point somebody out to an owner, who decides."""
    facts = letter.facts
    about = {"who": name(facts["name"]), "number": facts["number"]}
    text = _("⚠️ <b>{who}</b> ({number}) bears an owner's name and is none of the owners. Do you know them?")
    if facts["like"] == BOT:
        text = _("⚠️ <b>{who}</b> ({number}) bears my name and is not me. Do you know them?")
    told = Html(f"{fill(text, **about)}\n{_username(facts['username'])}")
    out, known = (
        tap(_("Put them out for good"), "impostor", "out", facts["who"]),
        tap(_("I know them"), "impostor", "ok"),
    )
    return told, rows(out, known)


def note(letter: Outgoing, shop: Shop, deep_link: DeepLink) -> Written:
    """Tell a group which accounts are the shop's."""
    people = Html(_(", ").join(f"<code>@{each}</code>" for each in letter.facts["people"]))
    ours = _("📌 <b>This is how you know {shop}</b>\nThis account, which writes here, is the shop's only bot.")
    if people:
        ours = _(
            "📌 <b>This is how you know {shop}</b>\n"
            "This account, which writes here, is the shop's only bot. The shop's owners: {people}."
        )
    never = _(
        "Whoever else writes to you in our name is not us, whatever their name and picture. We never ask for "
        "passwords, SMS codes, card numbers, or money to a private account."
    )
    url = deep_link(LINK)
    text = Html(f"{fill(ours, shop=shop.name, people=people)}\n{never}")
    return text, rows(link(_("Is this really the shop?"), url)) if url else None


def no_pin(letter: Outgoing, _shop: Shop, _link: DeepLink) -> Written:
    """Tell an owner that the note stands unpinned, and the remedy."""
    text = _(
        "My weekly note stands in “{title}”, but I may not pin it. Please give me the right to pin messages there; "
        "next week's is pinned then."
    )
    return fill(text, title=name(letter.facts["title"])), None


def _username(username: str | None) -> Html:
    if not username:
        return Html(_("They have no @username."))
    return fill(_("Their @username, letter by letter: {username}"), username=Html(f"<code>{username}</code>"))
