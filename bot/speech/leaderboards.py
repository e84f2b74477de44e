"""How the leaderboard is put into words: for all to read, so that only who may be named is."""

from collections.abc import Sequence

from bot.club.leaderboards import Leader, Leaders
from bot.i18n import _
from bot.pictures.cards import leaders_picture
from bot.speech import LONGEST_CAPTION, Html, called, fill, fitting


def described(found: Leaders) -> Html:
    """The leaders of the week and of the month, short enough to stand under the picture."""
    parts = [Html(f"<b>{_('Most active')}</b>")]
    for heading, leaders in _boards(found):
        parts.append(fill("<b>{heading}</b>", heading=heading))
        parts += [_line(each) for each in leaders] or [Html(_("Nobody yet: the first place is free."))]
    return fitting(
        parts,
        last=_("Points by check-ins, purchases and all else that earns. Rather unnamed? /notify"),
        longest=LONGEST_CAPTION,
    )


def drawn(found: Leaders) -> bytes:
    """The same as a picture. Drawing takes a moment: not for the event loop."""
    boards = [
        (heading, [(each.place, called(each.name), f"{each.points:,}") for each in leaders])
        for heading, leaders in _boards(found)
    ]
    return leaders_picture(_("Most active"), boards, _("Nobody yet: the first place is free."), _("a member"))


def _boards(found: Leaders) -> list[tuple[str, Sequence[Leader]]]:
    return [(_("This week"), found.week), (_("This month"), found.month)]


def _line(leader: Leader) -> Html:
    return fill(_("{place}. {name}: {points}"), place=leader.place, name=called(leader.name), points=leader.points)
