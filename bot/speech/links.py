"""How named links are put into words: the list, one of them, its poster, and the report for a partner."""

from collections.abc import Mapping, Sequence

from bot.club.link_figures import Figures
from bot.club.links import Link
from bot.club.rules import Shop
from bot.i18n import N_, _
from bot.pictures.cards import Source, sources_picture
from bot.speech import LONGEST_CAPTION, Html, coupon_name, fill, fitting, money, name, offer, person
from bot.speech.buttons import DeepLink, Written, pairs, rows, tap

SHOWN = 12  # links in the picture
BUTTONS = 40  # under one message
ASKS = {
    "kind": N_("Whose link is it? Everybody who comes by it for the first time counts for it."),
    "staff": N_("Which of the staff? A button, or a number such as M0002."),
    "partner": N_("What is the partner shop called? Its name stands on the poster, beside yours."),
    "coupon": N_("Shall newcomers who become members by it get a coupon? The name of one of /coupon list, or none."),
    "name": N_("What shall the link be called? Only the staff read it, such as: Corner poster"),
}
KINDS = {"poster": N_("A poster"), "staff": N_("One of the staff"), "partner": N_("A partner shop")}


def called(link: Link) -> Html:
    """A link with whose it is."""
    if link.staff:
        return fill(_("{link} (of {who})"), link=link.name, who=person(link.staff))
    if link.partner:
        return fill(_("{link} (partner shop {partner})"), link=link.name, partner=link.partner)
    return fill("{link}", link=link.name)


def figures(of: Figures, shop: Shop) -> Html:
    """What came of a link, in a line."""
    if not of.came:
        return Html(_("Nobody has come by it yet."))
    text = _("{came} came, {joined} joined, {stayed} stayed a week, {bought} bought for {spent}")
    return fill(text, came=of.came, joined=of.joined, stayed=_stayed(of), bought=of.bought, spent=money(of.spent, shop))


def _stayed(of: Figures) -> str:
    """How many stayed; while the first week of all still runs, nobody knows."""
    return "–" if of.fresh == of.came else f"{of.stayed:,}"


def page(
    links: Sequence[Link],
    over: Sequence[tuple[int, str]],
    came: Mapping[int, Figures],
    shop: Shop,
    form: str,
    longest: int,
) -> Written:
    """All links with what came of each, and a button for each; of those that are `over`, how many came by them."""
    title = Html(_("<b>Links by which people come</b>"))
    new = tap(_("New link"), "links", "new")
    if not links:
        text = _(
            "None yet: one for each poster, colleague or partner shop tells you who brings people. In one line: {form}"
        )
        return Html(f"{title}\n{fill(text, form=form)}"), rows(new)
    told = [
        fill("<b>{link}</b>\n{figures}", link=called(each), figures=figures(came.get(each.id, Figures()), shop))
        for each in links
    ]
    if names := [
        fill("{name} ({count})", name=called_so, count=came[each].came) for each, called_so in over if each in came
    ]:
        told.append(fill(_("Retired, and how many came: {links}"), links=Html(_(", ").join(names[:SHOWN]))))
    buttons = pairs([tap(each.name, "links", "one", each.id) for each in links[:BUTTONS]])
    return fitting([title, *told], "\n\n", longest=longest), rows(*buttons, new)


def drawn(links: Sequence[Link], came: Mapping[int, Figures], shop: Shop) -> bytes | None:
    """The same as a picture, the best first; none while nobody came. Drawing takes a moment: not for the event loop."""
    best = sorted((each for each in links if each.id in came), key=lambda each: -came[each.id].came)[:SHOWN]
    if not best:
        return None
    rows_of = [_drawn(each, came[each.id], shop) for each in best]
    return sources_picture(_("Who brings people"), _("came"), _("of them bought"), rows_of)


def _drawn(link: Link, of: Figures, shop: Shop) -> Source:
    says = _("{came} came, {bought} bought").format(came=f"{of.came:,}", bought=f"{of.bought:,}")
    more = _("{joined} joined, {stayed} stayed a week, {spent} spent").format(
        joined=f"{of.joined:,}", stayed=_stayed(of), spent=money(of.spent, shop)
    )
    return Source(name(link.name), says, more, of.came, of.bought)


def described(
    link: Link, of: Figures, groups: Sequence[tuple[str, str | None]], shop: Shop, deep_link: DeepLink
) -> Written:
    """One link: where it leads, what newcomers get, what came of it."""
    lines = [fill("<b>{link}</b>", link=called(link)), figures(of, shop)]
    if link.coupon:
        lines.append(_coupon(link, of, shop))
    lines += [Html(""), fill(_("To the bot: {link}"), link=address(link, deep_link))]
    for title, url in groups:
        text = _("Into “{title}”: {link}") if url else _("Into “{title}”: I may not make invite links there.")
        lines.append(fill(text, title=name(title), link=url or ""))
    report = [tap(_("Report for the partner"), "links", "report", link.id)] if link.partner else []
    shown = [tap(_("Poster"), "links", "poster", link.id), *report]
    return Html("\n".join(lines)), rows(
        shown, [tap(_("Retire"), "links", "retire", link.id), tap(_("All links"), "links", "list")]
    )


def _coupon(link: Link, of: Figures, shop: Shop) -> Html:
    assert link.coupon
    text = _(
        "Newcomers get: {coupon} ({offer}), used once", "Newcomers get: {coupon} ({offer}), used {used} times", of.used
    )
    what = {"coupon": coupon_name(link.coupon.plan.name), "offer": offer(link.coupon.plan.offer, shop)}
    return fill(text, **what, used=of.used)


def address(link: Link, deep_link: DeepLink) -> str:
    """Where a link leads: into the private chat."""
    return deep_link(link.payload) or f"/start {link.payload}"


def report(link: Link, of: Figures, shop: Shop) -> Html:
    """What a partner shop may read: numbers, and nothing of anybody."""
    parts = [
        fill(_("<b>{partner} × {shop}</b>"), partner=link.partner, shop=shop.name),
        fill(_("Came by your link: {count}"), count=of.came),
        fill(_("Became members: {count}"), count=of.joined),
        fill(_("Bought: {count}"), count=of.bought),
    ]
    if link.coupon:
        what = {"offer": offer(link.coupon.plan.offer, shop), "count": of.used}
        parts.append(fill(_("Used the welcome coupon ({offer}): {count}"), **what))
    return Html("\n".join([*parts, "", _("Thank you for sending your guests to us!")]))


def poster_words(link: Link, shop: Shop) -> tuple[str, list[str], str]:
    """What stands on the poster: who invites, what there is, and what to do."""
    title = _("Become a member")
    if link.partner:
        title = f"{name(link.partner)} × {name(shop.name)}"
    elif link.staff and link.staff.name:
        title = _("{name} invites you").format(name=name(link.staff.name))
    points = shop.rules.points.consent
    gifts = [_("{points} points for joining").format(points=f"{points:,}")] if points else []
    if link.coupon:
        gifts.append(_("Welcome coupon: {offer}").format(offer=offer(link.coupon.plan.offer, shop)))
    return title, gifts, _("Scan and come in")


def welcomed(link: Link, shop: Shop) -> Html:
    """What a newcomer reads first who comes by a link; nothing but the rest where there is nothing to say."""
    parts = []
    if link.partner:
        parts.append(fill(_("{partner} and {shop} welcome you together."), partner=link.partner, shop=shop.name))
    elif link.staff and link.staff.name:
        parts.append(fill(_("{name} has invited you."), name=name(link.staff.name)))
    if link.coupon:
        text = _("Once you agree, a welcome coupon is yours: {offer}.")
        parts.append(fill(text, offer=offer(link.coupon.plan.offer, shop)))
    return Html(" ".join(parts))


def retired(link: Link) -> Html:
    """What stands once a link is retired."""
    return fill(
        _("“{link}” is retired: it counts nobody any more, and its invite links into the groups are taken back."),
        link=link.name,
    )


def really(link: Link) -> Written:
    """Whether a link shall be retired."""
    text = _(
        "Retire “{link}”? It counts nobody any more, and nobody comes into a group by it. Whoever came stays counted."
    )
    yes = tap(_("Retire it"), "links", "end", link.id)
    return fill(text, link=link.name), rows([yes, tap(_("Keep the link"), "links", "one", link.id)])


def caption_limit(picture: bytes | None) -> int:
    """How long the words may be, under a picture or alone."""
    return LONGEST_CAPTION if picture else 4096
