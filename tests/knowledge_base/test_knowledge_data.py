"""The shipped data against the briefing, transcribed here once more by hand."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import holidays
import pytest

from knowledge_base.knowledge import Knowledge
from knowledge_base.loader import load
from knowledge_base.records import (
    Category,
    Organisation,
    OrganisationKind,
    Record,
    RuleSection,
    Sourced,
)

TAIPEI = ZoneInfo("Asia/Taipei")

# the table of measures in the briefing, in its order: id, host, deadline, money runs out, ceilings, phones
BRIEFING = [
    ("sme9_mfg_case", "中小企業處", "2023-12-20 23:59", True, [300], ["0800-888-968"]),
    ("idb10_mfg_case", "工業局", "2023-11-30 23:59", True, [500], ["02-2709-0638#211、212"]),
    ("idb_big_small", "工業局", "2023-11-30 23:59", True, [3000, 2000], ["02-2704-4844"]),
    ("street_shop", "商業司", "2023-11-30 23:59", True, [5], ["07-222-3999#132、114"]),
    ("commerce_smart_carbon", "商業司", "2023-11-30 23:59", True, [30, 150], ["02-23584539"]),
    ("trade_ai_marketing", "國際貿易局", "2023-09-30 23:59", True, [2], ["0800-506-088"]),
    ("trade_digital_dev", "國際貿易局", "2023-07-31 23:59", True, [150], ["02-2725-5200#1181"]),
    ("trade_lowcarbon_pack", "國際貿易局", "2023-05-31 23:59", True, [40], ["02-2725-5200#1216、1217"]),
    ("trade_food_digital", "國際貿易局", "2023-09-30 23:59", True, [10], ["0800-506-088"]),
    ("trade_food_channel", "國際貿易局", "2023-10-31 23:59", True, [20], ["0800-506-088"]),
    ("mice_carbon", "國際貿易局", "2023-07-31 23:59", True, [20], ["02-2725-5200#1125"]),
    ("market_optimise", "經濟部中部辦公室", "2023-06-09 17:00", False, [200, 20, 50], ["0800-688-818"]),
    (
        "managed_factory_base",
        "經濟部中部辦公室",
        "2023-11-30 23:59",
        True,
        [150],
        ["02-2709-0638#211、212", "049-235-9171#1108"],
    ),
]
BRIEFED = [row[0] for row in BRIEFING]


@pytest.mark.parametrize(("measure_id", "host", "deadline", "funds", "ceilings", "phones"), BRIEFING)
def test_a_briefed_measure_has_the_briefing_s_figures(
    knowledge: Knowledge,
    *,
    measure_id: str,
    host: str,
    deadline: str,
    funds: bool,
    ceilings: list[int],
    phones: list[str],
) -> None:
    measure = knowledge.measures[measure_id]
    edition = next(edition for edition in measure.editions if edition.key == "112")
    assert measure.host.then == host
    assert edition.window.closes_at.strftime("%Y-%m-%d %H:%M") == deadline
    assert edition.window.closes_at.tzinfo == TAIPEI
    assert edition.window.or_funds_exhausted is funds
    assert [amount.cap_ntd // 10_000 for amount in edition.amounts] == ceilings
    assert [phone.written for phone in measure.hotlines] == phones


def test_the_briefing_s_list_is_complete_and_in_its_order(knowledge: Knowledge) -> None:
    listed = sorted(
        (measure.listed_no, measure.id) for measure in knowledge.measures.values() if measure.listed_no
    )
    assert listed == list(enumerate(BRIEFED, start=1))


@pytest.mark.parametrize(
    ("measure_id", "label", "total", "government", "enterprise"),
    [
        ("idb_diagnosis", "個案－中小企業", 200_000, 160_000, 40_000),
        ("idb_diagnosis", "個案－非中小企業", 300_000, 240_000, 60_000),
        ("idb_diagnosis", "以大帶小", 200_000, 160_000, 40_000),
        ("trade_digital_dev", "輔導服務總值", 1_500_000, 1_200_000, 300_000),
        ("trade_lowcarbon_pack", "輔導服務總值", 400_000, 340_000, 60_000),
        ("market_optimise", "攤鋪位優化", 200_000, None, 25_000),
    ],
)
def test_shared_costs_are_the_briefing_s(
    knowledge: Knowledge,
    *,
    measure_id: str,
    label: str,
    total: int,
    government: int | None,
    enterprise: int,
) -> None:
    amounts = {amount.label: amount for amount in knowledge.measures[measure_id].editions[0].amounts}
    amount = amounts[label]
    assert (amount.cap_ntd, amount.government_ntd, amount.enterprise_ntd) == (total, government, enterprise)


@pytest.mark.parametrize("measure_id", ["idb10_mfg_case", "idb_big_small"])
def test_the_two_bureau_subsidies_carry_full_rules_of_the_briefing(
    knowledge: Knowledge, measure_id: str
) -> None:
    edition = knowledge.measures[measure_id].editions[0]
    assert edition.window.opens_at == datetime(2023, 4, 17, tzinfo=TAIPEI)
    assert edition.conditions is not None
    assert {rule.section for rule in edition.rules} == set(RuleSection)
    assert sum(rule.section is RuleSection.PAYMENT for rule in edition.rules) == 3


@pytest.mark.parametrize(
    ("course_id", "days", "prerequisite"),
    [("ceo", 0.5, None), ("lecture", 1, None), ("seed", 3, None), ("advanced", 2, "seed")],
)
def test_the_training_classes_are_the_briefing_s(
    knowledge: Knowledge, course_id: str, days: float, prerequisite: str | None
) -> None:
    course = knowledge.courses[course_id]
    assert (course.duration_days, course.prerequisite, course.fee_ntd) == (days, prerequisite, 0)
    assert course.apply_url == "https://www.italent.org.tw/idbretraining"


def test_the_window_and_its_nine_zones_are_the_briefing_s(knowledge: Knowledge) -> None:
    assert knowledge.service_window.phone.written == "0800-000-257"
    assert len(knowledge.zones) == 9
    hours = [(str(p.weekday), f"{p.opens:%H:%M}", f"{p.closes:%H:%M}") for p in knowledge.calendar.opening]
    assert hours == [(day, "08:30", "18:00") for day in ("mon", "tue", "wed", "thu", "fri")]
    assert knowledge.calendar.zone == "Asia/Taipei"


def test_every_briefed_measure_has_a_zone_and_a_contact_with_its_phones(knowledge: Knowledge) -> None:
    for measure_id in BRIEFED:
        contacts = _contacts_of(knowledge, measure_id)
        phones = {phone for contact in contacts for phone in contact.phones}
        assert phones == set(knowledge.measures[measure_id].hotlines), measure_id
        assert any(measure_id in zone.measures for zone in knowledge.zones.values()), measure_id


def _contacts_of(knowledge: Knowledge, measure_id: str) -> list[Organisation]:
    return [
        organisation
        for organisation in knowledge.organisations.values()
        if organisation.kind is OrganisationKind.SUBSIDY_CONTACT and measure_id in organisation.measures
    ]


def test_fifteen_counselling_bodies_and_four_active_verification_bodies_are_known(
    knowledge: Knowledge,
) -> None:
    active = [organisation for organisation in knowledge.organisations.values() if organisation.active]
    kinds = [organisation.kind for organisation in active]
    assert kinds.count(OrganisationKind.COUNSELLING_TEAM) == 15
    assert kinds.count(OrganisationKind.VERIFICATION_BODY) == 4


@pytest.mark.parametrize(
    ("counsellor", "verifier"), [("mirdc", "mirdc_verification"), ("itri", "itri_measurement")]
)
def test_a_counsellor_and_a_verifier_of_one_legal_person_share_their_entity(
    knowledge: Knowledge, counsellor: str, verifier: str
) -> None:
    organisations = knowledge.organisations
    assert organisations[counsellor].legal_entity == organisations[verifier].legal_entity


def test_a_verification_body_without_known_scope_is_marked_as_an_assumption(knowledge: Knowledge) -> None:
    bodies = [o for o in knowledge.organisations.values() if o.kind is OrganisationKind.VERIFICATION_BODY]
    assert all(bool(body.scopes) == body.origin.checked for body in bodies)


def test_twenty_two_counties_are_each_in_one_region(knowledge: Knowledge) -> None:
    sizes = dict.fromkeys(knowledge.regions, 0)
    for county in knowledge.counties.values():
        sizes[county.region] += 1
    assert sizes == {"北部": 7, "中部": 5, "南部": 6, "東部": 2, "離島": 2}


def test_every_region_has_a_lead_for_problems_and_improvements(knowledge: Knowledge) -> None:
    for category in (Category.PROBLEM, Category.IMPROVEMENT):
        led = {
            region
            for rule in knowledge.routing_rules.values()
            if category in rule.when.categories and rule.then.organisations and not rule.when.sectors
            for region in rule.when.regions
        }
        assert led == set(knowledge.regions)


def test_every_record_has_a_known_source(knowledge: Knowledge) -> None:
    for name, section in vars(knowledge).items():
        records = section.values() if hasattr(section, "values") else [section]
        for record in records:
            if isinstance(record, Sourced):
                assert record.origin.source in knowledge.sources, name
                assert record.origin_of("origin") == record.origin


def test_what_the_desk_proposes_is_never_marked_as_checked(knowledge: Knowledge) -> None:
    assert not any(policy.origin.checked for policy in knowledge.policies.values())
    assert not any(county.origin.checked for county in knowledge.counties.values())


def test_office_days_are_the_working_days_of_the_holidays_package(knowledge: Knowledge) -> None:
    taiwan = holidays.country_holidays("TW", years=range(2023, 2027))
    for day, office_day in knowledge.office_days.items():
        assert taiwan.is_working_day(day) is office_day.working_day, day
    make_up = [day for day, office_day in knowledge.office_days.items() if office_day.working_day]
    assert [sum(day.year == year for day in make_up) for year in (2023, 2024, 2025)] == [6, 1, 1]
    assert date(2023, 6, 17) in make_up


def test_records_are_frozen_and_hashable(knowledge: Knowledge) -> None:
    for section in vars(knowledge).values():
        records = section.values() if hasattr(section, "values") else [section]
        assert all(hash(record) is not None for record in records if isinstance(record, Record))
    with pytest.raises(TypeError):
        knowledge.measures["x"] = knowledge.measures["sbir"]  # type: ignore[index]


def test_loading_names_the_same_content_the_same(knowledge: Knowledge) -> None:
    assert load().version == knowledge.version
