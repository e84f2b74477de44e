"""The sentences for the counter: what a clerk may say now, and all of them as a handbook."""

from bot.club.counter import AtCounter
from bot.club.rules import Shop
from bot.club.selling import Paired, Plan, Ruled, Script
from bot.club.sending import Outgoing
from bot.club.suggestions import Suggested
from bot.i18n import _
from bot.speech import Html, coupon, coupon_name, fill, fitting, from_minimum, grade, last_moment, name, offer
from bot.speech.buttons import DeepLink, Written


def sentence(what: Suggested) -> Html:
    """What a clerk may say: the owner's own sentence, or the product that goes well with the one bought."""
    if what.says:
        return fill("{says}", says=what.says)
    if what.after is None:
        return fill(_("Would you like to try our {offers}?"), offers=what.offers)
    return fill(_("Many take {offers} with {after}: would you like some?"), after=what.after, offers=what.offers)


def at_counter(seen: AtCounter, shop: Shop) -> Html:
    """A member at the counter: name, grade, coupons, and one thing to say."""
    first = name((seen.who.name or "").split(" ")[0])
    parts = [fill("<b>{name}</b> · {number} · {grade}", name=first, number=seen.who.number, grade=grade(seen.grade))]
    for each in seen.coupons:
        what = from_minimum(offer(each.offer, shop), each.minimum, shop)
        about = {"coupon": coupon_name(each.name), "offer": what, "until": last_moment(each.good_until, shop)}
        parts.append(fill(_("· “{coupon}”: {offer}, until {until}"), **about))
    if not seen.coupons:
        parts.append(Html(_("No coupons at the moment.")))
    if seen.say:
        parts.append(fill(_("Say: “{sentence}”"), sentence=sentence(seen.say)))
    return fitting(parts)


def handbook(all_of_it: Script, shop: Shop) -> Html:
    """All sentences of the counter, with how often each was given and followed."""
    rules, pairs = all_of_it.rules, all_of_it.pairs
    parts = [Html(_("<b>What to say today</b>")), *(rule(each, shop) for each in rules)]
    if pairs:
        parts += [Html(""), Html(_("<b>What our customers take together</b>")), *map(_pair, pairs)]
    if not (rules or pairs):
        parts.append(
            Html(
                _(
                    "Nothing yet. Once there are enough purchases I find out what is bought together; a manager may "
                    "also write sentences of your own."
                )
            )
        )
    return fitting(parts)


def rule(each: Ruled, shop: Shop) -> Html:
    """A rule in a line or two."""
    text = fill("{id}. {what}", id=str(each.id), what=described(each.plan, shop))
    if each.said:
        text = Html(f"{text} ({_counted(each.said, each.followed)})")
    return text


def described(plan: Plan, shop: Shop) -> Html:
    """What a rule does, without its number."""
    after = fill("{name}", name=plan.after) if plan.after else Html(_("anything"))
    if plan.coupon:
        days = _("good for {days} day", "good for {days} days", plan.days or 0).format(days=plan.days)
        return fill(
            _("Bought {after} → for the next visit: {offer}, {days}"),
            after=after,
            offer=offer(plan.coupon, shop),
            days=days,
        )
    offers = [fill(_("offer {offers}"), offers=plan.offers)] if plan.offers else []
    says = [fill(_("say “{says}”"), says=plan.says)] if plan.says else []
    return fill(_("Bought {after} → {what}"), after=after, what=Html(_(", ").join([*offers, *says])))


def _pair(each: Paired) -> Html:
    text = fill(_("· {after} → {offers}: {share} in a hundred"), after=each.after, offers=each.offers, share=each.share)
    return Html(f"{text} ({_counted(each.said, each.followed)})") if each.said else text


def _counted(said: int, followed: int) -> Html:
    return fill(_("said {said} times, followed {followed} times"), said=said, followed=followed)


def next_visit_letter(letter: Outgoing, shop: Shop, _link: DeepLink) -> Written:
    """A coupon for the next visit, after a purchase."""
    text = _("Thank you, {name}! Here is something for your next visit to {shop}:\n\n{coupon}")
    return fill(text, name=name(letter.name), shop=shop.name, coupon=coupon(letter.facts, shop)), None
