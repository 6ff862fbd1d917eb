"""What the routing rules need to know of a case, gathered from its rows."""

from datetime import datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from helpdesk.models.case import Case
from helpdesk.models.intake_record import Consent
from helpdesk.models.referral import Referral
from helpdesk.policy.referral_lifecycle import ReferralStatus
from helpdesk.policy.routing import RoutingFacts
from helpdesk.queries.case_facts import facts_of
from knowledge_base.knowledge import Knowledge
from knowledge_base.records.vocabulary import OrganisationKind

ACTED_WITHIN = timedelta(days=3 * 365 + 1)
UNTOUCHED = (ReferralStatus.DRAFT, ReferralStatus.VOIDED)


def routing_facts(session: Session, case: Case, knowledge: Knowledge, *, now: datetime) -> RoutingFacts:
    """Return the facts; who was tried, who advised and who verified comes from the referrals."""
    enterprise = case.enterprise
    consented = session.scalars(
        select(Consent.organisation_kind).where(Consent.case_id == case.id, Consent.withdrawn_at.is_(None))
    )
    tried = session.scalars(
        select(Referral.organisation).where(Referral.case_id == case.id, Referral.status.not_in(UNTOUCHED))
    )
    return RoutingFacts(
        category=case.category,
        theme=case.theme,
        sector=enterprise.sector if enterprise else None,
        county=enterprise.county if enterprise else None,
        regular_employees=enterprise.regular_employees if enterprise else None,
        measure=case.measure,
        wants_verification=case.wants_verification,
        consented=frozenset(OrganisationKind(kind) for kind in consented),
        tried=frozenset(tried),
        advised_by=_involved(session, case, OrganisationKind.COUNSELLING_TEAM, knowledge, now),
        verified_by=_involved(session, case, OrganisationKind.VERIFICATION_BODY, knowledge, now),
        known=facts_of(case, knowledge),
        on=now,
    )


def _involved(
    session: Session, case: Case, kind: OrganisationKind, knowledge: Knowledge, now: datetime
) -> dict[str, str]:
    """Return the legal entities that acted on this case, or for its enterprise in the past three years.

    Each with the number of the case and the organisation's name. Source: 查驗機構管理辦法 §25 I (1)(2).
    """
    same = Referral.case_id == case.id
    if case.enterprise_id is not None:
        recently = (Case.enterprise_id == case.enterprise_id) & (
            or_(Referral.ended_at.is_(None), Referral.ended_at >= now - ACTED_WITHIN)
        )
        same = or_(same, recently)
    rows = session.execute(
        select(Referral.organisation, Case.number)
        .join(Case, Case.id == Referral.case_id)
        .where(
            same, Referral.kind == kind, Referral.accepted_at.is_not(None), Referral.status.not_in(UNTOUCHED)
        )
        .order_by(Referral.id)
    )
    did = "輔導" if kind is OrganisationKind.COUNSELLING_TEAM else "查證"
    involved = {}
    for slug, number in rows:
        organisation = knowledge.organisations[slug]
        involved[organisation.legal_entity] = f"{organisation.short_name}曾{did}（案件 {number}）"
    return involved
