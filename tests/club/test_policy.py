"""Every reason for which the policy holds or drops a letter has words, so that /why can tell it."""

import re
from pathlib import Path

from bot.club import broadcast_letters, letters, skips
from bot.speech.decisions import IN_GROUP, REASONS

CLUB = Path(skips.__file__).parent


def test_every_reason_has_words() -> None:
    sources = "\n".join(file.read_text("utf-8") for file in CLUB.glob("*.py"))
    dropped = re.findall(r'(?:reason=|STOPPED, (?:"reason": )?)"([^"]+)"(?!:)', sources)
    withdrawn = re.findall(r'(?:_|outbox\.)withdraw\(session, [^"\n]+"([^"]+)", now', sources)
    reasons = {*dropped, *withdrawn}
    reasons |= {letters.QUIET_HOURS, letters.TOO_LATE, letters.UNREACHABLE, skips.SKIPPED}
    reasons |= {broadcast_letters.CANCELLED, broadcast_letters.PAUSED, broadcast_letters.NO_COUPON}
    assert len(reasons) > 20
    assert reasons - set(REASONS) <= {"nobody to greet", "no such step"}
    assert IN_GROUP.fullmatch("greeted in the group by letter 12")
