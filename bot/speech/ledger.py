"""How the lines of the ledger are named to their member, and the staff's acts to the owner."""

from bot.i18n import N_, _
from bot.speech.profile import field_name

SOURCES = {
    "checkin": N_("check-in"),
    "streak": N_("streak prize"),
    "consent": N_("welcome"),
    "birthday_told": N_("your birthday"),
    "grant": N_("from the shop"),
    "deduct": N_("by the shop"),
}

ACTS = {
    "claim": N_("opened the claim link"),
    "staff add": N_("gave a role"),
    "staff remove": N_("took a role"),
    "settings": N_("changed a rule"),
    "link group": N_("linked a group"),
    "refuse group": N_("refused a group"),
    "grant": N_("gave points"),
    "deduct": N_("took points"),
    "approve": N_("approved"),
    "decline": N_("declined"),
    "deal new": N_("made a deal"),
    "deal stop": N_("stopped a deal"),
    "redeem": N_("used a coupon"),
    "tag": N_("put a tag"),
    "untag": N_("took a tag off"),
    "note": N_("wrote a note"),
}


def act_name(act: str) -> str:
    """What somebody of the staff did."""
    return _(ACTS[act])


def reason(source: str, words: str | None) -> str:
    """Why points moved: staff's own words, or the name of the source."""
    if source.startswith("field:"):
        return words or _("about you: {field}").format(field=field_name(source.removeprefix("field:")))
    return words or _(SOURCES[source])
