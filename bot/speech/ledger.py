"""How the lines of the ledger are named to their member, and the staff's acts to the owner."""

from datetime import date

from bot.club.audit import Act
from bot.club.offers import Offer
from bot.club.rules import Shop
from bot.club.sending import Outgoing
from bot.i18n import N_, _
from bot.speech import Html, coupon_name, day, fill, grade, moment, money, name, near_day, offer, person, role_name
from bot.speech.blacklist import level_name
from bot.speech.buttons import DeepLink, Written
from bot.speech.plan import called
from bot.speech.profile import field_name
from bot.speech.rules import rule_name, worded

SOURCES = {
    "checkin": N_("check-in"),
    "streak": N_("streak prize"),
    "consent": N_("welcome"),
    "birthday_told": N_("your birthday"),
    "gift": N_("a gift"),
    "series": N_("a whole series"),
    "coupon": N_("a coupon"),
    "purchase": N_("a purchase"),
    "referral": N_("an invitation"),
    "referral_back": N_("an invitation that no longer counts"),
    "packet": N_("a red packet"),
    "draw": N_("a lucky draw"),
    "quiz": N_("a quiz"),
    "contest": N_("a photo contest"),
    "guess": N_("a guess at a price"),
    "review": N_("your word about a purchase"),
    "undone": N_("a slip at the till"),
    "grant": N_("from the shop"),
    "deduct": N_("by the shop"),
    "given_back": N_("given back"),
    "refund": N_("a refund"),
    "debt": N_("owed for a refund"),
    "expiry": N_("expired"),
    "merge": N_("came over from a list"),
    "import": N_("brought along from before"),
    "import_until": N_("brought along from before"),
}

ACTS = {
    "claim": N_("{who} became the owner by the claim link"),
    "staff add": N_("{who} gave {whom} the role {role}"),
    "staff remove": N_("{who} took the role of {whom}"),
    "settings": N_("{who} set “{rule}” to {value}"),
    "block": N_("{who} put {whom} on the blacklist ({level}): {block}"),
    "warn": N_("{who} warned {whom} in “{group}”: {strike}"),
    "mute": N_("{who} silenced {whom} in “{group}”: {strike}"),
    "kick": N_("{who} put {whom} out of “{group}”: {strike}"),
    "warn newcomer": N_("I warned {whom} in “{group}”"),
    "mute newcomer": N_("I silenced {whom} in “{group}” for an hour"),
    "kick newcomer": N_("I put {whom} out of “{group}”"),
    "unblock": N_("{who} took {whom} off the blacklist"),
    "ask answer": N_("{who} answered {whom}"),
    "ask over": N_("{who} left the question of {whom} to the colleagues"),
    "ask take": N_("{who} took over the question of {whom}"),
    "ask drop": N_("{who} let the question of {whom} rest"),
    "link group": N_("{who} linked the group “{group}”"),
    "refuse group": N_("{who} left the group “{group}” alone"),
    "grant": N_("{who} gave {whom} {points} points: {entry}"),
    "deduct": N_("{who} took {points} points from {whom}: {entry}"),
    "approve": N_("{who} approved {points} points for {whom}: {request}"),
    "decline": N_("{who} declined {points} points for {whom}: {request}"),
    "deal new": N_("{who} made the deal “{deal}”"),
    "deal stop": N_("{who} stopped the deal “{deal}”"),
    "packet new": N_("{who} gave a red packet of {points} points"),
    "packet stop": N_("{who} called off a red packet of {points} points"),
    "draw new": N_("{who} began the draw for “{activity}”"),
    "quiz new": N_("{who} began the quiz “{activity}”"),
    "quiz stop": N_("{who} called off the quiz “{activity}”"),
    "guess new": N_("{who} let the price of “{activity}” be guessed"),
    "guess stop": N_("{who} called off the guess at “{activity}”"),
    "contest new": N_("{who} began the photo contest “{activity}”"),
    "contest stop": N_("{who} called off the photo contest “{activity}”"),
    "contest out": N_("{who} took the photo of {whom} out of the contest “{activity}”"),
    "contest pick": N_("{who} chose who wins the photo contest “{activity}”"),
    "draw stop": N_("{who} called off the draw for “{activity}”"),
    "referral yes": N_("{who} let the invitation of {whom} count"),
    "referral no": N_("{who} did not let the invitation of {whom} count"),
    "group rule": N_("{who} set who is in “{group}”"),
    "link new": N_("{who} made the link “{link}”"),
    "link retire": N_("{who} retired the link “{link}”"),
    "keyword": N_("{who} wrote an answer to “{keyword}”"),
    "keyword remove": N_("{who} took away the answer to “{keyword}”"),
    "zone add": N_("{who} put “{item}” into the zone"),
    "zone remove": N_("{who} took “{item}” out of the zone"),
    "audience": N_("{who} gave an audience the name “{audience}”"),
    "audience remove": N_("{who} took away the audience “{audience}”"),
    "broadcast": N_("{who} sent a broadcast to {broadcast}"),
    "broadcast pause": N_("{who} paused the broadcast to {broadcast}"),
    "broadcast resume": N_("{who} let the broadcast to {broadcast} go on"),
    "broadcast cancel": N_("{who} cancelled the broadcast to {broadcast}"),
    "coupon new": N_("{who} made the coupon “{template}”"),
    "coupon give": N_("{who} gave {whom} the coupon “{coupon}”"),
    "coupon give all": N_("{who} gave the coupon “{template}” to {giving}"),
    "coupon revoke": N_("{who} took back the coupon “{coupon}” of {whom}: {why}"),
    "coupon back": N_("{who} gave {whom} the used coupon “{coupon}” back"),
    "redeem": N_("{who} used {whom}'s coupon “{coupon}”"),
    "sale": N_("{who} entered order {purchase} for {whom}"),
    "sale undone": N_("{who} undid order {purchase} of {whom}"),
    "refund": N_("{who} refunded {refund} of order {purchase} to {whom}"),
    "product merge": N_("{who} merged the product “{product}” into “{into}”"),
    "product category": N_("{who} set the category of “{product}”"),
    "product lasts": N_("{who} set how long “{product}” lasts"),
    "gift new": N_("{who} made the gift “{gift}”"),
    "gift stock": N_("{who} set the stock of “{gift}” to {stock}"),
    "gift photo": N_("{who} sent a picture of the gift “{gift}”"),
    "gift handed": N_("{who} handed “{gift}” to {whom}"),
    "gift cancel": N_("{who} cancelled {whom}'s order of “{gift}”"),
    "gift series": N_("{who} set the prize of the series “{series}”: {offer}"),
    "gift off": N_("{who} took the gift “{gift}” out of the gift area"),
    "grade": N_("{who} gave {whom} the grade {grade}"),
    "grade earned": N_("{who} let the purchases of {whom} decide about the grade again"),
    "tag": N_("{who} tagged {whom}"),
    "untag": N_("{who} took a tag off {whom}"),
    "note": N_("{who} wrote a note on {whom}"),
    "birthday": N_("{who} corrected the birthday of {whom}"),
    "birthday vouched": N_("{who} corrected the birthday of {whom}, with its coupon"),
    "script new": N_("{who} wrote sentence {number} for the counter"),
    "script off": N_("{who} dropped sentence {number} of the counter"),
    "journey edit": N_("{who} edited the journey “{journey}”"),
    "journey holdout": N_("{who} keeps back {share} in a hundred of the journey “{journey}”"),
    "plan skip": N_("{who} skipped “{line}” in the plan of {day}"),
    "plan approve": N_("{who} let “{line}” of the plan of {day} go"),
    "journey on": N_("{who} switched the journey “{journey}” on"),
    "journey off": N_("{who} switched the journey “{journey}” off"),
    "reorder": N_("{who} saw to what {whom} wished to have again"),
    "offers again": N_("{who} let offers go to {whom} again"),
    "import members": N_("{who} imported the list of members “{file}”"),
    "import points": N_("{who} imported the list of points “{file}”"),
    "import purchases": N_("{who} imported the list of purchases “{file}”"),
    "export members": N_("{who} took out the list of members: {rows}"),
    "export points": N_("{who} took out the list of points: {rows}"),
    "export purchases": N_("{who} took out the list of purchases: {rows}"),
    "merge": N_("{who} merged {gone} into {whom}"),
    "field new": N_("{who} made the profile field “{field}”"),
    "key new": N_("the API key “{key}” was made at the command line"),
    "key revoke": N_("the API key “{key}” was revoked at the command line"),
    "webhook new": N_("webhook {webhook} was set up at the command line"),
    "webhook off": N_("webhook {webhook} was ended at the command line"),
    "field change": N_("{who} changed the profile field “{field}”"),
}

WORDED = {"role": role_name, "grade": grade, "level": level_name, "coupon": coupon_name}  # facts that have words


def act(done: Act, shop: Shop) -> Html:
    """An act of staff, or of a machine under its key's name, in a sentence: when, who, what, to whom, why."""
    facts = {name: "–" if fact is None else fact for name, fact in done.facts.items()}  # words that were erased
    facts |= {name: WORDED[name](facts[name]) for name in WORDED.keys() & facts.keys()}
    if "rule" in facts:
        facts |= {"rule": rule_name(facts["rule"]), "value": worded(facts["rule"], facts["value"], shop)}
    if "refund" in facts:
        facts["refund"] = money(done.facts["refund"], shop)
    if "offer" in facts:
        facts["offer"] = offer(Offer.read(facts["offer"]), shop)
    if "line" in facts:
        facts |= {"line": called(facts["line"]), "day": near_day(date.fromisoformat(facts["day"]))}
    who = person(done.by) if done.by else fill(_("the till “{key}”"), key=facts.get("key"))
    whom = person(done.whom) if done.whom else ""
    return fill(
        "{at} · {what}",
        at=moment(done.at, shop),
        what=fill(_(ACTS[done.name]), who=who, whom=whom, **facts),
    )


def reason(source: str, words: str | None) -> str:
    """Why points moved: staff's own words, or the name of the source."""
    if source.startswith("field:"):
        return words or _("about you: {field}").format(field=field_name(source.removeprefix("field:")))
    return words or _(SOURCES[source])


def expiring(letter: Outgoing, shop: Shop, _link: DeepLink) -> Written:
    """The letter about points that expire soon, with all their days."""
    line = _("· {points} points expire after {day}")
    lines = (fill(line, points=points, day=day(date.fromisoformat(on))) for on, points in letter.facts["coming"])
    parts = [
        fill(_("{name}, some of your points at {shop} are about to expire:"), name=name(letter.name), shop=shop.name)
    ]
    parts += lines
    if letter.facts["renews"]:
        parts.append(Html(_("Earn or use a single point before then and all of them stay.")))
    else:
        parts.append(Html(_("It would be a pity: come by and use them.")))
    return Html("\n".join(parts)), None
