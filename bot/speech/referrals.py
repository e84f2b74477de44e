"""How invitations are put into words: the link, what a friend reads, and the letters when one counts."""

from bot.club.members import Named
from bot.club.referrals import Held, Invitation
from bot.club.rules import Shop
from bot.club.sending import Outgoing
from bot.i18n import N_, _
from bot.speech import Html, fill, month_day, name, person
from bot.speech.buttons import DeepLink, Written, rows, tap

SUSPICIONS = {
    "burst": N_("very many newcomers came by this link within an hour"),
    "contact": N_("both have told the same phone number or address"),
    "name": N_("both bear the same name"),
    "staff": N_("whoever invited also entered the purchase"),
}


def invitation(own: Invitation, link: str, shop: Shop) -> Html:
    """A member's link, what it brings, and what came of it so far."""
    rules = shop.rules.referral
    terms = _(
        "<b>Bring a friend to {shop}</b>\n"
        "Once your friend has made a first purchase and been with us for {days} days, {points} points are yours and "
        "{friend_points} your friend's."
    )
    facts = {"days": rules.stay_days, "points": rules.points, "friend_points": rules.friend_points}
    parts = [fill(terms, shop=shop.name, **facts)]
    if own.more_until:
        text = _("🎂 Friends who come until {day}, in your birthday week, bring both of you {more}.")
        parts.append(fill(text, day=month_day(own.more_until), more=more_in_words(rules.birthday)))
    parts += [fill(_("Pass this picture or this link on:\n{link}"), link=link), _so_far(own)]
    return Html("\n\n".join(parts))


def more_in_words(rule: str) -> Html:
    """What a friend brings beyond the usual who comes in a birthday week, by the rule."""
    if rule.startswith("x"):
        return fill(_("{times} times as much"), times=int(rule[1:]))
    return fill(_("{points} points more"), points=int(rule))


def _so_far(own: Invitation) -> Html:
    if not own.came:
        return Html(_("Nobody has come by it yet. Who is with us already does not count."))
    came = fill(_("{count} friend came by it.", "{count} friends came by it.", own.came), count=own.came)
    counts = fill(_("{count} counted.", "{count} counted.", own.counted), count=own.counted)
    return fill("{came} {counts}", came=came, counts=counts)


def poster_words(inviter: str | None, shop: Shop) -> tuple[str, list[str], str]:
    """What stands on the poster: who invites, what there is for the friend, and what to do."""
    gifts = [
        (shop.rules.points.consent, _("{points} points for joining")),
        (shop.rules.referral.friend_points, _("{points} points after your first purchase")),
    ]
    lines = [text.format(points=f"{points:,}") for points, text in gifts if points]
    return _("{name} invites you").format(name=name(inviter)), lines, _("Scan and come in")


def invited(referrer: Named, shop: Shop) -> Html:
    """Whose invitation a newcomer comes by, and what that brings."""
    rules = shop.rules.referral
    text = _("{name} has invited you.")
    if rules.friend_points:
        text = _(
            "{name} has invited you: after your first purchase and {days} days with us there are {points} points "
            "for you."
        )
    return fill(text, name=name(referrer.name), days=rules.stay_days, points=rules.friend_points)


def counted_letter(letter: Outgoing, shop: Shop, _link: DeepLink) -> Written:
    """Tell one of two friends that the invitation counts."""
    text = _(
        "Thank you for coming by a friend's invitation! {points} points from {shop} are yours; you have {balance}."
    )
    if letter.facts["mine"]:
        text = _(
            "A friend whom you brought to {shop} has stayed and bought: thank you! {points} points are yours; you have "
            "{balance}."
        )
    if letter.facts.get("birthday"):
        more = _("That is more than usual: it was a birthday week.")
        text = f"{text} {more}"
    return fill(text, points=letter.facts["points"], balance=letter.facts["balance"], shop=shop.name), None


def back_letter(letter: Outgoing, shop: Shop, _link: DeepLink) -> Written:
    """Tell one of two friends that the invitation counts no longer."""
    text = _(
        "Your first purchase at {shop} was given back, so the {points} points for coming by an invitation are taken "
        "back. You have {balance}."
    )
    if letter.facts["mine"]:
        text = _(
            "The first purchase of a friend whom you brought to {shop} was given back, so the {points} points for it "
            "are taken back. You have {balance}."
        )
    return fill(text, points=letter.facts["points"], balance=letter.facts["balance"], shop=shop.name), None


def held_letter(letter: Outgoing, _shop: Shop, _link: DeepLink) -> Written:
    """Ask an owner whether a friend counts."""
    held: Held = letter.facts["held"]
    text = _(
        "Does this invitation count? {referrer} brought {friend}, but {why}. If it counts, {points} points go to the "
        "one and {friend_points} to the other."
    )
    facts = {"referrer": person(held.referrer), "friend": person(held.friend), "why": _(SUSPICIONS[held.suspicion])}
    gifts = {"points": held.gifts.points, "friend_points": held.gifts.friend_points}
    yes = tap(_("It counts"), "referral", "yes", held.friend.member_id)
    return fill(text, **facts, **gifts), rows([yes, tap(_("It does not"), "referral", "no", held.friend.member_id)])
