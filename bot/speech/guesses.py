"""Guesses at a price in words: the post, the price with who came nearest, and what members and staff read."""

from bot.club.activity_looks import Shown, Winner
from bot.club.guesses import Plan
from bot.club.offers import Offer
from bot.club.rules import Shop
from bot.i18n import _
from bot.speech import LONGEST_CAPTION, Html, called, fill, fitting, last_moment, money, prize
from bot.speech.buttons import Written, rows, tap


def post(guess: Shown, shop: Shop) -> Written:
    """A guess as its post should stand now, short enough for a picture's caption; the price is told at its end."""
    head = fill(_("🏷 <b>Guess the price: {title}</b>"), title=guess.title)
    if guess.state == "open":
        lines = [
            head,
            _prizes(Offer.read(guess.prize), guess.places, shop),
            fill(_("Guess in private, once, until {until}."), until=last_moment(guess.closes_at, shop)),
            fill(_("{count} guessed", "{count} guessed", guess.entered), count=guess.entered),
        ]
        return Html("\n".join(lines)), rows(tap(_("Guess"), "guess", guess.id))
    if guess.state == "stopped":
        return Html("\n".join([head, _("It was called off; nobody wins. We are sorry.")])), None
    lines = [head, fill(_("It costs <b>{price}</b>."), price=money(guess.answer or 0, shop))]
    if not guess.winners:
        return Html("\n".join([*lines, _("Nobody guessed this time.")])), None
    lines.append(fill(_("Of {count} who guessed, nearest came:"), count=guess.entered))
    nearest = sorted(guess.winners, key=lambda each: (_away(each, guess), each.nth))
    lines += [_line(each, guess, shop) for each in nearest]
    last = fill(_("Congratulations! The prize, {prize}, is in the private chat."), prize=_prize(guess, shop))
    return fitting(lines, last=last, longest=LONGEST_CAPTION), None


def question(guess: Shown, shop: Shop) -> Html:
    """Ask a member for their guess."""
    text = _("What do you think “{title}” costs? Write an amount, such as 128. You can guess once, until {until}.")
    return fill(text, title=guess.title, until=last_moment(guess.closes_at, shop))


def noted(guess: Shown, amount: int, shop: Shop) -> Html:
    """Tell a member that their guess counts."""
    text = _("Noted: {amount}. The price and who came nearest are told in the group {until}.")
    return fill(text, amount=money(amount, shop), until=last_moment(guess.closes_at, shop))


def begun(guess: Shown, shop: Shop) -> Html:
    """Tell staff that it is in the group."""
    text = _("“{title}” goes to the group to be guessed. The price is told {until}.")
    return fill(text, title=guess.title, until=last_moment(guess.closes_at, shop))


def stopping(guess: Shown, _shop: Shop) -> Html:
    """Ask staff once more whether to call it off."""
    return fill(_("Call off the guess at “{title}”? Then nobody wins, and the price is not told."), title=guess.title)


def laid_down(plan: Plan, shop: Shop) -> Html:
    """A guess as it was answered, before it begins."""
    lines = [
        fill("<b>{title}</b> · {price}", title=plan.title, price=money(plan.price, shop)),
        _prizes(plan.prize, plan.places, shop),
        fill(_("Until {until}"), until=last_moment(plan.closes_at, shop)),
        Html(_("Members see a picture of it.") if plan.photo else _("There is no picture of it yet.")),
    ]
    return Html("\n".join(lines))


def _prizes(given: Offer, places: int, shop: Shop) -> Html:
    text = _("The nearest guess wins {prize}.", "The {count} nearest guesses win {prize} each.", places)
    return fill(text, count=places, prize=prize(given, shop))


def _prize(guess: Shown, shop: Shop) -> str:
    return prize(Offer.read(guess.prize), shop)


def _away(winner: Winner, guess: Shown) -> int:
    return abs((winner.said or 0) - (guess.answer or 0))


def _line(winner: Winner, guess: Shown, shop: Shop) -> Html:
    about = {"name": called(winner.who.name), "said": money(winner.said or 0, shop)}
    if away := _away(winner, guess):
        return fill(_("· {name}: {said}, {away} from it"), **about, away=money(away, shop))
    return fill(_("· {name}: {said}, exactly right 🎯"), **about)
