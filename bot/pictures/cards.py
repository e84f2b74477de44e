"""The cards that letters carry. Pillow is loaded when the first one is drawn, so that a start costs nothing."""


def birthday_card(name: str, shop: str, wish: str) -> bytes:
    """A birthday greeting for a member, from the shop, as a JPEG of 1080 × 1350.

    `name` may be empty or hold nothing the font can draw: then the card goes without it.
    """
    from bot.pictures import birthday  # noqa: PLC0415 (see above)

    return birthday.card(name, shop, wish)
