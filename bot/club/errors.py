"""Every way to say no, each with its words, in the language of whoever is refused. Nothing was changed."""

from collections.abc import Sequence
from typing import Any, ClassVar

from bot.i18n import N_


class ClubError(Exception):
    """A refusal. `facts` fill the places in `says`: dates, money, numbers and names, formatted where it is spoken."""

    says: ClassVar[str]

    def __init__(self, **facts: Any) -> None:
        super().__init__(type(self).__name__)
        self.facts = facts


class NotAvailable(ClubError):
    """A staff command or button for somebody without the role: it is not said what it would do."""

    says = N_("That is not available here. /help lists what works.")


class NoSense(ClubError):
    """Plain text that no conversation waits for, or an unknown command."""

    says = N_("I didn't understand that. /help lists what works.")


class StaleButton(ClubError):
    """A button whose matter is over, or that was never ours."""

    says = N_("This button no longer works. /menu shows what does.")


class BadLine(ClubError):
    """A command line with missing or misplaced words; `form` is how it is written."""

    says = N_("Please write it like this: {form}")


class TooLong(ClubError):
    """A text over its limit."""

    says = N_("That is too long: at most {limit} characters.")


class TooMany(ClubError):
    """More of something than a member may have."""

    says = N_("That is too many: at most {limit}. Please take one away first.")


class NoTag(ClubError):
    """A tag to be taken off that the member does not wear."""

    says = N_("{number} has no tag “{tag}”. /tag {number} shows which there are.")


class UnknownMember(ClubError):
    """Nobody fits WHO."""

    says = N_(
        "I know no member “{who}”. Once they pressed Start and agreed, reply to their message, "
        "or write @username, a phone number or a number such as M0042."
    )


class WhichMember(ClubError):
    """Several fit WHO; `members` are they, as far as they fit under a question, and `numbers` theirs."""

    says = N_("Several members fit “{who}”: {numbers}. Please write the number.")

    def __init__(self, *, members: Sequence[Any], **facts: Any) -> None:
        super().__init__(**facts)
        self.members = members


class NoReason(ClubError):
    """A manual change of points without a reason."""

    says = N_("Please give a reason at the end, for example: {form}")


class BadPoints(ClubError):
    """An amount of points that is no whole number in bounds."""

    says = N_("Points are a whole number from 1 to {limit}.")


class NotEnoughPoints(ClubError):
    """A spend above the balance."""

    says = N_("Not enough points: {points} are there.")


class NoOwner(ClubError):
    """A change that waits for an owner, where none can be reached."""

    says = N_("No owner can be asked at the moment: they must press Start first.")


class RequestOver(ClubError):
    """A request that was decided already."""

    says = N_("This request was decided already.")


class BadRole(ClubError):
    """A role that does not exist."""

    says = N_("A role is one of: clerk, manager, owner.")


class OwnerStays(ClubError):
    """An owner of the settings cannot be changed by a command."""

    says = N_("This role is set outside the chat and cannot be changed here.")


class StaffStays(ClubError):
    """Whoever has a role cannot be erased."""

    says = N_("You work here, so I cannot erase you yet: an owner must take your role away first.")


class NoRole(ClubError):
    """A dismissal of somebody without a role."""

    says = N_("{number} has no role. /staff list shows who has one.")


class LastOwner(ClubError):
    """The last owner cannot be dismissed."""

    says = N_("A club needs an owner: name another one first.")


class NotYourself(ClubError):
    """Staff changing their own points."""

    says = N_("Nobody changes their own points; please ask the owner.")


class NoSuchRule(ClubError):
    """A rule that does not exist; `near` are names like it."""

    says = N_("There is no rule “{name}”. Near it: {near}.")


class BadRule(ClubError):
    """A value that a rule cannot have."""

    says = N_("“{value}” does not work for “{rule}”. One that does: {now_is}.")


class BadDate(ClubError):
    """A birthday that could not be read."""

    says = N_("I could not read that as a date. Please write it like 15 Aug or 8-15.")


class NoSuchDay(ClubError):
    """A day that no calendar has, such as 31 February."""

    says = N_("There is no such day. Please write it like 15 Aug or 8-15.")


class FutureBirth(ClubError):
    """A date of birth in the future, or more than 120 years ago."""

    says = N_("That year of birth cannot be right. You may leave the year out.")


class BirthdayFixed(ClubError):
    """A second change of one's birthday."""

    says = N_("Your birthday was changed once already; the shop's staff can change it for you.")


class BadOffer(ClubError):
    """An offer that could not be read."""

    says = N_("An offer is written like 10 (money off), 20% (per cent off), gift:tea, points:50 or x2.")


class BadTime(ClubError):
    """A WHEN that could not be read."""

    says = N_("I could not read “{when}” as a time. Try now, 30m, 2h, 3d, 18:00, “tomorrow 9:00” or 2027-03-05T09:00.")


class DealTooLate(ClubError):
    """A deal that would end in the past or before it begins."""

    says = N_("A deal must end after it begins, and in the future.")


class NoEnd(ClubError):
    """A deal without an end."""

    says = N_("A deal needs an end, such as until:2d. For example: {form}")


class BadNumber(ClubError):
    """An option that must be a whole number."""

    says = N_("{option}: must be a whole number from 1 to {limit}.")


class UnknownOption(ClubError):
    """An option that the command does not know."""

    says = N_("I don't know “{option}:”. Please write it like this: {form}")


class NoSuchDeal(ClubError):
    """A deal that does not exist, or not for this person."""

    says = N_("There is no such deal. /deals shows what is open to you.")


class DealOver(ClubError):
    """A deal that has ended."""

    says = N_("“{title}” is over. /deals shows what is open to you.")


class DealNotOpen(ClubError):
    """A deal that has not begun."""

    says = N_("“{title}” opens on {opens}.")


class DealGone(ClubError):
    """All places of a deal are taken."""

    says = N_("All of “{title}” are taken. We are sorry; the next one is sure to come.")


class DealClaimed(ClubError):
    """A deal that this member has claimed as often as allowed."""

    says = N_("You have “{title}” already: /coupons shows it.")


class BadText(ClubError):
    """An answer without a word in it, or far too long."""

    says = N_("Please answer in a few words, at most 100 characters.")


class BadPhone(ClubError):
    """Digits that are no phone number."""

    says = N_("That is no phone number. Please write it like {example}, or with + and the country code.")


class BadEmail(ClubError):
    """A text that is no e-mail address."""

    says = N_("That is no e-mail address. Please write it like ann@example.com.")


class BadQQ(ClubError):
    """A text that is no QQ number."""

    says = N_("A QQ number has 5 to 12 digits.")


class BadWeChat(ClubError):
    """A text that is no WeChat id."""

    says = N_("A WeChat id has 6 to 20 letters, digits, _ or -, and begins with a letter.")


class BadWords(ClubError):
    """A picture, a file or a sticker where an answer in words was asked."""

    says = N_("Please answer in words, or /cancel.")


class NoSuchCoupon(ClubError):
    """A code that no coupon has."""

    says = N_("There is no coupon with this code. Please compare it letter by letter.")


class CouponSpent(ClubError):
    """A coupon is good once."""

    says = N_("This coupon was used on {day} already; {by} entered it.")


class CouponLapsed(ClubError):
    """A coupon whose last day is over."""

    says = N_("This coupon expired: it was good until {until}.")
