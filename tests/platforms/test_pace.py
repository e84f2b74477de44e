"""The pace of letters, on a made-up clock: kept although all wake too late, and never made up for all at once."""

import random

import pytest

from bot.platforms.pace import LATE, Pace


@pytest.mark.parametrize(("per_second", "in_flight"), [(25, 5), (1000, 64)])
@pytest.mark.parametrize("late", [0, 0.02])
def test_late_wakings_do_not_slow_it(per_second: float, in_flight: int, late: float) -> None:
    """So many letters are under way at once; each wakes up to `late` too late, and the next follows when it is back."""
    pace, chance, went = Pace(per_second), random.Random(7), list[float]()
    free = [100.0] * in_flight
    while free[0] < 160:
        now = free.pop(0)
        went.append(now + pace.book(now) + chance.uniform(0, late))
        free = sorted([*free, went[-1] + 0.02])
    kept = sum(each < 160 for each in went) / 60 / per_second
    assert abs(kept - 1) < 0.02
    assert all(last - first > 1 - LATE - late for first, last in zip(went, went[round(per_second) :], strict=False))


def test_a_stall_is_made_up_for_a_little_and_never_all_at_once() -> None:
    pace = Pace(25)
    for _ in range(10):
        pace.book(100.0)
    waits = [pace.book(200.0) for _ in range(30)]
    assert sum(wait == 0 for wait in waits) == 2  # the turn that is due, and one that was missed
    assert waits[2:] == pytest.approx([n / 25 - LATE for n in range(2, 30)])
