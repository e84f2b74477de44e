"""What a member saves for, in words."""

from bot.club.goals import Goal
from bot.i18n import _
from bot.speech import Html, fill


def goal_line(goal: Goal) -> Html:
    """The next gift in a sentence: how far it is, or that it can be had."""
    if goal.lacks:
        more = _("<b>{name}</b>: {lacks} point to go.", "<b>{name}</b>: {lacks} points to go.", goal.lacks)
        return fill(more, name=goal.name, lacks=goal.lacks)
    return fill(_("Enough for <b>{name}</b>: have a look at /gifts."), name=goal.name)


def goal_drawn(goal: Goal, points: int) -> tuple[str, str, str, float]:
    """The next gift for a picture: its name, what of its price is there, what lacks, and the share that is there."""
    if goal.lacks:
        lack = fill(_("{lacks} point to go", "{lacks} points to go", goal.lacks), lacks=goal.lacks)
        return goal.name, f"{points:,} / {goal.cost:,}", lack, points / goal.cost
    return goal.name, fill(_("{points} points"), points=goal.cost), _("it can be yours"), 1.0
