"""How grades are put into words: for members on the card and in letters, for the staff in /grades and /member."""

from datetime import date
from decimal import Decimal

from bot.club.progress import Lacks, Progress
from bot.club.rules import Shop
from bot.club.sending import Outgoing
from bot.i18n import _
from bot.speech import Html, fill, grade, last_moment, money, name, near_day
from bot.speech.buttons import DeepLink, Written


def lacking(lacks: Lacks, shop: Shop) -> str:
    """What has to be bought, such as `CN¥400 or 3 more purchases`."""
    many = lacks.purchases or 0
    if lacks.purchases is None:
        return _("{money} more").format(money=money(lacks.spent or 0, shop))
    if lacks.spent is None:
        return _("{count} more purchase", "{count} more purchases", many).format(count=many)
    text = _("{money} or {count} more purchase", "{money} or {count} more purchases", many)
    return text.format(money=money(lacks.spent, shop), count=many)


def ahead(progress: Progress, shop: Shop) -> str:
    """What a member reads below their grade: until when it stays, or how far the next one is; nothing on the last."""
    if progress.ends:
        return _("until {day}").format(day=last_moment(progress.ends, shop))
    if progress.until and progress.keeps:
        text = _("until {day}; {lacks} keep it")
        return text.format(day=near_day(progress.until), lacks=lacking(progress.keeps, shop))
    if progress.next is None or 0 in (progress.next.spent, progress.next.purchases):
        return ""
    return _("{lacks} until {grade}").format(lacks=lacking(progress.next, shop), grade=grade(progress.next.grade))


def up_letter(letter: Outgoing, shop: Shop, _link: DeepLink) -> Written:
    """Congratulations on a grade, with what it brings."""
    facts, rules = letter.facts, shop.rules.points
    parts = [fill(_("Congratulations, {name}: at {shop} you are <b>{grade}</b> now!"), **_who(letter, shop))]
    factor = Decimal(getattr(rules, f"{facts['grade']}_multiplier", 1))
    if factor > 1:
        text = _("From now on your purchases earn {factor}× points.")
        parts.append(fill(text, factor=f"{factor.normalize():f}"))
    parts.append(Html(_("Thank you for coming so often. /card shows your new card.")))
    return Html("\n".join(parts)), None


def notice_letter(letter: Outgoing, shop: Shop, _link: DeepLink) -> Written:
    """Word that a grade ends, and what keeps it."""
    facts = letter.facts
    about = {"until": near_day(date.fromisoformat(facts["until"])), "below": grade(facts["below"])}
    parts = [fill(_("{name}, you are <b>{grade}</b> at {shop} until {until}."), **_who(letter, shop), **about)]
    lacks = Lacks(facts["grade"], facts["spent"], facts["purchases"])
    if lacks.spent or lacks.purchases:
        text = _("{lacks} by then keep it; otherwise you are {below} from then on.")
        parts.append(fill(text, lacks=lacking(lacks, shop), **about))
    parts.append(Html(_("We would love to see you again.")))
    return Html("\n".join(parts)), None


def _who(letter: Outgoing, shop: Shop) -> dict[str, str]:
    return {"name": name(letter.name), "shop": shop.name, "grade": grade(letter.facts["grade"])}
