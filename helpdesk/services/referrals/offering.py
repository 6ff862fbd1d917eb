"""Offering a case's need to an organisation, first or again."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from helpdesk.models.case import Case
from helpdesk.models.referral import Referral
from helpdesk.policy import lifecycle
from helpdesk.policy.eligibility_snapshot import snapshot_of
from helpdesk.policy.events import EventKind
from helpdesk.policy.lifecycle import CaseEvent
from helpdesk.policy.notices import Happening
from helpdesk.policy.promises import REFERRAL_CLOCKS
from helpdesk.policy.referral_lifecycle import MAX_OFFERS, ReferralEvent, ReferralStatus, advance
from helpdesk.policy.routing import Candidate, Candidates, Exclusion, candidates
from helpdesk.policy.text_rules import check_text
from helpdesk.queries.case_facts import facts_of
from helpdesk.queries.routing_facts import routing_facts
from helpdesk.services import consents, notifications, sla_clocks
from helpdesk.services.equipment import Equipment
from helpdesk.services.timeline import Actor, record
from knowledge_base.records.vocabulary import Metric

REFUSED_OFFERS = (ReferralStatus.DECLINED, ReferralStatus.EXPIRED)


class NotACandidate(Exception):
    """The organisation cannot be offered this case; carries why."""

    def __init__(self, organisation: str, because: tuple[Exclusion, ...]) -> None:
        super().__init__(f"{organisation}: {', '.join(because) or 'not of a wanted kind'}")
        self.organisation, self.because = organisation, because


class NeedsSupervisor(Exception):
    """Three offers were declined or expired: a supervisor decides on the next one."""


def propose(session: Session, case: Case, *, equipment: Equipment, now: datetime) -> Candidates:
    """Return who can act on the case, best first, and who cannot, each with reasons."""
    facts = routing_facts(session, case, equipment.knowledge, now=now)
    return candidates(facts, equipment.knowledge, equipment.terms.rules)


def offer(
    session: Session,
    case: Case,
    organisation: str,
    *,
    need: str,
    actor: Actor,
    equipment: Equipment,
    now: datetime,
    overrule: bool = False,
    parent: Referral | None = None,
) -> Referral:
    """Offer the case's need to one organisation; its people are told and its clock starts.

    Raises NotACandidate with the reasons, NeedsSupervisor after three refused offers unless
    `overrule`, IllegalCaseEvent for a case that is not sorted or is over, BadText for an empty need.
    """
    chosen = _candidate(propose(session, case, equipment=equipment, now=now), organisation)
    if not overrule and refused_offers(session, case) >= MAX_OFFERS:
        raise NeedsSupervisor("已有三次轉介被婉拒或逾期，請由督導決定下一步。")
    referral = Referral(
        case_id=case.id,
        parent_id=parent.id if parent else None,
        organisation=chosen.slug,
        kind=chosen.kind,
        status=advance(ReferralStatus.DRAFT, ReferralEvent.OFFER),
        need=check_text(need),
        reasons=list(chosen.reasons),
        offers=1,
        offered_at=now,
        outcome_figures={},
    )
    session.add(referral)
    session.flush()
    announce(session, case, referral, actor=actor, equipment=equipment, now=now)
    return referral


def draft(session: Session, parent: Referral, organisation: str, *, equipment: Equipment) -> Referral:
    """Write down an organisation's suggestion of another one; the desk offers it, or does not."""
    suggested = equipment.knowledge.organisations[organisation]
    by = equipment.knowledge.organisations[parent.organisation].short_name
    child = Referral(
        case_id=parent.case_id,
        parent_id=parent.id,
        organisation=suggested.slug,
        kind=suggested.kind,
        status=ReferralStatus.DRAFT,
        need=parent.need,
        reasons=[f"{by}建議再轉"],
        offers=0,
        outcome_figures={},
    )
    session.add(child)
    return child


def refuse_unfit(session: Session, referral: Referral, *, equipment: Equipment, now: datetime) -> None:
    """Raise NotACandidate, with the reasons, when a draft's organisation cannot be offered the case."""
    _candidate(propose(session, referral.case, equipment=equipment, now=now), referral.organisation)


def announce(
    session: Session, case: Case, referral: Referral, *, actor: Actor, equipment: Equipment, now: datetime
) -> None:
    """Record an offer just made, start the organisation's clock and tell its people.

    Raises IllegalCaseEvent for a case that cannot be offered now, NotACandidate without consent.
    """
    if referral.kind not in consents.valid_kinds(session, case):
        raise NotACandidate(referral.organisation, (Exclusion.NO_CONSENT,))
    case.status = lifecycle.advance(case.status, CaseEvent.OFFER)
    facts = facts_of(case, equipment.knowledge)
    referral.eligibility = snapshot_of(case.measure, facts, equipment.terms, now=now)
    record(session, case, EventKind.REFERRAL_OFFERED, actor=actor, now=now, referral=referral,
           organisation=referral.organisation, reasons=referral.reasons)  # fmt: skip
    sla_clocks.meet(session, case, (Metric.TRIAGE,), now=now)
    starts = REFERRAL_CLOCKS[ReferralEvent.OFFER].starts
    sla_clocks.start(session, case, starts, equipment=equipment, now=now, referral=referral)
    sla_clocks.resume(session, case, equipment=equipment, now=now)
    notifications.queue(
        session, Happening.REFERRAL_OFFERED, case, equipment=equipment, now=now, referral=referral
    )


def refused_offers(session: Session, case: Case) -> int:
    """Return how many offers of this case were declined or expired."""
    return (
        session.scalar(
            select(func.count())
            .select_from(Referral)
            .where(Referral.case_id == case.id, Referral.status.in_(REFUSED_OFFERS))
        )
        or 0
    )


def _candidate(found: Candidates, organisation: str) -> Candidate:
    for candidate in found.ranked:
        if candidate.slug == organisation:
            return candidate
    because = next((e.because for e in found.excluded if e.slug == organisation), ())
    raise NotACandidate(organisation, because)
