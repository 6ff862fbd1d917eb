"""Which open cases are told something else under other terms, one part of them at a time.

A case asks about its measure; while a referral of it is open, also about the one that the offer was judged by.
Of every other measure it is told what its facts come to, as soon as enough is known of it.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session, joinedload, load_only

from helpdesk.models.case import Case
from helpdesk.models.enterprise import Enterprise
from helpdesk.models.referral import Referral
from helpdesk.policy.case_answers import Answer, AnswerGround, enough_known, told_else, told_on
from helpdesk.policy.referral_lifecycle import OPEN
from helpdesk.policy.service_terms import ServiceTerms
from helpdesk.queries.case_facts import OF_ENTERPRISE, facts_of
from knowledge_base.lookup import When

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
    ground: AnswerGround = AnswerGround.OWN

    @property
    def amounts_only(self) -> bool:
        """Tell whether nothing but the money differs."""
        if self.before is None or self.after is None:
            return False
        return self.before == replace(self.after, amounts=self.before.amounts)


@dataclass(frozen=True, slots=True)
class AnswersChanged:
    """How many answers change, how many for each ground, and the first of them."""

    total: int
    shown: tuple[AnswerChange, ...]
    of: Mapping[AnswerGround, int] = field(default_factory=dict)


def counted(changes: Iterable[AnswerChange]) -> AnswersChanged:
    """Keep the first, those that ask or are offered before those that only can be judged, and count the rest."""
    asked: list[AnswerChange] = []
    others: list[AnswerChange] = []
    of: Counter[AnswerGround] = Counter()
    for change in changes:
        of[change.ground] += 1
        kept = others if change.ground is AnswerGround.KNOWN else asked
        if len(kept) < MOST_SHOWN:
            kept.append(change)
    shown = tuple([*asked, *others][:MOST_SHOWN])
    return AnswersChanged(of.total(), shown, {ground: of[ground] for ground in AnswerGround if of[ground]})


def answer_changes(
    session: Session, before: ServiceTerms, after: ServiceTerms, when: When
) -> Iterator[AnswerChange]:
    """Yield every unfinished case and measure whose answer then differs, in the order of cases."""
    told = told_on(before, after, when)
    for case, judged in _cases(session, told) if told else ():
        facts = facts_of(case, after.knowledge)
        asked = {case.measure, *judged}
        for measure in sorted(told if enough_known(facts) else told.keys() & asked):
            ground = AnswerGround.KNOWN
            if measure in asked:
                ground = AnswerGround.OWN if measure == case.measure else AnswerGround.REFERRAL
            old, new = told[measure].answers(facts)
            if told_else(old, new, ground):
                name = case.enterprise.name if case.enterprise else None
                yield AnswerChange(case.number, name, measure, old, new, ground)


def _cases(session: Session, measures: Iterable[str]) -> Iterator[tuple[Case, Set[str]]]:
    """Yield the unfinished cases with the measures that their open offers were judged by."""
    last = 0
    while True:
        part = _part(session, last)
        judged = _judged(session, [case.id for case in part], measures)
        for case in part:
            yield case, judged[case.id]
        if len(part) < CASES_AT_ONCE:
            return
        last = part[-1].id


def _part(session: Session, last: int) -> Sequence[Case]:
    """Return the next part of the unfinished cases, after case `last`."""
    of_enterprise = (Enterprise.name, *(getattr(Enterprise, fact.value) for fact in OF_ENTERPRISE))
    found = (
        select(Case)
        .options(
            load_only(Case.number, Case.measure, Case.theme, Case.facts),
            joinedload(Case.enterprise).load_only(*of_enterprise),
        )
        .where(Case.unfinished, Case.id > last)
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
