"""Packets and draws in words: the posts in the groups, what winners read, what staff are told and asked."""

from datetime import datetime

from bot.club.activities import Shown, Winner
from bot.club.offers import Offer
from bot.club.rules import Shop
from bot.club.sending import Outgoing
from bot.i18n import N_, _
from bot.speech import Html, coupon, fill, fitting, last_moment, name, offer, quizzes
from bot.speech.buttons import DeepLink, Written, rows, tap

ASKS = {
    "points": N_("How many points does it hold in all?"),
    "parts": N_("For how many? Chance decides how much each gets."),
    "prize": N_("What is there to win? Such as “A teapot”, 20% or points:500."),
    "winners": N_("How many win?"),
    "question": N_("What is the question? At most 120 characters."),
    "right": N_("What is the right answer?"),
    "wrong": N_("And which wrong answers stand beside it? One to three, one a line."),
    "offer": N_("What do they win? Such as points:20, 10 (money off) or gift:tea."),
    "first": N_("How many win? Those who were right first."),
    "ends": N_("Until when? Such as 2h, 18:00 or “tomorrow 18:00”."),
    "until": N_("When is it drawn? Such as 2h, 18:00 or “tomorrow 18:00”."),
}
COUNTS = {"points": (100, 300, 500), "parts": (3, 5, 10), "winners": (1, 2, 3), "first": (3, 10, 100)}
POINTS = (10, 20, 50)
LENGTHS = ("1h", "3h", "1d")


def options(step: str) -> dict[str, str]:
    """What a step may be answered with by a button, with the words on it."""
    if step == "offer":
        return {f"points:{each}": _("{points} points").format(points=each) for each in POINTS}
    if step in ("until", "ends"):
        return dict(zip(LENGTHS, (_("In an hour"), _("In three hours"), _("This time tomorrow")), strict=True))
    return {str(count): str(count) for count in COUNTS.get(step, ())}


def post_letter(letter: Outgoing, shop: Shop, _link: DeepLink) -> Written:
    """An activity's post in a group, or how it ended."""
    return post(letter.facts["activity"], shop)


def post(activity: Shown, shop: Shop) -> Written:
    """An activity as its post should stand now, with the button that takes part."""
    packet = activity.kind == "packet"
    if activity.kind == "quiz":
        return quizzes.post(activity, shop)
    text = _packet(activity, shop) if packet else _draw(activity, shop)
    if activity.state != "open" or (packet and activity.entered >= activity.places):
        return text, None
    return text, rows(tap(_("Open it") if packet else _("Take part"), activity.kind, activity.id))


def prize_letter(letter: Outgoing, shop: Shop, _link: DeepLink) -> Written:
    """Tell a winner: points are there already, anything else comes as a coupon."""
    facts = letter.facts
    if "points" in facts:
        text = _("Congratulations, you won {points} points! 🎉 ({what})\nYou have {balance} now.")
        return fill(text, points=facts["points"], what=facts["what"], balance=facts["balance"]), None
    text = _("Congratulations, you won! 🎉\n\n{coupon}\n\nShow the code in the shop. /coupons keeps it for you.")
    return fill(text, coupon=coupon(facts, shop)), None


def begun(activity: Shown, shop: Shop) -> Written:
    """Tell staff that it is in the group, with the way to call it off."""
    stop = rows(tap(_("Call it off"), "activity", "ask", activity.id))
    if activity.kind == "packet":
        text = _("The red packet goes to the group: {points} points in {parts} parts.")
        return fill(text, points=int(activity.prize), parts=activity.places), stop
    if activity.kind == "quiz":
        return fill(_("The quiz goes to the group: “{question}”"), question=activity.title), stop
    text = _("The draw for {prize} goes to the group. It is drawn {until}.")
    return fill(text, prize=prize(activity, shop), until=last_moment(activity.closes_at, shop)), stop


def stop_question(activity: Shown, shop: Shop) -> Written:
    """Ask staff once more whether to call it off."""
    text = _("Call it off? Parts that were taken stay with whoever took them.")
    if activity.kind == "quiz":
        text = _("Call off the quiz? Then nobody wins.")
    if activity.kind == "draw":
        text = fill(_("Call off the draw for {prize}? Then nobody wins."), prize=prize(activity, shop))
    return Html(text), rows([tap(_("Confirm"), "activity", "stop", activity.id), tap(_("Cancel"), "untell")])


def packet_down(points: int, parts: int) -> Html:
    """A packet as it was answered, before it is given."""
    return fill(_("{points} points in {parts} parts"), points=points, parts=parts)


def draw_down(title: str, given: Offer, winners: int, closes_at: datetime, shop: Shop) -> Html:
    """A draw as it was answered, before it begins."""
    lines = [
        fill("<b>{prize}</b>", prize=_named(title, given, shop)),
        fill(_("{count} winner", "{count} winners", winners), count=winners),
        fill(_("Until {until}"), until=last_moment(closes_at, shop)),
    ]
    return Html("\n".join(lines))


def prize(activity: Shown, shop: Shop) -> Html:
    """What there is to win."""
    return _named(activity.title, Offer.read(activity.prize), shop)


def _named(title: str, given: Offer, shop: Shop) -> Html:
    return fill("{title}", title=title if given.kind == "gift" else offer(given, shop))


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
    return fill(_("· {name}: {points}"), name=name(winner.who.name), points=winner.won)


def _luckiest(packet: Shown) -> list[Html]:
    if len(packet.winners) < 2:
        return []
    best = max(packet.winners, key=lambda each: each.won)
    return [fill(_("Luckiest of all: {name} 🎉"), name=name(best.who.name))]


def _draw(draw: Shown, shop: Shop) -> Html:
    lines = [fill(_("🎁 <b>Draw: {prize}</b>"), prize=prize(draw, shop))]
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
    return fill(_("{name} (lot {nth})"), name=name(winner.who.name), nth=winner.nth)
