"""Red packets in words: the post with what is left, what staff read of one, and what is laid down."""

from bot.club.activity_looks import Shown, Winner
from bot.club.rules import Shop
from bot.i18n import _
from bot.speech import Html, called, fill, fitting
from bot.speech.buttons import Written, rows, tap


def post(packet: Shown, shop: Shop) -> Written:
    """A packet as its post should stand now."""
    is_open = packet.state == "open" and packet.entered < packet.places
    return _packet(packet, shop), rows(tap(_("Open it"), "packet", packet.id)) if is_open else None


def begun(packet: Shown, _shop: Shop) -> Html:
    """Tell staff that it is in the group."""
    text = _("The red packet goes to the group: {points} points in {parts} parts.")
    return fill(text, points=int(packet.prize), parts=packet.places)


def stopping(_packet: Shown, _shop: Shop) -> Html:
    """Ask staff once more whether to call it off."""
    return Html(_("Call it off? Parts that were taken stay with whoever took them."))


def laid_down(points: int, parts: int) -> Html:
    """A packet as it was answered, before it is given."""
    return fill(_("{points} points in {parts} parts"), points=points, parts=parts)


def _packet(packet: Shown, shop: Shop) -> Html:
    lines = [
        fill(_("🧧 <b>A red packet from {shop}</b>"), shop=shop.name),
        fill(
            _("{points} points in {parts} parts: first come, first served."),
            points=int(packet.prize),
            parts=packet.places,
        ),
    ]
    left = packet.places - packet.entered
    if packet.state == "open" and left:
        text = _("{count} part left", "{count} parts left", left)
        return Html("\n".join([*lines, fill(text, count=left)]))
    lines.append(
        fill(_("It is over: {taken} of {parts} parts were taken."), taken=packet.entered, parts=packet.places)
        if left
        else Html(_("All parts are taken."))
    )
    return fitting([*lines, *(_took(each) for each in packet.winners), *_luckiest(packet)])


def _took(winner: Winner) -> Html:
    return fill(_("· {name}: {points}"), name=called(winner.who.name), points=winner.won)


def _luckiest(packet: Shown) -> list[Html]:
    if len(packet.winners) < 2:
        return []
    best = max(packet.winners, key=lambda each: each.won)
    return [fill(_("Luckiest of all: {name} 🎉"), name=called(best.who.name))]
