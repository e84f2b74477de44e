"""Lucky draws in words: the post with its seal, how it came out, what staff read of one, and what is laid down."""

from datetime import datetime

from bot.club.activity_looks import Shown, Winner
from bot.club.offers import Offer
from bot.club.rules import Shop
from bot.i18n import _
from bot.speech import Html, called, fill, last_moment, prize
from bot.speech.buttons import Written, rows, tap


def post(draw: Shown, shop: Shop) -> Written:
    """A draw as its post should stand now."""
    return _draw(draw, shop), rows(tap(_("Take part"), "draw", draw.id)) if draw.state == "open" else None


def begun(draw: Shown, shop: Shop) -> Html:
    """Tell staff that it is in the group."""
    text = _("The draw for {prize} goes to the group. It is drawn {until}.")
    return fill(text, prize=_prize(draw, shop), until=last_moment(draw.closes_at, shop))


def stopping(draw: Shown, shop: Shop) -> Html:
    """Ask staff once more whether to call it off."""
    return fill(_("Call off the draw for {prize}? Then nobody wins."), prize=_prize(draw, shop))


def laid_down(given: Offer, winners: int, closes_at: datetime, shop: Shop) -> Html:
    """A draw as it was answered, before it begins."""
    lines = [
        fill("<b>{prize}</b>", prize=prize(given, shop)),
        fill(_("{count} winner", "{count} winners", winners), count=winners),
        fill(_("Until {until}"), until=last_moment(closes_at, shop)),
    ]
    return Html("\n".join(lines))


def _prize(draw: Shown, shop: Shop) -> str:
    return prize(Offer.read(draw.prize), shop)


def _draw(draw: Shown, shop: Shop) -> Html:
    lines = [fill(_("🎁 <b>Draw: {prize}</b>"), prize=_prize(draw, shop))]
    if draw.state == "open":
        lines += [
            fill(_("{count} winner", "{count} winners", draw.places), count=draw.places),
            fill(_("Drawn {until}"), until=last_moment(draw.closes_at, shop)),
            fill(_("{count} takes part", "{count} take part", draw.entered), count=draw.entered),
            fill(_("Seal, by which it can be checked afterwards: <code>{promise}</code>"), promise=draw.promise),
        ]
        return Html("\n".join(lines))
    if draw.state == "stopped":
        return Html("\n".join([*lines, _("It was called off; nobody wins. We are sorry.")]))
    if not draw.winners:
        return Html("\n".join([*lines, _("It is over, and nobody took part this time.")]))
    won = Html(_(", ").join(_lot(each) for each in draw.winners))
    count = len(draw.winners)
    lines.append(
        fill(
            _("Of {entered} who took part, the winner is:", "Of {entered} who took part, the winners are:", count),
            entered=draw.entered,
        )
    )
    lines.append(fill("<b>{won}</b>", won=won))
    lines.append(Html(_("Congratulations! The prize is in the private chat.")))
    how = _(
        "To check: the seed is <code>{seed}</code>. Its SHA-256 is the seal that stood here from the beginning; those "
        "lots win whose SHA-256 of <code>seed:lot</code> is the smallest."
    )
    lines.append(fill(how, seed=draw.seed))
    return Html("\n".join(lines))


def _lot(winner: Winner) -> Html:
    return fill(_("{name} (lot {nth})"), name=called(winner.who.name), nth=winner.nth)
