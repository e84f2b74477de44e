"""What a deal gives old members beyond what everybody gets: an offer from a grade up, such as `vip:30%`."""

from dataclasses import dataclass

from bot.club.cuts import GRADES, grade_called
from bot.club.errors import BadOffer, ClubError
from bot.club.offers import Offer
from bot.i18n import N_

OLD = GRADES[1]  # from whom on it is where no grade is written


class BadExtra(ClubError):
    """More for old members that cannot be read."""

    says = N_("More for old members is written like extra:30% (from regulars up) or extra:vip:30%.")


class NoMore(ClubError):
    """An offer for old members that is no more than what everybody gets."""

    says = N_("Old members should get more than everybody does. Write it like extra:30%, or leave it out.")


@dataclass(frozen=True, slots=True)
class Extra:
    """The better offer of a deal, for those of a grade or a higher one."""

    grade: str
    offer: Offer

    @classmethod
    def read(cls, text: str) -> "Extra":
        """What is meant: `vip:30%`, or `30%` for all but the newcomers. Raises BadExtra."""
        head, colon, rest = text.strip().replace("：", ":").partition(":")
        grade = grade_called(head) if colon else None
        try:
            extra = cls(grade or OLD, Offer.read(rest if grade else text))
        except BadOffer:
            raise BadExtra from None
        if extra.grade == GRADES[0]:
            raise BadExtra
        return extra

    def beyond(self, offer: Offer) -> "Extra":
        """Itself, where it gives more than an offer, as far as the two can be compared. Raises NoMore."""
        other = self.offer
        if other.kind == offer.kind and (other == offer or other.amount < offer.amount):
            raise NoMore
        return self

    def is_for(self, grade: str) -> bool:
        """Whether those of a grade get it."""
        return GRADES.index(grade) >= GRADES.index(self.grade)

    def __str__(self) -> str:
        """As it is kept and written."""
        return f"{self.grade}:{self.offer}"


def near(offer: Offer) -> Extra | None:
    """What a shop may well give old members beyond an offer: ten per cent more, or double; None beside a gift."""
    more = {"percent": offer.amount + 10, "times": offer.amount + 1}.get(offer.kind, offer.amount * 2)
    try:
        return Extra(OLD, Offer.read(str(Offer(offer.kind, more)))) if more else None
    except BadOffer:
        return None
