"""How coupons are put into words: templates and the till for the staff, letters for the member."""

from aiogram.types import InlineKeyboardButton

from bot.club.coupons import Held, Issued
from bot.club.members import Named
from bot.club.offers import Offer
from bot.club.passing import Passed
from bot.club.rules import Shop
from bot.club.sending import Outgoing
from bot.club.templates import Template
from bot.i18n import _
from bot.speech import (
    LONGEST_TEXT,
    Html,
    coupon_name,
    fill,
    fitting,
    from_minimum,
    last_moment,
    money,
    name,
    offer,
    person,
    utf16,
)
from bot.speech import coupon as in_words
from bot.speech.buttons import DeepLink, Written, rows, tap

PAGE = 10  # coupons on a page of the wallet
BETWEEN = "\n\n"
AROUND = 200  # UTF-16 units of a page before and after the coupons


def made(template: Template, shop: Shop) -> Html:
    """What was made, and how it is given."""
    lines = [described(template, shop)]
    if template.version > 1:
        text = _("This is version {version} of the name; coupons given before stay as they are.")
        lines.append(fill(text, version=template.version))
    called = template.plan.name
    form = f'/coupon give "{called}" @ann' if " " in called else f"/coupon give {called} @ann"
    lines.append(fill(_("To give one: <code>{form}</code>"), form=form))
    return Html("\n".join(lines))


def give_button(template: Template) -> InlineKeyboardButton:
    """The button that asks to whom a coupon is given."""
    return tap(_("Give it"), "give", template.id)


def listed(templates: list[Template], shop: Shop, form: str) -> Html:
    """All templates, a line each."""
    if not templates:
        return fill(_("No coupons yet. Make the first one like this: {form}"), form=form)
    return fitting(described(each, shop) for each in templates)


def described(template: Template, shop: Shop) -> Html:
    """A template in a line: what it gives, for how long, within which limits."""
    plan = template.plan
    days = _("good for {days} day", "good for {days} days", plan.days)
    parts = [
        fill(_("“{name}”: {offer}"), name=plan.name, offer=offer(plan.offer, shop)),
        fill(days, days=plan.days),
    ]
    if plan.minimum:
        parts.append(fill(_("from {minimum}"), minimum=money(plan.minimum, shop)))
    if plan.each:
        parts.append(fill(_("{each} for each member"), each=plan.each))
    if plan.audience:
        parts.append(fill(_("only for {audience}"), audience=plan.audience))
    if plan.transferable:
        parts.append(Html(_("may be passed on")))
    if plan.quota:
        parts.append(fill(_("{issued} of {quota} given"), issued=template.issued, quota=plan.quota))
    elif template.issued:
        parts.append(fill(_("{issued} given"), issued=template.issued))
    return Html(" · ".join(parts))


def given(coupon: Issued, who: Named, shop: Shop) -> Html:
    """What was given to whom, and until when it is good."""
    return fill(
        _("Given to {whom}: “{coupon}”, {offer}, good until {until}."),
        whom=person(who),
        coupon=coupon_name(coupon.name),
        offer=offer(coupon.offer, shop),
        until=last_moment(coupon.good_until, shop),
    )


def paged(mine: list[Issued], shop: Shop) -> list[list[Issued]]:
    """A member's coupons in pages, none longer than one message."""
    pages: list[list[Issued]] = []
    room = 0
    for each in mine:
        length = utf16(in_words(each.facts, shop)) + utf16(BETWEEN)
        if length > room or len(pages[-1]) == PAGE:
            pages.append([])
            room = LONGEST_TEXT - AROUND
        pages[-1].append(each)
        room -= length
    return pages


def page(pages: list[list[Issued]], number: int, shop: Shop) -> Html:
    """A page of the wallet."""
    title = Html(_("<b>Your coupons</b>"))
    if len(pages) > 1:
        first = sum(map(len, pages[:number])) + 1
        about = {"first": first, "last": first + len(pages[number]) - 1, "all": sum(map(len, pages))}
        title = Html(title + fill(_(", {first} to {last} of {all}"), **about))
    coupons = (in_words(each.facts, shop) for each in pages[number])
    return Html(BETWEEN.join([title, *coupons, _("Show the code when you pay.")]))


def passed(found: Passed, shop: Shop) -> Html:
    """What a friend passes on, without its code."""
    own = found.coupon
    text = _("{friend} would like you to have this:\n\n<b>{name}</b>: {offer}\nValid until {until}")
    return fill(
        text,
        friend=name(found.giver),
        name=coupon_name(own.name),
        offer=from_minimum(offer(own.offer, shop), own.minimum, shop),
        until=last_moment(own.good_until, shop),
    )


def pass_button(code: str) -> InlineKeyboardButton:
    """The button that passes a coupon on."""
    return tap(_("Pass on"), "pass", code)


def asked(coupon: Issued, who: Named, shop: Shop) -> Html:
    """The question at the till whether to use a coupon."""
    text = _("{offer} for {number}, {name}: “{coupon}”. Use it now?")
    return Html(_at_the_till(text, coupon, who, shop) + _only_from(coupon.minimum, shop))


def used(coupon: Held, shop: Shop) -> Html:
    """What was used at the till, and for which purchases it is."""
    text = _("Done: {offer} for {number}, {name}: “{coupon}”.")
    return Html(_at_the_till(text, coupon, coupon.who, shop) + _only_from(coupon.minimum, shop))


def revoked(coupon: Issued, who: Named) -> Html:
    """What was taken back from whom."""
    return fill(
        _("Taken back from {whom}: “{coupon}”. They are told why."), whom=person(who), coupon=coupon_name(coupon.name)
    )


def _at_the_till(text: str, coupon: Issued | Held, who: Named, shop: Shop) -> Html:
    what = {"offer": offer(coupon.offer, shop), "coupon": coupon_name(coupon.name)}
    return fill(text, number=who.number, name=name(who.name), **what)


def _only_from(minimum: int, shop: Shop) -> str:
    return "\n" + fill(_("Only for purchases from {minimum}."), minimum=money(minimum, shop)) if minimum else ""


def issued_letter(letter: Outgoing, shop: Shop, _link: DeepLink) -> Written:
    """A claimed deal's coupon."""
    return fill(_("It is yours!\n\n{coupon}\n\nShow the code when you pay."), coupon=in_words(letter.facts, shop)), None


def given_letter(letter: Outgoing, shop: Shop, _link: DeepLink) -> Written:
    """A coupon that staff gave."""
    text = _("A coupon from {shop} for you:\n\n{coupon}\n\nShow the code when you pay. /coupons keeps it for you.")
    more = rows(pass_button(letter.facts["code"])) if letter.facts.get("transferable") else None
    partner = letter.facts.get("partner")
    giver = _("{shop} and {partner}").format(shop=shop.name, partner=partner) if partner else shop.name
    return fill(text, shop=giver, coupon=in_words(letter.facts, shop)), more


def passed_letter(letter: Outgoing, _shop: Shop, _link: DeepLink) -> Written:
    """A coupon that a friend accepted."""
    text = _("{friend} has accepted your coupon “{coupon}”. That was kind of you!")
    return fill(text, friend=name(letter.facts["friend"]), coupon=coupon_name(letter.facts["name"])), None


def revoked_letter(letter: Outgoing, shop: Shop, _link: DeepLink) -> Written:
    """A coupon that staff took back."""
    facts = letter.facts
    what = {"coupon": coupon_name(facts["name"]), "offer": offer(Offer.read(facts["offer"]), shop)}
    text = _("{shop} took back your coupon “{coupon}” ({offer}): {reason}")
    return fill(text, shop=shop.name, reason=facts["reason"], **what), None


def reminder_letter(letter: Outgoing, shop: Shop, _link: DeepLink) -> Written:
    """A coupon that ends soon."""
    text = _("A small reminder, {name}: your coupon is still waiting.\n\n{coupon}\n\nShow the code when you pay.")
    return fill(text, name=name(letter.name), coupon=in_words(letter.facts, shop)), None
