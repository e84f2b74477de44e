"""What a deal, a broadcast or a journey brought: in a few lines, and as a picture of the same figures."""

from bot.club.broadcast_reports import Brought
from bot.club.broadcasts import Standing
from bot.club.deal_outcomes import DealOutcome
from bot.club.journeys import Standing as Journey
from bot.club.outcomes import Group, Outcome, Way, apart
from bot.i18n import _, spoken
from bot.pictures.cards import Share, outcome_picture
from bot.speech import Html, fill
from bot.speech.messages import choose, snippet


def of_deal(found: DealOutcome) -> tuple[Html, bytes]:
    """What a deal brought."""
    steps = [
        (_("Letters that arrived"), found.sent),
        (_("Claimed it"), found.claimed),
        (_("Used it"), found.used),
        (_("Bought something until its end"), found.told.bought),
    ]
    groups = [(_("Written to: {count}"), found.told)]
    if found.holdout or found.kept_back.many:
        groups.append((_("Kept back: {count}"), found.kept_back))
        verdict = compared(found.told, found.kept_back)
    else:
        verdict = _("Nobody was kept back to compare with: holdout:10 with the next deal does that.")
    return _both(found.title, steps, _("Who bought until its end"), groups, verdict)


def of_broadcast(of: Standing, found: Brought) -> tuple[Html, bytes]:
    """What a broadcast brought. Nobody is kept back from one."""
    steps = [
        (_("Letters that arrived"), found.told.many),
        *([] if found.opened is None else [(_("Opened a button"), found.opened)]),
        (_("Used a coupon within seven days"), found.used),
        (_("Bought something within seven days"), found.told.bought),
    ]
    verdict = _("Nobody is kept back from a broadcast: some would have bought anyway.")
    groups = [(_("Written to: {count}"), found.told)]
    return _both(snippet(choose(of.wish.texts, spoken())), steps, _("Who bought within seven days"), groups, verdict)


def of_journey(of: Journey, found: Outcome, way: Way) -> tuple[Html, bytes]:
    """What a journey brought."""
    gone = found.gone
    steps = [
        (_("Began it at least 30 days ago"), gone.many),
        (_("Got a letter of it"), way.told),
        *([] if way.tapped is None else [(_("Tapped a button of it"), way.tapped)]),
        (_("Used a coupon of it"), way.used),
        (_("Bought something within 30 days"), gone.bought),
    ]
    arms = [(_("With the letters {arm}: {count}"), arm) for arm in ("a", "b") if arm in found.arms]
    groups = [(text.replace("{arm}", arm.upper()), found.arms[arm]) for text, arm in arms]
    groups = groups or [(_("On it: {count}"), gone)]
    if of.holdout or found.kept_back.many:
        groups.append((_("Kept back: {count}"), found.kept_back))
        verdict = compared(gone, found.kept_back)
    elif len(groups) > 1:
        verdict = compared(found.arms["a"], found.arms["b"])
    else:
        verdict = _("Nobody is kept back to compare with: /journeys holdout {name} 10 does that.").format(name=of.name)
    return _both(of.journey.title[spoken()], steps, _("Who bought within 30 days"), groups, verdict)


def _both(
    title: str, steps: list[tuple[str, int]], heading: str, groups: list[tuple[str, Group]], verdict: str
) -> tuple[Html, bytes]:
    lines = [fill("<b>{title}</b>", title=title), *(fill("{what}: {many}", what=w, many=many) for w, many in steps)]
    known = [(label.format(count=f"{group.many:,}"), group) for label, group in groups if group.share is not None]
    lines += [fill("{label} – {share}", label=label, share=_share(group)) for label, group in known]
    if len(known) < len(groups):
        few = min((group for _label, group in groups), key=lambda group: group.many)
        verdict = _("Not enough data yet: {count} so far, and 30 are the least.").format(count=f"{few.many:,}")
    shares = [Share(label, f"{group.share} %", group.bought / group.many, *group.bounds) for label, group in known]
    text = Html("\n".join([*lines, fill("{verdict}", verdict=verdict)]))
    return text, outcome_picture(title, steps, heading, shares, verdict)


def _share(group: Group) -> Html:
    """A group's share in words, with what it lies between."""
    low, high = (round(100 * bound) for bound in group.bounds)
    text = _("{share} in a hundred bought (nineteen times in twenty it lies between {low} and {high})")
    return fill(text, share=group.share, low=low, high=high)


def compared(told: Group, kept_back: Group) -> str:
    """The difference between two groups, with what it lies between."""
    if (found := apart(told, kept_back)) is None:
        return ""
    low, high = found
    least, most = (f"{round(100 * bound):+d}".replace("-", "−") for bound in found)
    text = _("The difference lies between {low} and {high} in a hundred: it may be chance.")
    if low > 0 or high < 0:
        text = _("The difference lies between {low} and {high} in a hundred: more than chance.")
    return text.format(low=least, high=most)
