"""Is this really the shop: anybody may ask, before they agree to anything."""

import pytest

from tests.people import Play

pytestmark = pytest.mark.words


async def test_a_stranger_reads_the_bots_own_name_and_what_it_never_asks_for(play: Play) -> None:
    lily = play.stranger("Lily")
    [told] = await lily.says("/verify")
    assert "My name is @regulars_bot." in told
    assert "a code that came by SMS" in told
    assert told == (await lily.says("防骗"))[0]
    assert "If you agree" in (await lily.taps("Ask the shop"))[0]  # a question is kept, so it takes a consent
