"""The letters about birthdays: the member's own, and those of relatives."""

from datetime import date, timedelta

from bot.club.entry import NO_MORE
from bot.club.rules import Shop
from bot.club.sending import Outgoing
from bot.i18n import _
from bot.speech import Html, coupon, fill, month, month_day, name, weekday, yearly
from bot.speech.buttons import DeepLink, Written, rows, tap
from bot.speech.family import relative
from bot.speech.referrals import more_in_words


def birthday_ahead_letter(letter: Outgoing, shop: Shop, _link: DeepLink) -> Written:
    """A birthday that comes in a week, with its coupon."""
    text = fill(
        _(
            "Your birthday is coming on {day}, {name}! Here is something from {shop} for it:\n\n{coupon}\n\n"
            "And in these days your purchases earn {multiplier} times the points."
        ),
        name=name(letter.name),
        day=month_day(date.fromisoformat(letter.facts["day"])),
        shop=shop.name,
        coupon=coupon(letter.facts, shop),
        multiplier=letter.facts["multiplier"],
    )
    return _with_friends(text, letter, shop)


def birthday_letter(letter: Outgoing, shop: Shop, _link: DeepLink) -> Written:
    """The wishes on the day, with the coupon where there is one."""
    text = fill(
        _("Happy birthday, {name}! All of us at {shop} wish you a wonderful day."),
        name=name(letter.name),
        shop=shop.name,
    )
    if gift := letter.facts.get("gift"):
        text = Html(text + "\n\n" + fill(_("Your birthday coupon is waiting:\n{coupon}"), coupon=coupon(gift, shop)))
        return _with_friends(text, letter, shop)
    return text, None


def _with_friends(text: Html, letter: Outgoing, shop: Shop) -> Written:
    """The same with a word about friends, who bring more in these days where the rule says so."""
    if shop.rules.referral.birthday == NO_MORE:
        return text, None
    last = date.fromisoformat(letter.facts["day"]) + timedelta(days=shop.rules.birthday.days_around)
    word = _("Bring a friend until {day}: in your birthday week that brings both of you {more}.")
    more = fill(word, day=month_day(last), more=more_in_words(shop.rules.referral.birthday))
    return Html(f"{text}\n\n{more}"), rows(tap(_("Invite a friend"), "go", "invite"))


def birthday_post_letter(letter: Outgoing, shop: Shop, _link: DeepLink) -> Written:
    """The wishes in a group, to all of a day who want theirs there."""
    mentions = (
        Html(f'<a href="tg://user?id={account}">{fill("{name}", name=name(who))}</a>')
        for account, who in letter.facts["people"]
    )
    text = _("Happy birthday, {names}! 🎂 All of us at {shop} wish you a wonderful day.")
    return fill(text, names=Html(_(", ").join(mentions)), shop=shop.name), None


def alone(letter: Outgoing) -> str:
    """The name on the card: that of the one who is greeted, and none where they are several."""
    people = letter.facts.get("people", [(0, letter.name)])
    return name(people[0][1]) if len(people) == 1 and people[0][1] else ""


def birthday_reminder_letter(letter: Outgoing, shop: Shop, _link: DeepLink) -> Written:
    """A birthday coupon that is still unused."""
    text = _("A small reminder, {name}: your birthday coupon is still waiting.\n\n{coupon}")
    return fill(text, name=name(letter.name), coupon=coupon(letter.facts, shop)), None


def family_letter(letter: Outgoing, shop: Shop, _link: DeepLink) -> Written:
    """A relative's day, a week ahead, to their member."""
    relation, first_name, when = letter.facts["relative"]
    on = date.fromisoformat(letter.facts["day"])
    about = {"name": name(letter.name), "who": relative(relation, first_name)}
    if when.day:
        text = _(
            "{name}, a word in good time: {who}'s birthday is on {day}. There is still time to find something nice. "
            "If you would like an idea, come by or write to us: we gladly help."
        )
        day = weekday(on)
        if when.calendar == "lunar":
            day = _("{day}, {lunar}").format(day=day, lunar=yearly(when))
        text = fill(text, **about, day=day)
    else:
        text = _(
            "{name}, a word in good time: {who}'s birthday is in {month}. There is still time to plan something nice. "
            "If you would like an idea, come by or write to us: we gladly help."
        )
        text = fill(text, **about, month=month(on))
    if gift := letter.facts.get("gift"):
        here = fill(
            _("And here is something from {shop} for the day:\n{coupon}"), shop=shop.name, coupon=coupon(gift, shop)
        )
        text = Html(text + "\n\n" + here)
    return text, None
