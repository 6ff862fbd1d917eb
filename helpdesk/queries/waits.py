"""The intervals in which clocks wait, as they are written down."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.models.case import Case
from helpdesk.models.referral import Referral
from helpdesk.models.service_clock import Pause, ServiceClock
from helpdesk.policy import instants
from helpdesk.policy.promises import WAITS_FOR_ENQUIRER, WAITS_ON_HOLD

Owner = tuple[int, int | None]
Waits = Mapping[Owner, tuple[instants.Pause, ...]]


def waits_of_cases(session: Session, case_ids: Iterable[int]) -> Waits:
    """Return the intervals of cases, and of each of their referrals, in order of time."""
    found: dict[Owner, list[instants.Pause]] = defaultdict(list)
    rows = select(Pause.case_id, Pause.referral_id, Pause.started_at, Pause.ended_at)
    for case_id, referral_id, started_at, ended_at in session.execute(
        rows.where(Pause.case_id.in_(case_ids)).order_by(Pause.started_at)
    ):
        found[case_id, referral_id].append((started_at, ended_at))
    return {owner: tuple(waits) for owner, waits in found.items()}


def owner_of(clock: ServiceClock) -> Owner | None:
    """Return whose waits hold this clock: its referral's holds, its case's waits for the enquirer, or none."""
    if clock.metric in WAITS_ON_HOLD:
        return clock.case_id, clock.referral_id
    return (clock.case_id, None) if clock.metric in WAITS_FOR_ENQUIRER else None


def holding(clock: ServiceClock, waits: Waits) -> tuple[instants.Pause, ...]:
    """Return the intervals that hold this clock."""
    owner = owner_of(clock)
    return waits.get(owner, ()) if owner else ()


def pauses_of(session: Session, clock: ServiceClock) -> Sequence[Pause]:
    """Return the pauses that hold one clock, in order of time."""
    owner = owner_of(clock)
    if owner is None:
        return []
    case_id, referral_id = owner
    mine = Pause.referral_id == referral_id if referral_id else Pause.referral_id.is_(None)
    return session.scalars(
        select(Pause).where(Pause.case_id == case_id, mine).order_by(Pause.started_at, Pause.id)
    ).all()


def waits_of(session: Session, clock: ServiceClock) -> tuple[instants.Pause, ...]:
    """Return the intervals that hold one clock, in order of time."""
    return tuple((pause.started_at, pause.ended_at) for pause in pauses_of(session, clock))


def open_wait(session: Session, case: Case, referral: Referral | None) -> Pause | None:
    """Return the interval that lasts, of the referral or of the case itself."""
    owner = Pause.referral_id == referral.id if referral else Pause.referral_id.is_(None)
    return session.scalars(
        select(Pause).where(Pause.case_id == case.id, owner, Pause.ended_at.is_(None))
    ).first()
