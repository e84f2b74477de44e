"""The process: what it costs to start, to idle, and to ask for help."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.error import URLError

from tests.bench.rounds import Bar, Bench
from tests.standin import TOKEN, StandIn

ROOT = Path(__file__).parents[2]
REST = 2.0  # seconds after its opening until a club is idle
TICKS = os.sysconf("SC_CLK_TCK")
AIOGRAM = "import aiogram, sys; print(flush=True); sys.stdin.read()"
HELP = """
import runpy, sys
sys.argv = ["bot", "--help"]
try:
    runpy.run_module("bot", run_name="__main__")
finally:
    assert "aiogram" not in sys.modules, "the help imports aiogram"
"""


def cost(pid: int) -> tuple[float, float]:
    """A process's CPU seconds and resident MiB."""
    times = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    resident = int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    return (int(times[11]) + int(times[12])) / TICKS, resident / 2**20


def aiogram_alone() -> tuple[float, float]:
    """`import aiogram`, and nothing else."""
    command = [sys.executable, "-c", AIOGRAM]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT) as process:
        process.stdout.readline()  # type: ignore[union-attr]
        return cost(process.pid)


def club(folder: str, telegram: str) -> tuple[float, float]:
    """`python -m bot` on Telegram and SQLite: CPU until it is open and receives, memory once it rests."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    given = {"DATABASE_URL": f"sqlite+aiosqlite:///{folder}/club.db", "WEB_PORT": str(port), "LOG_LEVEL": "WARNING"}
    given |= {"TELEGRAM_TOKEN": TOKEN, "TELEGRAM_API": telegram, "OWNER_IDS": "1", "PYTHONPATH": str(ROOT)}
    with subprocess.Popen([sys.executable, "-m", "bot"], env=os.environ | given, cwd=folder) as process:
        try:
            _opened(f"http://127.0.0.1:{port}/healthz", process)
            cpu, _ = cost(process.pid)
            time.sleep(REST)
            return cpu, cost(process.pid)[1]
        finally:
            process.send_signal(signal.SIGTERM)


def _opened(address: str, process: subprocess.Popen[bytes]) -> None:
    while True:
        assert process.poll() is None, "the club did not open"
        try:
            with urllib.request.urlopen(address):
                return
        except URLError:  # not open yet, or 503: Telegram has not answered yet
            time.sleep(0.05)


def helped() -> float:
    """Seconds until the help is shown."""
    began = time.perf_counter()
    subprocess.run([sys.executable, "-m", "bot", "--help"], check=True, capture_output=True, cwd=ROOT)
    return time.perf_counter() - began


@asynccontextmanager
async def process(quick: bool) -> AsyncIterator[Bench]:
    """The club's process beside `import aiogram`; the first start, which migrates, does not count."""
    subprocess.run([sys.executable, "-c", HELP], check=True, capture_output=True, cwd=ROOT)
    seen: dict[str, tuple[float, float]] = {}
    with TemporaryDirectory() as folder, StandIn() as telegram:

        async def measured(name: str, part: int) -> float:
            if not part:
                seen[name] = club(folder, telegram.url) if name == "club" else aiogram_alone()
            return seen[name][part]

        async def seconds_of_help() -> float:
            return helped()

        async def bar_of_help() -> float:
            return 0.4

        yield Bench(
            "",
            {
                "CPU s": lambda: measured("club", 0),
                "MiB": lambda: measured("club", 1),
                "aiogram CPU s": lambda: measured("aiogram", 0),
                "aiogram MiB": lambda: measured("aiogram", 1),
                "help s": seconds_of_help,
                "help bar": bar_of_help,
            },
            [
                Bar(
                    "start-up of python -m bot ÷ import aiogram, CPU s", "CPU s", "aiogram CPU s", 1.15, 1.08, most=True
                ),
                Bar("idle python -m bot ÷ import aiogram, MiB", "MiB", "aiogram MiB", 1.25, 1.2, most=True),
                Bar("python -m bot --help (no aiogram in it) ÷ 0.4 s", "help s", "help bar", 1, most=True),
            ],
        )
