"""Questions to the shop, as the staff read them, and the answers, as members do."""

from collections.abc import Sequence

from aiogram.types import InlineKeyboardMarkup

from bot.club.answer_times import Times
from bot.club.rules import Shop
from bot.club.sending import Outgoing
from bot.club.threads import Line
from bot.i18n import _
from bot.speech import Html, fill, fitting, lasting, lines, moment, person
from bot.speech.buttons import DeepLink, Written, rows, tap

EXCERPT = 120  # characters of a question in the list


def question_letter(letter: Outgoing, _shop: Shop, _link: DeepLink) -> Written:
    """A member's question, to the staff."""
    line: Line = letter.facts["said"]
    text = _("💬 {who} asks:\n\n{words}\n\nReply to this message, and your answer goes to them.")
    say = [tap(_("Answer"), "thread", "take", line.thread), tap(_("Needs no answer"), "thread", "drop", line.thread)]
    return fill(text, who=person(line.who), words=_words(line)), rows(say)


def answer_letter(letter: Outgoing, shop: Shop, _link: DeepLink) -> Written:
    """The shop's answer, to the member."""
    line: Line = letter.facts["said"]
    text = fill(_("💬 {shop} answers:\n\n{words}"), shop=shop.name, words=_words(line))
    stars = [tap("⭐" * many, "content", many, line.thread) for many in range(1, 6)]
    return text, rows(stars[:3], stars[3:], tap(_("Ask on"), "more", line.thread))


def taken_letter(letter: Outgoing, _shop: Shop, _link: DeepLink) -> Written:
    """Word to the colleagues that a question was answered."""
    line: Line = letter.facts["said"]
    text = _("✓ {by} answered {who}:\n\n{words}")
    return fill(text, by=person(line.by), who=person(line.who), words=_words(line)), None


def answered(line: Line) -> Written:
    """What who answered reads."""
    text = fill(_("Your answer goes to {who}. What they say next comes to you."), who=person(line.who))
    return text, rows(tap(_("Hand over to a colleague"), "thread", "over", line.thread))


def page(open_ones: Sequence[Line], times: Times | None, shop: Shop) -> Written:
    """What waits for an answer, with a button each, and how quickly the shop answers."""
    head = _("<b>Open questions</b>") if open_ones else _("No question is open.")
    parts = [Html(head), *(_open(line, shop) for line in open_ones)]
    if times:
        parts.append(_quickly(times))
    parts.append(Html(_("With words behind it, /ask puts a question of your own.")))
    return fitting(parts, "\n\n"), _buttons(open_ones)


def _buttons(open_ones: Sequence[Line]) -> InlineKeyboardMarkup | None:
    label = _("Answer {number}")
    taps = [tap(label.format(number=line.who.number), "thread", "take", line.thread) for line in open_ones]
    return rows(*taps) if taps else None


def _open(line: Line, shop: Shop) -> Html:
    words = line.words if len(line.words) <= EXCERPT else line.words[: EXCERPT - 1] + "…"
    facts = {"who": person(line.who), "at": moment(line.at, shop), "words": words or _("a picture")}
    if line.taken_by:
        return fill(_("{who}, {at}, with {by}: {words}"), by=person(line.taken_by), **facts)
    return fill(_("{who}, {at}: {words}"), **facts)


def _quickly(times: Times) -> Html:
    text = _("In the last 30 days: {count} answered, half of them within {time}.")
    told = fill(text, count=times.answered, time=lasting(times.half))
    if times.stars is None:
        return told
    return Html(told + " " + fill(_("Members gave {stars} of 5."), stars=f"{times.stars:.1f}"))


def _words(line: Line) -> Html:
    """What was said, its lines kept."""
    said = lines(line.words)
    return said or Html(_("a picture"))
