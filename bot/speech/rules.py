"""How the club's rules are named, explained and shown to the owner."""

from datetime import time
from decimal import Decimal
from typing import Any

from bot.club import caps, rules
from bot.club.offers import Offer
from bot.club.rules import Shop
from bot.i18n import N_, _
from bot.speech import Html, fill, money, offer

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
    "group.join": N_("Who is let into a group on asking"),
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
    "plan.at": N_("Hour of tomorrow's plan"),
    "privacy.keep_months": N_("Months until who left is erased"),
}

EXPLAINED = {
    "points.consent": N_("What somebody gets once, for agreeing to join."),
    "points.checkin": N_("What a member gets for a check-in, once a day."),
    "points.checkin_after_hours": N_(
        "How long somebody has been here before the first check-in counts; 0 for at once."
    ),
    "points.streak_days": N_("After so many check-ins in a row there is a prize, and again after as many."),
    "points.streak_prize": N_("What those days in a row bring, beside the points of each check-in."),
    "points.field": N_("What a member gets once for each thing told under /profile."),
    "points.birthday": N_("What a member gets once for telling the birthday."),
    "points.review": N_("What a member gets for writing a word with the rating of a purchase, once for each."),
    "points.expiry": N_("When points lapse that nobody uses."),
    "points.caps": N_(
        "How many points a member earns by one thing in a day at most. What you give by hand is not counted."
    ),
    "points.manager_limit": N_("A larger change by a manager waits for your yes."),
    "points.per_unit": N_("What a purchase earns for each unit of what was paid, before any multiplier."),
    "points.pending_days": N_(
        "A purchase's points are shown at once, and can be used after so many days; 0 for at once."
    ),
    "points.vip_multiplier": N_("By how much a vip's purchases are multiplied. The highest multiplier alone counts."),
    "points.svip_multiplier": N_(
        "By how much an svip's purchases are multiplied. The highest multiplier alone counts."
    ),
    "birthday.offer": N_("What the coupon gives that a member gets for the birthday."),
    "birthday.days_around": N_("The coupon comes so many days ahead, and is good for as many after the birthday."),
    "birthday.multiplier": N_("By how much a purchase's points are multiplied in those days."),
    "birthday.settled_days": N_(
        "Who tells the birthday later than this before it gets wishes, and no coupon this year."
    ),
    "birthday.leap_day_in_march": N_("In a year without 29 February: yes for 1 March, no for 28 February."),
    "family.offer": N_("What the coupon gives that comes with the reminder of a relative's day, a week ahead."),
    "profile.questions_per_day": N_("How often I ask a member about themselves in a day at most; 0 for never."),
    "profile.questions_per_week": N_("How often I ask a member in seven days at most; 0 for never."),
    "referral.points": N_("What a member gets once for each friend who came by their link, stayed and bought."),
    "referral.friend_points": N_("What the friend gets then, once."),
    "referral.stay_days": N_("An invitation counts only if the friend is still with us after so many days."),
    "referral.within_days": N_("The first purchase counts if it comes within so many days of opening the link."),
    "referral.burst": N_("If more than so many newcomers of one member come within an hour, each waits for your yes."),
    "group.join": N_("Where people must ask to join a group: whom I let in. Others I ask in private first."),
    "gifts.keep_days": N_(
        "What was redeemed and not fetched after so many days goes back, and so do its points. "
        "A coupon won with a whole series is good as long."
    ),
    "budget.monthly": N_(
        "What coupons that I give on my own (birthdays, family days) may cost in a month; 0 for no limit. Once it is "
        "reached I give no more and tell you."
    ),
    "budget.hundred_points": N_("Your own estimate, for /liability and the budget."),
    "budget.basket": N_("Your own estimate: a coupon of 20% costs a fifth of it."),
    "budget.gift": N_("Your own estimate, for coupons that bring a gift."),
    "grades.days": N_("What was bought in so many days decides the grade."),
    "grades.regular_purchases": N_("So many purchases make a regular; 0 for not at all."),
    "grades.vip_spent": N_("Who spent so much is vip; 0 for not by this."),
    "grades.vip_purchases": N_("Who bought so often is vip, too; 0 for not by this."),
    "grades.svip_spent": N_("Who spent so much is svip; 0 for not at all."),
    "grades.grace_days": N_("When a grade is earned no more, its member is told, and keeps it for so many days."),
    "activity.sleeping_gaps": N_("Silent for so many times the usual time between two visits, somebody is sleeping."),
    "activity.lost_gaps": N_("Silent for so many times the usual time between two visits, somebody is lost."),
    "activity.least_days": N_(
        "However often they come: nobody is sleeping sooner, nor lost sooner than so many times."
    ),
    "activity.few_days": N_("Who came fewer than three times has no rhythm yet, and is sleeping after so many days."),
    "rfm.recency": N_("The last purchase was so many days ago at most: for the scores 2, 3, 4 and 5."),
    "rfm.frequency": N_("So many purchases in the time that counts for a grade: for the scores 2, 3, 4 and 5."),
    "rfm.money": N_("So much spent in the time that counts for a grade: for the scores 2, 3, 4 and 5."),
    "rfm.quintiles_from": N_(
        "From so many buyers on each score goes to a fifth of them, found anew every night; 0 for never."
    ),
    "classes.office_pieces": N_("Who buys so many pieces at once on working days buys for the office (office:yes)."),
    "classes.office_times": N_("It takes so many such purchases until somebody is taken to buy for the office."),
    "classes.reviewer_stars": N_("Whose ratings are so many stars on average is a good reviewer (reviewer:yes)."),
    "classes.reviewer_comments": N_("A good reviewer has written so many comments at least."),
    "sending.quiet_from": N_("From this hour on nothing is sent on its own; answers still are."),
    "sending.quiet_until": N_("From this hour on it is sent again."),
    "sending.day_hour": N_("When birthday wishes and other letters of a day go out."),
    "sending.promo_per_day": N_("How many offers a member gets in a day at most."),
    "sending.promo_per_week": N_("How many offers a member gets in seven days at most."),
    "sending.group_posts_per_day": N_(
        "How many offers are posted to a group in a day at most; more wait for the morning."
    ),
    "sending.pace": N_("How fast letters go out, to all together. Telegram allows 25 to 30."),
    "sending.paused": N_("While it is yes, nothing is sent on its own. /pause and /resume switch it too."),
    "group.newcomer_hours": N_("So long newcomers of a group post no links and forward nothing; 0 for never."),
    "group.burst": N_("Who is new and writes more is warned, then silenced, then put out."),
    "plan.at": N_("When owners and managers are shown what goes out tomorrow."),
    "privacy.keep_months": N_(
        "Who left all groups, cannot be written to and was not seen for so long is erased; 0 for never."
    ),
}

WORKS = {
    "points.expiry": N_(
        "What works: inactivity 12 (months without earning or using any), days 365 (each for itself), "
        "month_end, year_end or never."
    ),
    "points.caps": N_(
        "What works: none, or points a day for some of checkin, profile, purchase, referral, review and coupon, "
        "such as checkin 10, profile 50."
    ),
    "group.join": N_("What works: open (everybody), request (who agrees to be a member) or members (members alone)."),
    "birthday.offer": N_("What works: 10 (money off), 20% (per cent off), gift:tea, points:50 or x2."),
    "rfm.recency": N_("What works: four falling numbers of days, such as 365 180 90 30."),
    "rfm.frequency": N_("What works: four rising numbers, such as 2 3 5 8."),
    "rfm.money": N_("What works: four rising amounts, such as 100 300 1000 3000."),
    "family.offer": N_("What works: none, 10 (money off), 20% (per cent off), gift:tea, points:50 or x2."),
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
    if key == "group.join":
        return _(JOINS[value])
    if key == "points.caps":
        return ", ".join(f"{_(CAPPED[family])} {most:,}" for family, most in caps.read(value).items()) or _("none")
    if key.startswith("budget.") or key.endswith("_spent"):
        return _money(key, value, shop)
    return _plain(value)


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
