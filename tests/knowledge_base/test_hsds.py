"""The directory against the official schemas of HSDS 3.0, and what it says of the data."""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge_base import hsds
from knowledge_base.hsds_parts import ASSUMED, phones
from knowledge_base.knowledge import Knowledge
from knowledge_base.loader import load
from knowledge_base.records import Origin, Phone
from tests.hsds_schemas import Reading, faults

KNOWLEDGE = load()
NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
Json = dict[str, Any]


def service_of(name: str, *, on: datetime = NOW, knowledge: Knowledge = KNOWLEDGE) -> Json:
    (found,) = [record for record in hsds.services(knowledge, on=on) if record["name"] == name]
    return found


def organisation_of(name: str) -> Json:
    (found,) = [record for record in hsds.organisations(KNOWLEDGE, on=NOW) if record["name"] == name]
    return found


def instant(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}+08:00")


@pytest.mark.parametrize("reading", Reading)
def test_every_record_and_every_row_is_valid_against_the_official_schema(reading: Reading) -> None:
    for schema, records in (
        ("service", hsds.services(KNOWLEDGE, on=NOW)),
        ("organization", hsds.organisations(KNOWLEDGE, on=NOW)),
    ):
        assert len(records) > 40
        for record in records:
            assert faults(schema, record, reading) == []
            assert faults(f"{schema}_list", hsds.row(record), reading) == []


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("id", "idb10"),
        ("url", "沒有網址"),
        ("assured_date", "112/4/17"),
        ("status", "open"),
        ("colour", "red"),
    ],
)
def test_the_strict_reading_of_the_schema_does_refuse(field: str, value: str) -> None:
    record = {**service_of("人才培訓再充電"), field: value}
    assert faults("service", record, Reading.STRICT)


@settings(max_examples=40, deadline=None)
@given(st.datetimes(datetime(2023, 1, 1), datetime(2027, 12, 31), timezones=st.timezones()))  # noqa: DTZ001 - zoned by timezones
def test_the_directory_is_valid_on_any_day(on: datetime) -> None:
    for record in hsds.services(KNOWLEDGE, on=on):
        assert faults("service", record, Reading.STRICT) == []
    for record in hsds.organisations(KNOWLEDGE, on=on):
        assert faults("organization", record, Reading.STRICT) == []


def test_an_instant_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="aware"):
        hsds.services(KNOWLEDGE, on=NOW.replace(tzinfo=None))


def test_ids_are_the_same_on_every_day_and_in_every_process() -> None:
    later = datetime(2023, 5, 1, tzinfo=UTC)
    for build in (hsds.services, hsds.organisations):
        assert [r["id"] for r in build(KNOWLEDGE, on=NOW)] == [r["id"] for r in build(KNOWLEDGE, on=later)]
    assert service_of("人才培訓再充電")["id"] == "f2b09b81-a8fa-56cb-85a5-503e12b347b5"
    assert organisation_of("產業發展署")["id"] == "9b6906ed-0b45-55e0-b999-1bad65752cb6"
    assert organisation_of("精密機械研究發展中心")["id"] == "137b6c6b-8ec2-50e0-b021-0cfaefdfa9ce"


def test_no_two_records_share_an_id() -> None:
    tops = [*hsds.services(KNOWLEDGE, on=NOW), *hsds.organisations(KNOWLEDGE, on=NOW)]
    assert len({record["id"] for record in tops}) == len(tops)
    for record in tops:
        nested = Counter(part["id"] for value in record.values() if isinstance(value, list) for part in value)
        assert max(nested.values()) == 1, record["name"]


def test_every_reference_leads_to_a_record_of_the_directory() -> None:
    services, organisations = hsds.services(KNOWLEDGE, on=NOW), hsds.organisations(KNOWLEDGE, on=NOW)
    offered = {(s["id"], s["organization_id"], s["name"], s["status"]) for s in services}
    assert offered == {tuple(s.values()) for o in organisations for s in o["services"]}
    assert all(service["organization"]["id"] == service["organization_id"] for service in services)
    known = {record["id"] for record in (*services, *organisations)}
    for record in (*services, *organisations):
        for value in record.values():
            for part in value if isinstance(value, list) else ():
                owners = {part.get(n) for n in ("service_id", "organization_id", "link_id")} - {None}
                assert owners <= known


def test_a_number_with_several_extensions_is_several_phones() -> None:
    shown = service_of("中小型製造業(10人以上)低碳及智慧化升級轉型個案補助")["phones"]
    assert [(phone["number"], phone["extension"]) for phone in shown] == [
        ("02-2709-0638", 211),
        ("02-2709-0638", 212),
    ]


def test_an_extension_that_begins_with_a_zero_keeps_it_in_words() -> None:
    number = Phone(number="02-2709-0638", extensions=("012",))
    (shown,) = phones("service", str(UUID(int=0)), [number], Origin(source="seed", checked=True))
    assert ("extension" in shown, shown["description"]) == (False, "分機 012")


@pytest.mark.parametrize(
    ("name", "on", "status", "alert"),
    [
        ("中小型製造業(10人以上)低碳及智慧化升級轉型個案補助", "2023-04-16T23:59:59", "inactive", "尚未開放"),
        ("中小型製造業(10人以上)低碳及智慧化升級轉型個案補助", "2023-11-30T23:59:59", "active", None),
        ("中小型製造業(10人以上)低碳及智慧化升級轉型個案補助", "2023-12-01T00:00:00", "inactive", "已截止"),
        ("中小型製造業(10人以上)低碳及智慧化升級轉型個案補助", "2025-03-20T18:00:00", "active", None),
        ("中小型製造業(10人以上)低碳及智慧化升級轉型個案補助", "2025-03-20T18:01:00", "inactive", "後續措施"),
        ("10人以上個案窗口：措施說明與申請協助", "2023-05-01T09:00:00", "active", None),
        ("10人以上個案窗口：措施說明與申請協助", "2026-11-24T10:00:00", "inactive", None),
        ("精機中心：升級轉型輔導", "2026-11-24T10:00:00", "active", None),
        ("SGS：溫室氣體排放查驗", "2026-11-24T10:00:00", "inactive", None),
    ],
)
def test_a_service_is_active_while_it_can_be_had(name: str, on: str, status: str, alert: str | None) -> None:
    shown = service_of(name, on=instant(on))
    assert shown["status"] == status
    assert alert in shown["alert"] if alert else "alert" not in shown


def test_money_that_ran_out_closes_the_service_and_its_schedule_and_is_told() -> None:
    measure = KNOWLEDGE.measures["tariff_rd_single"]
    (edition,) = measure.editions
    window = edition.window.model_copy(update={"funds_exhausted_at": instant("2026-10-01T12:00:00")})
    spent = measure.model_copy(update={"editions": (edition.model_copy(update={"window": window}),)})
    knowledge = replace(KNOWLEDGE, measures={**KNOWLEDGE.measures, spent.id: spent})
    shown = service_of(measure.name, knowledge=knowledge)
    assert service_of(measure.name)["status"] == "active"
    assert (shown["status"], shown["schedules"][0]["valid_to"]) == ("inactive", "2026-10-01")
    assert "經費用罄" in shown["alert"]


@pytest.mark.parametrize(
    ("today", "formerly"),
    [
        ("產業發展署", "工業局"),
        ("中小及新創企業署", "中小企業處"),
        ("商業發展署", "商業司"),
        ("國際貿易署", "國際貿易局"),
        ("經濟部", None),
    ],
)
def test_an_agency_goes_by_its_name_of_today(today: str, formerly: str | None) -> None:
    shown = organisation_of(today)
    assert shown.get("alternate_name") == formerly
    names = {measure.name for measure in KNOWLEDGE.measures.values() if measure.host.now.startswith(today)}
    assert {service["name"] for service in shown["services"]} == names


def test_a_measure_that_two_agencies_host_is_the_first_one_s_and_names_both() -> None:
    shown = service_of("製造業最低工資補貼")
    assert shown["organization"]["name"] == "產業發展署"
    assert "產業發展署、勞動部" in shown["description"]


def test_every_shipped_measure_and_organisation_is_in_it_once() -> None:
    names = [record["name"] for record in hsds.services(KNOWLEDGE, on=NOW)]
    assert len(names) == len(KNOWLEDGE.measures) + len(KNOWLEDGE.organisations)
    assert {measure.name for measure in KNOWLEDGE.measures.values()} <= set(names)
    listed = {record["name"] for record in hsds.organisations(KNOWLEDGE, on=NOW)}
    assert {organisation.name for organisation in KNOWLEDGE.organisations.values()} <= listed


def test_no_inbox_of_an_organisation_is_published() -> None:
    pmc = KNOWLEDGE.organisations["pmc"].model_copy(update={"emails": ("inbox@example.org",)})
    knowledge = replace(KNOWLEDGE, organisations={**KNOWLEDGE.organisations, "pmc": pmc})
    for build in (hsds.services, hsds.organisations):
        text = json.dumps(build(knowledge, on=NOW), ensure_ascii=False)
        assert "@" not in text
        assert '"email"' not in text


def texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    for part in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from texts(part)


def marked_fields(record: Json) -> set[str]:
    return {a["value"] for a in record["attributes"] if a["link_type"] == "assumption"}


def test_an_assumption_is_marked_where_it_stands_and_as_an_attribute() -> None:
    shown = service_of("因應美國關稅研發轉型補助－個案")
    assert shown["schedules"][0]["description"].endswith(ASSUMED)
    assert marked_fields(shown) == {"application_process", "schedules", "status"}
    for record in (*hsds.services(KNOWLEDGE, on=NOW), *hsds.organisations(KNOWLEDGE, on=NOW)):
        own = {name: value for name, value in record.items() if name not in {"organization", "attributes"}}
        told = {name for name, value in own.items() if any(ASSUMED in text for text in texts(value))}
        assert told == marked_fields(record) - {"status", "organization_id"}


def test_a_condition_is_marked_alone_when_it_alone_is_assumed() -> None:
    conditions = service_of("中小型製造業低碳及智慧化(9人以下)升級轉型個案補助")["eligibility_description"]
    assert [line.endswith(ASSUMED) for line in conditions.splitlines()] == [True, True, False, False]


def test_rules_that_are_not_known_are_not_told_as_none() -> None:
    unknown = [m.name for m in KNOWLEDGE.measures.values() if m.editions[-1].conditions is None]
    assert unknown
    assert "尚未取得" in service_of(unknown[0])["eligibility_description"]


def test_a_price_is_what_the_enterprise_pays_and_a_ceiling_is_none() -> None:
    def prices(name: str) -> list[tuple[str, int]]:
        return [(cost["option"], cost["amount"]) for cost in service_of(name).get("cost_options", [])]

    assert prices("升級轉型智慧化＋低碳化診斷輔導") == [
        ("個案－中小企業", 40000),
        ("個案－非中小企業", 60000),
        ("以大帶小", 40000),
    ]
    assert prices("人才培訓再充電") == [("學費", 0)]
    assert prices("因應美國關稅研發轉型補助－個案") == []
    assert "5,000,000 元以內" in service_of("因應美國關稅研發轉型補助－個案")["fees_description"]


def test_a_region_s_team_serves_its_counties_and_others_the_whole_country() -> None:
    (area,) = service_of("精機中心：升級轉型輔導")["service_areas"]
    assert area["name"] == "中部"
    assert "臺中市" in area["description"]
    assert [area["name"] for area in service_of("CPC：升級轉型輔導")["service_areas"]] == ["全國"]
