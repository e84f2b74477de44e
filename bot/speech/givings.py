"""How coupons for many are put into words: what a giving would bring, how far it is, what came of it."""

from datetime import datetime

from bot.club import costs
from bot.club.givings import Foretold, Standing
from bot.club.letters import sleeping
from bot.club.rules import Shop
from bot.i18n import _
from bot.speech import Html, fill, money, offer
from bot.speech.buttons import Written, rows, tap


def foretold(of: Foretold, shop: Shop) -> Written:
    """How many coupons it is and what they cost at most, with the buttons for a yes or a no."""
    lines = [_sentence(of, shop), fill(_("Audience: {audience}"), audience=of.audience)]
    if of.had:
        lines.append(_had(of.had))
    if of.late:
        lines.append(fill(_("{count} more would fit, but there are no more coupons."), count=of.late))
    if of.sure:
        lines.append(Html(_("That is a lot. Shall I really give them?")))
        yes = tap(_("Confirm: {count} coupons").format(count=f"{of.most:,}"), "giving", "sure", of.mark)
    else:
        yes = tap(_("Confirm"), "giving", "yes", of.mark)
    return Html("\n".join(lines)), rows([yes, tap(_("Cancel"), "untell")])


def told(of: Standing, shop: Shop, now: datetime) -> Html:
    """How far a giving is, or what came of it: given, had theirs, none left."""
    name = of.template.plan.name
    if of.under_way:
        text = _("“{name}”: {given} of {most} are given so far. I tell you here when it is done.")
        return fill(text, name=name, given=of.given, most=of.most)
    text = _("“{name}” is given to {count} member.", "“{name}” is given to {count} members.", of.given)
    lines = [fill(text, name=name, count=of.given)]
    if of.had:
        lines.append(_had(of.had))
    if of.late:
        late = _("{count} came too late: none was left.", "{count} came too late: none was left for them.", of.late)
        lines.append(fill(late, count=of.late))
    if of.given and sleeping(shop, now):
        hour = shop.rules.sending.quiet_until.strftime("%H:%M")
        lines.append(fill(_("It is night: the letters go out after {hour}."), hour=hour))
    return Html("\n".join(lines))


def _sentence(of: Foretold, shop: Shop) -> Html:
    plan = of.template.plan
    about = {"count": of.most, "name": plan.name, "offer": offer(plan.offer, shop)}
    cost = money(costs.of_offer(plan.offer, shop) * of.most, shop)
    if plan.offer.kind == "money":
        text = _(
            "{count} member gets “{name}”, {offer}; at most {cost}.",
            "{count} members get “{name}”, {offer} each; at most {cost}.",
            of.most,
        )
    else:
        text = _(
            "{count} member gets “{name}”, {offer}; about {cost} by your estimates.",
            "{count} members get “{name}”, {offer} each; about {cost} by your estimates.",
            of.most,
        )
    return fill(text, **about, cost=cost)


def _had(count: int) -> Html:
    return fill(_("{count} has had theirs already.", "{count} have had theirs already.", count), count=count)
