from collections.abc import Callable

import pytest
from pydantic import ValidationError

from knowledge_base.knowledge import Knowledge, Problem
from knowledge_base.records import PaymentOption

ORIGIN = {"source": "seed", "checked": True}


def test_every_edition_that_names_a_budget_has_its_rules_and_the_reverse(knowledge: Knowledge) -> None:
    editions = [edition for measure in knowledge.measures.values() for edition in measure.editions]
    assert {edition.budget for edition in editions if edition.budget} == set(knowledge.budget_rules)


def test_ceilings_are_those_that_the_editions_state(knowledge: Knowledge) -> None:
    for measure in knowledge.measures.values():
        for edition in measure.editions:
            if edition.budget:
                caps = {(cap.label, cap.cap_ntd) for cap in knowledge.budget_rules[edition.budget].caps}
                assert caps == {(amount.label, amount.cap_ntd) for amount in edition.amounts}


def test_what_is_carried_over_to_114_is_marked_as_an_assumption(knowledge: Knowledge) -> None:
    then, later = (knowledge.budget_rules[f"idb_single_{year}"] for year in (112, 114))
    for part in ("subsidised", "self_fund", "self_fund_only", "priority"):
        before, after = getattr(then, part), getattr(later, part)
        assert before.model_copy(update={"origin": after.origin}) == after
        assert (before.origin.checked, after.origin.checked) == (True, False)
    assert not any(rule.origin.checked for rule in (*later.shares, *later.payment_options))


def test_a_share_that_counts_amounts_says_that_its_source_leaves_it_open(knowledge: Knowledge) -> None:
    shares = [share for rules in knowledge.budget_rules.values() for share in rules.shares]
    counting_amounts = [share for share in shares if share.counts == "amount"]
    assert counting_amounts
    for share in counting_amounts:
        assert not share.counts_checked
        assert not share.origin.checked
        assert share.origin.note
        assert "未載明" in share.origin.note


@pytest.mark.parametrize(
    ("instalments", "then"),
    [([60], None), ([60, 50], None), ([100], "依進度"), ([], None)],
)
def test_a_payment_option_pays_it_all_or_says_what_follows(instalments: list[int], then: str | None) -> None:
    parts = [{"label": "期", "percent": percent} for percent in instalments]
    with pytest.raises(ValidationError, match="合計須為 100"):
        PaymentOption.model_validate(
            {"text": "某", "origin": ORIGIN, "guarantee_percent": 0, "instalments": parts, "then": then}
        )


WRONG = [
    ("measures.yaml", "budget: tariff_orders", "budget: tariff_order", "budget", "沒有「tariff_order」"),
    ("budget_rules.yaml", "percent: 50, strictly_more: true", "percent: 100, strictly_more: true", "percent", "99"),
    ("budget_rules.yaml", "counts: subsidy", "counts: both", "counts", "應為"),
    ("budget_rules.yaml", "kinds: [commissioned]", "kinds: [new_equipment]", "", "一項比率上限"),
    ("budget_rules.yaml", "cap_ntd: 20000000, partners_min: 1", "cap_ntd: 20000000", "", "一個補助上限"),
    ("budget_rules.yaml", "source: yahoo_essc", "source: hearsay", "source", "沒有「hearsay」"),
    ("budget_rules.yaml", "cap_ntd: 500000,", "cap_ntd: 500000.5,", "cap_ntd", "整數"),
]  # fmt: skip


@pytest.mark.parametrize(("file", "written", "instead", "place", "reason"), WRONG)
def test_a_faulty_rule_set_is_refused_with_its_place_and_reason(
    broken: Callable[..., tuple[Problem, ...]],
    file: str,
    written: str,
    instead: str,
    place: str,
    reason: str,
) -> None:
    problems = broken(file, written, instead)
    assert problems
    assert all(p.file == file and p.key.endswith(place) and reason in p.reason for p in problems), problems
