"""A process that has imported everything, from which ours are forked: a start takes a moment instead of seconds.

What is forked is the real process: it has its own pid, is killed for good, and runs the same command line.
"""

import atexit
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]


class Forked:
    """A process of ours, as far as subprocess.Popen would show it."""

    def __init__(self, nursery: "Nursery", pid: int) -> None:
        self._nursery, self.pid = nursery, pid
        self.returncode: int | None = None

    def poll(self) -> int | None:
        """Its exit code, None while it runs."""
        if self.returncode is None:
            self.returncode = self._nursery.ask(poll=self.pid)
        return self.returncode

    def wait(self) -> int:
        """Wait for its end."""
        while (code := self.poll()) is None:
            time.sleep(0.002)
        return code

    def send_signal(self, number: int) -> None:
        """Send a signal, unless it has ended."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        """End it at once."""
        self.send_signal(signal.SIGKILL)


class Nursery:
    """Our end of the line to the process that forks."""

    def __init__(self) -> None:
        words = [sys.executable, "-m", "tests.faults.nursery"]
        self._line = subprocess.Popen(words, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        atexit.register(self._line.kill)

    def fork(self, **what: Any) -> Forked:
        """Start a process: its folder `cwd`, settings `env`, `log`, `words` of the command line, and `mutant`."""
        return Forked(self, self.ask(**what))

    def ask(self, **what: Any) -> Any:
        """One question and its answer."""
        assert self._line.stdin
        assert self._line.stdout
        self._line.stdin.write(json.dumps(what) + "\n")
        self._line.stdin.flush()
        return json.loads(self._line.stdout.readline())


def serve() -> None:
    """Fork what is asked for, and tell what became of it, until the line is closed."""
    import bot.app
    import bot.web.playground
    import bot.web.site  # noqa: F401
    from bot.__main__ import cli
    from tests.faults.mutant import MUTANTS

    for line in sys.stdin:
        asked = json.loads(line)
        if "poll" in asked:
            pid, status = os.waitpid(asked["poll"], os.WNOHANG)
            answer = os.waitstatus_to_exitcode(status) if pid else None
        elif not (answer := os.fork()):
            _become(asked)
            for mutant in asked["mutant"].split():
                MUTANTS[mutant]()
            cli(args=asked["words"], prog_name="python -m bot")
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


def _become(asked: dict[str, Any]) -> None:
    """Take over the folder, the settings and the log of the process that was asked for."""
    os.chdir(asked["cwd"])
    os.environ.clear()
    os.environ.update(asked["env"])
    log, nothing = os.open(asked["log"], os.O_WRONLY | os.O_CREAT), os.open(os.devnull, os.O_RDONLY)
    for end, standard in ((nothing, 0), (log, 1), (log, 2)):
        os.dup2(end, standard)


if __name__ == "__main__":
    serve()
