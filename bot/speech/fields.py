"""How the shop's own fields are put to its managers: a field whole, and the steps of making one."""

from typing import Any

from bot.club.fields import Own
from bot.i18n import N_, _
from bot.speech import Html, fill

KINDS = {
    "text": N_("A few words"),
    "choice": N_("One of some choices"),
    "date": N_("A date"),
    "number": N_("A number"),
}

ASKS = {
    "label": N_("What shall the field be called? Members read it, such as: Favourite tea. At most 30 characters."),
    "kind": N_("What is the answer?"),
    "choices": N_("Which choices are there? 2 to 10, with commas between, such as: green, black, white."),
    "depth": N_("How well should a member know us before I ask for it?"),
    "reason": N_(
        "Why do you ask? One sentence that members read below the question, such as: Then we keep some for you."
    ),
    "points": N_("How many points does an answer earn, once?"),
}

DEPTHS = {
    "basic": N_("At once"),
    "middle": N_("From the first purchase"),
    "value": N_("Regulars"),
    "high": N_("VIPs"),
}

POINTS = (0, 5, 10, 20, 30)


def options(name: str) -> dict[str, str]:
    """What a step may be answered with by a button, with the words on it."""
    match name:
        case "kind":
            return {kind: _(text) for kind, text in KINDS.items()}
        case "depth":
            return {depth: _(text) for depth, text in DEPTHS.items()}
        case "reason":
            return {"": _("Skip")}
        case "points":
            return {str(points): str(points) for points in POINTS}
        case _:
            return {}


def summary(facts: dict[str, Any]) -> Html:
    """What a manager laid down, before it is made."""
    return _described(
        facts["label"], facts["kind"], facts.get("choices", ()), facts["depth"], facts["reason"], facts["points"]
    )


def described(own: Own) -> Html:
    """A field whole, as its managers see it."""
    text = _described(own.label, own.kind, own.choices, own.depth, own.reason, own.points)
    stands = (
        _("It is hidden: members do not see it and are not asked.") if own.hidden else _("Members see it in /profile.")
    )
    return Html(text + "\n" + stands)


def _described(label: str, kind: str, choices: Any, depth: str, reason: str, points: int) -> Html:
    lines = [
        fill("<b>{label}</b>", label=label),
        fill(_("Answer: {kind}"), kind=_(", ").join(choices) if choices else _(KINDS[kind])),
        fill(_("Asked: {depth}"), depth=_(DEPTHS[depth])),
    ]
    if reason:
        lines.append(fill(_("Why: {reason}"), reason=reason))
    return Html("\n".join([*lines, fill(_("Earns: {points} points"), points=points)]))
