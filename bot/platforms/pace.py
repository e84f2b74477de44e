"""Turns at an even pace, for whoever must not be hurried."""

import asyncio
import time

LATE = 0.05  # seconds of lateness that are made up for; what is more is given up, or it would come all at once


class Pace:
    """Turns so many times a second, on a grid of their own: one that is taken late delays none of those after it.

    (A leaky bucket counts from the turn before, and loses what each sleep was too long: 23 came of 25, 360 of 1,000.)
    """

    def __init__(self, per_second: float) -> None:
        self.per_second = per_second
        self._next = 0.0

    async def turn(self) -> None:
        """Wait for the next turn: first come, first served."""
        await asyncio.sleep(self.book(time.monotonic()))

    def book(self, now: float) -> float:
        """Give away the next turn. Returns the seconds until it comes."""
        at = max(self._next, now - LATE)
        self._next = at + 1 / self.per_second
        return max(at - now, 0)
