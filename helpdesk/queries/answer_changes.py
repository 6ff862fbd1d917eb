"""Which open cases are told something else of their measure under other terms, one part of them at a time.

A case asks about its measure; while a referral of it is open, also about the one that the offer was judged by.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice

from sqlalchemy import ColumnElement, exists, or_, select
from sqlalchemy.orm import Session, joinedload, load_only

from helpdesk.models.case import Case
from helpdesk.models.enterprise import Enterprise
from helpdesk.models.referral import Referral
from helpdesk.policy.case_answers import Answer, Spoken, measures_changed, spoken_on
from helpdesk.policy.fact_values import Facts
from helpdesk.policy.referral_lifecycle import OPEN
from helpdesk.policy.service_terms import ServiceTerms
from helpdesk.queries.case_facts import OF_ENTERPRISE, facts_of

CASES_AT_ONCE = 1_000
MOST_SHOWN = 100

JUDGED = Referral.eligibility["measure"].as_string()
"""The measure that an offer was judged by."""


@dataclass(frozen=True, slots=True)
class AnswerChange:
    """One open case whose answer on a measure differs; None where the catalogue does not have it."""

    number: str
    enterprise: str | None
    measure: str
    before: Answer | None
    after: Answer | None


@dataclass(frozen=True, slots=True)
class AnswersChanged:
    """How many answers change, and the first of them."""

    total: int
    shown: tuple[AnswerChange, ...]


def counted(changes: Iterator[AnswerChange]) -> AnswersChanged:
    """Keep the first and count the rest."""
    shown = tuple(islice(changes, MOST_SHOWN))
    return AnswersChanged(len(shown) + sum(1 for _ in changes), shown)


def answer_changes(
    session: Session, before: ServiceTerms, after: ServiceTerms, day: date
) -> Iterator[AnswerChange]:
    """Yield every unfinished case and measure whose answer on a day in Taipei differs, in the order of cases."""
    measures = measures_changed(before, after)
    was, becomes = spoken_on(before, measures, day), spoken_on(after, measures, day)
    last = 0
    while measures:
        part = _cases(session, measures, last)
        judged = _judged(session, [case.id for case in part], measures)
        for case in part:
            facts = facts_of(case, after.knowledge)
            for measure in sorted({case.measure or "", *judged[case.id]} & measures):
                old, new = _answer(was.get(measure), facts), _answer(becomes.get(measure), facts)
                if old != new:
                    name = case.enterprise.name if case.enterprise else None
                    yield AnswerChange(case.number, name, measure, old, new)
        if len(part) < CASES_AT_ONCE:
            return
        last = part[-1].id


def _answer(spoken: Spoken | None, facts: Facts) -> Answer | None:
    return spoken.answer(facts) if spoken else None


def _cases(session: Session, measures: Iterable[str], last: int) -> Sequence[Case]:
    """Return the next part of the unfinished cases that ask about these measures, after case `last`."""
    of_enterprise = (Enterprise.name, *(getattr(Enterprise, fact.value) for fact in OF_ENTERPRISE))
    found = (
        select(Case)
        .options(
            load_only(Case.number, Case.measure, Case.theme, Case.facts),
            joinedload(Case.enterprise).load_only(*of_enterprise),
        )
        .where(Case.unfinished, Case.id > last)
        .where(
            or_(
                Case.measure.in_(measures), exists().where(Referral.case_id == Case.id, *_judged_by(measures))
            )
        )
    )
    return session.scalars(found.order_by(Case.id).limit(CASES_AT_ONCE)).all()


def _judged(session: Session, case_ids: Sequence[int], measures: Iterable[str]) -> Mapping[int, set[str]]:
    """Return by case the measures that offers still open were judged by."""
    judged: dict[int, set[str]] = defaultdict(set)
    wanted = select(Referral.case_id, JUDGED).where(Referral.case_id.in_(case_ids), *_judged_by(measures))
    for case_id, measure in session.execute(wanted):
        judged[case_id].add(measure)
    return judged


def _judged_by(measures: Iterable[str]) -> tuple[ColumnElement[bool], ...]:
    return Referral.eligibility.is_not(None), Referral.status.in_(OPEN), JUDGED.in_(measures)
