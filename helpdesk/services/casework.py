"""What an agent does with a case: take it, answer, ask, note, resolve, close, reopen, hear back."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from helpdesk.models.account import Account
from helpdesk.models.case import Case, Message
from helpdesk.models.case import CaseEvent as CaseLine
from helpdesk.models.referral import Referral
from helpdesk.policy import lifecycle
from helpdesk.policy.conversation import MessageKind
from helpdesk.policy.events import EventKind
from helpdesk.policy.lifecycle import UNFINISHED, CaseEvent, CaseStatus
from helpdesk.policy.notices import Happening
from helpdesk.policy.promises import CALL_ATTEMPTS, RESOLVING
from helpdesk.policy.referral_lifecycle import OPEN
from helpdesk.policy.text_rules import check_text
from helpdesk.services import notifications, sla_clocks
from helpdesk.services.equipment import Equipment
from helpdesk.services.reckoning import reckon
from helpdesk.services.timeline import ENQUIRER, Actor, acting, record
from knowledge_base.records.vocabulary import Metric, Theme, Urgency


class ReferralsOpen(Exception):
    """A case cannot be resolved while an organisation still acts on it."""


def locked(session: Session, number: str) -> Case | None:
    """Return the case for changing it, as it is now; other writers wait until this transaction ends."""
    wanted = select(Case).where(Case.number == number).with_for_update(of=Case)
    return session.scalars(wanted, execution_options={"populate_existing": True}).first()


def assign(
    session: Session, case: Case, assignee: Account | None, *, account: Account, now: datetime
) -> None:
    """Give the case to somebody, or back to the desk. Idempotent."""
    if case.assignee is assignee:
        return
    case.assignee = assignee
    record(session, case, EventKind.CASE_ASSIGNED, actor=acting(account), now=now,
           to=assignee.display_name if assignee else None)  # fmt: skip


def answer(
    session: Session,
    case: Case,
    body: str,
    *,
    account: Account,
    equipment: Equipment,
    now: datetime,
    asks: bool = False,
) -> Message:
    """Send the enquirer an answer; with `asks` it is a question, and the case waits for them.

    Meets the first response; raises BadText for an empty body, IllegalCaseEvent for a case
    that cannot wait now.
    """
    message = _write(
        session, case, MessageKind.QUESTION if asks else MessageKind.ANSWER, body, account.display_name, now
    )
    if asks:
        _move(case, CaseEvent.ASK)
        sla_clocks.pause(session, case, reason="待業者回覆", equipment=equipment, now=now)
    if case.assignee is None:
        assign(session, case, account, account=account, now=now)
    kind = EventKind.CASE_ASKED if asks else EventKind.CASE_ANSWERED
    record(session, case, kind, actor=acting(account), now=now, message_id=message.id)
    sla_clocks.meet(session, case, (Metric.FIRST_RESPONSE, *_decided(case)), now=now)
    notifications.queue(session, Happening.ANSWER_GIVEN, case, equipment=equipment, now=now, message=message)
    return message


def note(session: Session, case: Case, body: str, *, account: Account, now: datetime) -> Message:
    """Keep an internal note that neither enquirer nor organisations ever see."""
    message = _write(session, case, MessageKind.NOTE, body, account.display_name, now)
    record(session, case, EventKind.CASE_NOTED, actor=acting(account), now=now, message_id=message.id)
    return message


def hear(
    session: Session, case: Case, body: str, *, equipment: Equipment, now: datetime, actor: Actor = ENQUIRER
) -> Message:
    """Take in a word from the enquirer: a waiting or resolved case is open again.

    Another `actor` wrote down what the enquirer said on the telephone.

    Raises IllegalCaseEvent for a closed case, which needs a new inquiry.
    """
    resolved = case.resolved_at is not None
    _move(case, CaseEvent.HEAR)
    message = _write(session, case, MessageKind.ENQUIRER, body, ENQUIRER.name, now)
    record(session, case, EventKind.CASE_HEARD, actor=actor, now=now, message_id=message.id)
    sla_clocks.resume(session, case, equipment=equipment, now=now)
    if case.status is CaseStatus.OPEN and _acted_on(session, case):
        _move(case, CaseEvent.OFFER)
    if resolved:
        _start_again(session, case, equipment, now)
    notifications.queue(session, Happening.ENQUIRER_WROTE, case, equipment=equipment, now=now)
    return message


def reached(session: Session, case: Case, *, account: Account, now: datetime) -> None:
    """Note that the caller was called back and reached; that is also the first response."""
    record(session, case, EventKind.CALL_REACHED, actor=acting(account), now=now)
    sla_clocks.meet(session, case, (Metric.CALLBACK, Metric.FIRST_RESPONSE), now=now)


def not_reached(session: Session, case: Case, *, account: Account, now: datetime) -> int:
    """Note a call back that reached nobody and return how many there were; the third one is enough.

    Source: sla rules, `callback` runs until somebody reached the caller or three attempts failed.
    """
    running = [clock for clock in sla_clocks.open_clocks(session, case) if clock.metric is Metric.CALLBACK]
    since = min((clock.started_at for clock in running), default=now)
    attempts = (
        1
        + session.scalars(
            select(func.count())
            .select_from(CaseLine)
            .where(
                CaseLine.case_id == case.id, CaseLine.kind == EventKind.CALL_ATTEMPTED, CaseLine.at >= since
            )
        ).one()
    )
    record(session, case, EventKind.CALL_ATTEMPTED, actor=acting(account), now=now, attempt=attempts)
    if attempts >= CALL_ATTEMPTS:
        sla_clocks.meet(session, case, (Metric.CALLBACK,), now=now)
    return attempts


def resolve(
    session: Session, case: Case, *, summary: str, account: Account, equipment: Equipment, now: datetime
) -> None:
    """End the work with a summary that the enquirer reads.

    Raises ReferralsOpen, BadText for an empty summary, IllegalCaseEvent.
    """
    if _acted_on(session, case):
        raise ReferralsOpen("還有單位正在處理這件轉介，請先等它完成，或收回、取消轉介。")
    _move(case, CaseEvent.RESOLVE)
    message = _write(session, case, MessageKind.ANSWER, summary, account.display_name, now)
    case.resolved_at = now
    record(session, case, EventKind.CASE_RESOLVED, actor=acting(account), now=now, message_id=message.id)
    sla_clocks.resume(session, case, equipment=equipment, now=now)
    sla_clocks.meet(session, case, RESOLVING.meets, now=now)
    sla_clocks.cancel(session, case, RESOLVING.cancels, now=now)
    notifications.queue(session, Happening.CASE_RESOLVED, case, equipment=equipment, now=now, message=message)


def close(session: Session, case: Case, *, actor: Actor, now: datetime) -> None:
    """Put a resolved case away. Raises IllegalCaseEvent."""
    _move(case, CaseEvent.CLOSE)
    record(session, case, EventKind.CASE_CLOSED, actor=actor, now=now)


def reopen(session: Session, case: Case, *, account: Account, equipment: Equipment, now: datetime) -> None:
    """Take a resolved or closed case up again; a new resolution clock counts from now."""
    _move(case, CaseEvent.REOPEN)
    record(session, case, EventKind.CASE_REOPENED, actor=acting(account), now=now)
    _start_again(session, case, equipment, now)


def correct_details(
    session: Session,
    case: Case,
    *,
    urgency: Urgency,
    theme: Theme | None,
    measure: str | None,
    wants_verification: bool,
    account: Account,
    equipment: Equipment,
    now: datetime,
) -> None:
    """Change what routing and promises depend on; what changed is in the history."""
    after = {"urgency": urgency, "theme": theme, "measure": measure, "wants_verification": wants_verification}
    changed = {
        name: [getattr(case, name), value] for name, value in after.items() if getattr(case, name) != value
    }
    if not changed:
        return
    for name, value in after.items():
        setattr(case, name, value)
    record(session, case, EventKind.CASE_DETAILS, actor=acting(account), now=now, changed=changed)
    if "urgency" in changed:
        why = "改為急件" if urgency is Urgency.URGENT else "改為一般件"
        reckon(session, case, equipment.terms, now=now, why=why, actor=acting(account))


def _start_again(session: Session, case: Case, equipment: Equipment, now: datetime) -> None:
    case.resolved_at = None
    sla_clocks.start(session, case, (Metric.RESOLUTION,), equipment=equipment, now=now)


def _acted_on(session: Session, case: Case) -> bool:
    """Tell whether an organisation has the case in hand, or an offer of it."""
    still_open = select(Referral.id).where(Referral.case_id == case.id, Referral.status.in_(OPEN))
    return session.scalars(still_open.limit(1)).first() is not None


def _decided(case: Case) -> tuple[Metric, ...]:
    """Return the triage clock when the category is settled: answering is deciding the next step."""
    return (Metric.TRIAGE,) if case.category is not None else ()


def _move(case: Case, event: CaseEvent) -> None:
    case.status = lifecycle.advance(case.status, event)
    case.unfinished = case.status in UNFINISHED


def _write(session: Session, case: Case, kind: MessageKind, body: str, author: str, now: datetime) -> Message:
    message = Message(case_id=case.id, kind=kind, body=check_text(body), author_name=author, at=now)
    session.add(message)
    session.flush()
    return message
