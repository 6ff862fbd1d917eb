"""Clocks as rows, written directly: any combination of instants, whether or not the desk would come to it."""

from datetime import datetime, timedelta
from itertools import count
from typing import Any

from sqlalchemy.orm import Session

from helpdesk.models.case import Case
from helpdesk.models.enterprise import Contact
from helpdesk.models.referral import Referral
from helpdesk.models.service_clock import ServiceClock
from helpdesk.policy.lifecycle import CaseStatus
from helpdesk.policy.referral_lifecycle import ReferralStatus
from knowledge_base.records.vocabulary import Category, Channel, Metric, Urgency
from tests.conftest import NOW

HOUR = timedelta(hours=1)
_numbers = count(1)


def a_case(session: Session, *, opened_at: datetime = NOW, contact: str = "王小姐", **changes: Any) -> Case:
    """Return a case of a contact whose enterprise is not known; its number is unique and no real one."""
    person = Contact(name=contact, phone="+886900000123", created_at=opened_at)
    session.add(person)
    session.flush()
    number = next(_numbers)
    given: dict[str, Any] = {
        "channel": Channel.HOTLINE, "category": Category.PROBLEM, "assignee_id": None, "subject": "廢熱回收",
    }  # fmt: skip
    made = Case(
        number=f"T{number}", status_key=f"t{number}", status=CaseStatus.OPEN, unfinished=True,
        urgency=Urgency.NORMAL, wants_verification=False, facts={}, contact_id=person.id,
        opened_at=opened_at, queue_at=opened_at, event_count=0, event_hash="", **{**given, **changes},
    )  # fmt: skip
    session.add(made)
    session.flush()
    return made


def a_referral(session: Session, case: Case, organisation: str = "pmc") -> Referral:
    """Return an offer of the case."""
    made = Referral(
        case_id=case.id, organisation=organisation, kind="counselling_team", status=ReferralStatus.OFFERED,
        need="請協助", reasons=[], offers=1, outcome_figures={},
    )  # fmt: skip
    session.add(made)
    session.flush()
    return made


def a_clock(
    session: Session, case: Case, metric: Metric = Metric.FIRST_RESPONSE, *,
    due_at: datetime | None = NOW + HOUR, referral: Referral | None = None, **instants: datetime | None,
) -> ServiceClock:  # fmt: skip
    """Return a clock of the case that is due in an hour and has not ended, unless told otherwise."""
    made = ServiceClock(
        case_id=case.id, referral_id=referral.id if referral else None, metric=metric, policy="default",
        calendar_version="", terms_version=0, started_at=case.opened_at, due_at=due_at, **instants,
    )  # fmt: skip
    session.add(made)
    session.flush()
    return made
