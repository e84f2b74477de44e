"""Photo contests in words: the post, the vote with its buttons, the winners, and what members and staff read."""

from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from aiogram.methods import SendMediaGroup, SendPhoto
from aiogram.types import BufferedInputFile, InlineKeyboardButton, InputMediaPhoto

from bot.club.activity_looks import Entry, Shown, Winner
from bot.club.contests import Plan
from bot.club.offers import Offer
from bot.club.questions import Asked
from bot.club.rules import Shop
from bot.club.sending import Outgoing
from bot.i18n import _
from bot.pictures.cards import numbered_photo
from bot.speech import LONGEST_CAPTION, Html, called, fill, fitting, last_moment, prize
from bot.speech.buttons import DeepLink, Written, rows, side_by_side, tap
from bot.speech.profile import answers, asking

IN_A_ROW = 4  # buttons with a number and a count
Photo = str | BufferedInputFile  # by the number under which the platform keeps it, or drawn


def post(contest: Shown, shop: Shop) -> Written:
    """A contest as its post should stand now."""
    head = fill(_("📷 <b>Photo contest: {title}</b>"), title=contest.title)
    until, count = last_moment(contest.closes_at, shop), len(contest.entries)
    match contest.state:
        case "open":
            lines = [
                head,
                _prizes(Offer.read(contest.prize), contest.places, contest.votes_until is not None, shop),
                fill(_("Photos until {until}"), until=until),
                fill(_("{count} photo is in", "{count} photos are in", count), count=count),
            ]
            return Html("\n".join(lines)), rows(tap(_("Send a photo"), "contest", contest.id))
        case "voting":
            lines = [head, fill(_("The photos are in: look at them below, and vote until {until}."), until=until)]
        case "picking":
            text = _("The photo is in; the shop chooses.", "{count} photos are in; the shop chooses the best.", count)
            lines = [head, fill(text, count=count)]
        case "stopped":
            lines = [head, Html(_("It was called off; nobody wins. We are sorry."))]
        case _:
            lines = [head, *_result(contest, shop)]
    return fitting(lines, longest=LONGEST_CAPTION), None


def ballot(contest: Shown, shop: Shop) -> Written:
    """The vote below the photos: a button for each, with its votes so far."""
    if contest.state != "voting":
        return post(contest, shop)
    count = sum(each.votes for each in contest.entries)
    lines = [
        fill(_("🗳 <b>{title}: which photo is the best?</b>"), title=contest.title),
        Html(_("Tap its number: one vote for each of you, and not for your own photo.")),
        fill(_("You may change your mind until {until}."), until=last_moment(contest.closes_at, shop)),
        fill(_("{count} vote so far", "{count} votes so far", count), count=count),
    ]
    taps = [tap(f"{each.nth} · {each.votes} ♥", "vote", contest.id, each.nth) for each in contest.entries]
    return Html("\n".join(lines)), rows(*side_by_side(taps, IN_A_ROW))


def album(letter: Outgoing) -> SendMediaGroup | SendPhoto:
    """Photos of a contest, each with its number on it and below it, without a name."""
    wanted = [each for each in letter.facts["activity"].entries if each.nth in letter.facts["nths"]]
    shown = ((each.nth, _numbered(each, letter)) for each in wanted)
    return _together(letter, [(fill(_("No. {nth}"), nth=nth), photo) for nth, photo in shown if photo])


def winning(letter: Outgoing, text: Html) -> SendMediaGroup | SendPhoto | None:
    """The winners' photos, with the result below them; None where it is no contest's, or nobody won."""
    contest: Shown | None = letter.facts.get("activity")
    if letter.kind != "activity_result" or contest is None or contest.kind != "contest":
        return None
    photos = {each.nth: _kept(each.photo, letter) for each in contest.entries}
    shown = [photo for each in _best_first(contest) if (photo := photos.get(each.nth))]
    return _together(letter, [(text if n == 0 else Html(), photo) for n, photo in enumerate(shown)]) if shown else None


def question(contest: Shown, nth: int | None, shop: Shop) -> Written:
    """Ask a member for their photo, and say beforehand who will see it."""
    shown = _(
        "Send me your photo for “{title}”, until {until}. What you send is shown in the group, under a number and "
        "without your name; who wins is named there, unless you wish otherwise under /notify."
    )
    text = fill(shown, title=contest.title, until=last_moment(contest.closes_at, shop))
    leave = [tap(_("Cancel"), "untell")]
    if nth is None:
        return text, rows(leave)
    mine = fill(_("Your photo number {nth} is in; another takes its place."), nth=nth)
    return Html(f"{mine}\n\n{text}"), rows([_taking_back(contest), *leave])


def invitation(contest: Shown, shop: Shop) -> Written:
    """A contest as somebody reads of it who has just become a member."""
    return post(contest, shop)[0], rows(tap(_("Send a photo"), "contest", contest.id))


def taken(contest: Shown, nth: int, asked: Asked | None, shop: Shop) -> Written:
    """Tell a member that their photo is in, and ask what follows."""
    text = _("Your photo is in, as number {nth}. Until {until} you can send another in its place, or take it back.")
    said = fill(text, nth=nth, until=last_moment(contest.closes_at, shop))
    ways = [tap(_("Another photo"), "contest", contest.id), _taking_back(contest)]
    if asked is None:
        return said, rows(ways)
    return Html(f"{said}\n\n{asking(asked)}"), rows(ways, *answers(asked))


def picking(contest: Shown, _shop: Shop) -> Written:
    """Let staff pick who wins; what is picked has a mark."""
    picked = sum(each.won for each in contest.entries)
    text = _("Tap the photo of “{title}” that wins.", "Tap the {count} photos of “{title}” that win.", contest.places)
    now = fill(_("Picked: {picked} of {count}"), picked=picked, count=contest.places)
    said = fill(text, count=contest.places, title=contest.title)
    taps = [
        tap(f"✅ {each.nth}" if each.won else f"{each.nth}", "wins", contest.id, each.nth) for each in contest.entries
    ]
    ends = [tap(_("Call it off"), "activity", "ask", contest.id)]
    if picked:
        ends.insert(0, tap(_("This one wins", "These win", contest.places), "picked", contest.id))
    return Html(f"{said}\n{now}"), rows(*side_by_side(taps, IN_A_ROW), ends)


def listed(contest: Shown) -> Written:
    """The photos of a contest for staff, with a button for each."""
    if not contest.entries:
        return fill(_("No photo of “{title}” is in yet."), title=contest.title), None
    text = fill(_("The photos of “{title}”: tap a number to see one."), title=contest.title)
    taps = [tap(f"{each.nth}", "photos", contest.id, each.nth) for each in contest.entries]
    return text, rows(*side_by_side(taps, IN_A_ROW))


def single(contest_id: int, entry: Entry) -> Written:
    """A photo for staff, with the way to take it out."""
    return fill(_("No. {nth}"), nth=entry.nth), rows(tap(_("Take it out"), "unfit", contest_id, entry.nth))


def out_letter(letter: Outgoing, _shop: Shop, _link: DeepLink) -> Written:
    """Tell a member that their photo was taken out."""
    text = _("The shop has taken your photo out of “{what}”. If you wonder why, /ask reaches its people.")
    return fill(text, what=letter.facts["what"]), None


def pick_letter(letter: Outgoing, shop: Shop, _link: DeepLink) -> Written:
    """The question who wins, below the photos."""
    return picking(letter.facts["activity"], shop)


def empty_letter(letter: Outgoing, _shop: Shop, _link: DeepLink) -> Written:
    """Tell staff that a contest ended without a photo."""
    text = _(
        "No photo came in for “{what}”, so the contest is over and nobody wins. In the group only its post says so."
    )
    return fill(text, what=letter.facts["what"]), None


def begun(contest: Shown, shop: Shop) -> Html:
    """Tell staff that it is in the group."""
    text = _(
        "The contest “{title}” goes to the group. Photos come in until {until}; then I send them to you to choose."
    )
    if contest.votes_until:
        text = _("The contest “{title}” goes to the group. Photos come in until {until}; the vote goes on until {end}.")
    until, end = (last_moment(each or contest.closes_at, shop) for each in (contest.closes_at, contest.votes_until))
    return fill(text, title=contest.title, until=until, end=end)


def stopping(contest: Shown, _shop: Shop) -> Html:
    """Ask staff once more whether to call it off."""
    return fill(_("Call off the contest “{title}”? Then nobody wins."), title=contest.title)


def laid_down(plan: Plan, shop: Shop) -> Html:
    """A contest as it was answered, before it begins."""
    lines = [
        fill("<b>{title}</b>", title=plan.title),
        _prizes(plan.prize, plan.places, plan.votes_until is not None, shop),
        fill(_("Photos until {until}"), until=last_moment(plan.closes_at, shop)),
    ]
    if plan.votes_until:
        lines.append(fill(_("Vote until {until}"), until=last_moment(plan.votes_until, shop)))
    return Html("\n".join(lines))


def _prizes(given: Offer, places: int, votes: bool, shop: Shop) -> Html:
    by_votes = _(
        "{prize} for the photo with the most votes; of as many votes the earlier one wins.",
        "{prize} for each of the {count} photos with the most votes; of as many votes the earlier one wins.",
        places,
    )
    chosen = _(
        "{prize} for the photo that the shop likes best.",
        "{prize} for each of the {count} photos we like best.",
        places,
    )
    return fill(by_votes if votes else chosen, prize=prize(given, shop), count=places)


def _result(contest: Shown, shop: Shop) -> list[Html]:
    if not contest.entries:
        return [Html(_("It is over, and no photo came in this time."))]
    if not contest.winners:
        return [Html(_("Nobody voted this time, so nobody wins."))]
    text = _("Of {photos} photos, the winner is:", "Of {photos} photos, the winners are:", len(contest.winners))
    votes = {each.nth: each.votes for each in contest.entries}
    won = [_line(each, votes.get(each.nth, 0), contest.votes_until is not None) for each in _best_first(contest)]
    last = fill(_("Congratulations! The prize, {prize}, is in the private chat."), prize=_prize(contest, shop))
    return [fill(text, photos=len(contest.entries)), *won, last]


def _line(winner: Winner, votes: int, voted: bool) -> Html:
    about = {"nth": winner.nth, "name": called(winner.who.name)}
    if not voted:
        return fill(_("<b>No. {nth}, {name}</b>"), **about)
    return fill(
        _("<b>No. {nth}, {name}</b>: {votes} vote", "<b>No. {nth}, {name}</b>: {votes} votes", votes),
        **about,
        votes=votes,
    )


def _best_first(contest: Shown) -> list[Winner]:
    votes = {each.nth: each.votes for each in contest.entries}
    return sorted(contest.winners, key=lambda each: (-votes.get(each.nth, 0), each.nth))


def _prize(contest: Shown, shop: Shop) -> str:
    return prize(Offer.read(contest.prize), shop)


def _taking_back(contest: Shown) -> InlineKeyboardButton:
    return tap(_("Take it back"), "unphoto", contest.id)


def _kept(photo: str, letter: Outgoing) -> str | None:
    """A photo's number where it is kept by the platform by which the letter goes."""
    platform, _sep, number = photo.partition(":")
    return number if platform == letter.platform else None


def _numbered(entry: Entry, letter: Outgoing) -> Photo | None:
    """A photo with its number drawn on it; as it is, where it could not be fetched."""
    data = letter.facts.get("fetched", {}).get(entry.photo)
    with suppress(ValueError):
        if data is not None:
            return BufferedInputFile(numbered_photo(data, entry.nth), f"{entry.nth}.jpg")
    return _kept(entry.photo, letter)


def _together(letter: Outgoing, photos: Sequence[tuple[Html, Photo]]) -> SendMediaGroup | SendPhoto:
    """Photos with their words: an album, which takes two or more."""
    if len(photos) == 1:
        [(words, photo)] = photos
        return SendPhoto(chat_id=letter.chat_id, photo=photo, caption=words)
    media: list[Any] = [InputMediaPhoto(media=photo, caption=words or None) for words, photo in photos]
    return SendMediaGroup(chat_id=letter.chat_id, media=media)
