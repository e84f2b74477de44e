"""The hours of the day in which something can be had, such as 14:00-14:30, each day anew."""

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from bot.club.errors import ClubError
from bot.club.rules import Shop
from bot.i18n import N_

LONGEST = timedelta(hours=12)  # what lasts longer is rather one written the wrong way round
DAY = timedelta(days=1)
WRITTEN = re.compile(r"(\d{1,2})[:：](\d{2})\s?[-–—~～至到]\s?(\d{1,2})[:：](\d{2})")


class BadWindow(ClubError):
    """Hours of the day that cannot be read, or are the wrong way round."""

    says = N_("Hours of the day are written like 14:00-14:30, over midnight like 22:00-02:00, and are 12 at most.")


@dataclass(frozen=True, slots=True)
class Window:
    """Hours of the day by the shop's clock: from the first to before the second, over midnight where that is less."""

    begins: time
    ends: time

    @classmethod
    def read(cls, text: str) -> "Window":
        """The hours that are meant. Raises BadWindow."""
        found = WRITTEN.fullmatch(text.strip())
        hour, minute, last, past = map(int, found.groups()) if found else (24, 0, 0, 0)
        if max(hour, last) > 23 or max(minute, past) > 59:
            raise BadWindow
        window = cls(time(hour, minute), time(last, past))
        if not timedelta(0) < window.length <= LONGEST:
            raise BadWindow
        return window

    @property
    def length(self) -> timedelta:
        """How long it is on a day whose clocks do not change."""
        begins, ends = (timedelta(hours=at.hour, minutes=at.minute) for at in (self.begins, self.ends))
        return (ends - begins) % DAY

    def on(self, day: date, shop: Shop) -> tuple[datetime, datetime]:
        """When it opens and closes that begins on a day. Hours that the clocks leap over are had after the leap."""
        begins = shop.at(day, self.begins)
        ends = shop.at(day if self.ends > self.begins else day + DAY, self.ends)
        return begins, ends if ends > begins else begins + self.length

    def is_open(self, shop: Shop, now: datetime) -> bool:
        """Whether it is one of these hours."""
        return self.next(shop, now)[0] <= now

    def next(self, shop: Shop, now: datetime) -> tuple[datetime, datetime]:
        """When it opens and closes, now or the next time."""
        first = shop.day(now) - DAY
        return next(hours for hours in (self.on(first + DAY * ahead, shop) for ahead in range(3)) if hours[1] > now)

    def __str__(self) -> str:
        """As it is kept and written."""
        return f"{self.begins:%H:%M}-{self.ends:%H:%M}"
