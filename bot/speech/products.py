"""How products are described to managers."""

from aiogram.types import InlineKeyboardMarkup

from bot.club.products import Known
from bot.i18n import _
from bot.speech import Html, fill, fitting
from bot.speech.buttons import pairs, rows, tap


def page(found: list[Known], number: int, more: bool) -> tuple[Html, InlineKeyboardMarkup | None]:
    """A page of the products, each with a button, and the way to the pages beside it."""
    if not found and not number:
        return Html(_("No products yet: each is known from its first sale on.")), None
    turn = [tap("←", "products", number - 1)] if number else []
    turn += [tap("→", "products", number + 1)] if more else []
    lines = [
        Html(_("<b>Products</b>, the most bought first")),
        *map(described, found),
        Html(_("Tap one to change it.")),
    ]
    buttons = [tap(each.name, "product", each.id) for each in found]
    return fitting(lines), rows(*pairs(buttons), *([turn] if turn else []))


def described(product: Known) -> Html:
    """A product in a line: how often it was bought, what it is, how long it lasts."""
    parts = [fill("<b>{name}</b>", name=product.name), fill(_("{count} sold"), count=product.pieces)]
    if product.category:
        parts.append(fill("{category}", category=product.category))
    if product.lasts_days:
        lasts = _("lasts {days} day", "lasts {days} days", product.lasts_days)
        parts.append(fill(lasts, days=product.lasts_days))
    return Html(" · ".join(parts))


def one(product: Known) -> tuple[Html, InlineKeyboardMarkup]:
    """A product with what can be changed about it."""
    changes = [
        tap(_("Category"), "fixproduct", product.id, "category"),
        tap(_("How long it lasts"), "fixproduct", product.id, "lasts"),
        tap(_("Same as another"), "fixproduct", product.id, "into"),
    ]
    return described(product), rows(changes[:2], changes[2:], [tap(_("All products"), "products", 0)])


def merging(gone: str, stays: str) -> Html:
    """The question before two products become one."""
    text = _("“{gone}” becomes another name of “{name}”, with all that was sold of it. That stays so.")
    return fill(text, gone=gone, name=stays)


def merged(gone: str, stays: Known) -> Html:
    """What was merged into what."""
    text = _("“{gone}” is another name of “{name}” now, and what was sold of it counts there.")
    return Html(fill(text, gone=gone, name=stays.name) + "\n" + described(stays))
