"""Which targets and hours may be set, everything that is wrong with them, and how they are said."""

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpdesk.policy.level_changes import CLOSED, LevelChange, level_changes, metrics_changed
from helpdesk.policy.level_rules import LevelProblem, Levels, parse_levels, refuse_unreachable, typed_levels
from helpdesk.policy.service_terms import Amendments, terms_under
from helpdesk.settings import REPOSITORY
from knowledge_base import loader
from knowledge_base.knowledge import Knowledge
from knowledge_base.records.sla_policies import OpeningPeriod, SlaTarget
from knowledge_base.records.vocabulary import Metric, Weekday
from tests.conftest import NOW


@cache
def shipped() -> Knowledge:
    return loader.load(REPOSITORY / "knowledge_base" / "data")


def typed(**changes: str) -> dict[str, str]:
    """Return a form with the shipped levels and these changes; `__` stands for the hyphen of a field."""
    return {
        **typed_levels(shipped()),
        "reason": "測試",
        **{field.replace("__", "-"): text for field, text in changes.items()},
    }


def problems(form: Mapping[str, str]) -> dict[str, str]:
    with pytest.raises(LevelProblem) as refusal:
        parse_levels(form, shipped())
    assert all(sentence in str(refusal.value) for sentence in refusal.value.problems.values())
    return dict(refusal.value.problems)


def under(levels: Levels) -> Knowledge:
    return terms_under(shipped(), Amendments(targets=levels.targets, opening=levels.opening), 1).knowledge


def periods(day: str, *spans: tuple[str, str]) -> tuple[OpeningPeriod, ...]:
    return tuple(OpeningPeriod(weekday=day, opens=opens, closes=closes) for opens, closes in spans)


def test_the_form_of_what_is_shipped_sets_nothing_over_it():
    assert parse_levels(typed(), shipped()) == Levels({}, None, "測試")


@pytest.mark.parametrize(
    ("amount", "unit", "target"),
    [
        ("1.5", "working_days", SlaTarget(working_days=1.5)),
        (" ２ ", "working_days", SlaTarget(working_days=2.0)),
        ("0.5", "working_hours", SlaTarget(working_hours=0.5)),
        (".5", "working_hours", SlaTarget(working_hours=0.5)),
        ("90", "working_minutes", SlaTarget(working_minutes=90)),
        ("90.0", "working_minutes", SlaTarget(working_minutes=90)),
        ("250", "working_days", SlaTarget(working_days=250.0)),
        ("2375", "working_hours", SlaTarget(working_hours=2375.0)),
        ("142500", "working_minutes", SlaTarget(working_minutes=142500)),
        ("9.5", "working_hours", SlaTarget(working_hours=9.5)),
    ],
)
def test_an_amount_with_its_unit_is_the_target(amount, unit, target):
    form = typed(amount__triage=amount, unit__triage=unit)
    assert parse_levels(form, shipped()).targets == {"triage": target}


@pytest.mark.parametrize(
    ("amount", "unit", "sentence"),
    [
        ("", "working_days", "立案後確認類別與下一步：請填數字"),
        ("　", "working_days", "立案後確認類別與下一步：請填數字"),
        ("兩天", "working_days", "立案後確認類別與下一步：「兩天」不是數字"),
        ("nan", "working_days", "立案後確認類別與下一步：「nan」不是數字"),
        ("1e2", "working_days", "立案後確認類別與下一步：「1e2」不是數字"),
        ("x" * 500, "working_days", f"立案後確認類別與下一步：「{'x' * 19}…」不是數字"),
        ("0", "working_days", "立案後確認類別與下一步：不可以是 0"),
        ("0.0", "working_minutes", "立案後確認類別與下一步：不可以是 0"),
        ("-1", "working_days", "立案後確認類別與下一步：不可以是負數"),
        ("1.25", "working_days", "立案後確認類別與下一步：工作天只能填整數或一半，例如 1.5"),
        ("1.3", "working_hours", "立案後確認類別與下一步：工作小時只能填整數或一半，例如 1.5"),
        ("0.5", "working_minutes", "立案後確認類別與下一步：工作分鐘只能填整數"),
        ("250.5", "working_days", "立案後確認類別與下一步：最多 250 工作天"),
        ("2375.5", "working_hours", "立案後確認類別與下一步：最多 2,375 工作小時"),
        ("9" * 400, "working_minutes", "立案後確認類別與下一步：最多 142,500 工作分鐘"),
    ],
)
def test_an_amount_that_no_target_may_be_is_refused_with_the_name_of_the_policy(amount, unit, sentence):
    assert problems(typed(amount__triage=amount, unit__triage=unit)) == {"amount-triage": sentence}


def test_an_unknown_policy_and_an_unknown_unit_are_refused():
    form = typed(amount__lunch="1", unit__triage="fortnights", unit__progress="")
    assert problems(form) == {
        "amount-lunch": "沒有這項時效：「lunch」",
        "unit-triage": "立案後確認類別與下一步：請選擇單位",
        "unit-progress": "受案單位定期回報進度：請選擇單位",
    }


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("08:30-12:00, 13:00-18:00", (("08:30", "12:00"), ("13:00", "18:00"))),
        ("１３：００～１８：００、８：３０－１２：００", (("08:30", "12:00"), ("13:00", "18:00"))),
        ("8:30 – 12:00 ， 12:00 — 18:00", (("08:30", "12:00"), ("12:00", "18:00"))),
        ("00:00~23:59", (("00:00", "23:59"),)),
        ("", ()),
    ],
)
def test_a_line_of_text_is_the_hours_of_a_weekday_in_order(text, spans):
    opening = parse_levels(typed(opening__wed=text), shipped()).opening
    assert opening == tuple(
        period
        for day in ("mon", "tue", "wed", "thu", "fri")
        for period in (periods("wed", *spans) if day == "wed" else periods(day, ("08:30", "18:00")))
    )


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("早上", "週六：看不懂「早上」，請填如 08:30-12:00, 13:00-18:00，最晚到 23:59"),
        ("08:30", "週六：看不懂「08:30」，請填如 08:30-12:00, 13:00-18:00，最晚到 23:59"),
        ("08:30-24:00", "週六：看不懂「08:30-24:00」，請填如 08:30-12:00, 13:00-18:00，最晚到 23:59"),
        ("08:30-12:00,", "週六：看不懂「08:30-12:00,」，請填如 08:30-12:00, 13:00-18:00，最晚到 23:59"),
        ("12:00-08:30", "週六：「12:00-08:30」的結束必須晚於開始"),
        ("12:00-12:00", "週六：「12:00-12:00」的結束必須晚於開始"),
        ("13:00-18:00、08:30-13:30", "週六：時段重疊，08:30–13:30 與 13:00–18:00"),
    ],
)
def test_hours_that_cannot_be_are_refused_with_the_weekday(text, sentence):
    assert problems(typed(opening__sat=text)) == {"opening-sat": sentence}


def test_a_week_without_any_opening_is_refused_and_one_that_cannot_be_read_is_not_called_empty():
    empty = {f"opening-{day}": "" for day in Weekday}
    assert problems({**typed(), **empty}) == {"opening-mon": "一週至少要有一段服務時間"}
    assert list(problems({**typed(), **empty, "opening-tue": "早上"})) == ["opening-tue"]


@pytest.mark.parametrize("reason", ["", "\u200b", "字" * 201])
def test_a_change_of_levels_needs_a_reason(reason):
    assert list(problems(typed(reason=reason))) == ["reason"]


def test_everything_that_is_wrong_is_said_at_once():
    assert set(problems({})) == {
        *(f"{field}-{key}" for key in shipped().policies for field in ("amount", "unit")),
        "opening-mon",
        "reason",
    }


@pytest.mark.parametrize("text", ["08:30-18:00", "8:30~18:00"])
def test_hours_and_targets_that_equal_the_shipped_ones_are_left_out(text):
    held = under(parse_levels(typed(amount__triage="4", opening__mon="09:00-17:00"), shipped()))
    again = typed_levels(held) | {"amount-triage": "1.0", "opening-mon": text, "reason": "x"}
    assert parse_levels(again, shipped()) == Levels({}, None, "x")


def test_the_same_length_in_another_unit_is_another_target():
    form = typed(amount__first_response="240", unit__first_response="working_minutes")
    assert parse_levels(form, shipped()).targets == {"first_response": SlaTarget(working_minutes=240)}


def test_what_changes_is_said_by_policy_and_weekday_with_the_old_and_the_new():
    form = typed(
        amount__triage="4",
        unit__triage="working_hours",
        opening__sat="09:00-12:00,13:00-15:00",
        opening__mon="",
    )
    assert level_changes(shipped(), under(parse_levels(form, shipped()))) == (
        LevelChange("立案後確認類別與下一步", "1 工作天", "4 工作小時"),
        LevelChange("週一服務時間", "08:30–18:00", CLOSED),
        LevelChange("週六服務時間", CLOSED, "09:00–12:00、13:00–15:00"),
    )


def test_a_target_touches_its_own_metric_and_hours_touch_them_all():
    def touched(**changes: str) -> frozenset[Metric]:
        return metrics_changed(shipped(), under(parse_levels(typed(**changes), shipped())))

    assert touched() == frozenset()
    assert touched(amount__resolution_problem="8") == {Metric.RESOLUTION}
    assert touched(opening__sat="09:00-10:00") == frozenset(Metric)


def test_levels_under_which_a_promise_never_comes_due_are_refused_by_name():
    form = typed(
        amount__progress="100", **{f"opening__{day}": "" for day in Weekday} | {"opening__mon": "8:00-8:05"}
    )
    levels = parse_levels(form | {"unit-triage": "working_hours", "amount-triage": "20"}, shipped())
    week = Amendments(targets=levels.targets, opening=levels.opening)
    with pytest.raises(LevelProblem) as refusal:
        refuse_unreachable(terms_under(shipped(), week, 1), now=NOW)
    assert refusal.value.problems == {
        "amount-triage": "立案後確認類別與下一步：「單一服務窗口」三年內沒有足夠的服務時間"
    }
    refuse_unreachable(terms_under(shipped(), Amendments(), 1), now=NOW)


targets = st.one_of(
    st.integers(1, 500).map(lambda halves: SlaTarget(working_days=halves / 2)),
    st.integers(1, 4750).map(lambda halves: SlaTarget(working_hours=halves / 2)),
    st.integers(1, 142_500).map(lambda minutes: SlaTarget(working_minutes=minutes)),
)


@st.composite
def days(draw: st.DrawFn) -> list[tuple[str, str]]:
    """Return periods of a day in order; neighbours may touch."""
    minutes = sorted(draw(st.sets(st.integers(0, 1439), max_size=6)))
    at = [f"{minute // 60:02}:{minute % 60:02}" for minute in minutes]
    return list(zip(at[0::2], at[1::2], strict=False)) if draw(st.booleans()) else list(pairwise(at))


weeks = st.fixed_dictionaries({day: days() for day in Weekday}).filter(lambda week: any(week.values()))


@given(
    st.dictionaries(st.sampled_from(sorted(shipped().policies)), targets),
    st.none() | weeks.map(lambda week: tuple(p for day in Weekday for p in periods(day, *week[day]))),
)
def test_what_a_form_shows_of_any_levels_reads_back_as_the_same_levels(set_targets, opening):
    held = replace(
        shipped(),
        policies={
            key: policy.model_copy(update={"target": set_targets.get(key, policy.target)})
            for key, policy in shipped().policies.items()
        },
        calendar=shipped().calendar.model_copy(update={"opening": opening or shipped().calendar.opening}),
    )
    form = typed_levels(held)
    read = parse_levels({**form, "reason": "x"}, shipped())
    assert read.targets == {
        key: target for key, target in set_targets.items() if target != shipped().policies[key].target
    }
    assert read.opening == (None if opening == shipped().calendar.opening else opening)
    assert typed_levels(under(read)) == form
