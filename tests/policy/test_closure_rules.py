"""Which closures may be declared, everything that is wrong with one, and how it is said."""

from dataclasses import replace
from datetime import UTC, date, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from working_time import TAIPEI, closure, taipei

from helpdesk.policy.closure_rules import ClosureProblem, ClosureTyped, closure_in_words, parse_closure
from helpdesk.policy.service_calendar import Closure
from helpdesk.policy.time_in_words import roc_date

NOW = taipei("2026-11-23 10:00")
COUNTIES = {name: name for name in ("臺南市", "高雄市", "屏東縣")} | {"台南市": "臺南市"}
TYPHOON = ClosureTyped(first_on="115/11/24", counties=("臺南市",), reason="颱風停班")


def parsed(typed: ClosureTyped, *existing: Closure, now=NOW) -> Closure:
    return parse_closure(typed, zone=TAIPEI, counties=COUNTIES.get, now=now, existing=existing)


def problems(typed: ClosureTyped, *existing: Closure) -> dict[str, str]:
    with pytest.raises(ClosureProblem) as refusal:
        parsed(typed, *existing)
    assert all(sentence in str(refusal.value) for sentence in refusal.value.problems.values())
    return dict(refusal.value.problems)


@pytest.mark.parametrize(
    ("typed", "begun", "ended"),
    [
        ({}, "2026-11-24 00:00", "2026-11-25 00:00"),
        ({"first_on": "2026-11-24"}, "2026-11-24 00:00", "2026-11-25 00:00"),
        ({"first_on": "民國115年11月24日"}, "2026-11-24 00:00", "2026-11-25 00:00"),
        ({"last_on": "115/11/24"}, "2026-11-24 00:00", "2026-11-25 00:00"),
        ({"last_on": "2026-11-25"}, "2026-11-24 00:00", "2026-11-26 00:00"),
        ({"last_on": "115/12/24"}, "2026-11-24 00:00", "2026-12-25 00:00"),
        ({"opens_from": "13:00", "until": "18:00"}, "2026-11-24 13:00", "2026-11-24 18:00"),
        ({"opens_from": "９：０５", "until": "10:00"}, "2026-11-24 09:05", "2026-11-24 10:00"),
        ({"opens_from": "13:00"}, "2026-11-24 13:00", "2026-11-25 00:00"),
        ({"opens_from": "13:00", "until": "24:00"}, "2026-11-24 13:00", "2026-11-25 00:00"),
        ({"until": "12:00"}, "2026-11-24 00:00", "2026-11-24 12:00"),
    ],
)
def test_a_closure_lasts_from_the_first_to_the_last_instant_typed(typed, begun, ended):
    declared = parsed(replace(TYPHOON, **typed))
    assert declared == closure(begun, ended, "臺南市")
    assert declared.starts_at.tzinfo is declared.ends_at.tzinfo is UTC


@pytest.mark.parametrize(
    ("counties", "everywhere", "closed"),
    [
        (("臺南市",), False, {"臺南市"}),
        (("高雄市", "臺南市"), False, {"臺南市", "高雄市"}),
        (("臺南市", "台南市", "臺南市"), False, {"臺南市"}),
        (("", " 臺南市 "), False, {"臺南市"}),
        ((), True, set()),
        (("",), True, set()),
    ],
)
def test_counties_are_known_by_any_spelling_and_named_once(counties, everywhere, closed):
    assert parsed(replace(TYPHOON, counties=counties, everywhere=everywhere)).counties == closed


@pytest.mark.parametrize(
    ("typed", "field", "sentence"),
    [
        ({"first_on": ""}, "first_on", "請填停班日期，例如 115/11/23"),
        ({"first_on": "明天"}, "first_on", "看不懂日期「明天」，請填如 112/11/30、112年11月30日 或 1121130"),
        ({"first_on": "115/11/31"}, "first_on", "沒有這一天：「115/11/31」"),
        ({"first_on": "2026-02-29"}, "first_on", "沒有這一天：「2026-02-29」"),
        ({"first_on": "9999-12-31"}, "first_on", "「9999-12-31」的年份無法以民國年表示"),
        ({"first_on": "0001-01-01"}, "first_on", "「0001-01-01」的年份無法以民國年表示"),
        ({"last_on": "115/11/23"}, "last_on", "結束日期早於開始日期"),
        ({"last_on": "115/12/25"}, "last_on", "一次最多停班 31 天，這裡是 32 天"),
        ({"opens_from": "下午一點"}, "opens_from", "看不懂時間「下午一點」，請填如 13:00"),
        ({"opens_from": "24:00"}, "opens_from", "看不懂時間「24:00」，請填如 13:00"),
        ({"until": "25:00"}, "until", "看不懂時間「25:00」，請填如 13:00"),
        ({"opens_from": "13:00", "until": "13:00"}, "until", "結束時間必須晚於開始時間"),
        ({"until": "00:00"}, "until", "結束時間必須晚於開始時間"),
        (
            {"last_on": "115/11/25", "opens_from": "13:00", "until": "18:00"},
            "opens_from",
            "只有單日停班才能填時間，多日停班請留白",
        ),
        ({"last_on": "115/11/25", "until": "18:00"}, "until", "只有單日停班才能填時間，多日停班請留白"),
        ({"first_on": "115/11/22"}, "first_on", "停班已經結束，不能事後宣告"),
        ({"first_on": "115/11/23", "until": "10:00"}, "first_on", "停班已經結束，不能事後宣告"),
        ({"first_on": "115/11/20", "last_on": "115/11/22"}, "last_on", "停班已經結束，不能事後宣告"),
        ({"counties": ()}, "counties", "請選擇停班的縣市，或選全國"),
        ({"counties": (" ",)}, "counties", "請選擇停班的縣市，或選全國"),
        ({"everywhere": True}, "counties", "全國與個別縣市只能選一種"),
        ({"counties": ("臺南市", "台南縣", "高雄縣")}, "counties", "沒有這個縣市：台南縣、高雄縣"),
        ({"reason": "  "}, "reason", "請填原因"),
        ({"reason": "\u202e\x00"}, "reason", "請填原因"),
        ({"reason": "風" * 61}, "reason", "原因最多 60 個字，現在有 61 個字，請縮短後再送出。"),
    ],
)
def test_a_closure_that_may_not_be_declared_is_refused_at_its_field(typed, field, sentence):
    assert problems(replace(TYPHOON, **typed)) == {field: sentence}


@pytest.mark.parametrize(
    "typed", ["颱風\u202e停班", "颱\x00風停班", " 颱風停班\u2028", "颱風\ud800停班", "\u200b颱風停班\x9f"]
)
def test_a_reason_is_kept_without_what_would_turn_or_break_the_line(typed):
    assert parsed(replace(TYPHOON, reason=typed)).reason == "颱風停班"


def test_a_reason_on_several_lines_becomes_one():
    assert parsed(replace(TYPHOON, reason="颱風\r\n停班\t第二天")).reason == "颱風 停班 第二天"


def test_everything_that_is_wrong_is_said_at_once():
    typed = ClosureTyped(first_on="x", last_on="y", opens_from="1", until="2", counties=("東京",), reason="")
    assert set(problems(typed)) == {"first_on", "last_on", "opens_from", "until", "counties", "reason"}


def test_a_closure_that_began_and_still_lasts_may_be_declared():
    assert parsed(replace(TYPHOON, first_on="115/11/23", until="10:01")).ends_at == NOW + timedelta(minutes=1)


@pytest.mark.parametrize(
    ("first", "last", "field"),
    [
        ("115/11/22", "115/11/23", "first_on"),  # yesterday's promises were judged
        ("115/11/22", "115/11/22", "last_on"),
        ("116/11/25", "116/11/25", "first_on"),  # a year typed wrong
    ],
)
def test_a_closure_begins_today_or_within_a_year(first, last, field):
    assert set(problems(replace(TYPHOON, first_on=first, last_on=last))) == {field}


@pytest.mark.parametrize(
    ("typed", "existing", "overlap"),
    [
        ({}, closure("2026-11-24 13:00", "2026-11-24 18:00", "臺南市", "高雄市"), True),
        ({}, closure("2026-11-20 00:00", "2026-11-28 00:00"), True),
        (
            {"counties": (), "everywhere": True},
            closure("2026-11-24 13:00", "2026-11-24 18:00", "屏東縣"),
            True,
        ),
        ({}, closure("2026-11-24 13:00", "2026-11-24 18:00", "屏東縣"), False),
        ({}, closure("2026-11-23 00:00", "2026-11-24 00:00", "臺南市"), False),
        ({"until": "13:00"}, closure("2026-11-24 13:00", "2026-11-24 18:00"), False),
    ],
)
def test_a_closure_overlaps_another_only_in_time_and_in_a_county(typed, existing, overlap):
    typed = replace(TYPHOON, **typed)
    if overlap:
        said = f"與已宣告的停班重疊：{closure_in_words(existing, TAIPEI)}。請只宣告還沒有涵蓋的時段"
        assert problems(typed, existing) == {"first_on": said}
    else:
        assert parsed(typed, existing) == parsed(typed)


def test_every_closure_it_overlaps_is_named_even_when_the_reason_is_missing():
    morning = closure("2026-11-24 08:00", "2026-11-24 12:00", "臺南市", reason="停電")
    later = closure("2026-11-24 13:00", "2026-11-26 00:00", reason="颱風")
    assert problems(replace(TYPHOON, reason=""), morning, later) == {
        "first_on": "與已宣告的停班重疊：115/11/24 (二) 08:00–12:00，臺南市：停電；"
        "115/11/24 (二) 13:00 至 115/11/25 (三) 24:00，全國：颱風。請只宣告還沒有涵蓋的時段",
        "reason": "請填原因",
    }


@pytest.mark.parametrize(
    ("begun", "ended", "counties", "words"),
    [
        (
            "2026-11-24 00:00",
            "2026-11-25 00:00",
            ("高雄市", "臺南市"),
            "115/11/24 (二) 全天，臺南市、高雄市：颱風停班",
        ),
        ("2026-11-24 13:00", "2026-11-24 18:00", (), "115/11/24 (二) 13:00–18:00，全國：颱風停班"),
        ("2026-11-24 13:00", "2026-11-25 00:00", (), "115/11/24 (二) 13:00–24:00，全國：颱風停班"),
        ("2026-11-24 00:00", "2026-11-26 00:00", (), "115/11/24 (二) 至 115/11/25 (三)，全國：颱風停班"),
        (
            "2026-11-24 13:00",
            "2026-11-25 12:00",
            (),
            "115/11/24 (二) 13:00 至 115/11/25 (三) 12:00，全國：颱風停班",
        ),
    ],
)
def test_a_closure_is_said_by_its_days_places_and_reason(begun, ended, counties, words):
    assert closure_in_words(closure(begun, ended, *counties), TAIPEI) == words


def test_a_day_on_which_clocks_change_is_closed_as_the_wall_has_it():
    london = ZoneInfo("Europe/London")
    typed = replace(TYPHOON, first_on="2027-03-28", until="12:00")
    declared = parse_closure(typed, zone=london, counties=COUNTIES.get, now=NOW, existing=())
    assert declared.ends_at - declared.starts_at == timedelta(hours=11)
    assert closure_in_words(declared, london) == "116/03/28 (日) 00:00–12:00，臺南市：颱風停班"


DATES = st.dates(date(2026, 11, 23), date(2027, 10, 31))


@given(DATES, st.integers(1, 31))
def test_roc_and_iso_dates_declare_the_same_whole_days_and_are_said_as_typed(first, length):
    last = first + timedelta(days=length - 1)
    iso = parsed(replace(TYPHOON, first_on=first.isoformat(), last_on=last.isoformat()))
    roc = [roc_date(on).split()[0] for on in (first, last)]
    assert parsed(replace(TYPHOON, first_on=roc[0], last_on=roc[1])) == iso
    assert iso.ends_at - iso.starts_at == timedelta(days=length)
    days = roc_date(first) + (" 全天" if length == 1 else f" 至 {roc_date(last)}")
    assert closure_in_words(iso, TAIPEI) == f"{days}，臺南市：颱風停班"


PLACES = st.sampled_from([(), ("臺南市",), ("高雄市",), ("臺南市", "高雄市"), ("屏東縣",)])


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 3), PLACES), min_size=2, max_size=2))
def test_of_two_closures_the_second_is_refused_whichever_it_is_exactly_when_they_share_a_day(two):
    closed_days, typed = [], []
    for offset, more, places in two:
        first = date(2026, 12, 1) + timedelta(days=offset)
        last = (first + timedelta(days=more)).isoformat()
        typed.append(
            replace(
                TYPHOON,
                first_on=first.isoformat(),
                last_on=last,
                counties=places,
                everywhere=not places,
            )
        )
        closed_days.append(
            {(offset + day, place) for day in range(more + 1) for place in places or set(COUNTIES.values())}
        )
    share = bool(closed_days[0] & closed_days[1])
    for one, other in (typed, typed[::-1]):
        if share:
            assert set(problems(other, parsed(one))) == {"first_on"}
        else:
            parsed(other, parsed(one))
