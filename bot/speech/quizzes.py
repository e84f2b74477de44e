"""Quizzes in words: the post with its answers as buttons, the result, and what is laid down."""

from datetime import datetime

from bot.club.activity_looks import Shown
from bot.club.offers import Offer
from bot.club.rules import Shop
from bot.i18n import _
from bot.speech import Html, called, fill, last_moment, offer
from bot.speech.buttons import Written, rows, tap


def post(quiz: Shown, shop: Shop) -> Written:
    """A quiz as its post should stand now; who was right is told at its end."""
    head = fill(_("❓ <b>Quiz: {question}</b>"), question=quiz.title)
    given = Offer.read(quiz.prize)
    if quiz.state == "open":
        text = _(
            "The first who is right wins {prize}.", "The first {count} who are right win {prize} each.", quiz.places
        )
        lines = [
            head,
            fill(text, count=quiz.places, prize=offer(given, shop)),
            fill(_("Until {until}"), until=last_moment(quiz.closes_at, shop)),
            fill(_("{count} answered", "{count} answered", quiz.entered), count=quiz.entered),
        ]
        taps = [tap(each, "quiz", quiz.id, n) for n, each in enumerate(quiz.choices)]
        return Html("\n".join(lines)), rows(*taps)
    if quiz.state == "stopped":
        return Html("\n".join([head, _("It was called off; nobody wins. We are sorry.")])), None
    lines = [head, fill(_("The answer: <b>{answer}</b>"), answer=quiz.choices[quiz.answer or 0])]
    lines.append(fill(_("Of {entered} who answered {right} were right."), entered=quiz.entered, right=quiz.right))
    if quiz.winners:
        won = Html(_(", ").join(fill("{name}", name=called(each.who.name)) for each in quiz.winners))
        lines.append(fill(_("{prize} for: <b>{won}</b>. Congratulations!"), prize=offer(given, shop), won=won))
    return Html("\n".join(lines)), None


def begun(quiz: Shown, _shop: Shop) -> Html:
    """Tell staff that it is in the group."""
    return fill(_("The quiz goes to the group: “{question}”"), question=quiz.title)


def stopping(_quiz: Shown, _shop: Shop) -> Html:
    """Ask staff once more whether to call it off."""
    return Html(_("Call off the quiz? Then nobody wins."))


def laid_down(
    question: str, right: str, wrong: list[str], given: Offer, places: int, closes_at: datetime, shop: Shop
) -> Html:
    """A quiz as it was answered, before it begins."""
    lines = [
        fill("<b>{question}</b>", question=question),
        fill(_("Right: {right}"), right=right),
        fill(_("Wrong: {wrong}"), wrong=_(", ").join(wrong)),
        fill(
            _("{prize} for the first", "{prize} for each of the first {count}", places),
            prize=offer(given, shop),
            count=places,
        ),
        fill(_("Until {until}"), until=last_moment(closes_at, shop)),
    ]
    return Html("\n".join(lines))
