"""Which day, month or year a written moment means."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifier.moments import resolve

A_FRIDAY = date(2026, 11, 20)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("今天上午", "2026-11-20"), ("昨天", "2026-11-19"), ("前天", "2026-11-18"), ("大前天", "2026-11-17"),
        ("上周五", "2026-11-13"), ("上礼拜三", "2026-11-11"), ("这周一", "2026-11-16"), ("周四", "2026-11-19"),
        ("周日", "2026-11-15"), ("上礼拜", "2026-11"), ("上上周", "2026-11"), ("上上周二", "2026-11-03"),
        ("上个月", "2026-10"), ("上月15号", "2026-10-15"), ("本月5日", "2026-11-05"),
        ("3月12号", "2026-03-12"), ("12月3号", "2025-12-03"), ("去年3月12号", "2025-03-12"), ("今年3月", "2026-03"),
        ("2025年6月", "2025-06"), ("2025.6", "2025-06"), ("2025-06-03", "2025-06-03"), ("二〇二五年九月", "2025-09"),
        ("22年8月", "2022-08"), ("9月底", "2026-09"), ("去年十一月", "2025-11"),
        ("去年", "2025"), ("前年", "2024"), ("大前年", "2023"), ("去年底", "2025-12"), ("今年年初", "2026-01"),
        ("三个月前", "2026-08"), ("十天前", "2026-11-10"), ("两年前", "2024"), ("半个月前", "2026-11-05"),
        ("去年腊月", "2026-01"), ("腊月二十三", "2026-02-10"), ("今年正月", "2026-02"), ("八月十五", "2026-09-25"),
        ("今年春节", "2026-02"), ("去年国庆", "2025-10"), ("去年中秋前", "2025-10"),
    ],
)  # fmt: skip
def test_a_moment_is_counted_from_the_day_of_the_report(written, meant):
    assert str(resolve(written, A_FRIDAY)) == meant


@pytest.mark.parametrize("vague", ["最近", "前几天", "前段时间", "开春", "年前", "13月40号", "2月30号"])
def test_what_is_too_vague_or_no_date_is_left_open(vague):
    assert resolve(vague, A_FRIDAY) is None


def test_a_date_of_a_year_to_come_is_no_moment_of_an_event():
    assert resolve("2027年3月", A_FRIDAY) is None


def test_a_leap_day_is_looked_for_in_the_year_that_has_it():
    assert str(resolve("2024年2月29日", A_FRIDAY)) == "2024-02-29"


@given(
    st.text(alphabet="大前昨今去年月日号上下个周礼拜星期一二三四五六七八九十0123456789正腊初底半.-/〇零廿", max_size=12)
)
def test_nothing_written_is_ever_placed_after_the_report_or_breaks(written):
    moment = resolve(written, A_FRIDAY)

    assert moment is None or (moment.year, moment.month or 1, moment.day or 1) <= (2026, 11, 20)
