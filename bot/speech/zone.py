"""The zone as its members see it and as managers keep it, and what the guided form asks."""

from aiogram.types import InlineKeyboardButton

from bot.club.rules import Shop
from bot.club.zone import OLD, Item
from bot.i18n import N_, _
from bot.speech import Html, fill, fitting, money
from bot.speech.buttons import Written, rows, tap

ASKS = {
    "title": N_("What is the product called? At most 60 characters."),
    "price": N_("What does it cost? Such as 188 or 29.90."),
    "audience": N_("For whom is it kept? An audience such as grade:vip or interest:pu-erh."),
    "photo": N_("Send me a photo of it, if you have one."),
}


def line(item: Item, shop: Shop) -> Html:
    """A product with its price."""
    return fill("<b>{title}</b> · {price}", title=item.title, price=money(item.price, shop))


def for_member(found: list[Item], shop: Shop) -> Written:
    """What is kept for a member, with a button for each picture."""
    ask = Html(_("Ask for it at the counter."))
    text = fitting([Html(_("<b>Kept for you</b>")), *(line(item, shop) for item in found), ask])
    buttons = [_look(item) for item in found if item.photo]
    return text, rows(*buttons) if buttons else None


def pictured(item: Item, shop: Shop) -> Html:
    """What stands under a product's picture."""
    return Html(line(item, shop) + "\n" + _("Ask for it at the counter."))


def for_managers(found: list[Item], shop: Shop, form: str) -> Written:
    """All that is kept, for whom, and the ways to put in more and to take something out."""
    lines = [
        fill(_("{id}. {item}, for {audience}"), id=str(item.id), item=line(item, shop), audience=whom(item.audience))
        for item in found
    ]
    how = fill(_("Put a product in: <code>{form}</code>"), form=_(form))
    gone = [tap(_("Remove {name}").format(name=item.title), "unzone", item.id) for item in found]
    seen = [_look(item) for item in found if item.photo]
    return fitting([Html(_("<b>The zone</b>")), *lines, how]), rows(tap(_("A new product"), "keep"), *seen, *gone)


def put_in(item: Item, many: int, shop: Shop) -> Html:
    """That a product is kept now, and how many see it."""
    text = _("In the zone: {item}, for {audience} ({count} now).")
    return fill(text, item=line(item, shop), audience=whom(item.audience), count=many)


def laid_down(item: Item, shop: Shop) -> Html:
    """A product as it was answered, before it is put in."""
    picture = _("Members see a picture of it.") if item.photo else _("There is no picture of it yet.")
    return Html("\n".join([line(item, shop), fill(_("For: {audience}"), audience=whom(item.audience)), picture]))


def whom(audience: str) -> str:
    """For whom a product is, in words where nothing else was said."""
    return _("Regulars and up") if audience == OLD else audience


def _look(item: Item) -> InlineKeyboardButton:
    return tap(f"📷 {item.title}", "zone", item.id)
