"""How a report is put into words: five sentences for who is busy, the figures below, and the same as a picture."""

from datetime import timedelta
from math import sqrt

from aiogram.types import InlineKeyboardMarkup

from bot.club import periods
from bot.club.periods import Period
from bot.club.reports import Figures, Report, Standing
from bot.club.rules import Shop
from bot.club.sending import Outgoing
from bot.i18n import N_, _
from bot.pictures.cards import report_picture
from bot.speech import LONGEST_CAPTION, Html, fill, fitting, grade, lasting, money, month_of, near_day
from bot.speech.buttons import DeepLink, Written, rows, tap

ENOUGH = 20  # of both times together: fewer tell no trend
CHANCE = 2  # standard deviations that chance alone makes
FEW_GIFTS = 10  # fewer of them tell nothing about gifts

TITLES = {periods.WEEK: N_("The last 7 days"), periods.THIRTY: N_("The last 30 days"), periods.MONTH: N_("This month")}


def letter(sent: Outgoing, shop: Shop, _link: DeepLink) -> Written:
    """The month's report, on the 1st."""
    return described(Report.of(sent.facts["report"]), shop), choices()


def choices() -> InlineKeyboardMarkup:
    """A button for each period that can be asked for."""
    return rows([tap(_(TITLES[name]), "report", name) for name in periods.NAMES])


def described(report: Report, shop: Shop) -> Html:
    """A report in words, short enough to stand under its picture."""
    head = fill(_("<b>{title}</b> ({days})"), title=_title(report.period), days=_days(report.period))
    return fitting([head, *sentences(report, shop), "", *_lines(report, shop)], longest=LONGEST_CAPTION)


def drawn(report: Report, shop: Shop) -> bytes:
    """The same as a picture. Drawing takes a moment: not for the event loop."""
    standing, most = report.standing, max((paid for _grade, _many, paid in report.grades), default=0) or 1
    tiles = [
        (_("Members"), standing.known),
        (_("Agreed"), standing.agreed),
        (_("Letters reach"), standing.reached),
        (_("Active buyers"), standing.active),
        (_("Sleeping"), standing.sleeping),
        (_("Lost"), standing.lost),
    ]
    table = [(_(label), one, other) for label, one, other in _compared(report, shop)]
    bars = [(grade(name), _brought(many, paid, shop), paid / most) for name, many, paid in report.grades]
    return report_picture(
        _title(report.period),
        _days(report.period),
        [(label, f"{many:,}") for label, many in tiles],
        (_("in this time"), _("before"), table),
        (_("Purchases by grade"), bars),
    )


def sentences(report: Report, shop: Shop) -> list[Html]:
    """What a busy person reads, and true for small numbers too."""
    now, before, standing = report.now, report.before, report.standing
    if not standing.known:
        return [Html(_("The club has no members yet."))]
    return [
        _members(now, standing),
        _back(now, standing.sleeping),
        _checkins(now, before),
        _bought(now, before, shop),
        _gifts(now, shop),
    ]


def trend(now: int, before: int) -> Html:
    """How a count compares with the one before it, as far as that can be said."""
    if not before:
        return Html(_("nothing before to compare with"))
    if now + before < ENOUGH:
        return Html(_("not enough to say whether that is more or fewer"))
    if abs(now - before) <= CHANCE * sqrt(now + before):
        return Html(_("about as many as before"))
    share = round(abs(now - before) * 100 / before)
    return fill(
        _("{percent} % more than before") if now > before else _("{percent} % fewer than before"), percent=share
    )


def _members(now: Figures, standing: Standing) -> Html:
    reach = {"reached": standing.reached, "known": standing.known}
    if not now.came and not now.left:
        return fill(_("Nobody new came and nobody left; letters reach {reached} of {known}."), **reach)
    text = _(
        "{came} new member came and {left} left; letters reach {reached} of {known}.",
        "{came} new members came and {left} left; letters reach {reached} of {known}.",
        now.came,
    )
    return fill(text, came=now.came, left=now.left, **reach)


def _back(now: Figures, sleeping: int) -> Html:
    if not now.back:
        return fill(_("Nobody bought again after a long silence; {sleeping} are sleeping now."), sleeping=sleeping)
    text = _(
        "{back} member came back after a long silence; {sleeping} are sleeping now.",
        "{back} members came back after a long silence; {sleeping} are sleeping now.",
        now.back,
    )
    return fill(text, back=now.back, sleeping=sleeping)


def _checkins(now: Figures, before: Figures) -> Html:
    if not now.checked_in:
        return Html(_("Nobody checked in."))
    text = _(
        "{people} member checked in, {count} times in all: {trend}.",
        "{people} members checked in, {count} times in all: {trend}.",
        now.checked_in,
    )
    facts = {"people": now.checked_in, "count": now.checkins}
    return fill(text, **facts, trend=trend(now.checked_in, before.checked_in))


def _bought(now: Figures, before: Figures, shop: Shop) -> Html:
    if not now.purchases:
        return Html(_("No purchase was entered."))
    text = _("{count} purchase ({trend}) brought {paid}.", "{count} purchases ({trend}) brought {paid}.", now.purchases)
    paid = money(now.paid, shop)
    return fill(text, count=now.purchases, trend=trend(now.purchases, before.purchases), paid=paid)


def _gifts(now: Figures, shop: Shop) -> Html:
    """What the birthday's and win-back coupons brought."""
    if not now.ours_issued and not now.ours_used:
        return Html(_("No birthday or win-back coupon was given or used."))
    text = _("Birthday and win-back coupons: {given} given, {used} used, for purchases of {paid}.")
    if max(now.ours_issued, now.ours_used) < FEW_GIFTS:
        text = _("Birthday and win-back coupons: {given} given, {used} used; not enough to say what they bring.")
    facts = {"given": now.ours_issued, "used": now.ours_used, "paid": money(now.ours_paid, shop)}
    return fill(text, **facts)


def _lines(report: Report, shop: Shop) -> list[Html]:
    """The figures that no sentence told, line by line."""
    now, before, standing = report.now, report.before, report.standing
    buyers = {"active": standing.active, "sleeping": standing.sleeping, "lost": standing.lost}
    points = {"given": now.given, "spent": now.spent, "expired": now.expired, "lapsing": standing.lapsing}
    lines = [
        fill(_("· Members: {known}, {agreed} of them agreed"), known=standing.known, agreed=standing.agreed),
        fill(_("· Buyers: {active} active, {sleeping} sleeping, {lost} lost"), **buyers),
        fill(_("· Points: {given} given, {spent} spent, {expired} expired; {lapsing} expire within 30 days"), **points),
        fill(_("· Coupons: {issued} issued, {used} used"), issued=now.issued, used=now.used),
    ]
    if now.returned:
        lines.insert(3, fill(_("· Points given back for gifts that nobody took: {points}"), points=now.returned))
    if before.paid:
        lines.append(fill(_("· Turnover before: {paid}"), paid=money(before.paid, shop)))
    lines += [
        fill(_("· {grade}: {brought}"), grade=grade(name), brought=_brought(many, paid, shop))
        for name, many, paid in report.grades
    ]
    if now.answered:
        text = _("· Questions answered: {count}, half of them within {time}")
        lines.append(fill(text, count=now.answered, time=lasting(timedelta(seconds=now.half))))
    return lines


def _compared(report: Report, shop: Shop) -> list[tuple[str, str, str]]:
    """The figures of the time beside those before."""
    now, before = report.now, report.before
    return [(label, _told(name, now, shop), _told(name, before, shop)) for name, label in TOLD.items()]


def _told(name: str, figures: Figures, shop: Shop) -> str:
    """One of the figures: an amount of money, a time, or a count."""
    many: int = getattr(figures, name)
    if name in ("paid", "ours_paid"):
        return money(many, shop)
    if name == "half":
        return lasting(timedelta(seconds=many)) if figures.answered else "–"
    return f"{many:,}"


TOLD = {
    "came": N_("New members"),
    "left": N_("Members who left"),
    "back": N_("Came back after a long silence"),
    "checked_in": N_("Members who checked in"),
    "checkins": N_("Check-ins"),
    "purchases": N_("Purchases"),
    "paid": N_("Turnover"),
    "given": N_("Points given"),
    "spent": N_("Points spent"),
    "returned": N_("Points given back"),
    "expired": N_("Points expired"),
    "issued": N_("Coupons issued"),
    "used": N_("Coupons used"),
    "ours_issued": N_("Birthday and win-back coupons given"),
    "ours_used": N_("Birthday and win-back coupons used"),
    "ours_paid": N_("Bought with these coupons"),
    "answered": N_("Questions answered"),
    "half": N_("Half of them answered within"),
}


def _brought(many: int, paid: int, shop: Shop) -> str:
    text = _("{count} purchase, {paid}", "{count} purchases, {paid}", many)
    return text.format(count=f"{many:,}", paid=money(paid, shop))


def _title(period: Period) -> str:
    return _(TITLES[period.name]) if period.name in TITLES else month_of(period.first)


def _days(period: Period) -> str:
    return _("{first} to {last}").format(first=near_day(period.first), last=near_day(period.last))
