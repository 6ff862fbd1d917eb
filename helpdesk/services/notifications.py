"""Writing messages into the outbox, in the transaction of the change that causes them."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from helpdesk.models.account import Account
from helpdesk.models.case import Case
from helpdesk.models.outbox import Notification
from helpdesk.models.referral import Referral
from helpdesk.models.service_clock import ServiceClock
from helpdesk.policy.delivery import DeliveryState
from helpdesk.policy.notices import (
    NOTICES,
    Address,
    Audience,
    Happening,
    MessageChannel,
    address_of,
    greeting,
)
from helpdesk.policy.permissions import Role
from helpdesk.policy.text_messages import UnregisteredContent, check_text_message, next_sending_instant
from helpdesk.policy.time_in_words import roc_datetime
from helpdesk.services.equipment import Equipment
from knowledge_base.knowledge import Knowledge

NAMED = 50
"""So many broken promises are named in a digest, the others counted."""

OUTBOX_FILLED = "outbox_filled"
"""Set in `session.info` when messages were written: whoever commits wakes the worker."""

TEMPLATES = Path(__file__).resolve().parents[2] / "templates" / "notices"


def queue(
    session: Session,
    happening: Happening,
    case: Case,
    *,
    equipment: Equipment,
    now: datetime,
    referral: Referral | None = None,
    on_the_phone: bool = False,
    **facts: Any,
) -> list[Notification]:
    """Write one message for everybody who is told of `happening`; nobody to reach writes none.

    An enquirer who is `on_the_phone` hears it there: nobody has to call again.
    """
    rows = []
    for audience in NOTICES[happening]:
        for address in _addresses(session, audience, case, referral, equipment):
            row = _message(happening, audience, address, case, equipment, now, referral=referral, **facts)
            if row.channel is MessageChannel.PERSON:
                # One call tells the newest state.
                withdraw_unsent(session, case, channel=MessageChannel.PERSON)
                if on_the_phone:
                    continue
            if happening is Happening.CASE_OPENED and _texted_today(session, row, now):
                continue
            session.add(row)
            rows.append(row)
    if rows:
        session.info[OUTBOX_FILLED] = True
    return rows


def queue_digest(
    session: Session,
    broken: Sequence[tuple[ServiceClock, Case, Referral | None]],
    *,
    equipment: Equipment,
    now: datetime,
) -> int:
    """Write one message to each supervisor about all the broken promises; return how many were written.

    What still runs comes first, each part oldest first.
    """
    running = [row for row in broken if row[0].met_at is None and row[0].cancelled_at is None]
    over = [row for row in broken if row not in running]
    supervisors = select(Account.email).where(Account.role == Role.SUPERVISOR, Account.active)
    mails = session.scalars(supervisors.order_by(Account.id)).all()
    for mail in mails:
        address = Address(MessageChannel.EMAIL, mail)
        session.add(
            _message(
                Happening.BREACH_DIGEST, Audience.SUPERVISORS, address, None, equipment, now,
                running=len(running), over=len(over), named=[*running, *over][:NAMED],
            )
        )  # fmt: skip
        session.info[OUTBOX_FILLED] = True
    return len(mails)


def mark_told(notification: Notification, *, now: datetime) -> None:
    """Note that a person telephoned what no message could carry. Idempotent."""
    if notification.state is DeliveryState.CREATED and notification.channel is MessageChannel.PERSON:
        notification.state, notification.sent_at = DeliveryState.SENT, now


def _texted_today(session: Session, row: Notification, now: datetime) -> bool:
    """Tell whether this number got an opening text within a day: the open form must not pump texts."""
    if row.channel is not MessageChannel.SMS:
        return False
    before = select(Notification.id).where(
        Notification.recipient == row.recipient,
        Notification.happening == row.happening,
        Notification.created_at > now - timedelta(days=1),
    )
    # What this transaction has not written yet is of another case: no need to write it first.
    with session.no_autoflush:
        return session.scalars(before.limit(1)).first() is not None


def withdraw_unsent(session: Session, case: Case, *, channel: MessageChannel | None = None) -> None:
    """Take back what nobody has sent or said yet, of one channel when given."""
    unsent = update(Notification).where(
        Notification.case_id == case.id, Notification.state == DeliveryState.CREATED
    )
    if channel is not None:
        unsent = unsent.where(Notification.channel == channel)
    session.execute(unsent.values(state=DeliveryState.CANCELLED, next_at=None))


def _addresses(
    session: Session,
    audience: Audience,
    case: Case,
    referral: Referral | None,
    equipment: Equipment,
) -> Sequence[Address]:
    if audience is Audience.ENQUIRER:
        address = address_of(email=case.contact.email, phone=case.contact.phone)
        return [address] if address else []
    if audience is Audience.ASSIGNEE:
        return [Address(MessageChannel.EMAIL, case.assignee.email)] if case.assignee else []
    if referral is None:
        return []
    people = session.scalars(
        select(Account.email).where(Account.organisation == referral.organisation, Account.active)
    ).all()
    mails = dict.fromkeys([*equipment.knowledge.organisations[referral.organisation].emails, *people])
    return [Address(MessageChannel.EMAIL, mail) for mail in mails]


def _message(
    happening: Happening,
    audience: Audience,
    address: Address,
    case: Case | None,
    equipment: Equipment,
    now: datetime,
    **facts: Any,
) -> Notification:
    """Return the row. A text that carriers would block goes to a person, never nowhere."""
    short = address.channel is not MessageChannel.EMAIL
    template = _templates().get_template(f"{audience}/{happening}.{'short' if short else 'mail'}.txt")
    text = template.render(case=case, window=equipment.knowledge.service_window, base_url=equipment.public_base_url,
                           knowledge=equipment.knowledge, **facts).strip()  # fmt: skip
    subject, _, body = text.partition("\n\n") if not short else ("", "", text)
    if address.channel is MessageChannel.PERSON and "message" in facts:
        body += f"\n\n內容：{facts['message'].body}"
    channel, error, next_at = address.channel, None, now
    if channel is MessageChannel.SMS:
        next_at = next_sending_instant(now)
        try:
            check_text_message(body)
        except UnregisteredContent as refusal:
            channel, error = MessageChannel.PERSON, str(refusal)
    return Notification(
        case_id=case.id if case else None,
        happening=happening,
        channel=channel,
        recipient=address.recipient,
        subject=subject,
        body=body,
        state=DeliveryState.CREATED,
        attempts=0,
        next_at=None if channel is MessageChannel.PERSON else next_at,
        error=error,
        created_at=now,
    )


def _promise(clock: ServiceClock, knowledge: Knowledge) -> str:
    """Return the promise in words, also when its policy is no longer shipped."""
    policy = knowledge.policies.get(clock.policy)
    return policy.reason if policy else "已停用的時效"


def _organisation(slug: str, knowledge: Knowledge) -> str:
    """Return the organisation's short name, or what it was called when it is no longer shipped."""
    organisation = knowledge.organisations.get(slug)
    return organisation.short_name if organisation else slug


@cache
def _templates() -> Environment:
    # Plain text for mail and texts: nothing here is ever shown as HTML.
    environment = Environment(  # noqa: S701
        loader=FileSystemLoader(TEMPLATES), undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters.update(
        roc_datetime=roc_datetime, greeting=greeting, promise=_promise, organisation=_organisation
    )
    return environment
