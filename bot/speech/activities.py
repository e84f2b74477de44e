"""Activities in words: each kind by its own, and what they have in common: questions of the forms, and the prizes."""

from collections.abc import Callable
from dataclasses import dataclass

from bot.club.activity_looks import BALLOT, POST, Shown
from bot.club.rules import Shop
from bot.club.sending import Outgoing
from bot.i18n import N_, _
from bot.speech import Html, contests, coupon, draws, fill, guesses, packets, quizzes
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
    "theme": N_("What are the photos to show? Such as “My tea corner”, at most 60 characters."),
    "best": N_("How many win? At most ten."),
    "by": N_("Who chooses the best?"),
    "photos": N_("Until when may photos be sent? Such as 3d, or “2027-03-05 18:00”."),
    "vote": N_("And how long does the vote go on after that? Such as 2d."),
    "thing": N_("What is it? Such as “Aged pu-erh, 2012”, at most 60 characters."),
    "price": N_("What does it cost? Nobody sees it before the end. Such as 188 or 29.90."),
    "photo": N_("Send me a photo of it, if you have one."),
    "nearest": N_("How many win? Those who came nearest."),
}
COUNTS = {
    "points": (100, 300, 500),
    "parts": (3, 5, 10),
    "winners": (1, 2, 3),
    "first": (3, 10, 100),
    "best": (1, 2, 3),
    "nearest": (1, 3, 10),
}
POINTS = (10, 20, 50)
LENGTHS = {"until": ("1h", "3h", "1d"), "ends": ("1h", "3h", "1d"), "photos": ("3d", "7d", "14d"), "vote": ("1d", "2d")}


@dataclass(frozen=True, slots=True)
class Words:
    """A kind of activity in words: its post, that it was begun, the question whether to call it off."""

    post: Callable[[Shown, Shop], Written]
    begun: Callable[[Shown, Shop], Html]
    stopping: Callable[[Shown, Shop], Html]


KINDS = {
    "packet": Words(packets.post, packets.begun, packets.stopping),
    "draw": Words(draws.post, draws.begun, draws.stopping),
    "quiz": Words(quizzes.post, quizzes.begun, quizzes.stopping),
    "guess": Words(guesses.post, guesses.begun, guesses.stopping),
    "contest": Words(contests.post, contests.begun, contests.stopping),
}


def options(step: str) -> dict[str, str]:
    """What a step may be answered with by a button, with the words on it."""
    if step == "offer":
        return {f"points:{each}": _("{points} points").format(points=each) for each in POINTS}
    if step == "by":
        return {"votes": _("The members, by votes"), "owner": _("I choose")}
    if step == "photo":
        return {"": _("No picture")}
    return {each: _length(each) for each in LENGTHS.get(step, ())} | {str(n): str(n) for n in COUNTS.get(step, ())}


def _length(code: str) -> str:
    return {
        "1h": _("In an hour"),
        "3h": _("In three hours"),
        "1d": _("This time tomorrow"),
        "2d": _("In two days"),
        "3d": _("In three days"),
        "7d": _("In a week"),
        "14d": _("In two weeks"),
    }[code]


def post_letter(letter: Outgoing, shop: Shop, _link: DeepLink) -> Written:
    """An activity's post in a group, or how it ended."""
    return post(letter.facts["activity"], shop, letter.kind)


def post(activity: Shown, shop: Shop, kind: str = POST) -> Written:
    """An activity as its post should stand now, with the buttons that take part. `kind`: of the post's letter."""
    if kind == BALLOT:
        return contests.ballot(activity, shop)
    return KINDS[activity.kind].post(activity, shop)


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
    look = [tap(_("The photos"), "photos", activity.id)] if activity.kind == "contest" else []
    return KINDS[activity.kind].begun(activity, shop), rows(
        [*look, tap(_("Call it off"), "activity", "ask", activity.id)]
    )


def stop_question(activity: Shown, shop: Shop) -> Written:
    """Ask staff once more whether to call it off."""
    text = KINDS[activity.kind].stopping(activity, shop)
    return text, rows([tap(_("Confirm"), "activity", "stop", activity.id), tap(_("Cancel"), "untell")])
