"""A new named link, in one line or step by step."""

from datetime import datetime

from sqlmodel import Session

from bot.club import links, staff, templates
from bot.club.errors import BadLine, BadWords
from bot.club.links import Link, Plan
from bot.club.members import Role
from bot.club.rules import Shop
from bot.i18n import N_, _
from bot.speech import Html, coupon_name, fill, offer
from bot.speech.buttons import Written, rows, tap
from bot.speech.links import ASKS, KINDS, called
from handlers.forms import Asking, Form, Step, enter
from handlers.lines import read_line

FORM = N_('/links new "Corner poster" staff:@ann')
STAFF, PARTNER, COUPON = ("staff", "店员", "店員"), ("partner", "伙伴", "夥伴"), ("coupon", "卡券", "票券")
NONE = ("none", "无", "無", "不用")
SEVERAL = 8  # buttons of a step


def plan(words: str) -> Plan:
    """A link as its line asks for it. Raises BadLine, UnknownOption."""
    line = read_line(words, options=frozenset((*STAFF, *PARTNER, *COUPON)), form=FORM)
    if (line.quoted and line.words) or not (line.quoted or line.words):
        raise BadLine(form=FORM)
    whose, partner, coupon = (
        next((line.options[name] for name in names if name in line.options), "") for names in (STAFF, PARTNER, COUPON)
    )
    if whose and partner:
        raise BadLine(form=FORM)
    return Plan(line.quoted or " ".join(line.words), whose, partner, coupon)


def made(link: Link, _shop: Shop, _now: datetime) -> Written:
    """What stands once a link is made."""
    text = fill(_("The link “{link}” is there. Its poster can be printed at once."), link=called(link))
    show = [tap(_("Poster"), "links", "poster", link.id), tap(_("Show it"), "links", "one", link.id)]
    return text, rows(show, tap(_("All links"), "links", "list"))


def _read_kind(_session: Session, _asking: Asking, words: str) -> str:
    if words not in KINDS:
        raise BadWords
    return words


def _kinds(_session: Session, _asking: Asking) -> dict[str, str]:
    return {kind: _(label) for kind, label in KINDS.items()}


def _read_staff(session: Session, asking: Asking, words: str) -> str:
    return links.colleague(session, asking.person, words).number


def _staff(session: Session, _asking: Asking) -> dict[str, str]:
    return {number: name or number for _role, number, name in staff.listed(session)[:SEVERAL]}


def _read_name(_session: Session, _asking: Asking, words: str) -> str:
    return links.named(words)


def _read_coupon(session: Session, _asking: Asking, words: str) -> str:
    return "" if words.casefold() in NONE else templates.newest(session, words).name


def _coupons(session: Session, asking: Asking) -> dict[str, str]:
    fitting = [each for each in templates.listed(session) if len(each.plan.name.encode()) <= 30][:SEVERAL]
    named = {
        each.plan.name: f"{coupon_name(each.plan.name)}: {offer(each.plan.offer, asking.shop)}" for each in fitting
    }
    return {"none": _("Without a coupon")} | named


def _make(session: Session, asking: Asking) -> Link:
    facts = asking.facts
    about = (facts.get("staff", ""), facts.get("partner", ""), facts["coupon"])
    return links.make(session, asking.person, Plan(facts["name"], *about), now=asking.now)


def _summary(asking: Asking, _seen: object) -> Html:
    facts = asking.facts
    whose = facts.get("staff") or facts.get("partner") or _("of a poster")
    coupon = coupon_name(facts["coupon"]) if facts["coupon"] else _("none")
    text = _("“{name}”: {whose}\nCoupon for newcomers: {coupon}")
    return fill(text, name=facts["name"], whose=whose, coupon=coupon)


NEW = enter(
    Form(
        "newlink",
        N_("A link by which people come"),
        Role.MANAGER,
        (
            Step("kind", ASKS["kind"], _read_kind, _kinds),
            Step("staff", ASKS["staff"], _read_staff, _staff, wanted=lambda facts: facts.get("kind") == "staff"),
            Step("partner", ASKS["partner"], _read_name, wanted=lambda facts: facts.get("kind") == "partner"),
            Step("coupon", ASKS["coupon"], _read_coupon, _coupons),
            Step("name", ASKS["name"], _read_name),
        ),
        _make,
        made,
        summary=_summary,
    )
)
