"""The menu: everything a member can do, as buttons."""

from aiogram.types import InlineKeyboardMarkup

from bot.i18n import _
from bot.speech.buttons import pairs, rows, tap

MENU = (
    "checkin", "points", "card", "coupons", "gifts", "deals", "zone", "invite", "profile", "family", "ask", "notify",
    "verify", "lang", "help",
)  # fmt: skip


def menu_buttons() -> InlineKeyboardMarkup:
    """The menu's buttons."""
    labels = {
        "checkin": _("Check in"),
        "points": _("My points"),
        "card": _("My card"),
        "gifts": _("Gifts"),
        "deals": _("Members' deals"),
        "zone": _("Old members' zone"),
        "invite": _("Bring a friend"),
        "coupons": _("My coupons"),
        "profile": _("About me"),
        "family": _("My family"),
        "ask": _("Ask the shop"),
        "notify": _("Notifications"),
        "verify": _("Is it really you?"),
        "lang": _("Language"),
        "help": _("Help"),
    }
    return rows(*pairs([tap(labels[item], "go", item) for item in MENU]))
