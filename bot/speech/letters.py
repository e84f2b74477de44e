"""How a letter is put into words when it is sent, in the reader's language of that moment."""

from collections.abc import Callable
from typing import Any

from aiogram.methods import SendMessage, SendPhoto, TelegramMethod

from bot.club.deal_looks import Shown
from bot.club.rules import Shop
from bot.club.sending import Outgoing
from bot.i18n import _, speaking, understood
from bot.speech import (
    activities,
    broadcasts,
    circles,
    conduct,
    contests,
    coupons,
    email,
    enclosures,
    fill,
    gifts,
    grades,
    groups,
    imports,
    impostors,
    journeys,
    ledger,
    liability,
    missed,
    occasions,
    plan,
    ratings,
    referrals,
    reports,
    sales,
    suggestions,
    supplies,
    threads,
)
from bot.speech.buttons import DeepLink, Written, rows, tap
from bot.speech.deals import claim_button, described
from bot.speech.profile import answers, asking


def render(letter: Outgoing, shop: Shop, deep_link: DeepLink) -> TelegramMethod[Any]:
    """The message of a letter, or what it does instead. Drawing a card takes a moment: not for the event loop."""
    with speaking(letter.locale or understood(letter.language, shop.locale)):
        if deed := DEEDS.get(letter.kind):
            return deed(letter)
        text, buttons = WRITERS[letter.kind](letter, shop, deep_link)
        text = journeys.reworded(letter, text, shop)
        if "address" in letter.facts:
            return email.mail(letter, text, buttons, enclosures.picture(letter, shop), shop, deep_link)
        if album := contests.winning(letter, text):
            return album
        if voice := enclosures.voice(letter, text):
            return voice.model_copy(update={"caption": text, "reply_markup": buttons})
        if picture := enclosures.picture(letter, shop):
            return SendPhoto(chat_id=letter.chat_id, photo=picture, caption=text, reply_markup=buttons)
        return SendMessage(chat_id=letter.chat_id, text=text, reply_markup=buttons)


def _points_changed(letter: Outgoing, shop: Shop, _link: DeepLink) -> Written:
    facts = {"points": f"{letter.facts['amount']:+}", "reason": letter.facts["reason"], "shop": shop.name}
    text = _("Your points at {shop}: {points} ({reason}). You have {balance} now.")
    return fill(text, **facts, balance=letter.facts["balance"]), None


def _request(letter: Outgoing, _shop: Shop, _link: DeepLink) -> Written:
    facts = letter.facts
    text = fill(
        _("{by} asks for {points} points for {number}: {reason}. Do you agree?"),
        by=facts["by"],
        points=f"{facts['amount']:+}",
        number=facts["number"],
        reason=facts["reason"],
    )
    yes, no = (
        tap(label, "request", word, facts["request"]) for label, word in ((_("Approve"), "yes"), (_("Decline"), "no"))
    )
    return text, rows([yes, no])


def _request_decided(letter: Outgoing, _shop: Shop, _link: DeepLink) -> Written:
    facts = {"points": f"{letter.facts['amount']:+}", "number": letter.facts["number"]}
    approved = letter.facts["approved"]
    text = (
        _("The owner approved {points} points for {number}.")
        if approved
        else _("The owner declined {points} points for {number}.")
    )
    return fill(text, **facts), None


def _webhook_failed(letter: Outgoing, _shop: Shop, _link: DeepLink) -> Written:
    text = _(
        "Webhook {webhook} has not heard for more than two days ({reason}), so I stopped telling it some of what "
        "happened. At the command line, python -m bot webhook list shows more."
    )
    return fill(text, webhook=str(letter.facts["webhook"]), reason=letter.facts["reason"]), None


def _question(letter: Outgoing, _shop: Shop, _link: DeepLink) -> Written:
    asked, kind = letter.facts["asked"], _("It is lovely to see you here so often.")
    return fill("{kind}\n\n{question}", kind=kind, question=asking(asked)), rows(*answers(asked))


def _deal_post(letter: Outgoing, shop: Shop, _link: DeepLink) -> Written:
    return post(letter.facts["deal"], shop)


def _deal_letter(letter: Outgoing, shop: Shop, _link: DeepLink) -> Written:
    deal = letter.facts["deal"]
    last = _("It ends soon, and you have not claimed it yet:\n\n{deal}") if letter.kind == "deal_reminder" else None
    text = fill(last or _("For our members:\n\n{deal}"), deal=described(deal, shop))
    return text, rows(claim_button(deal.id), tap(_("No more offers"), "stop"))


def post(deal: Shown, shop: Shop) -> Written:
    """A deal's post in a group as it should stand now."""
    to = _("For some members of {shop}; the button tells whether you are one:\n\n{deal}") if deal.audience else None
    text = fill(to or _("For members of {shop}:\n\n{deal}"), shop=shop.name, deal=described(deal, shop))
    return text, rows(claim_button(deal.id)) if deal.state == "open" and deal.left != 0 else None


# Letters that do something in a group instead of saying it, or show several photos.
DEEDS: dict[str, Callable[[Outgoing], TelegramMethod[Any]]] = {
    "kept_out": groups.kept_out,
    "let_in": groups.let_in,
    "silenced": conduct.silence,
    "put_out": conduct.put_out,
    "contest_album": contests.album,
    "contest_photos": contests.album,
    "seen_out": circles.see_out,
}

WRITERS: dict[str, Callable[[Outgoing, Shop, DeepLink], Written]] = {
    "welcome": groups.welcome,
    "group_seen": groups.seen,
    "group_unknown": groups.unknown,
    "group_muted": groups.muted,
    "group_lost": groups.lost,
    "group_linked": groups.linked,
    "warned": conduct.warning,
    "deed_refused": conduct.unable,
    "invite_refused": groups.no_links,
    "lookalike": impostors.lookalike,
    "safety_note": impostors.note,
    "pin_refused": impostors.no_pin,
    "leaving": circles.leaving_letter,
    "grade_invite": circles.invite_letter,
    "points_changed": _points_changed,
    "request": _request,
    "request_decided": _request_decided,
    "receipt": sales.receipt_letter,
    "refunded": sales.refund_letter,
    "refunded_coupon": sales.refund_letter,
    "purchase_undone": sales.undone_letter,
    "coupon_issued": coupons.issued_letter,
    "coupon_given": coupons.given_letter,
    "coupon_giving": coupons.given_letter,
    "coupon_passed": coupons.passed_letter,
    "coupon_revoked": coupons.revoked_letter,
    "next_visit": suggestions.next_visit_letter,
    "coupon_reminder": coupons.reminder_letter,
    "imported": imports.letter,
    "doubtful": missed.doubtful,
    "missed": missed.missed,
    "webhook_failed": _webhook_failed,
    "plan": plan.letter,
    "report": reports.letter,
    "budget_reached": liability.reached_letter,
    "birthday_ahead": occasions.birthday_ahead_letter,
    "birthday": occasions.birthday_letter,
    "birthday_post": occasions.birthday_post_letter,
    "birthday_reminder": occasions.birthday_reminder_letter,
    "expiry": ledger.expiring,
    "family": occasions.family_letter,
    "family_offer": occasions.family_letter,
    "gift_reminder": gifts.reminder_letter,
    "gift_lapsed": gifts.lapsed_letter,
    "grade_given": grades.given_letter,
    "grade_up": grades.up_letter,
    "grade_notice": grades.notice_letter,
    "gift_cancelled": gifts.cancelled_letter,
    "gift_back": gifts.back_letter,
    "series_complete": gifts.series_letter,
    "question": _question,
    "usage": journeys.usage_letter,
    "rating": journeys.rating_letter,
    "running_out": supplies.running_out_letter,
    "reorder": supplies.reorder_letter,
    "reorder_taken": supplies.taken_letter,
    "stage": journeys.stage_letter,
    "journey_card": journeys.card_letter,
    "journey": journeys.letter,
    "journey_offer": journeys.letter,
    "thread": threads.question_letter,
    "thread_answer": threads.answer_letter,
    "thread_taken": threads.taken_letter,
    "unhappy": ratings.staff_letter,
    "comment": ratings.staff_letter,
    "broadcast": broadcasts.letter,
    "broadcast_coupon": broadcasts.letter,
    "activity_post": activities.post_letter,
    "activity_result": activities.post_letter,
    "activity_prize": activities.prize_letter,
    "contest_vote": activities.post_letter,
    "contest_pick": contests.pick_letter,
    "contest_empty": contests.empty_letter,
    "contest_out": contests.out_letter,
    "referral": referrals.counted_letter,
    "referral_back": referrals.back_letter,
    "referral_held": referrals.held_letter,
    "deal_post": _deal_post,
    "deal": _deal_letter,
    "deal_reminder": _deal_letter,
}
