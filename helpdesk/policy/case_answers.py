"""What the desk tells an enterprise of a measure on a day, and for which measures other terms may tell it else.

Decides what counts as another answer (another edition, window, result or amount) and which cases are told of a
measure at all. What conditions come to is `eligibility`; which edition is spoken of is the knowledge's `lookup`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from helpdesk.policy.answer_texts import amount_in_words
from helpdesk.policy.condition_trees import Conditions
from helpdesk.policy.eligibility import Eligibility, result_of
from helpdesk.policy.fact_values import Facts
from helpdesk.policy.service_terms import ServiceTerms
from knowledge_base.lookup import When, edition_at, window_state
from knowledge_base.records.vocabulary import Fact, WindowState


class AnswerGround(StrEnum):
    """Why a case is told of a measure: it asks about it, an open offer was judged by it, or it can be judged."""

    OWN = "own"
    REFERRAL = "referral"
    KNOWN = "known"


NOT_ENOUGH = frozenset({Fact.COUNTY, Fact.THEME})
"""Facts that a case has before anything is asked; by them alone nothing is judged."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The edition that is spoken of, whether applications are taken, what its conditions come to, for how much.

    `known` is False where the rules of the edition are not known.
    """

    edition: str
    window: WindowState
    result: Eligibility
    known: bool
    amounts: str = ""


@dataclass(frozen=True, slots=True)
class Spoken:
    """A measure in the edition that is spoken of on a day."""

    edition: str
    window: WindowState
    conditions: Conditions | None
    amounts: str = ""

    def answer(self, result: Eligibility) -> Answer:
        """Return what an enterprise is told for which the conditions come to this."""
        known = self.conditions is not None
        return Answer(self.edition, self.window, result, known=known, amounts=self.amounts)


@dataclass(frozen=True, slots=True)
class Told:
    """A measure as it is spoken of before and after; None where the terms do not know it."""

    was: Spoken | None
    becomes: Spoken | None
    same_conditions: bool
    """Most often it is the window that changed: then they are judged once."""

    def answers(self, facts: Facts) -> tuple[Answer | None, Answer | None]:
        """Return what an enterprise of these facts is told before and after."""
        old = self.was.answer(result_of(self.was.conditions, facts)) if self.was else None
        if self.becomes is None:
            return old, None
        if old and self.same_conditions:
            return old, self.becomes.answer(old.result)
        return old, self.becomes.answer(result_of(self.becomes.conditions, facts))


def told_on(before: ServiceTerms, after: ServiceTerms, when: When) -> Mapping[str, Told]:
    """Return the measures whose answers may differ, as they stand then under either terms."""
    measures = measures_changed(before, after)
    was, becomes = _spoken(before, measures, when), _spoken(after, measures, when)
    return {
        name: Told(
            old := was.get(name),
            new := becomes.get(name),
            bool(old and new and old.conditions == new.conditions),
        )
        for name in measures
    }


def _spoken(terms: ServiceTerms, measures: Iterable[str], when: When) -> Mapping[str, Spoken]:
    known = terms.knowledge.measures
    editions = {name: edition_at(known[name], when) for name in measures if name in known}
    return {
        name: Spoken(
            edition.key,
            window_state(edition, when),
            terms.rules.get((name, edition.key)),
            "；".join(map(amount_in_words, edition.amounts)),
        )
        for name, edition in editions.items()
    }


def enough_known(facts: Facts) -> bool:
    """Tell whether a case can be judged on measures that it does not ask about."""
    return not NOT_ENOUGH.issuperset(facts)


def told_else(old: Answer | None, new: Answer | None, ground: AnswerGround) -> bool:
    """Tell whether the answers differ for a case; one that only can be judged is not told of what it is
    excluded from, before and after.
    """
    excluded = all(answer and answer.result is Eligibility.NOT_ELIGIBLE for answer in (old, new))
    return old != new and not (excluded and ground is AnswerGround.KNOWN)


def measures_changed(before: ServiceTerms, after: ServiceTerms) -> frozenset[str]:
    """Return the measures with an edition whose window, conditions or amounts differ, shared criteria regarded."""
    ruled_before, ruled_after = _ruled(before), _ruled(after)
    keys = ruled_before.keys() | ruled_after.keys()
    return frozenset(key[0] for key in keys if ruled_before.get(key) != ruled_after.get(key))


def _ruled(terms: ServiceTerms) -> Mapping[tuple[str, str], object]:
    return {
        (measure.id, edition.key): (
            edition.window,
            terms.rules.get((measure.id, edition.key)),
            edition.amounts,
        )
        for measure in terms.knowledge.measures.values()
        for edition in measure.editions
    }
