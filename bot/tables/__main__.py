"""python -m bot.tables < FILE: a process that takes one file apart. What it meets in there harms nobody else.

It writes a line of JSON for each batch of rows, and a last one that says how it ended.
"""

import json
import resource
import sys
from collections.abc import Iterator
from typing import Any

from bot.tables.limits import CPU, FILE, MEMORY, Unreadable
from bot.tables.reading import rows

BATCH, PIECE = 250, 2**18  # rows, and characters, in one line


def batches(data: bytes, *, traditional: bool) -> Iterator[list[tuple[int, list[str]]]]:
    """The rows, some at a time. Raises Unreadable."""
    batch: list[tuple[int, list[str]]] = []
    size = 0
    for number, cells in rows(data, traditional=traditional):
        batch.append((number, cells))
        size += sum(map(len, cells))
        if len(batch) >= BATCH or size >= PIECE:
            yield batch
            batch, size = [], 0
    yield batch


def say(what: dict[str, Any]) -> None:
    """Write one line."""
    sys.stdout.write(json.dumps(what, ensure_ascii=False) + "\n")
    sys.stdout.flush()


def main() -> None:
    """Take apart what stands on the standard input."""
    sys.stdout.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr]
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU, CPU))
    try:
        for batch in batches(sys.stdin.buffer.read(FILE + 1), traditional="traditional" in sys.argv[1:]):
            say({"rows": batch})
    except Unreadable as error:
        say({"wrong": error.why, "row": error.row})
    except MemoryError:
        say({"wrong": "too_big", "row": 0})
    else:
        say({"end": True})


if __name__ == "__main__":
    main()
