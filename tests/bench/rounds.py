"""Variants measured in turn, and the table of what came of it."""

import gc
import sys
from collections import defaultdict
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from statistics import median

Variant = Callable[[], Awaitable[float]]  # one measurement; returns a figure in the bench's unit


@dataclass(frozen=True, slots=True)
class Bar:
    """One line of the table: variant `ours` ÷ variant `base`, which should be `floor` at least, with `most` at most."""

    what: str
    ours: str
    base: str
    floor: float | None = None
    want: float | None = None
    most: bool = False

    def verdict(self, ratio: float) -> str:
        """PASS (the floor is held), WANT (what we want, too) or below."""
        if self.floor is None:
            return ""
        holds = [(ratio <= bar if self.most else ratio >= bar) for bar in (self.floor, self.want or self.floor)]
        return "below" if not holds[0] else "WANT" if holds[1] and self.want else "PASS"


@dataclass(slots=True)
class Bench:
    """Variants that belong together, warmed up and ready, and the bars between them."""

    unit: str
    variants: dict[str, Variant]
    bars: list[Bar]
    figures: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))

    async def run(self, rounds: int, name: str) -> None:
        """Measure every variant once in each round, after a round that does not count."""
        for number in range(rounds + 1):
            for variant, measure in self.variants.items():
                progress(f"{name}: round {number}/{rounds}, {variant}")
                gc.collect()
                figure = await measure()
                if number:
                    self.figures[variant].append(figure)
        progress("")

    def lines(self) -> list[str]:
        """The lines of the table."""
        return [self._line(bar) for bar in self.bars]

    def _line(self, bar: Bar) -> str:
        ours, base = self.figures[bar.ours], self.figures[bar.base]
        ratio = median(a / b for a, b in zip(ours, base, strict=True))
        bars = "".join(f"{'' if value is None else format(value, '.4g'):>7}" for value in (bar.floor, bar.want))
        figures = f"{_short(median(ours)):>9}{_short(median(base)):>9} {self.unit:<6}"
        return f"{bar.what:<64}{figures}{_short(ratio):>8}{'  ≤' if bar.most else '   '}{bars}  {bar.verdict(ratio)}"


Opens = Callable[[bool], AbstractAsyncContextManager[Bench]]  # quick? → the bench, laid out
HEAD = f"{'ours ÷ what':<64}{'ours':>9}{'÷':>9} {'unit':<6}{'ratio':>8}   {'floor':>7}{'want':>7}"


def progress(text: str) -> None:
    """Say on stderr how far it is; the next word takes its place."""
    sys.stderr.write(f"\r{text}\033[K")
    sys.stderr.flush()


def _short(figure: float) -> str:
    return f"{figure:,.0f}" if figure >= 100 else f"{figure:.3g}"
