"""Things that tests need, valid by default; say only what matters to the test."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from itertools import count
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.models.account import Account
from helpdesk.models.case import Case, CaseCounter
from helpdesk.models.referral import Referral
from helpdesk.models.service_clock import ServiceClock
from helpdesk.policy.blind_sample import in_blind_sample
from helpdesk.policy.case_number import format_case_number
from helpdesk.policy.referral_lifecycle import ReferralEvent, Side
from helpdesk.policy.submission import ContactFacts, EnterpriseFacts, Submission
from helpdesk.runtime import Runtime
from helpdesk.services import intake, triage
from helpdesk.services.referrals import acting, offering
from helpdesk.services.timeline import Actor
from helpdesk.services.timeline import acting as actor_of
from knowledge_base.records.vocabulary import Category, Channel, Metric, OrganisationKind

TARGET = frozenset({Side.TARGET})
TEXT = "客戶要求我們提供碳排放資料，不知道從哪裡開始。"
_keys = count(1)


def submission(*, text: str = TEXT, key: str | None = None, **changes: Any) -> Submission:
    """Return an inquiry of a machine maker in 臺中市 who agreed to every kind of organisation."""
    given: dict[str, Any] = {
        "channel": Channel.MOBILE_FORM,
        "enterprise": EnterpriseFacts("00000011", "範例精密機械股份有限公司", "臺中市", "機械", 35),
        "contact": ContactFacts("王小姐", "+886900000123", None),
        "consent": frozenset(OrganisationKind),
    }
    return Submission(text=text, idempotency_key=key or f"test:{next(_keys)}", **{**given, **changes})


def case(
    session: Session, runtime: Runtime, *, now: datetime, agent: Account | None = None, **changes: Any
) -> Case:
    """Take an inquiry in and return its case."""
    return intake.receive(session, submission(**changes), equipment=runtime, now=now, agent=agent).case


def next_case_is_blind(session: Session) -> None:
    """Let the next number that is given out in 115 be one of the blind sample."""
    sequence = next(n for n in count(1) if in_blind_sample(format_case_number(115, n)))
    session.merge(CaseCounter(roc_year=115, last=sequence - 1))
    session.flush()


def blind_case(session: Session, runtime: Runtime, *, now: datetime, **changes: Any) -> Case:
    """Take an inquiry in that a person sorts without the model's view."""
    next_case_is_blind(session)
    return case(session, runtime, now=now, **changes)


def sorted_case(
    session: Session,
    runtime: Runtime,
    *,
    account: Account,
    now: datetime,
    category: Category = Category.PROBLEM,
    **changes: Any,
) -> Case:
    """Return a case that a person has sorted."""
    made = case(session, runtime, now=now, **changes)
    triage.sort_by_person(session, made, category, equipment=runtime, account=account, now=now)
    return made


def offered(
    session: Session,
    runtime: Runtime,
    made: Case,
    *,
    account: Account,
    now: datetime,
    organisation: str = "pmc",
) -> Referral:
    """Offer a sorted case to an organisation."""
    return offering.offer(
        session, made, organisation, need="請協助診斷。", actor=actor_of(account), equipment=runtime, now=now
    )


def answered(
    session: Session,
    runtime: Runtime,
    referral: Referral,
    events: Iterable[ReferralEvent],
    *,
    now: datetime,
    given: Mapping[str, Any] | None = None,
) -> Referral:
    """Let the organisation cause events in turn, each with all that any of them must carry."""
    for event in events:
        acting.apply(
            session, referral, event, {"contacted_at": now, "text": "說明", **(given or {})},
            sides=TARGET, actor=Actor("單位窗口"), equipment=runtime, now=now,
        )  # fmt: skip
    return referral


def clock_of(session: Session, made: Case, metric: Metric) -> ServiceClock:
    """Return the clock of a case for a metric, the newest where there are several."""
    session.flush()
    found = select(ServiceClock).where(ServiceClock.case_id == made.id, ServiceClock.metric == metric)
    return session.scalars(found.order_by(ServiceClock.id.desc()).limit(1)).one()
