"""Dates as people write them, in more forms than anyone would think of, and what is no date."""

import time
from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.club.calendar import YearlyDate, lunar_months
from bot.club.dates import UnreadableDate, Wrong, read_date, read_month
from bot.i18n import LOCALES, speaking
from bot.speech import yearly

TODAY = date(2027, 3, 5)


def solar(month: int, day: int, year: int | None = None) -> YearlyDate:
    return YearlyDate("solar", month, day, year=year)


def lunar(month: int, day: int, year: int | None = None, *, leap: bool = False) -> YearlyDate:
    return YearlyDate("lunar", month, day, leap, year)


def readings(text: str) -> tuple[YearlyDate, ...]:
    return read_date(text, today=TODAY, order="month first")


CLEAR = {
    solar(8, 15): """
        8月15日 | 8月15号 | 8月15號 | 8月15 | 08月15日 | 8 月 15 日 | ８月１５日 | 8月 15号 | 八月十五日 | 八月十五号
        八月15日 | 8月十五日 | 八月15 | 08-15 | 8-15 | 8/15 | 08/15 | ８／１５ | 8.15 | 08.15 | ８．１５ | 8。15
        8·15 | 8 15 | 8 / 15 | 8–15 | 8—15 | 15/8 | 15.8. | 15-08 | 15 8 | 0815 | 1508 | 15 Aug | 15 aug | 15 AUG
        15Aug | 15-Aug | 15. August | 15th Aug | 15th August | 15th of August | the 15th of August | Aug 15 | Aug. 15
        Aug 15th | Aug15 | August 15 | August 15th | August the 15th | AUGUST 15 | Ａｕｇ １５ | 阳历8月15日
        公历8月15 | 公历八月十五 | 新历8.15 | 國曆8月15日 | 陽曆8月15 | 8月15日（阳历） | solar 8/15
        我的生日是8月15日 | 生日8月15 | 生日：8月15日 | 我是8月15号的 | 8月15日生 | 8月15日出生的
        my birthday is Aug 15 | on 15 August | It's August 15th! | 8月15日。 | 8月15日! | 8月15日🎂 | 🎂8月15日❤️
    """,
    solar(8, 15, 1990): """
        1990年8月15日 | 1990年8月15号 | 1990年8月15 | 1990 年 8 月 15 日 | １９９０年８月１５日 | 90年8月15日
        90年8月15 | 90年八月十五日 | 一九九〇年八月十五日 | 一九九零年八月十五日 | 九〇年八月十五日 | 1990-08-15
        1990-8-15 | 1990/8/15 | 1990.8.15 | 1990.08.15 | 1990 8 15 | 1990年8.15 | 1990年8-15 | 19900815
        １９９００８１５ | 90-8-15 | 90/08/15 | 90.8.15 | 15/8/1990 | 15.08.1990 | 15-08-1990 | 15 8 1990 | 15/8/90
        15.8.90 | 8/15/1990 | 8/15/90 | 15081990 | 08151990 | 15 Aug 1990 | 15 August 1990 | 15Aug1990 | 15-Aug-1990
        15-Aug-90 | 15 Aug '90 | 15th of August, 1990 | the 15th of August 1990 | Aug 15, 1990 | August 15th, 1990
        Aug 15 1990 | Aug 15, 90 | August 15 1990 | 1990 Aug 15 | 1990-Aug-15 | 8月15日1990年 | 公历1990年8月15日
        西元1990年8月15日 | 1990年8月15日出生 | 我是1990年8月15日出生的 | born 15 August 1990
        I was born on 15 Aug 1990
    """,
    solar(3, 5, 1990): "民國79年3月5日 | 民國七十九年三月五日 | 民國79.3.5 | 5 March 1990 | 5 Mar 1990",
    solar(3, 5, 2023): "112年3月5日 | 民國112年3月5日 | 民国一百一十二年三月五日 | 112/3/5 | 23年3月5日",
    solar(3, 5, 2001): "二〇〇一年三月五日 | 二零零一年三月五日 | 二00一年3月5日 | 01年3月5日 | 〇一年三月五日",
    solar(3, 5, 2027): "27年3月5日 | 2027-03-05",
    solar(12, 31, 1928): "28年12月31日",
    solar(8, 31): "八月三十一 | 31/8 | 8月31 | 八月卅一日 | 公历八月卅一日 | 31st of Aug",
    solar(5, 3): "3rd of May | May 3rd | the 3rd of May | 3 May | 5月3日",
    solar(5, 5): "05/05 | 0505 | 5 5",
    solar(9, 1): "Sept 1 | 1st Sep | Sep 1 | September 1st | 九月一日",
    solar(2, 29): "2月29日 | 29 Feb | 02-29 | 0229 | 二月二十九日 | Feb 29th",
    solar(2, 29, 1992): "1992年2月29日 | 29 Feb 1992 | 19920229",
    solar(11, 11): "11月11日 | 十一月十一日 | 11.11 | 11/11",
    solar(12, 25): "圣诞 | 圣诞节 | 聖誕節 | Christmas | 12月25日 | 十二月二十五日",
    solar(1, 1): "元旦 | 1月1日 | 1月1日元旦 | 元月1日 | 元月一日 | Jan 1st | 1/1",
    solar(10, 1): "国庆 | 国庆节 | 國慶節 | 10月1日中秋 | 十月一日",
    solar(6, 1): "六一 | 6月1日 | 1 June",
    lunar(8, 15): """
        农历八月十五 | 農曆八月十五 | 阴历八月十五 | 陰曆八月十五 | 旧历八月十五 | 舊曆八月十五 | 夏历八月十五
        农历8月15日 | 农历8月15 | 农历8-15 | 农历8.15 | 農8/15 | 农历 八月 十五 | 农历：八月十五 | 八月十五农历
        八月十五（农历） | 8.15(农历) | 8月15日(阴历) | 阴历8月15号 | 中秋 | 中秋节 | 中秋節 | 八月十五中秋
        八月十五中秋节 | 八月十五，中秋节 | 8月15日中秋 | lunar 8-15 | Lunar 8/15 | 8/15 lunar | lunar Aug 15
        我生日是农历八月十五 | 农历八月十五生 | 农历0815
    """,
    lunar(8, 15, 1990): """
        1990年农历八月十五 | 农历1990年八月十五 | 农历1990年8月15日 | 90年农历八月十五 | 一九九〇年农历八月十五
        农历1990-08-15 | 1990年中秋 | 1990年中秋节 | 1990年八月十五中秋 | 农历19900815 | 民國79年農曆八月十五
        1990 lunar 8/15 | 阴历90年8月15
    """,
    lunar(8, 5): "八月初五 | 8月初五 | 8月初5 | 农历八月初五 | 农历八月五日 | 八月初五日",
    lunar(8, 23): "八月廿三 | 农历八月二十三 | 8月廿三 | 農曆八月廿三",
    lunar(3, 4): "农历3/4 | 农历三月四日 | 三月初四 | lunar 3/4",
    lunar(12, 23): "腊月廿三 | 臘月廿三 | 腊月二十三 | 腊月23 | 农历十二月廿三 | 十二月廿三",
    lunar(12, 30): "除夕 | 腊月三十 | 腊月卅 | 大年三十 | 年三十 | 臘月三十 | 腊月三十除夕 | 十二月卅",
    lunar(12, 30, 1990): "1990年除夕 | 1990年腊月三十 | 1990年大年三十",
    lunar(1, 1): "正月初一 | 大年初一 | 年初一 | 春节 | 春節 | 农历一月初一 | 农历1月1日 | 正月1日",
    lunar(1, 2): "大年初二 | 正月初二",
    lunar(1, 15): "元宵 | 元宵节 | 正月十五 | 正月十五元宵节 | 正月15",
    lunar(5, 5): "端午 | 端午节 | 端陽 | 五月初五 | 五月初五端午节 | 端午節",
    lunar(7, 7): "七夕 | 七夕节 | 七月初七 | 七月初七七夕",
    lunar(9, 9): "重阳 | 重阳节 | 重陽節 | 九月初九重阳 | 九月初九",
    lunar(12, 8): "腊八 | 腊八节 | 腊月初八 | 臘八",
    lunar(11, 20): "冬月二十 | 冬月廿 | 农历十一月二十 | 冬月20",
    lunar(6, 1, leap=True): """
        闰六月初一 | 閏六月初一 | 农历闰六月初一 | 闰6月1日 | 闰六月一日 | 農曆閏六月初一 | lunar leap 6-1 | leap 6/1
    """,
    lunar(5, 1, 1990, leap=True): "1990年闰五月初一 | 农历1990年闰五月初一",
}  # fmt: skip

ASKED_BACK = {
    "03/04": (solar(3, 4), solar(4, 3)),
    "3.4": (solar(3, 4), solar(4, 3)),
    "3-4": (solar(3, 4), solar(4, 3)),
    "3 4": (solar(3, 4), solar(4, 3)),
    "0304": (solar(3, 4), solar(4, 3)),
    "３／４": (solar(3, 4), solar(4, 3)),
    "阳历3/4": (solar(3, 4), solar(4, 3)),
    "03/04/1990": (solar(3, 4, 1990), solar(4, 3, 1990)),
    "03041990": (solar(3, 4, 1990), solar(4, 3, 1990)),
    "3/4/90": (solar(3, 4, 1990), solar(4, 3, 1990)),
    "05/06/07": (solar(6, 7, 2005), solar(5, 6, 2007), solar(6, 5, 2007)),
    "八月十五": (lunar(8, 15), solar(8, 15)),
    "8月十五": (lunar(8, 15), solar(8, 15)),
    "八月二十三": (lunar(8, 23), solar(8, 23)),
    "八 月 十 五": (lunar(8, 15), solar(8, 15)),
    "1990年八月十五": (lunar(8, 15, 1990), solar(8, 15, 1990)),
    "一九九〇年八月十五": (lunar(8, 15, 1990), solar(8, 15, 1990)),
    "90年八月十五": (lunar(8, 15, 1990), solar(8, 15, 1990)),
    "十二月三十": (lunar(12, 30), solar(12, 30)),
    "二月三十": (lunar(2, 30),),
    "八月廿三日": (lunar(8, 23), solar(8, 23)),
    "28-12-31": (solar(12, 31, 1928), solar(12, 28, 1931)),
    "元月五": (lunar(1, 5), solar(1, 5)),
}

REFUSED = {
    Wrong.NO_SUCH_DAY: """
        2月31日 | 2月30日 | 31 Feb | Feb 30th | 30/2 | 02-30 | 0230 | 4月31日 | 13月1日 | 1990年13月1日 | 1990-13-01
        1990-02-29 | 29 Feb 1990 | 1990年2月29日 | 19900230 | 8月32日 | 8月0日 | 0月5日 | 0/5 | 32/1 | 13/13 | 99/99
        农历八月三十一 | 农历13月1日 | 农历8月31日 | 腊月三十一 | 正月初0 | 闰十三月初一 | 1990年闰六月初一
        农历1991年闰五月初一 | 1990-15-08 | 二月三十一
    """,
    Wrong.FUTURE: """
        2027-03-06 | 2027年3月6日 | 27年12月1日 | 2030-01-01 | 1 Jan 2028 | 9999-01-01 | 2027年农历二月初一
        2027年除夕 | 2033年闰冬月初一
    """,
    Wrong.TOO_LONG_AGO: "1877-01-01 | 1850年8月15日 | 1 Jan 1800 | 1644年农历三月十九 | 1000-01-01 | 0999-01-01",
    Wrong.NO_DATE: """
        hello | 你好 | 签到 | 生日 | 8 | 15 | 八月 | 8月 | 8月日 | 十五 | 15日 | 初五 | 1990 | 1990年 | 2012
        1990年8月 | 2024-05 | May 2024 | August | 15 Foo | Foo 15 | Mayo 5 | 8月15日有活动吗 | 8/15/ 16/17
        13800138000 | 1/2/3/4 | 我们中秋见 | 8月15日到20日 | 🎂 | 🎂🎉🎈 | --- | ... | 。 | 年月日 | 闰月
        农历 | 农历公历 | lunar | the | 明天 | 下周五 | 八十五 | 2024年 | 0x10-0x10 | 1e1-2 | -5 | ½/3
        8月15日' OR 1=1 | <b>8月15日</b> | NaN | ٨/١٥
    """,
}  # fmt: skip


def forms(text: str) -> list[str]:
    return [form for line in text.splitlines() for form in map(str.strip, line.split("|")) if form]


@pytest.mark.parametrize(("form", "when"), [(form, when) for when, text in CLEAR.items() for form in forms(text)])
def test_what_is_clear_is_understood(form, when):
    assert readings(form) == (when,)


@pytest.mark.parametrize(("form", "either"), ASKED_BACK.items())
def test_what_is_ambiguous_has_its_readings(form, either):
    assert readings(form) == either


@pytest.mark.parametrize(("form", "wrong"), [(form, wrong) for wrong, text in REFUSED.items() for form in forms(text)])
def test_what_is_no_date_says_why(form, wrong):
    with pytest.raises(UnreadableDate) as refusal:
        readings(form)
    assert refusal.value.wrong is wrong


def test_the_order_of_the_language_comes_first():
    assert read_date("03/04", today=TODAY, order="month first") == (solar(3, 4), solar(4, 3))
    assert read_date("03/04", today=TODAY, order="day first") == (solar(4, 3), solar(3, 4))
    assert read_date("15/8", today=TODAY, order="month first") == read_date("8/15", today=TODAY, order="day first")


@pytest.mark.parametrize("year", range(1928, 2028))
def test_a_year_of_two_figures_is_the_last_that_ended_so(year):
    assert readings(f"{year % 100:02}年1月1日") == (solar(1, 1, year),)


@pytest.mark.parametrize(
    "form",
    forms("""
        2024-05 | 2024-5 | 2024/05 | 2024.5 | 2024 5 | 202405 | 05/2024 | 5.2024 | 052024 | ２０２４－０５ | 2024年5月
        2024 年 5 月 | 24年5月 | 2024年05月 | 二〇二四年五月 | 二零二四年五月 | 2024年五月 | 民國113年5月 | 113年5月
        2024年5月生 | 2024年5月出生 | May 2024 | may, 2024 | 2024 May | May2024 | 2024-May | 5月2024年 | born May 2024
    """),
)  # fmt: skip
def test_a_child_has_a_month(form):
    assert read_month(form, today=TODAY) == solar(5, 0, 2024)


@pytest.mark.parametrize(
    ("form", "wrong"),
    [
        ("2024-13", Wrong.NO_SUCH_DAY),
        ("2024年13月", Wrong.NO_SUCH_DAY),
        ("2027-04", Wrong.FUTURE),
        ("2028年1月", Wrong.FUTURE),
        ("1800-01", Wrong.TOO_LONG_AGO),
        *((form, Wrong.NO_DATE) for form in ("5", "五", "2024", "05/06", "hello", "Foo 2024", "🎂", "", "2024-05-06")),
    ],
)
def test_what_is_no_month_says_why(form, wrong):
    with pytest.raises(UnreadableDate) as refusal:
        read_month(form, today=TODAY)
    assert refusal.value.wrong is wrong


# Round trips: a date written in every form is read back.

FIGURES = "〇一二三四五六七八九"
MONTHS = [date(2000, month, 1).strftime("%B") for month in range(1, 13)]
born = st.dates(date(1910, 1, 1), TODAY)
moons = st.tuples(st.integers(1911, 2026), st.integers(1, 12), st.integers(1, 30))


def chinese(number: int) -> str:
    tens, ones = divmod(number, 10)
    return ("" if tens == 0 else "十" if tens == 1 else f"{FIGURES[tens]}十") + (FIGURES[ones] if ones else "")


def moon_day(day: int) -> str:
    return f"初{chinese(day)}" if day <= 10 else f"廿{chinese(day - 20)}" if 20 < day < 30 else chinese(day)


@given(day=born, spaces=st.sampled_from(["", " ", "\u3000", "\t"]))
def test_a_solar_date_is_read_back_from_every_clear_form(day, spaces):
    year, month, number, name = day.year, day.month, day.day, MONTHS[day.month - 1]
    suffix = {1: "st", 2: "nd", 3: "rd", 21: "st", 22: "nd", 23: "rd", 31: "st"}.get(number, "th")
    figures = "".join(FIGURES[int(figure)] for figure in str(year))
    for form in (
        f"{year}{spaces}年{spaces}{month}{spaces}月{number}{spaces}日",
        f"{year}年{month}月{number}",
        f"{figures}年{chinese(month)}月{chinese(number)}日",
        f"{year}{spaces}-{spaces}{month:02}-{number:02}",
        f"{year}/{month}/{number}",
        f"{year}.{month}.{number}{spaces}",
        f"{number}{spaces}{name}{spaces}{year}",
        f"{name[:3]} {number}{suffix}, {year}",
        f"the {number}{suffix} of {name.upper()} {year}",
        f"公历{year}年{month}月{number}号",
    ):
        assert readings(form) == (solar(month, number, year),), form
    assert solar(month, number, year) in readings(f"{year}{month:02}{number:02}")
    assert solar(month, number, year) in readings(f"{number:02}{month:02}{year}")
    if year >= 1912:
        assert readings(f"民國{year - 1911}年{month}月{number}日") == (solar(month, number, year),)


@given(day=born)
def test_a_date_without_a_year_is_read_back(day):
    month, number, name = day.month, day.day, MONTHS[day.month - 1]
    in_chinese = f"{chinese(month)}月{chinese(number)}"
    for form in (f"{month}月{number}日", f"{in_chinese}号", f"{number} {name}", f"{name[:3]}{number}"):
        assert readings(form) == (solar(month, number),), form
    for form in (f"{month}/{number}", f"{number}.{month}", f"{month:02}-{number:02}", in_chinese):
        assert solar(month, number) in readings(form), form


@given(moon=moons)
def test_a_lunar_date_is_read_back(moon):
    year, month, day = moon
    months = {1: "正", 11: "冬", 12: "腊"}
    for form in (
        f"农历{year}年{month}月{day}日",
        f"{year}年農曆{chinese(month)}月{moon_day(day)}",
        f"阴历{year}-{month}-{day}",
        f"{year}年{months.get(month, f'农历{month}')}月{chinese(day)}",
    ):
        assert readings(form) == (lunar(month, day, year),), form
    assert readings(f"闰{chinese(month)}月{moon_day(day)}") == (lunar(month, day, leap=True),)
    if (month, True) in lunar_months(year):
        assert readings(f"{year}年闰{chinese(month)}月{moon_day(day)}") == (lunar(month, day, year, leap=True),)


@given(day=born, moon=moons, leap=st.booleans(), locale=st.sampled_from(LOCALES))
def test_what_is_said_back_is_read_the_same(day, moon, leap, locale):
    for when in (solar(day.month, day.day), lunar(moon[1], moon[2], leap=leap)):
        with speaking(locale):
            assert readings(yearly(when)) == (when,)


@given(day=born, mark=st.sampled_from("/.-／．－ "))
def test_figures_are_read_in_the_order_of_the_language(day, mark):
    meant = solar(day.month, day.day, day.year)
    for order, form in (
        ("month first", "{0.month}{1}{0.day}{1}{0.year}"),
        ("day first", "{0.day}{1}{0.month}{1}{0.year}"),
    ):
        assert read_date(form.format(day, mark), today=TODAY, order=order)[0] == meant


@given(day=born, moon=moons)
def test_the_ways_of_taiwan_and_full_width_are_read_back(day, moon):
    wide = str.maketrans("0123456789-/. ", "０１２３４５６７８９－／．\u3000")
    for form in (f"{day.year}-{day.month}-{day.day}", f"{day.day} {MONTHS[day.month - 1]} {day.year}"):
        assert readings(form.translate(wide)) == (solar(day.month, day.day, day.year),), form
    assert readings(f"國曆{day.month}月{day.day}號") == (solar(day.month, day.day),)
    year, month, number = moon
    assert readings(f"農曆{chinese(month)}月{moon_day(number)}") == (lunar(month, number),)
    if year >= 1912:
        assert readings(f"民國{year - 1911}年農曆{month}月{number}日") == (lunar(month, number, year),)


@given(text=st.text(max_size=80) | st.text(alphabet="0123456789一十廿初月日年闰农历/-. augth中秋", max_size=60))
def test_any_text_is_a_date_or_refused(text):
    for read in (lambda: readings(text), lambda: (read_month(text, today=TODAY),)):
        try:
            found = read()
        except UnreadableDate:
            continue
        assert 1 <= len(found) <= 4


PIECES = "8 8- 8年 8月15日 十 百十 廿 中秋 的 生日 the- 農 年 闰 - 🎂 \ufdfa \u3000"


def test_no_text_takes_long():
    began = time.process_time()
    for piece in PIECES.split(" "):
        for text in (piece * 10_000, (piece * 60)[:60], (piece * 60)[:59] + "x"):
            with suppress(UnreadableDate):
                readings(text)
            with suppress(UnreadableDate):
                read_month(text, today=TODAY)
    assert time.process_time() - began < 10  # a pattern that goes astray takes hours
    with pytest.raises(UnreadableDate):
        readings("8月15日" + " " * 10_000)
