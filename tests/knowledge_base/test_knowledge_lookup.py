"""Windows, places, sectors and promises as asked by the rest of the house."""

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge_base import lookup
from knowledge_base.knowledge import Knowledge
from knowledge_base.loader import load
from knowledge_base.records import Category, Channel, Edition, Metric, Origin, Urgency, Window, WindowState

KNOWLEDGE = load()
NOT_YET, OPEN = WindowState.NOT_YET_OPEN, WindowState.OPEN
BY_DATE, BY_FUNDS = WindowState.CLOSED_BY_DATE, WindowState.CLOSED_BY_FUNDS


def instant(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}+08:00")


def edition_with(*, opens: str | None = None, closes: str, exhausted: str | None = None) -> Edition:
    window = Window(
        opens_at=instant(opens) if opens else None,
        closes_at=instant(closes),
        or_funds_exhausted=True,
        funds_exhausted_at=instant(exhausted) if exhausted else None,
        text="測試期間",
    )
    return Edition(key="112", window=window, origin=Origin(source="seed", checked=True))


@pytest.mark.parametrize(
    ("measure_id", "key", "on", "state"),
    [
        ("idb10_mfg_case", "112", "2023-04-16T23:59:59", NOT_YET),
        ("idb10_mfg_case", "112", "2023-04-17T00:00:00", OPEN),
        ("idb10_mfg_case", "112", "2023-11-30T23:59:59", OPEN),
        ("idb10_mfg_case", "112", "2023-12-01T00:00:00", BY_DATE),
        ("idb10_mfg_case", "114", "2025-03-20T18:00:00", OPEN),
        ("idb10_mfg_case", "114", "2025-03-20T18:00:01", BY_DATE),
        ("market_optimise", "112", "2023-06-09T17:00:00", OPEN),
        ("market_optimise", "112", "2023-06-09T17:01:00", BY_DATE),
        ("loan_lowcarbon", "112-114", "2025-10-31T12:00:00", OPEN),
        ("factory_rd", "114-115", "2025-12-23T12:00:00", NOT_YET),
    ],
)
def test_a_shipped_window_opens_and_closes_on_time(
    knowledge: Knowledge, measure_id: str, key: str, on: str, state: WindowState
) -> None:
    edition = lookup.edition(lookup.measure(knowledge, measure_id), key)
    assert lookup.window_state(edition, instant(on)) is state


@pytest.mark.parametrize(
    ("exhausted", "on", "state"),
    [
        ("2023-08-01T12:00:00", "2023-08-01T11:59:59", OPEN),
        ("2023-08-01T12:00:00", "2023-08-01T12:00:00", BY_FUNDS),
        ("2023-08-01T12:00:00", "2024-01-01T00:00:00", BY_FUNDS),
        ("2023-08-01T12:00:00", "2023-01-01T00:00:00", NOT_YET),
        ("2023-12-01T00:00:00", "2024-01-01T00:00:00", BY_DATE),
    ],
)
def test_of_two_reasons_to_be_closed_the_earlier_is_named(
    exhausted: str, on: str, state: WindowState
) -> None:
    edition = edition_with(opens="2023-04-17T00:00:00", closes="2023-11-30T23:59:59", exhausted=exhausted)
    assert lookup.window_state(edition, instant(on)) is state


def test_the_zone_of_the_question_does_not_matter() -> None:
    edition = edition_with(closes="2023-11-30T23:59:59")
    assert lookup.window_state(edition, datetime(2023, 11, 30, 15, 59, 59, 999_999, tzinfo=UTC)) is OPEN
    assert lookup.window_state(edition, datetime(2023, 11, 30, 16, 0, tzinfo=UTC)) is BY_DATE


def test_a_naive_instant_is_refused() -> None:
    with pytest.raises(ValueError, match="aware"):
        lookup.window_state(edition_with(closes="2023-11-30T23:59:59"), datetime(2023, 11, 30))  # noqa: DTZ001


@given(
    measure_id=st.sampled_from(sorted(KNOWLEDGE.measures)),
    first=st.datetimes(datetime(2023, 1, 1), datetime(2028, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    later=st.timedeltas(timedelta(0), timedelta(days=1500)),
)
def test_a_window_never_reopens(measure_id: str, first: datetime, later: timedelta) -> None:
    order = [NOT_YET, OPEN, BY_DATE]
    for edition in KNOWLEDGE.measures[measure_id].editions:
        states = [lookup.window_state(edition, at) for at in (first, first + later)]
        assert order.index(states[0]) <= order.index(states[1])


@pytest.mark.parametrize(
    ("on", "key"),
    [("2023-05-01T00:00:00", "112"), ("2025-01-02T00:00:00", "114"), ("2026-11-23T00:00:00", "114")],
)
def test_the_edition_to_speak_of_is_the_open_one_or_the_last(knowledge: Knowledge, on: str, key: str) -> None:
    edition = lookup.edition_at(lookup.measure(knowledge, "idb10_mfg_case"), instant(on))
    assert edition.key == key


@pytest.mark.parametrize(
    ("text", "county"),
    [
        ("臺北市", "臺北市"),
        ("台北市", "臺北市"),
        ("台北", "臺北市"),
        (" 台中市西屯區工業區一路1號", "臺中市"),
        ("台北縣板橋市", "新北市"),
        ("桃園縣", "桃園市"),
        ("馬祖", "連江縣"),
        ("高雄", "高雄市"),
        ("花 蓮 縣", "花蓮縣"),
        ("新竹", None),
        ("嘉義", None),
        ("台", None),
        ("東京", None),
        ("", None),
    ],
)
def test_a_county_is_found_in_every_spelling_or_not_guessed(
    knowledge: Knowledge, text: str, county: str | None
) -> None:
    assert lookup.normalise_county(knowledge, text) == county


@pytest.mark.parametrize("county", sorted(KNOWLEDGE.counties))
def test_every_county_is_itself_with_either_character_and_in_one_region(county: str) -> None:
    assert lookup.normalise_county(KNOWLEDGE, county) == county
    assert lookup.normalise_county(KNOWLEDGE, county.replace("臺", "台")) == county
    assert lookup.region_of(KNOWLEDGE, county) in KNOWLEDGE.regions


@given(st.text(max_size=12))
def test_any_text_names_a_known_county_or_none(text: str) -> None:
    county = lookup.normalise_county(KNOWLEDGE, text)
    assert county is None or county in KNOWLEDGE.counties


@pytest.mark.parametrize(
    ("sector", "group"),
    [("食品", "民生化工"), ("扣件/螺絲", "金屬機電"), ("商業服務", "商業服務"), ("物流", "商業服務")],
)
def test_a_sector_has_its_group(knowledge: Knowledge, sector: str, group: str) -> None:
    assert lookup.sector_group(knowledge, sector) == group


def test_what_is_not_known_is_refused_by_name(knowledge: Knowledge) -> None:
    for question in (lookup.measure, lookup.organisation, lookup.region_of, lookup.sector_group):
        with pytest.raises(lookup.NotInKnowledge, match="烏有"):
            question(knowledge, "烏有")


@pytest.mark.parametrize("metric", Metric)
def test_the_most_specific_promise_wins_for_every_combination(knowledge: Knowledge, metric: Metric) -> None:
    cases = product(
        [None, *Category], [None, *Urgency], [None, *Channel], [None, *sorted(knowledge.organisations)[:3]]
    )
    for category, urgency, channel, organisation in cases:
        chosen = lookup.policy_for(
            knowledge, metric, category=category, urgency=urgency, channel=channel, organisation=organisation
        )
        case = {"category": category, "urgency": urgency, "channel": channel, "organisation": organisation}
        matching = [
            policy
            for policy in knowledge.policies.values()
            if policy.metric is metric and policy.match.named.items() <= case.items()
        ]
        best = max(len(policy.match.named) for policy in matching)
        assert [policy for policy in matching if len(policy.match.named) == best] == [chosen]


@pytest.mark.parametrize(
    ("category", "days"),
    [
        (Category.MEASURES, 3),
        (Category.APPLICATION, 5),
        (Category.IMPROVEMENT, 20),
        (Category.PROBLEM, 20),
        (Category.OUT_OF_SCOPE, 3),
    ],
)
def test_urgent_halves_the_time_to_resolve(knowledge: Knowledge, category: Category, days: int) -> None:
    day = timedelta(hours=9, minutes=30)
    usual = lookup.policy_for(knowledge, Metric.RESOLUTION, category=category, urgency=Urgency.NORMAL)
    urgent = lookup.policy_for(knowledge, Metric.RESOLUTION, category=category, urgency=Urgency.URGENT)
    assert usual.target.length(day) == days * day
    assert urgent.target.length(day) == days * day / 2


@pytest.mark.parametrize(
    ("metric", "hours"),
    [
        (Metric.CALLBACK, 9.5),
        (Metric.FIRST_RESPONSE, 4),
        (Metric.TRIAGE, 9.5),
        (Metric.REFERRAL_ACCEPTANCE, 19),
        (Metric.FIRST_CONTACT, 28.5),
        (Metric.PROGRESS, 95),
    ],
)
def test_the_general_promises_are_the_proposed_ones(
    knowledge: Knowledge, metric: Metric, hours: float
) -> None:
    target = lookup.policy_for(knowledge, metric).target
    assert target.length(timedelta(hours=9, minutes=30)) == timedelta(hours=hours)
