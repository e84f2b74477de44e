"""Columns are known by their names in Chinese and English, and what is unsure is asked, never guessed."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.club import columns, days
from bot.club.columns import KINDS, MEMBERS, NAMES, POINTS, PURCHASES, NoColumn, NoColumns, recognise
from bot.club.exports import HEADERS
from bot.i18n import LOCALES, speaking
from bot.speech.columns import COLUMNS, column_name

WRITTEN = [(name, field) for field, names in NAMES.items() for name in names]
RAGGED = ("{}", " {} ", "{}:", "{}：", "*{}", "{}（必填）", "{}(元)", "【必填】{}")


def test_no_name_means_two_columns() -> None:
    assert len({columns.plain(name) for name, _ in WRITTEN}) == len(WRITTEN)
    assert all(columns.plain(name) for name, _ in WRITTEN)


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(WRITTEN), st.sampled_from(RAGGED), st.booleans())
def test_a_name_is_known_however_it_is_written(written: tuple[str, str], form: str, upper: bool) -> None:
    name, field = written
    header = form.format(name.upper() if upper else name)
    kind = next(kind for kind in KINDS if field in columns.USED[kind] or field == "grade")
    more = {MEMBERS: ["姓名"], POINTS: ["手机", "积分", "原因"], PURCHASES: ["手机", "金额", "日期", "单号"]}[kind]
    others = [other for other in more if columns._FIELDS[columns.plain(other)] != field]
    found = recognise([*others, header], {"kind": kind})
    assert field == "grade" or found.at[field] == len(others)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.one_of(st.text(max_size=12), st.sampled_from([name for name, _ in WRITTEN])), max_size=8))
def test_any_header_is_read_asked_about_or_refused(header: list[str]) -> None:
    answers: dict[str, str] = {}
    for _ in range(12):
        try:
            found = recognise(header, answers)
        except (NoColumns, NoColumn):
            return
        if found.question is None:
            assert found.kind in KINDS
            assert len(set(found.at.values())) <= len(found.at)
            assert all(0 <= column < len(header) for column in found.at.values())
            return
        assert found.question.choices
        answers[found.question.about] = found.question.choices[0][0]
    raise AssertionError("it never stops asking")


@pytest.mark.parametrize(
    ("header", "kind"),
    [
        ("name phone birthday points", MEMBERS),
        ("姓名 手机 积分 积分有效期", MEMBERS),
        ("會員姓名 手機號碼 點數", MEMBERS),
        ("手机 积分 原因", POINTS),
        ("会员号 积分 日期", POINTS),
        ("单号 手机 金额 商品 数量 日期", PURCHASES),
        ("訂單編號 手機 實付金額 品名 數量 訂單日期", PURCHASES),
        ("phone points", ""),
    ],
)
def test_the_columns_tell_the_kind(header: str, kind: str) -> None:
    assert recognise(header.split(), {}).kind == kind


def test_two_columns_of_one_meaning_are_asked_about() -> None:
    found = recognise(["姓名", "手机", "电话"], {})
    assert found.question
    assert found.question.about == "phone"
    assert found.question.choices == (("1", "手机"), ("2", "电话"))
    assert recognise(["姓名", "手机", "电话"], {"phone": "2"}).at == {"name": 0, "phone": 2}


def test_somebody_elses_phone_is_not_taken_for_the_members() -> None:
    found = recognise(["姓名", "推荐人手机"], {})
    assert found.question
    assert found.question.may_be_none
    alone = recognise(["姓名", "推荐人手机"], {"phone": "none"})
    assert (alone.at, alone.unused) == ({"name": 0}, ("推荐人手机",))


@pytest.mark.parametrize("locale", LOCALES)
def test_our_own_exports_are_known_again(locale: str) -> None:
    with speaking(locale):
        for name in COLUMNS:
            known = columns._FIELDS.get(columns.plain(column_name(name)))
            assert known == (None if name == "here" else name), column_name(name)
        for kind, header in HEADERS.items():
            found = recognise([column_name(name) for name in header], {})
            assert (found.kind, found.question) == (kind, None)


@pytest.mark.parametrize(
    "written",
    ["2027-03-05", "2027/3/5", "2027.03.05", "2027年3月5日", "20270305", "5 Mar 2027", "March 5, 2027",
     "２０２７-３-５", "2027-03-05 09:30", "2027-03-05T09:30:00+08:00", "2027/3/5 9:30:15"],
)  # fmt: skip
def test_days_are_read_as_tables_hold_them(written: str) -> None:
    day, hour = days.read(written)
    assert day.isoformat() == "2027-03-05"
    assert (hour is None) == (":" not in written)


@pytest.mark.parametrize(
    "written", ["", "3/4/2027", "2027-13-01", "2027-02-30", "0001-01-01", "x", "2027", "2027-03", "2027-03-05 25:00"]
)
def test_what_is_no_day_is_refused(written: str) -> None:
    with pytest.raises(days.BadDay):
        days.read(written)


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=30))
def test_no_text_breaks_the_reader_of_days(text: str) -> None:
    try:
        days.read(text)
    except days.BadDay:
        return
