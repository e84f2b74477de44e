"""What each of the club's rules does, for the owner who tunes it, and which values work where that takes words."""

from bot.i18n import N_

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
    "referral.birthday": N_(
        "What both get when the friend came in the birthday week of whoever invited them; the birthday letters mention "
        "it then."
    ),
    "group.join": N_("Where people must ask to join a group: whom I let in. Others I ask in private first."),
    "group.question": N_(
        "Who asks to come into a group (group.join: on request) agrees first, then answers this or skips it; /member "
        "shows the answer."
    ),
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
    "group.note": N_(
        "On Mondays I post in each group which accounts are the shop's (mine, and the owners' @usernames), and pin it. "
        "I need the right to pin messages."
    ),
    "group.lookalikes": N_("Whether I tell the owners of somebody who bears an owner's name, or mine."),
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
    "referral.birthday": N_("What works: none, x2 to x10 (so many times the points), or a number of points more."),
    "group.question": N_(
        "What works: standard (What brings you here?), none, or a question of your own with a question mark at its end."
    ),
    "birthday.offer": N_("What works: 10 (money off), 20% (per cent off), gift:tea, points:50 or x2."),
    "rfm.recency": N_("What works: four falling numbers of days, such as 365 180 90 30."),
    "rfm.frequency": N_("What works: four rising numbers, such as 2 3 5 8."),
    "rfm.money": N_("What works: four rising amounts, such as 100 300 1000 3000."),
    "family.offer": N_("What works: none, 10 (money off), 20% (per cent off), gift:tea, points:50 or x2."),
}
