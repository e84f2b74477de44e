"""What offers cost the shop, as far as that can be said beforehand: by the owner's own estimates under /settings."""

from decimal import ROUND_CEILING, Decimal

from bot.club.offers import Offer
from bot.club.rules import Shop


def of_points(points: int, shop: Shop) -> int:
    """What points cost, in minor units."""
    return _minor(shop.rules.budget.hundred_points * points / 100)


def of_offer(offer: Offer, shop: Shop) -> int:
    """What an offer costs once it is used, in minor units; a share of a purchase is one of an average purchase."""
    rules = shop.rules.budget
    match offer.kind:
        case "money":
            return offer.amount
        case "percent":
            return _minor(rules.basket * offer.amount / 100)
        case "points":
            return of_points(offer.amount, shop)
        case "gift":
            return _minor(rules.gift)
        case _:
            return of_points(int(rules.basket) * (offer.amount - 1), shop)


def _minor(amount: Decimal) -> int:
    """An amount in minor units, rounded up: better a little too careful."""
    return int((amount * 100).to_integral_value(ROUND_CEILING))
