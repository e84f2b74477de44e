"""What the owner reads of letters that did not go as they should: each by what it was."""

from bot.club.rules import Shop
from bot.club.sending import Outgoing
from bot.i18n import N_, _
from bot.speech import Html, fill
from bot.speech.buttons import DeepLink, Written

MISSED = {
    "birthday_ahead": N_("the birthday coupon"),
    "birthday": N_("the birthday wishes"),
    "birthday_post": N_("the birthday wishes in the group"),
    "birthday_reminder": N_("the reminder of the birthday coupon"),
    "expiry": N_("the word that points expire"),
    "family": N_("the reminder of a relative's day"),
    "family_offer": N_("the reminder of a relative's day"),
    "receipt": N_("the receipt of a purchase"),
    "refunded": N_("word of a refund"),
    "refunded_coupon": N_("word of a refund"),
    "purchase_undone": N_("word that a purchase was undone"),
    "coupon_issued": N_("a claimed coupon"),
    "coupon_given": N_("a coupon that was given"),
    "activity_prize": N_("a prize"),
    "referral": N_("the word that an invitation counts"),
    "referral_back": N_("the word that an invitation counts no longer"),
    "referral_held": N_("the question whether an invitation counts"),
    "next_visit": N_("a coupon for the next visit"),
    "coupon_giving": N_("a coupon that was given"),
    "coupon_passed": N_("the word that a coupon was accepted"),
    "coupon_revoked": N_("the word that a coupon was taken back"),
    "coupon_reminder": N_("the reminder of a coupon"),
    "points_changed": N_("a change of points"),
    "report": N_("the report of a month"),
    "gift_reminder": N_("the reminder of a gift to be fetched"),
    "gift_lapsed": N_("word that an order lapsed"),
    "grade_given": N_("the word that a grade was given"),
    "grade_up": N_("the congratulation on a grade"),
    "grade_notice": N_("the word that a grade ends"),
    "leaving": N_("the word that a group is left"),
    "grade_invite": N_("an invitation into a group"),
    "gift_cancelled": N_("word that an order was cancelled"),
    "gift_back": N_("word that a gift is back"),
    "series_complete": N_("the prize of a series"),
    "question": N_("a question about themselves"),
    "usage": N_("the question how a purchase goes"),
    "rating": N_("the question for a rating"),
    "running_out": N_("the question whether something runs out"),
    "reorder": N_("a member's wish to have something again"),
    "reorder_taken": N_("word that a wish is seen to"),
    "stage": N_("a letter by the baby's months"),
    "journey_card": N_("the member card"),
    "journey": N_("a letter of a journey"),
    "journey_offer": N_("a coupon of a journey"),
    "thread": N_("a member's question"),
    "thread_answer": N_("an answer of the shop"),
    "thread_taken": N_("word that a question was answered"),
    "unhappy": N_("word of a bad rating"),
    "comment": N_("word of a comment"),
    "deal": N_("a deal"),
    "deal_reminder": N_("the reminder of a deal"),
    "broadcast": N_("a broadcast"),
    "broadcast_coupon": N_("a broadcast that names a coupon"),
    "deal_post": N_("a deal's post in a group"),
    "safety_note": N_("the weekly note in a group"),
    "activity_post": N_("a post about an activity"),
    "activity_result": N_("the result of an activity"),
    "contest_album": N_("the photos of a contest"),
    "contest_vote": N_("the vote of a contest"),
    "contest_photos": N_("the photos of a contest"),
    "contest_pick": N_("the question who wins a contest"),
    "contest_empty": N_("word that a contest had no photo"),
    "contest_out": N_("word that a photo was taken out of a contest"),
}


def doubtful(letter: Outgoing, _shop: Shop, _link: DeepLink) -> Written:
    """Tell the owner which letters may have arrived or not."""
    text = _(
        "I was interrupted and cannot tell whether these letters arrived. "
        "They are not sent again, so that nobody gets one twice:"
    )
    return _listed(text, letter), None


def missed(letter: Outgoing, _shop: Shop, _link: DeepLink) -> Written:
    """Tell the owner which letters came too late to be sent."""
    return _listed(_("I was away too long, and these came too late to be sent:"), letter), None


def _listed(text: str, letter: Outgoing) -> Html:
    items = (
        fill("· {number} {what}", number=number, what=_(MISSED.get(what, what)))
        for number, what in letter.facts["items"]
    )
    return Html("\n".join([text, *items]))
