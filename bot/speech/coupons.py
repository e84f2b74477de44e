"""How coupon templates, and what becomes of them, are put into words for the staff."""

from bot.club.coupons import Issued
from bot.club.members import Named
from bot.club.rules import Shop
from bot.club.templates import Template
from bot.i18n import _
from bot.speech import Html, coupon_name, fill, fitting, last_moment, money, offer, person


def made(template: Template, shop: Shop) -> Html:
    """What was made, and how it is given."""
    lines = [described(template, shop)]
    if template.version > 1:
        text = _("This is version {version} of the name; coupons given before stay as they are.")
        lines.append(fill(text, version=template.version))
    name = template.plan.name
    form = f'/coupon give "{name}" @ann' if " " in name else f"/coupon give {name} @ann"
    lines.append(fill(_("To give one: <code>{form}</code>"), form=form))
    return Html("\n".join(lines))


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


def explained(form: str) -> Html:
    """How coupons are made and given, with lines that work."""
    return fill(
        _(
            "Make a coupon with one line, such as:\n<code>{form}</code>\n\n"
            "That is its name, what it gives and for how many days. What it gives is 10 (money off), 20%, gift:tea, "
            "points:50 or x2; min: is the least purchase, quota: how many there are, limit: how many a member "
            "may have. All three may be left out. Then give it away: <code>/coupon give TEA @ann</code>"
        ),
        form=form,
    )
