"""The journeys as a manager reads and edits them: the list, one of them, one of its steps."""

from bot.club import edits
from bot.club.journeys import Standing, Step
from bot.club.offers import Offer
from bot.club.outcomes import Group, Outcome
from bot.club.rules import Shop
from bot.i18n import N_, _, spoken
from bot.speech import Html, fill, fitting, offer, plain, yearly
from bot.speech.buttons import Written, pairs, rows, tap
from bot.speech.outcomes import compared

PARTS = {
    "text": N_("Words"),
    "offer": N_("Offer"),
    "days": N_("Validity"),
    "day": N_("Day"),
    "at": N_("Hour"),
    "media": N_("Voice or video"),
}


def listed(found: list[Standing]) -> Written:
    """All journeys, those that are on marked, with a button for each."""
    lines = [Html(_("<b>Journeys</b>: letters that follow a member step by step, and end by themselves.")), Html("")]
    line = "{mark} {title} – <code>{name}</code>"
    lines += [fill(line, mark=_mark(each), title=title(each), name=each.name) for each in found]
    lines += [Html(""), Html(_("Tap one to see what it sends, and to switch it."))]
    buttons = [tap(f"{_mark(each)} {title(each)}", "journey", "show", each.name) for each in found]
    return fitting(lines), rows(*pairs(buttons))


def shown(found: Standing, outcome: Outcome, shop: Shop) -> Written:
    """One journey: what it does and what it brings, each step with its words, and the switch."""
    state = _("It is on.") if found.on else _("It is off.")
    parts = [fill("<b>{title}</b> · {state}", title=title(found), state=state), Html(found.journey.about[spoken()])]
    parts += [] if found.journey.begins == "job" else [_figures(found, outcome)]
    parts += [_step(step, shop) for step in found.journey.steps]
    label, turn = (_("Switch off"), "off") if found.on else (_("Switch on"), "on")
    steps = [tap(f"✏️ {plain(when(step))}", "journey", "step", found.name, step.name) for step in found.journey.steps]
    switch = [tap(label, "journey", turn, found.name)]
    switch += [] if found.journey.begins == "job" else [tap(_("What it brought"), "brought", found.name)]
    return fitting(parts, "\n\n"), rows(switch, *pairs(steps), tap(_("All journeys"), "journey", "list"))


def step_shown(found: Standing, step: Step, shop: Shop) -> Written:
    """One step with what of it can be edited."""
    known = edits.JOB_PLACES if step.kind == "job" else edits.PLACES
    places = ", ".join(f"{{{place}}}" for place in known)
    parts = [fill("<b>{title}</b>", title=title(found)), _step(step, shop)]
    parts.append(fill(_("Places that I fill: {places}. Your words are for readers of this language."), places=places))
    about = (found.name, step.name)
    change = [tap(_(PARTS[part]), "rejourney", *about, part) for part in edits.parts(step)]
    more = [tap(_("Preview"), "journey", "try", *about), tap(_("As it came"), "journey", "came", *about)]
    return fitting(parts, "\n\n"), rows(
        *pairs(change), more, tap(_("Back to the journey"), "journey", "show", found.name)
    )


def switched(found: Standing) -> Html:
    """What a switch did, in a sentence."""
    if found.journey.begins == "job":
        return fill(_("“{title}” is on.") if found.on else _("“{title}” is off."), title=title(found))
    if found.on:
        return fill(_("“{title}” is on: it begins for whoever comes from now on."), title=title(found))
    return fill(_("“{title}” is off, and over for all who were on it."), title=title(found))


def title(found: Standing) -> str:
    """The name of a journey."""
    return found.journey.title[spoken()]


def when(step: Step) -> Html:
    """When a step is due, in words; of a job's letter what it is. And for whom, where it is not for all."""
    if step.kind == "job":
        return fill("{title}", title=step.title[spoken()])
    hour = [fill("{at}", at=f"{step.at:%H:%M}")] if step.at else []
    whom = [fill("{whom}", whom=step.arm.upper() or step.only)] if step.arm or step.only else []
    return Html(" · ".join([_day(step), *hour, *whom]))


def _day(step: Step) -> Html:
    if step.on:
        text = _("{count} day before {day}", "{count} days before {day}", -step.day) if step.day < 0 else "{day}"
        return fill(text, count=-step.day, day=yearly(step.on))
    return fill(_("Day {day}"), day=str(step.day)) if step.day else Html(_("The same day"))


def _figures(found: Standing, outcome: Outcome) -> Html:
    """Who is on a journey and what came of it, beside those who were kept back."""
    lines = [fill(_("On it now: {count}."), count=outcome.under_way)]
    for arm, group in outcome.arms.items():
        text = _("Of {count} with the letters {arm}, {share} in a hundred bought within 30 days ({low} to {high}).")
        if not arm:
            text = _("Of {count} on it, {share} in a hundred bought within 30 days ({low} to {high}).")
        lines += [] if group.share is None else [_said(text, group, arm=arm.upper())]
    if found.holdout or outcome.kept_back.many:
        lines.append(_beside(found, outcome))
    elif len(lines) == 1:
        lines.append(Html(_("Not enough data yet to say what it brings.")))
    return Html("\n".join(lines))


def _beside(found: Standing, outcome: Outcome) -> Html:
    """Those who were kept back, and what lies between them and the others."""
    back = outcome.kept_back
    if not (verdict := compared(outcome.gone, back)):
        text = _("{share} in a hundred are kept back to compare with: {count} so far, not enough data yet.")
        return fill(text, share=found.holdout, count=back.many)
    text = _("Of {count} who were kept back, {share} in a hundred did ({low} to {high}).")
    return fill("{back} {verdict}", back=_said(text, back), verdict=verdict)


def _said(text: str, group: Group, **more: str) -> Html:
    """A group's share, and between which shares the true one lies, nineteen times in twenty."""
    low, high = (round(100 * bound) for bound in group.bounds)
    return fill(text, count=group.many, share=group.share, low=low, high=high, **more)


def _step(step: Step, shop: Shop) -> Html:
    """A step in two lines: when, what it gives, and its words with their places still open."""
    title = when(step)
    if step.offer:
        days = _("good for {days} day", "good for {days} days", step.days).format(days=step.days)
        title = fill(_("{when}: {offer}, {days}"), when=title, offer=offer(Offer.read(step.offer), shop), days=days)
    says = step.text.get(spoken()) or _("(my own words)")
    voice = "\n" + _("With your own voice or video.") if step.media else ""
    return Html(f"<b>{title}</b>\n{says}{voice}")


def _mark(found: Standing) -> str:
    return "✅" if found.on else "⬜"
