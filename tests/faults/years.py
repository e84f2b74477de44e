"""Years of a club by the clock alone: its jobs and its sender in a zone, through outages and leaps of the clock."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import create_engine
from sqlmodel import Session, select

from bot.club import checkins, family, occasions, reminders, sending, upkeep
from bot.club.calendar import YearlyDate, celebrated
from bot.club.family import Draft
from bot.club.members import Visitor, agree, meet
from bot.club.rules import Shop
from bot.club.settling import Settled
from db.points import ShopDay
from db.tables import metadata

HALF_PAST_NINE, NINE, NINE_PM = time(9, 30), time(9), time(21)
DAY = timedelta(days=1)
AT_NIGHT_ONLY, BACK, FORWARD = 12, 20, (3, 4, 5)  # days of each month
SPRING = (3, 9), (3, 20)
DATES = (
    YearlyDate("solar", 2, 29),
    YearlyDate("solar", 1, 1),
    YearlyDate("solar", 3, 12),  # about the days on which clocks change
    YearlyDate("solar", 11, 5),
    YearlyDate("solar", 12, 31),
    YearlyDate("lunar", 1, 1),
    YearlyDate("lunar", 5, 15),
    YearlyDate("lunar", 5, 15, leap=True),
    YearlyDate("lunar", 8, 30),
    YearlyDate("lunar", 11, 20),
    YearlyDate("lunar", 12, 30),
)
WITH_COUPON = ("birthday_ahead", "birthday_reminder")
SETTLED = timedelta(days=30)  # a date that is known for less brings no coupon
# A letter's window: days from the date and hour at which it begins, days and hour at which it ends.
WINDOWS = {
    "birthday_ahead": (-7, HALF_PAST_NINE, -4, HALF_PAST_NINE),
    "birthday": (0, HALF_PAST_NINE, 3, time(0)),
    "birthday_reminder": (6, HALF_PAST_NINE, 8, time(0)),
    "family": (-7, HALF_PAST_NINE, -4, HALF_PAST_NINE),
}


@dataclass
class Years:
    """A club that lives from one instant to the next, and what it wrote to whom, and when."""

    zone: ZoneInfo
    begins: datetime
    sent: list[tuple[str, int, datetime]] = field(default_factory=list)  # kind, whose date, instant
    lived: list[datetime] = field(default_factory=list)

    def __post_init__(self) -> None:
        engine = create_engine("sqlite://")
        metadata.create_all(engine)
        self.session = Session(engine)
        self.shop = Shop(zone=self.zone, locale="en")
        for number, when in enumerate(DATES):
            self._member(number, when)

    def _member(self, number: int, when: YearlyDate) -> None:
        """A member with a birthday, and with a mother who shares it."""
        visitor, now = Visitor("playground", 1000 + number, f"P{number}"), self.begins
        person = meet(self.session, visitor, private=True, now=now)
        agree(self.session, person, now=now)
        occasions.keep_birthday(self.session, person.member_id, when, self.shop, now=now)
        family.keep(self.session, person.member_id, Draft("mother", "", (when,), sure=True), self.shop, now=now)

    def live(self, instants: Iterable[datetime]) -> None:
        """Live through instants, each with all the jobs and whatever is due then."""
        for now in instants:
            self.lived.append(now)
            checkins.open_day(self.session, self.shop, now=now)
            occasions.prepare(self.session, self.shop, now=now)
            reminders.prepare(self.session, self.shop, now=now)
            self._deliver(now)
            self.session.info.clear()

    def _deliver(self, now: datetime) -> None:
        settled: list[Settled] = []
        while True:
            letters, again = sending.turn(self.session, settled, 5, (), self.shop, now=now)
            if not letters and not again:
                return
            self.sent += [(letter.kind, letter.chat_id - 1000, now) for letter in letters]
            settled = [Settled(letter.id, "sent", message_id=1) for letter in letters]

    def wrong(self) -> Iterator[str]:
        """What is not as promised."""
        days = sorted(self.session.exec(select(ShopDay.day)).all())
        if days != sorted({now.astimezone(self.zone).date() for now in self.lived}):
            yield "a job did not run once for each local date"
        astray, _ = upkeep.astray(self.session, self.shop, after=0, limit=100)
        if astray:
            yield f"next days are wrong: {astray}"
        wanted = Counter(self._wanted())
        had = Counter((kind, number, self._date(kind, number, at)) for kind, number, at in self.sent)
        for what in sorted(wanted | had, key=str):
            if wanted[what] != had[what] and what[0] in WINDOWS:
                yield f"{what[0]} for {DATES[what[1]]} on {what[2]}: {had[what]} instead of {wanted[what]}"

    def _wanted(self) -> Iterator[tuple[str, int, date]]:
        """The letters that should have gone: those within whose window the club was up and awake."""
        awake = [now for now in self.lived if NINE <= now.astimezone(self.zone).time() < NINE_PM]
        for number, when in enumerate(DATES):
            for day in self._days(when):
                for kind in WINDOWS:
                    start, end = self._window(kind, day)
                    if self._told_in_time(kind, day, start) and any(start <= now < end for now in awake):
                        yield kind, number, day

    def _told_in_time(self, kind: str, day: date, start: datetime) -> bool:
        told = self.begins.astimezone(self.zone).date()
        if kind == "family":
            return self.begins < start
        return told + SETTLED <= day if kind in WITH_COUPON else told <= day

    def _date(self, kind: str, number: int, at: datetime) -> date | None:
        """The celebration in whose window a letter was sent, at an hour at which people are awake; None: in none."""
        if not NINE <= at.astimezone(self.zone).time() < NINE_PM:
            return None
        windows = ((day, *self._window(kind, day)) for day in self._days(DATES[number])) if kind in WINDOWS else ()
        return next((day for day, start, end in windows if start <= at < end), None)

    def _days(self, when: YearlyDate) -> list[date]:
        return [celebrated(when, year) for year in range(self.begins.year - 1, self.begins.year + 5)]

    def _window(self, kind: str, day: date) -> tuple[datetime, datetime]:
        first, since, last, until = WINDOWS[kind]
        start, end = (
            datetime.combine(day + timedelta(days=days), hour, self.zone).astimezone(UTC)
            for days, hour in ((first, since), (last, until))
        )
        return start, end


def troubled(zone: ZoneInfo, first: date, last: date, times: tuple[time, ...]) -> Iterator[datetime]:
    """Instants at which a club is up: at some times of each day, with what befalls clocks and machines.

    Each month it is down from nine to five, the clock goes back a day, and forward three; each spring it is down for
    longer than any letter may be late.
    """
    day = first
    while day <= last:
        down = SPRING[0] <= (day.month, day.day) <= SPRING[1]
        for each in () if down or day.day in FORWARD else times:
            if not (day.day == AT_NIGHT_ONLY and NINE <= each < time(17)):
                yield datetime.combine(day, each, zone).astimezone(UTC)
        if day.day == BACK:
            yield from (datetime.combine(day - DAY, each, zone).astimezone(UTC) for each in times)
        day += DAY
