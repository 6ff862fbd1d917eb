"""Raw records laid over the knowledge are checked like the files, and name the version that they make."""

from time import perf_counter
from typing import Any

import pytest

from knowledge_base.exchange.differences import amendments
from knowledge_base.exchange.plain import stored
from knowledge_base.exchange.sections import AMENDABLE, SECTION_WORDS
from knowledge_base.knowledge import Knowledge, KnowledgeError
from knowledge_base.loader import amended


@pytest.fixture
def raw(knowledge: Knowledge) -> dict[str, Any]:
    return stored(knowledge.measures["idb10_mfg_case"])


def problems(knowledge: Knowledge, raw: Any, section: str = "measures", name: str = "idb10_mfg_case") -> Any:
    with pytest.raises(KnowledgeError) as refused:
        amended(knowledge, {section: {name: raw}})
    return [(problem.file, problem.key, problem.reason) for problem in refused.value.problems]


def test_a_replaced_record_keeps_its_place_and_a_new_one_comes_last(
    knowledge: Knowledge, raw: dict[str, Any]
) -> None:
    changed = amended(
        knowledge, {"measures": {raw["id"]: raw | {"name": "新名"}, "new": raw | {"id": "new"}}}
    )
    assert list(changed.measures) == [*knowledge.measures, "new"]
    assert changed.measures[raw["id"]].name == "新名"
    assert changed.organisations is knowledge.organisations


def test_the_version_names_the_base_and_the_amendments(knowledge: Knowledge, raw: dict[str, Any]) -> None:
    one = amended(knowledge, {"measures": {raw["id"]: raw | {"name": "新名"}}})
    again = amended(knowledge, {"measures": {raw["id"]: dict(reversed(raw.items())) | {"name": "新名"}}})
    other = amended(knowledge, {"measures": {raw["id"]: raw | {"name": "別名"}}})
    assert one.version == again.version
    assert len({knowledge.version, one.version, other.version}) == 3
    assert amended(knowledge, {}) is knowledge
    assert amended(knowledge, {"measures": {}}) is knowledge


def test_amendments_make_of_the_one_knowledge_the_other(knowledge: Knowledge, raw: dict[str, Any]) -> None:
    after = amended(knowledge, {"measures": {raw["id"]: raw | {"name": "新名"}}})
    again = amended(knowledge, amendments(knowledge, after))
    assert again == after
    assert amendments(after, again) == {}


def test_faults_are_named_as_those_of_the_files(knowledge: Knowledge, raw: dict[str, Any]) -> None:
    edition = next(e for e in raw["editions"] if e["key"] == "114")
    edition["window"]["closes_at"] = "2025-03-20"
    ((file, key, reason),) = problems(knowledge, raw)
    assert (file, key) == ("measures.yaml", "measures[idb10_mfg_case].editions[114].window.closes_at")
    assert "時刻" in reason


@pytest.mark.parametrize(
    ("change", "key"),
    [
        ({"successor": "nobody"}, "measures[idb10_mfg_case].successor"),
        ({"origin": {"source": "gossip", "checked": True}}, "measures[idb10_mfg_case].origin.source"),
        ({"id": "other"}, "measures[idb10_mfg_case].id"),
        ({"colour": "red"}, "measures[idb10_mfg_case].colour"),
        ({"kind": None}, "measures[idb10_mfg_case].kind"),
    ],
)
def test_every_check_of_the_files_holds(
    knowledge: Knowledge, raw: dict[str, Any], change: dict[str, Any], key: str
) -> None:
    assert [found[1] for found in problems(knowledge, raw | change)] == [key]


def test_what_others_say_of_a_record_is_checked_as_well(knowledge: Knowledge) -> None:
    criterion = stored(knowledge.criteria["sme"])
    criterion["conditions"] = {
        "use": "registered",
        "origin": criterion["origin"],
    }
    assert any(key.startswith("measures[") for _, key, _ in problems(knowledge, criterion, "criteria", "sme"))


@pytest.mark.parametrize("section", ["weather", "calendar"])
def test_a_section_without_such_records_is_refused(knowledge: Knowledge, section: str) -> None:
    assert [found[1] for found in problems(knowledge, {}, section)] == [section]


def test_two_new_records_may_name_each_other(knowledge: Knowledge, raw: dict[str, Any]) -> None:
    pair = {
        one: raw | {"id": one, "successor": other, "alternatives": []}
        for one, other in (("a", "b"), ("b", "a"))
    }
    assert {"a", "b"} <= set(amended(knowledge, {"measures": pair}).measures)


def test_the_whole_catalogue_is_amended_in_a_tenth_of_a_second(knowledge: Knowledge) -> None:
    raw = {
        section: {str(name): stored(record) for name, record in getattr(knowledge, section).items()}
        for section in AMENDABLE
    }
    begun = perf_counter()
    assert amended(knowledge, raw).measures == knowledge.measures
    assert perf_counter() - begun < 0.1


def test_the_amendable_sections_have_their_words() -> None:
    assert set(AMENDABLE) <= set(SECTION_WORDS)
    assert {"measures", "organisations", "criteria"} <= set(AMENDABLE)
