"""Times in SQL: what each database says in its own words."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Integer
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement
from sqlmodel.sql.sqltypes import UTCDateTime


class Seconds(FunctionElement[int]):
    """An instant in whole seconds since 1970."""

    type = BigInteger()
    name = "seconds"
    inherit_cache = True


class Later(FunctionElement[datetime]):
    """An instant and a number of seconds: the instant so much later."""

    type = UTCDateTime()
    name = "later"
    inherit_cache = True


class Weekday(FunctionElement[int]):
    """An instant and a zone's minutes east of Greenwich: the day of the week there, 0 for Sunday."""

    type = Integer()
    name = "weekday"
    inherit_cache = True


@compiles(Seconds, "sqlite")
def _seconds_sqlite(element: Any, compiler: Any, **how: Any) -> str:
    return f"CAST(strftime('%s', {compiler.process(element.clauses, **how)}) AS INTEGER)"


@compiles(Seconds, "postgresql")
def _seconds_postgresql(element: Any, compiler: Any, **how: Any) -> str:
    return f"CAST(floor(extract(epoch FROM {compiler.process(element.clauses, **how)})) AS BIGINT)"


@compiles(Later, "sqlite")
def _later_sqlite(element: Any, compiler: Any, **how: Any) -> str:
    at, seconds = (compiler.process(each, **how) for each in element.clauses)
    return f"strftime('%Y-%m-%d %H:%M:%f000', {at}, ({seconds}) || ' seconds')"


@compiles(Later, "postgresql")
def _later_postgresql(element: Any, compiler: Any, **how: Any) -> str:
    at, seconds = (compiler.process(each, **how) for each in element.clauses)
    return f"({at} + ({seconds}) * INTERVAL '1 second')"


@compiles(Weekday, "sqlite")
def _weekday_sqlite(element: Any, compiler: Any, **how: Any) -> str:
    at, minutes = (compiler.process(each, **how) for each in element.clauses)
    return f"CAST(strftime('%w', {at}, ({minutes}) || ' minutes') AS INTEGER)"


@compiles(Weekday, "postgresql")
def _weekday_postgresql(element: Any, compiler: Any, **how: Any) -> str:
    at, minutes = (compiler.process(each, **how) for each in element.clauses)
    return f"CAST(extract(dow FROM {at} AT TIME ZONE 'UTC' + ({minutes}) * INTERVAL '1 minute') AS INTEGER)"
