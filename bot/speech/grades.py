"""How grades are put into words: for members on the card and in letters, for the staff in /grades and /member."""

from datetime import date, datetime
from decimal import Decimal

from bot.club.cuts import GRADES
from bot.club.manual_grades import Given, Word
from bot.club.progress import Lacks, Progress
from bot.club.ranking import Ladder, Rung
from bot.club.rfm import Scores
from bot.club.rules import Shop
from bot.club.sending import Outgoing
from bot.i18n import N_, _
from bot.pictures.cards import grades_picture
from bot.speech import Html, fill, grade, last_moment, money, name, near_day, person
from bot.speech.buttons import DeepLink, Written

BACK = "/grade @ann auto"
ACTIVITY = {"active": N_("active"), "sleeping": N_("sleeping"), "lost": N_("lost")}


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


def given_letter(letter: Outgoing, shop: Shop, _link: DeepLink) -> Written:
    """Word of a grade that the shop gave by hand."""
    facts = letter.facts
    parts = [fill(_("{shop} made you <b>{grade}</b>: {reason}"), **_who(letter, shop) | {"reason": facts["reason"]})]
    if facts["until"]:
        until = last_moment(datetime.fromisoformat(facts["until"]), shop)
        parts.append(fill(_("That holds until {day}."), day=until))
    parts.append(Html(_("/card shows your card.")))
    return Html("\n".join(parts)), None


def given(done: Given, shop: Shop) -> Html:
    """What staff read of a grade that they gave, or took back."""
    facts = {"whom": person(done.who), "grade": grade(done.grade)}
    if done.earned:
        return fill(_("{whom} has the grade again that the purchases earned: <b>{grade}</b>."), **facts)
    if done.until:
        return fill(_("{whom} is <b>{grade}</b> until {day}."), **facts, day=last_moment(done.until, shop))
    return fill(
        _("{whom} is <b>{grade}</b> from now on. To let the purchases decide again: {form}"), **facts, form=BACK
    )


def scored(scores: Scores) -> Html:
    """A buyer's activity and scores, on their page."""
    told = f"{scores.recency}-{scores.frequency}-{scores.money}"
    return fill(
        _("{activity} · recency, frequency, money: {scores}"), activity=_(ACTIVITY[scores.activity]), scores=told
    )


def by_hand(word: Word, shop: Shop) -> Html:
    """A grade that staff gave, on a member's page."""
    facts = {"grade": grade(word.grade), "reason": word.reason, "by": person(word.by)}
    if word.until:
        text = _("Grade by hand: {grade}, {reason} ({by}), until {day}")
        return fill(text, **facts, day=last_moment(word.until, shop))
    return fill(_("Grade by hand: {grade}, {reason} ({by})"), **facts)


def described(found: Ladder, shop: Shop, *, tunes: bool) -> Html:
    """All grades with what they take, and what changed, in words; who `tunes` the rules reads where they are."""
    parts = [fill(_("<b>Grades</b>, by the last {days} days; what changed this month"), days=shop.rules.grades.days)]
    for rung in reversed(found.rungs):
        told = " · ".join(filter(None, [_takes(rung.grade, shop), _changed(rung)]))
        parts.append(
            fill(_("<b>{grade}</b>: {count} · {told}"), grade=grade(rung.grade), count=rung.members, told=told)
        )
    states = " · ".join(f"{name} {many:,}" for name, many in _lives(found))
    parts.append(fill(_("Who bought, by their own rhythm: {states}"), states=states))
    hint = [_("Change it: /settings grades, /settings activity, /settings rfm")] if tunes else []
    return Html("\n".join([*parts, *hint]))


def drawn(found: Ladder, shop: Shop) -> bytes:
    """The same as a picture, with the cut points of the scores. Drawing takes a moment: not for the event loop."""
    most = max((rung.members for rung in found.rungs), default=0) or 1
    rungs = [
        (grade(rung.grade), _takes(rung.grade, shop), rung.members, _changed(rung), rung.members / most)
        for rung in found.rungs
    ]
    how = _("by fifths of your buyers") if found.cuts.by_quintiles else _("by your rules")
    head = _("Scores (RFM), {how}").format(how=how)
    lives = (_("Who bought, by their own rhythm"), _lives(found))
    return grades_picture(_("Grades, and what changed this month"), rungs, lives, (head, _scores(found, shop)))


def _takes(rank: str, shop: Shop) -> str:
    """What a grade takes, as the rules say it."""
    rules = shop.rules.grades
    cuts = {
        "regular": (Decimal(0), rules.regular_purchases),
        "vip": (rules.vip_spent, rules.vip_purchases),
        "svip": (rules.svip_spent, 0),
    }
    spent, many = cuts.get(rank, (Decimal(0), 0))
    if rank == GRADES[0]:
        return _("everybody else")
    ways = [money(int(spent * 100), shop)] if spent else []
    ways += [_("{count} purchase", "{count} purchases", many).format(count=many)] if many else []
    return _("from {ways}").format(ways=_(" or ").join(ways)) if ways else _("by hand only")


def _changed(rung: Rung) -> str:
    """What changed this month, and who is in the grace."""
    parts = [_("{count} came up").format(count=rung.risen)] if rung.risen else []
    parts += [_("{count} came down").format(count=rung.fallen)] if rung.fallen else []
    parts += [_("{count} told it ends").format(count=rung.leaving)] if rung.leaving else []
    return " · ".join(parts)


def _lives(found: Ladder) -> list[tuple[str, int]]:
    return [(_(name), getattr(found, state)) for state, name in ACTIVITY.items()]


def _scores(found: Ladder, shop: Shop) -> list[list[str]]:
    """From which value on the scores 1 to 5 are given."""
    cuts = found.cuts
    return [
        [_("Days since the last"), "", *(f"≤ {(found.at - each).days:,}" for each in cuts.recency)],
        [_("Purchases"), "", *(f"{each:,}" for each in cuts.frequency)],
        [_("Money spent"), "", *(money(each // 100 * 100, shop) for each in cuts.money)],
    ]
