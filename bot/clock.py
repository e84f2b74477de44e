"""The only place that asks the time."""

from datetime import UTC, datetime, timedelta


class Clock:
    """Tells the club what time it is.

    It runs with the machine's clock. `start` (an instant with a zone) lets it begin elsewhere and run on from
    there, for rehearsals; the playground moves it forward with `advance`.
    """

    def __init__(self, start: datetime | None = None) -> None:
        self._ahead = self._first = start - datetime.now(UTC) if start else timedelta(0)

    def now(self) -> datetime:
        """The present instant, in UTC."""
        return datetime.now(UTC) + self._ahead

    def reset(self) -> None:
        """Take back what was let pass."""
        self._ahead = self._first

    def advance(self, by: timedelta) -> None:
        """Let `by` pass at once."""
        self._ahead += by
