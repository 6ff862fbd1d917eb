"""Changing the terms: a proposal is looked at, then put in force; every open clock follows at once.

All in the caller's one transaction. What can be proposed is `terms_proposals`.
"""

import secrets
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

from sqlalchemy.orm import Session

from helpdesk.models.amendment import TermsChange, TermsVersion
from helpdesk.policy.business_time import due_at, working_day
from helpdesk.policy.service_terms import ServiceTerms, terms_under
from helpdesk.services.equipment import Equipment
from helpdesk.services.reckoning import Move, Report, moves, reckon_all
from helpdesk.services.terms_proposals import Proposal
from helpdesk.services.timeline import Actor


class StaleTerms(Exception):
    """Somebody changed the terms after the preview; look again."""


def terms_of(proposal: Proposal, equipment: Equipment) -> ServiceTerms:
    """Return the terms that would hold."""
    return terms_under(equipment.shipped, proposal.amendments, equipment.terms.version + 1)


def as_if_always(proposal: Proposal, equipment: Equipment) -> ServiceTerms:
    """Return the terms that would hold, as if the proposed hours had held in the past too."""
    always = replace(proposal.amendments, former_openings=())
    return terms_under(equipment.shipped, always, equipment.terms.version + 1)


def refuse_endless(terms: ServiceTerms, *, now: datetime) -> None:
    """Raise NoWorkingTime when a promise made now, at a closure's or a year's begin, could never come due.

    Looked at for the desk and for every county that an organisation sits in, three years ahead.
    """
    begins = [now, *(c.starts_at for c in terms.calendar.closures if c.ends_at > now)]
    begins += [datetime(year, 1, 1, tzinfo=UTC) for year in terms.official_years if year > now.year]
    seats = {organisation.seat for organisation in terms.knowledge.organisations.values()}
    for calendar in {terms.calendar, *(terms.calendar.for_county(seat) for seat in seats if seat)}:
        day = working_day(calendar)
        longest = max(policy.target.length(day) for policy in terms.knowledge.policies.values())
        for begin in begins:
            due_at(calendar, begin, longest)


def moves_under(
    session: Session, proposal: Proposal, *, equipment: Equipment, now: datetime
) -> Iterator[Move]:
    """Yield the open clocks that would move; nothing is written. Raises NoWorkingTime."""
    terms = terms_of(proposal, equipment)
    refuse_endless(terms, now=now)
    return moves(session, terms, touching=proposal.touching, now=now)


def put_in_force(
    session: Session,
    proposal: Proposal,
    *,
    based_on: int,
    reason: str,
    actor: Actor,
    equipment: Equipment,
    now: datetime,
    report: Report = lambda done, total: None,
) -> TermsChange:
    """Make the proposal hold and move every open clock it touches; each move is a line in its case.

    `based_on` is the version that the preview saw. Raises StaleTerms when another one holds, NoWorkingTime.
    The caller holds the terms alone (`Hold.ALONE`).
    """
    held = session.get_one(TermsVersion, 1, populate_existing=True)
    if held.version != based_on:
        raise StaleTerms("預覽之後服務條件又有變更，請重新預覽。")
    change = TermsChange(
        id=held.version + 1, kind=proposal.kind, words=proposal.words, reason=reason,
        actor_id=actor.account_id, actor_name=actor.name, at=now, moved=0,
    )  # fmt: skip
    session.add(change)
    session.flush()
    proposal.write(session, change)
    held.version, held.token = change.id, secrets.token_hex(16)
    terms = terms_of(proposal, equipment)
    refuse_endless(terms, now=now)
    change.moved = reckon_all(
        session, terms, touching=proposal.touching, why=proposal.reason_for,
        actor=actor, now=now, report=report,
    )  # fmt: skip
    return change
