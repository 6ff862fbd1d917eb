"""What the desk tells an enterprise of a measure on a day, and for which measures other terms may tell it else.

Decides what counts as another answer: another edition, window or result. What conditions come to is
`eligibility`; which edition is spoken of is `matching`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from helpdesk.policy.condition_trees import Conditions
from helpdesk.policy.eligibility import Eligibility, result_of
from helpdesk.policy.fact_values import Facts
from helpdesk.policy.matching import edition_on
from helpdesk.policy.service_terms import ServiceTerms
from knowledge_base.lookup import window_state_on
from knowledge_base.records.vocabulary import WindowState


@dataclass(frozen=True, slots=True)
class Answer:
    """The edition that is spoken of, whether applications are taken, what its conditions come to.

    `known` is False where the rules of the edition are not known.
    """

    edition: str
    window: WindowState
    result: Eligibility
    known: bool


@dataclass(frozen=True, slots=True)
class Spoken:
    """A measure in the edition that is spoken of on a day."""

    edition: str
    window: WindowState
    conditions: Conditions | None

    def answer(self, facts: Facts) -> Answer:
        """Return what an enterprise of these facts is told."""
        result = result_of(self.conditions, facts)
        return Answer(self.edition, self.window, result, known=self.conditions is not None)


def spoken_on(terms: ServiceTerms, measures: Iterable[str], day: date) -> Mapping[str, Spoken]:
    """Return the measures that the terms know, as they stand on a day in Taipei."""
    known = terms.knowledge.measures
    editions = {name: edition_on(known[name], day) for name in measures if name in known}
    return {
        name: Spoken(edition.key, window_state_on(edition, day), terms.rules.get((name, edition.key)))
        for name, edition in editions.items()
    }


def measures_changed(before: ServiceTerms, after: ServiceTerms) -> frozenset[str]:
    """Return the measures with an edition whose window or conditions differ, shared criteria regarded."""
    ruled_before, ruled_after = _ruled(before), _ruled(after)
    keys = ruled_before.keys() | ruled_after.keys()
    return frozenset(key[0] for key in keys if ruled_before.get(key) != ruled_after.get(key))


def _ruled(terms: ServiceTerms) -> Mapping[tuple[str, str], object]:
    return {
        (measure.id, edition.key): (edition.window, terms.rules.get((measure.id, edition.key)))
        for measure in terms.knowledge.measures.values()
        for edition in measure.editions
    }
