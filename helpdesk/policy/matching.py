"""Which of all measures fit: each judged on a day or for a past year, grouped, with where to turn instead.

What a condition comes to is `eligibility`; how a window stands is the knowledge base's `lookup`.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from helpdesk.policy.eligibility import Assessment, Eligibility, RuleBook, assess
from helpdesk.policy.fact_values import Facts
from knowledge_base.knowledge import Knowledge
from knowledge_base.lookup import When, closes_at, edition_at, edition_of_year, window_state
from knowledge_base.records.measures import Edition, Measure
from knowledge_base.records.vocabulary import Fact, MeasureKind, Theme, WindowState


class MatchGroup(StrEnum):
    """Where a measure stands in the answer, in the order in which the desk reads it."""

    ELIGIBLE = "eligible"
    NEED_MORE_INFO = "need_more_info"
    NOT_ELIGIBLE = "not_eligible"
    NOT_OPEN = "not_open"


_BEST_FIRST = (Eligibility.ELIGIBLE, Eligibility.NEED_MORE_INFO, Eligibility.NOT_ELIGIBLE)


@dataclass(frozen=True, slots=True)
class Match:
    """One measure in one edition, judged.

    `nearest` is another measure that is not excluded, for one that is; `successor` what followed a closed one.
    """

    measure: Measure
    edition: Edition
    window: WindowState
    assessment: Assessment
    group: MatchGroup
    nearest: Measure | None = None
    successor: Measure | None = None


@dataclass(frozen=True, slots=True)
class Matches:
    """All measures by group, best first, and what to ask next: the fact that settles most of them first."""

    groups: Mapping[MatchGroup, tuple[Match, ...]]
    questions: tuple[Fact, ...]

    def of(self, measure_id: str) -> Match | None:
        """Return the match of one measure; None when it has no edition then."""
        everything = (match for group in self.groups.values() for match in group)
        return next((match for match in everything if match.measure.id == measure_id), None)


def match_on(knowledge: Knowledge, rules: RuleBook, facts: Facts, when: When) -> Matches:
    """Return all measures as they stand now, or on a day in Taipei, each in the edition to speak of then."""
    return _matched(knowledge, rules, facts, when, lambda measure: edition_at(measure, when), by_window=True)


def match_year(knowledge: Knowledge, rules: RuleBook, facts: Facts, roc_year: int, when: When) -> Matches:
    """Return the measures of a ROC year, whatever their windows, as they stand then.

    It answers what the enterprise could have had.
    """
    chosen = {measure.id: edition_of_year(measure, roc_year) for measure in knowledge.measures.values()}
    return _matched(knowledge, rules, facts, when, lambda measure: chosen[measure.id], by_window=False)


def judge(
    knowledge: Knowledge, rules: RuleBook, measure: Measure, facts: Facts, edition: Edition, when: When
) -> Match:
    """Return one measure judged in one edition, with where to turn instead."""
    judged = {
        other.id: _judged(rules, other, edition_at(other, when), facts, when, by_window=True)
        for other in knowledge.measures.values()
    }
    judged[measure.id] = _judged(rules, measure, edition, facts, when, by_window=True)
    return _WaysOn(judged, knowledge, when).added_to(judged[measure.id])


def _matched(
    knowledge: Knowledge,
    rules: RuleBook,
    facts: Facts,
    when: When,
    edition_for: Callable[[Measure], Edition | None],
    *,
    by_window: bool,
) -> Matches:
    judged = {
        measure.id: _judged(rules, measure, edition, facts, when, by_window=by_window)
        for measure in knowledge.measures.values()
        if (edition := edition_for(measure)) is not None
    }
    groups: dict[MatchGroup, list[Match]] = defaultdict(list)
    ways_on = _WaysOn(judged, knowledge, when)
    for match in judged.values():
        groups[match.group].append(ways_on.added_to(match))
    ranked = {group: tuple(sorted(groups[group], key=lambda m: _rank(m, facts))) for group in MatchGroup}
    return Matches(ranked, _worth_asking(ranked[MatchGroup.NEED_MORE_INFO]))


def _judged(
    rules: RuleBook, measure: Measure, edition: Edition, facts: Facts, when: When, *, by_window: bool
) -> Match:
    assessment = assess(rules.get((measure.id, edition.key)), facts)
    window = window_state(edition, when)
    shut = by_window and window is not WindowState.OPEN
    group = MatchGroup.NOT_OPEN if shut else MatchGroup(assessment.result.value)
    return Match(measure, edition, window, assessment, group)


class _WaysOn:
    """Where to turn instead, among measures that were judged together."""

    def __init__(self, judged: Mapping[str, Match], knowledge: Knowledge, when: When) -> None:
        self._judged, self._knowledge, self._when = judged, knowledge, when
        self._possible = [m for m in judged.values() if m.assessment.result is not Eligibility.NOT_ELIGIBLE]
        self._likest: dict[tuple[MeasureKind, frozenset[Theme]], Measure | None] = {}

    def added_to(self, match: Match) -> Match:
        """Return the match with the nearest other measure and the successor, as far as it needs them."""
        nearest = successor = None
        if match.assessment.result is Eligibility.NOT_ELIGIBLE:
            nearest = self._nearest(match.measure)
        if match.window in {WindowState.CLOSED_BY_DATE, WindowState.CLOSED_BY_FUNDS}:
            successor = self._successor(match.measure)
        return replace(match, nearest=nearest, successor=successor)

    def _nearest(self, measure: Measure) -> Measure | None:
        """Return the nearest measure that is not excluded: a declared alternative, else the likest."""
        for name in measure.alternatives:
            other = self._judged.get(name)
            if other and other.assessment.result is not Eligibility.NOT_ELIGIBLE:
                return other.measure
        like = measure.kind, _themes(measure)
        if like not in self._likest:
            self._likest[like] = self._most_like(*like)
        return self._likest[like]

    def _most_like(self, kind: MeasureKind, themes: frozenset[Theme]) -> Measure | None:
        """Return, of what is possible: known rules first, then an open window, the kind, a theme in common."""

        def distance(other: Match) -> tuple[bool, bool, bool, bool]:
            return (
                not other.assessment.known,
                other.window is not WindowState.OPEN,
                other.measure.kind is not kind,
                not themes & _themes(other.measure),
            )

        return min(self._possible, key=distance).measure if self._possible else None

    def _successor(self, measure: Measure) -> Measure | None:
        """Follow the successors, past those that are excluded, to the first that is open, else to the last."""
        seen = {measure.id}
        found = None
        while measure.successor and measure.successor not in seen:
            measure = self._knowledge.measures[measure.successor]
            seen.add(measure.id)
            judged = self._judged.get(measure.id)
            if judged and judged.assessment.result is Eligibility.NOT_ELIGIBLE:
                continue
            found = measure
            if window_state(edition_at(measure, self._when), self._when) is WindowState.OPEN:
                break
        return found


def _themes(measure: Measure) -> frozenset[Theme]:
    return frozenset(text.theme for text in measure.themes if text.theme)


def _rank(match: Match, facts: Facts) -> tuple[int, bool, bool, int, datetime]:
    """Best result first, known rules, the enterprise's theme, the fewest questions, the nearest deadline."""
    theme = facts.get(Fact.THEME)
    suits = theme is None or theme in _themes(match.measure)
    closing = closes_at(match.edition)
    result = _BEST_FIRST.index(match.assessment.result)
    return result, not match.assessment.known, not suits, len(match.assessment.ask), closing


def _worth_asking(matches: Sequence[Match]) -> tuple[Fact, ...]:
    """Return the facts that these measures wait for: by how much of them they settle together."""
    settles: dict[Fact, float] = defaultdict(float)
    for match in matches:
        for question in match.assessment.ask:
            settles[question.fact] += question.settles
    return tuple(sorted(settles, key=lambda fact: -settles[fact]))
