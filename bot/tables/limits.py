"""What a file may be, and how one is refused that is not."""

FILE = 20 * 2**20  # bytes, as the Bot API hands them on
ROWS = 100_000  # without the header
COLUMNS = 200
LINE = 65_536  # characters of a line of CSV
UNPACKED = 50 * 2**20  # bytes of what a workbook unpacks to
RATIO = 100  # of that to the file
PARTS = 2000  # files within a workbook
MEMORY = 2**30  # bytes of the process that takes a file apart
CPU = 40  # seconds of it


class Unreadable(Exception):
    """A file that is no table in bounds. `why` is a word, which speech puts into others; `row` where it stopped."""

    def __init__(self, why: str, row: int = 0) -> None:
        super().__init__(why)
        self.why = why
        self.row = row
