"""What rules are made of: the kinds of values that an owner may write, each with its bounds."""

import re
from datetime import time
from decimal import Decimal
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field


def _hour(hour: time) -> time:
    if hour.tzinfo or hour.second or hour.microsecond:
        raise ValueError("21:00, in the shop's time")
    return hour


def _yes_or_no(answer: Any) -> Any:
    return {"是": True, "开": True, "開": True, "否": False, "不": False, "关": False, "關": False}.get(answer, answer)


def _decimal(number: Any) -> Any:
    if isinstance(number, str) and not re.fullmatch(r"[0-9]{1,8}(\.[0-9]{1,2})?", number):
        raise ValueError("1.2, with two decimals at most")
    return number


Count = Annotated[int, Field(ge=0, le=1_000_000)]
Hour = Annotated[time, AfterValidator(_hour)]
Factor = Annotated[Decimal, BeforeValidator(_decimal), Field(ge=1, le=10)]
Money = Annotated[Decimal, BeforeValidator(_decimal), Field(ge=0, le=10_000_000)]
Rate = Annotated[Decimal, BeforeValidator(_decimal), Field(ge=0, le=20)]
Switch = Annotated[bool, BeforeValidator(_yes_or_no)]


class Part(BaseModel):
    """A family of rules."""

    model_config = ConfigDict(frozen=True, extra="forbid")
