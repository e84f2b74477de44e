"""Daily caps as owners write them: `checkin 10, profile 50`, how many points a day a member can earn by what."""

import re
import unicodedata
from functools import cache

NONE = "none"
MOST = 1_000_000  # points

# What the sources of the ledger's awards begin with. What staff give, and what comes back, is never capped.
FAMILIES = {
    "checkin": ("checkin", "streak"),
    "profile": ("field:", "birthday_told"),
    "purchase": ("purchase",),
    "referral": ("referral",),
    "review": ("review",),
    "coupon": ("coupon",),
}
_CALLED = {
    "checkin": "checkin check-in 签到 簽到 打卡",
    "profile": "profile 资料 資料",
    "purchase": "purchase purchases 消费 購物 购物 消費",
    "referral": "referral referrals 推荐 推薦",
    "review": "review reviews 评价 評價",
    "coupon": "coupon coupons 卡券 票券",
}
_FAMILY = {word: family for family, words in _CALLED.items() for word in words.split()}
_NO_CAPS = ("none", "无", "無", "不限")


@cache
def read(text: str) -> dict[str, int]:
    """Caps by family, in the order of the families; nothing where there are none. Raises ValueError."""
    plain = unicodedata.normalize("NFKC", text).strip().lower()
    if plain in _NO_CAPS:
        return {}
    caps: dict[str, int] = {}
    for part in re.split(r"[,、;]", plain):
        found = re.fullmatch(r"\s*(\D+?)\s*([0-9]{1,7})\s*", part)
        family = _FAMILY.get(found[1].strip(": ")) if found else None
        if not (found and family) or family in caps or int(found[2]) > MOST:
            raise ValueError("none, or for example: checkin 10, profile 50")
        caps[family] = int(found[2])
    return {family: caps[family] for family in FAMILIES if family in caps}


def written(text: str) -> str:
    """Caps as they are kept, however they were written. Raises ValueError."""
    return ", ".join(f"{family} {most}" for family, most in read(text).items()) or NONE


def family_of(source: str) -> str:
    """The family that an award's source belongs to, an empty one where it is never capped."""
    return next((family for family, sources in FAMILIES.items() if source.startswith(sources)), "")
