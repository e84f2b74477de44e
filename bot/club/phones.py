"""Phone numbers as staff type them when they look for somebody: with the country or without, spaced or dashed."""

import re

from phonenumbers import COUNTRY_CODE_TO_REGION_CODE

from bot.club.names import narrow

PROVEN = "contact"  # the source of a number for which its platform vouched
DIGITS = (6, 15)  # of a number, at least and at most


def meant(words: str) -> list[str]:
    """The numbers that a text may mean, as they are kept (`+8613800138000`); none where it is no number.

    Without its country a number could be of any: which of them the club knows is for the database to say.
    """
    plain = narrow(words)
    digits = re.sub("[^0-9]", "", plain)
    if not (re.fullmatch(r"\+?[0-9 ().-]+", plain) and DIGITS[0] <= len(digits) <= DIGITS[1]):
        return []
    if plain.startswith(("+", "00")):
        return ["+" + digits.removeprefix("00")]
    national = digits.lstrip("0")
    return ["+" + digits, *(f"+{country}{national}" for country in COUNTRY_CODE_TO_REGION_CODE)]
