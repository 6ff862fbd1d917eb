"""What a measure's conditions come to for an enterprise, to three values, and what is worth asking next.

Whether applications are taken is the window's matter; which measures to look at is `matching`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from helpdesk.policy.condition_trees import (
    Conditions,
    Truth,
    conditions_of,
    deciding_leaves,
    open_leaves,
    truth_of,
)
from helpdesk.policy.fact_values import Facts
from helpdesk.policy.reason_words import needed
from knowledge_base.knowledge import Knowledge
from knowledge_base.records.conditions import Leaf
from knowledge_base.records.vocabulary import Fact


class Eligibility(StrEnum):
    """What the desk says: never that an enterprise qualifies, which the programme decides."""

    ELIGIBLE = "eligible"
    NOT_ELIGIBLE = "not_eligible"
    NEED_MORE_INFO = "need_more_info"


_OF_TRUTH: Mapping[Truth, Eligibility] = {
    True: Eligibility.ELIGIBLE,
    False: Eligibility.NOT_ELIGIBLE,
    None: Eligibility.NEED_MORE_INFO,
}


@dataclass(frozen=True, slots=True)
class Finding:
    """What one condition comes to; None is unknown."""

    leaf: Leaf
    truth: Truth


@dataclass(frozen=True, slots=True)
class Question:
    """A fact worth asking: `settles` is the share of its possible answers that settle the matter (0-1).

    Answers that the conditions cannot tell apart count once.
    """

    fact: Fact
    settles: float


@dataclass(frozen=True, slots=True)
class Assessment:
    """The result with every leaf. `decisive` are the ids of the leaves that alone fix it.

    `ask` are the unknown facts that can still change it, the one that settles most first; empty when it is
    fixed, or when the rules are not known (`known` False). `partial` rules that are fulfilled leave it open:
    there are others. `reasons` say of a no what would be needed; `assumed` that it rests on an assumption.
    """

    result: Eligibility
    findings: tuple[Finding, ...] = ()
    decisive: tuple[str, ...] = ()
    ask: tuple[Question, ...] = ()
    known: bool = True
    partial: bool = False
    reasons: tuple[str, ...] = ()
    assumed: bool = False


RULES_UNKNOWN = Assessment(Eligibility.NEED_MORE_INFO, known=False)

RuleBook = Mapping[tuple[str, str], Conditions]
"""The conditions by measure and edition; an edition whose rules are not known is not in it."""


def rule_book(knowledge: Knowledge) -> RuleBook:
    """Return the conditions of every edition, ready to be judged."""
    return {
        (measure.id, edition.key): conditions_of(
            edition.conditions, knowledge, partial=edition.conditions_partial
        )
        for measure in knowledge.measures.values()
        for edition in measure.editions
        if edition.conditions is not None
    }


def assess(conditions: Conditions | None, facts: Facts) -> Assessment:
    """Return what the conditions come to; whatever the unknown facts turn out to be, a definite result stays.

    Source: eligibility rules, "Evaluation".
    """
    if conditions is None:
        return RULES_UNKNOWN
    truths = conditions.truths(facts)
    found = truth_of(conditions.tree, truths)
    decisive = tuple(conditions.leaves[number] for number in deciding_leaves(conditions.tree, truths))
    assumed = [not leaf.origin.checked for leaf in decisive]
    return Assessment(
        result=_OF_TRUTH[_with_others(conditions, found)],
        findings=tuple(map(Finding, conditions.leaves, truths)),
        decisive=tuple(leaf.id for leaf in decisive),
        ask=tuple(_questions(conditions, truths)) if found is None else (),
        partial=conditions.partial,
        reasons=needed(conditions, truths, facts) if found is False else (),
        assumed=any(assumed) if found else bool(assumed) and all(assumed),
    )


def _with_others(conditions: Conditions, found: Truth) -> Truth:
    """Return what is known when the sources do not state all rules: what they state can only rule out."""
    return None if found and conditions.partial else found


def result_of(conditions: Conditions | None, facts: Facts) -> Eligibility:
    """Return what `assess` finds without saying why: for very many enterprises at once."""
    if conditions is None:
        return RULES_UNKNOWN.result
    found = truth_of(conditions.tree, conditions.truths(facts))
    return _OF_TRUTH[_with_others(conditions, found)]


def _questions(conditions: Conditions, truths: list[Truth]) -> Iterator[Question]:
    """Yield the facts of the open leaves: most often settled first, then the one that leaves least to ask."""
    facts = _open_facts(conditions, truths)
    if len(facts) == 1:
        yield Question(facts[0], 1.0)
        return
    weighed = [(fact, *_weight(conditions, truths, fact)) for fact in facts]
    weighed.sort(key=lambda each: (-each[1], each[2]))
    for fact, settles, _left in weighed:
        yield Question(fact, settles)


def _weight(conditions: Conditions, truths: list[Truth], fact: Fact) -> tuple[float, float]:
    """Return the share of the fact's answers that settle the result, and how many facts stay open on average."""
    settled = left = 0
    rows = conditions.answers[fact]
    for row in rows:
        supposed = truths.copy()
        for number, truth in zip(conditions.of_fact[fact], row, strict=True):
            supposed[number] = truth
        if truth_of(conditions.tree, supposed) is None:
            left += len(_open_facts(conditions, supposed))
        else:
            settled += 1
    return settled / len(rows), left / len(rows)


def _open_facts(conditions: Conditions, truths: list[Truth]) -> list[Fact]:
    return list(dict.fromkeys(conditions.leaves[n].fact for n in open_leaves(conditions.tree, truths)))
