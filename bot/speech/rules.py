"""How the club's rules are named, explained and shown to the owner."""

from datetime import time
from decimal import Decimal
from typing import Any

from bot.club import caps, rules
from bot.club.entry import NO_MORE, NO_QUESTION
from bot.club.offers import Offer
from bot.club.rules import Shop
from bot.i18n import N_, _
from bot.speech import Html, fill, money, offer
from bot.speech.explanations import EXPLAINED, WORKS
from bot.speech.groups import door_question
from bot.speech.referrals import more_in_words

FAMILIES = {
    "points": N_("Points"),
    "birthday": N_("Birthdays"),
    "family": N_("Family days"),
    "profile": N_("Questions to members"),
    "referral": N_("Invited friends"),
    "group": N_("Groups"),
    "gifts": N_("Gifts"),
    "budget": N_("Budget"),
    "grades": N_("Grades"),
    "activity": N_("Who is sleeping"),
    "rfm": N_("Scores (RFM)"),
    "classes": N_("Office buyers, good reviewers"),
    "sending": N_("What is sent on its own"),
    "plan": N_("Tomorrow's plan"),
    "privacy": N_("Privacy"),
}

NAMES = {
    "points.consent": N_("Points for joining"),
    "points.checkin": N_("Points for a check-in"),
    "points.checkin_after_hours": N_("Hours until the first check-in"),
    "points.streak_days": N_("Days in a row for a prize"),
    "points.streak_prize": N_("Prize for days in a row"),
    "points.field": N_("Points for a profile answer"),
    "points.birthday": N_("Points for telling the birthday"),
    "points.review": N_("Points for a word about a purchase"),
    "points.expiry": N_("How long points last"),
    "points.caps": N_("Most points in a day"),
    "points.manager_limit": N_("Points a manager may give alone"),
    "points.per_unit": N_("Points for a unit of money spent"),
    "points.pending_days": N_("Days until a purchase's points can be used"),
    "points.vip_multiplier": N_("Points multiplier for vip"),
    "points.svip_multiplier": N_("Points multiplier for svip"),
    "birthday.offer": N_("Birthday coupon"),
    "birthday.days_around": N_("Days around the birthday"),
    "birthday.multiplier": N_("Birthday points multiplier"),
    "birthday.settled_days": N_("Days a birthday must be known"),
    "birthday.leap_day_in_march": N_("29 February moves to 1 March"),
    "family.offer": N_("Coupon for a relative's day"),
    "profile.questions_per_day": N_("Questions to a member in a day"),
    "profile.questions_per_week": N_("Questions to a member in a week"),
    "referral.points": N_("Points for inviting a friend"),
    "referral.friend_points": N_("Points for the invited friend"),
    "referral.stay_days": N_("Days an invited friend must stay"),
    "referral.within_days": N_("Days for the friend's first purchase"),
    "referral.burst": N_("Invited friends within an hour"),
    "referral.birthday": N_("Friends brought in a birthday week"),
    "group.join": N_("Who is let into a group on asking"),
    "group.question": N_("What is asked at the groups' door"),
    "gifts.keep_days": N_("Days a gift waits to be fetched"),
    "budget.monthly": N_("Budget of a month"),
    "budget.hundred_points": N_("What 100 points cost us"),
    "budget.basket": N_("What an average purchase comes to"),
    "budget.gift": N_("What a gift coupon costs us"),
    "grades.days": N_("Days that count for a grade"),
    "grades.regular_purchases": N_("Purchases for regular"),
    "grades.vip_spent": N_("Money spent for vip"),
    "grades.vip_purchases": N_("Purchases for vip"),
    "grades.svip_spent": N_("Money spent for svip"),
    "grades.grace_days": N_("Days of grace before a grade falls"),
    "activity.sleeping_gaps": N_("Times their own rhythm until sleeping"),
    "activity.lost_gaps": N_("Times their own rhythm until lost"),
    "activity.least_days": N_("Days before anybody is sleeping"),
    "activity.few_days": N_("The same for who came once or twice"),
    "rfm.recency": N_("Days since the last purchase, for the scores 2 to 5"),
    "rfm.frequency": N_("Purchases, for the scores 2 to 5"),
    "rfm.money": N_("Money spent, for the scores 2 to 5"),
    "rfm.quintiles_from": N_("Buyers from whom on fifths decide"),
    "classes.office_pieces": N_("Pieces at once of an office buyer"),
    "classes.office_times": N_("Such purchases of an office buyer"),
    "classes.reviewer_stars": N_("Stars of a good reviewer"),
    "classes.reviewer_comments": N_("Comments of a good reviewer"),
    "sending.quiet_from": N_("Quiet from"),
    "sending.quiet_until": N_("Quiet until"),
    "sending.day_hour": N_("Hour of the day's letters"),
    "sending.promo_per_day": N_("Offers to a member in a day"),
    "sending.promo_per_week": N_("Offers to a member in a week"),
    "sending.group_posts_per_day": N_("Posts to a group in a day"),
    "sending.pace": N_("Messages a second"),
    "sending.paused": N_("All of it is held"),
    "group.newcomer_hours": N_("Hours for which somebody is new in the group"),
    "group.burst": N_("Messages of a newcomer in 10 seconds"),
    "group.note": N_("A weekly note who is the shop"),
    "group.lookalikes": N_("Word of people who bear our name"),
    "plan.at": N_("Hour of tomorrow's plan"),
    "privacy.keep_months": N_("Months until who left is erased"),
}

NONE = ("budget.monthly", "grades.vip_spent", "grades.svip_spent")  # where 0 is none

JOINS = {"open": N_("everybody"), "request": N_("who agrees to be a member"), "members": N_("members alone")}

CAPPED = {
    "checkin": N_("check-in"),
    "profile": N_("profile"),
    "purchase": N_("purchases"),
    "referral": N_("referrals"),
    "review": N_("reviews"),
    "coupon": N_("coupons"),
}


def family_name(family: str) -> str:
    """The name of a family of rules."""
    return _(FAMILIES[family])


def rule_name(key: str) -> str:
    """A rule in a few words."""
    return _(NAMES[key])


def shown(key: str, value: Any, shop: Shop) -> Html:
    """A rule with its value, in words."""
    return fill(_("{rule}: <b>{value}</b>"), rule=rule_name(key), value=_value(key, value, shop))


def worded(key: str, written: str, shop: Shop) -> str:
    """A value as it was written, in words."""
    if written in ("true", "false"):
        return _value(key, written == "true", shop)
    return _value(key, int(written) if written.isascii() and written.isdigit() else written, shop)


def form(key: str, value: Any) -> Html:
    """The line that sets a rule to a value."""
    return fill("<code>/settings {key} {value}</code>", key=key, value=rules.written(value))


def explained(key: str, value: Any, shop: Shop) -> Html:
    """A rule with its value, what it does, which values work, and the line that changes it at once."""
    parts = [shown(key, value, shop), _(EXPLAINED[key]), _works(key, value), form(key, value)]
    return Html("\n".join(parts))


def _value(key: str, value: Any, shop: Shop) -> str:
    if key.endswith(".offer"):
        return _("none") if value == rules.NO_OFFER else offer(Offer.read(value), shop)
    if key == "points.expiry":
        return _lasting(value)
    if key in ("group.join", "group.question", "referral.birthday"):
        return _entry(key, value)
    if key == "points.caps":
        return ", ".join(f"{_(CAPPED[family])} {most:,}" for family, most in caps.read(value).items()) or _("none")
    if key.startswith("budget.") or key.endswith("_spent"):
        return _money(key, value, shop)
    return _plain(value)


def _entry(key: str, value: str) -> str:
    if key == "group.join":
        return _(JOINS[value])
    if key == "group.question":
        return _("nothing") if value == NO_QUESTION else door_question(value)
    return _("nothing more") if value == NO_MORE else more_in_words(value)


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, int | Decimal):
        return f"{value:,}" if isinstance(value, int) else f"{value.normalize():f}"
    return rules.written(value)


def _money(key: str, value: Any, shop: Shop) -> str:
    amount = int(Decimal(value) * 100)
    return money(amount, shop) if amount or key not in NONE else _("none")


def _lasting(expiry: str) -> Html:
    mode, _sep, number = expiry.partition(" ")
    says = {
        "inactivity": _("{number} months after any were last earned or used"),
        "days": _("{number} days each"),
        "month_end": _("to the end of the month"),
        "year_end": _("to the end of the year"),
        "never": _("for ever"),
    }
    return fill(says[mode], number=number)


def _works(key: str, value: Any) -> Html:
    """Which values a rule can have."""
    if isinstance(value, bool):
        return Html(_("What works: yes or no."))
    if isinstance(value, time):
        return Html(_("What works: an hour such as 21:00, in the shop's time."))
    if isinstance(value, int | Decimal):
        text = _("What works: a whole number from {least} to {most}.")
        if isinstance(value, Decimal):
            text = _("What works: a number from {least} to {most}, with two decimals at most, such as 1.5.")
        least, most = rules.bounds(key)
        return fill(text, least=least, most=most)
    return Html(_(WORKS[key]))
