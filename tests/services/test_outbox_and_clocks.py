"""The outbox, the clocks and the sweep, on both databases."""

import threading
from datetime import timedelta

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session, sessionmaker

from helpdesk.models.account import Account
from helpdesk.models.case import Case, CaseEvent
from helpdesk.models.outbox import Notification
from helpdesk.models.service_clock import ServiceClock
from helpdesk.policy.delivery import LEASE, DeliveryState, Receipt, Verdict
from helpdesk.policy.notices import Happening, MessageChannel
from helpdesk.policy.promises import NEVER_DUE
from helpdesk.policy.referral_lifecycle import ReferralStatus
from helpdesk.policy.submission import ContactFacts
from helpdesk.policy.text_messages import check_text_message, segments
from helpdesk.runtime import Runtime
from helpdesk.services import sending, sla_clocks, sweep
from knowledge_base.records.vocabulary import Channel, Metric
from tests import builders
from tests.conftest import NOW

LATER = timedelta(days=40)
MAIL = ContactFacts("甲", None, "a@example.com")


def rows(session: Session, table: type) -> list[tuple[object, ...]]:
    session.flush()
    return [tuple(row) for row in session.execute(select(table.__table__).order_by(table.id))]  # type: ignore[attr-defined]


def test_a_sent_message_is_sent_once(session: Session, runtime: Runtime) -> None:
    builders.case(session, runtime, now=NOW, contact=MAIL)
    (message,) = sending.claim(session, sender="one", now=NOW)
    assert not sending.claim(session, sender="two", now=NOW)
    sending.record_try(session, message.id, Receipt(Verdict.SENT, "smtp", "<id>"), now=NOW)
    assert not sending.claim(session, sender="one", now=NOW + LATER)
    assert sending.record_receipt(session, "<id>", DeliveryState.DELIVERED, error=None)
    assert session.get_one(Notification, message.id).state is DeliveryState.DELIVERED


def test_a_failed_try_comes_back_when_its_pause_is_over(session: Session, runtime: Runtime) -> None:
    builders.case(session, runtime, now=NOW, contact=MAIL)
    (message,) = sending.claim(session, sender="one", now=NOW)
    sending.record_try(session, message.id, Receipt(Verdict.RETRY, "smtp", error="timeout"), now=NOW)
    assert not sending.claim(session, sender="one", now=NOW + timedelta(seconds=59))
    (again,) = sending.claim(session, sender="one", now=NOW + timedelta(minutes=1))
    assert again.attempts == 2


def test_a_sender_that_died_leaves_its_message_to_a_person(session: Session, runtime: Runtime) -> None:
    builders.case(session, runtime, now=NOW, contact=MAIL)
    sending.claim(session, sender="one", now=NOW)
    assert sending.give_up_lost(session, now=NOW + LEASE - timedelta(seconds=1)) == 0
    assert sending.give_up_lost(session, now=NOW + LEASE) == 1
    assert session.scalars(select(Notification.state)).one() is DeliveryState.TECHNICAL_FAILURE


def test_a_message_for_a_person_is_never_claimed(session: Session, runtime: Runtime) -> None:
    builders.case(session, runtime, now=NOW, contact=ContactFacts("甲", "+886423587591", None))
    assert not sending.claim(session, sender="one", now=NOW + LATER)


def test_two_senders_at_once_never_take_the_same_message(committing_engine: Engine, runtime: Runtime) -> None:
    make = sessionmaker(committing_engine)
    with make.begin() as session:
        for _ in range(30):
            builders.case(session, runtime, now=NOW, contact=MAIL)
    together, taken = threading.Barrier(2), []

    def send(name: str) -> None:
        together.wait()
        while True:
            with make.begin() as session:
                claimed = sending.claim(session, sender=name, now=NOW, limit=3)
            if not claimed:
                return
            taken.extend(message.id for message in claimed)

    threads = [threading.Thread(target=send, args=(name,)) for name in ("one", "two")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(taken) == len(set(taken)) == 30


def test_every_notice_can_be_written_and_every_text_fits_one_segment_without_link_or_phone(
    session: Session, runtime: Runtime, agent: Account
) -> None:
    from helpdesk.services import casework, notifications

    case = builders.sorted_case(session, runtime, account=agent, now=NOW)
    case.assignee = agent
    referral = builders.offered(session, runtime, case, account=agent, now=NOW)
    message = casework.note(session, case, "內容", account=agent, now=NOW)
    clock = session.scalars(select(ServiceClock).where(ServiceClock.due_at.is_not(None))).first()
    for happening in Happening:
        for contact in (MAIL, ContactFacts("甲", "+886900000123", None)):
            case.contact.email, case.contact.phone = contact.email, contact.phone
            made = notifications.queue(
                session, happening, case, equipment=runtime, now=NOW,
                referral=referral, message=message, clock=clock,
            )  # fmt: skip
            for row in made:
                assert row.body.strip()
                if row.channel is MessageChannel.SMS:
                    assert check_text_message(row.body)
                    assert segments(row.body) == 1
                else:
                    assert row.subject
                    assert "\n" not in row.subject


def test_a_clock_met_late_is_breached_at_its_due_date(session: Session, runtime: Runtime) -> None:
    case = builders.case(session, runtime, now=NOW)
    sla_clocks.meet(session, case, (Metric.FIRST_RESPONSE,), now=NOW + LATER)
    clock = builders.clock_of(session, case, Metric.FIRST_RESPONSE)
    assert (clock.breached_at, clock.met_at, clock.next_at) == (clock.due_at, NOW + LATER, None)


def test_the_case_stands_in_the_queue_by_the_nearest_clock_that_runs(
    session: Session, runtime: Runtime
) -> None:
    case = builders.case(session, runtime, now=NOW, text="嗯")
    for metric in (Metric.FIRST_RESPONSE, Metric.TRIAGE, Metric.RESOLUTION):
        due = [c.due_at for c in sla_clocks.open_clocks(session, case) if c.due_at]
        assert case.queue_at == min(due)
        sla_clocks.meet(session, case, (metric,), now=NOW)
    assert case.queue_at == NEVER_DUE


def test_a_sweep_warns_once_and_breaches_once_at_the_instant_it_happened(
    session: Session, runtime: Runtime, agent: Account
) -> None:
    case = builders.case(session, runtime, now=NOW, agent=agent, text="嗯", channel=Channel.HOTLINE)
    clock = builders.clock_of(session, case, Metric.TRIAGE)
    assert sweep.sweep(session, equipment=runtime, now=clock.warn_at - timedelta(seconds=1)).looked_at == 0
    for _ in range(2):
        sweep.sweep(session, equipment=runtime, now=clock.warn_at)
    assert clock.warned_at == clock.warn_at
    for _ in range(2):
        sweep.sweep(session, equipment=runtime, now=clock.due_at + timedelta(hours=5))
    assert clock.breached_at == clock.due_at
    kinds = list(session.scalars(select(CaseEvent.kind).where(CaseEvent.case_id == case.id)))
    assert (kinds.count("clock.due_soon"), kinds.count("clock.breached")) == (1, 1)
    told = session.scalars(select(Notification).where(Notification.happening == Happening.BREACHED)).all()
    assert {n.recipient for n in told} == {agent.email}


def test_sweeping_late_and_again_changes_nothing_more(
    session: Session, runtime: Runtime, agent: Account
) -> None:
    builders.case(session, runtime, now=NOW, agent=agent, text="嗯")
    late = NOW + LATER
    while sweep.sweep(session, equipment=runtime, now=late).looked_at:
        pass
    before = rows(session, ServiceClock), rows(session, CaseEvent), rows(session, Notification)
    sweep.sweep(session, equipment=runtime, now=late + LATER)
    assert before == (rows(session, ServiceClock), rows(session, CaseEvent), rows(session, Notification))


def test_an_offer_nobody_answers_expires_and_proposes_the_next(
    session: Session, runtime: Runtime, agent: Account
) -> None:
    case = builders.sorted_case(session, runtime, account=agent, now=NOW)
    referral = builders.offered(session, runtime, case, account=agent, now=NOW)
    swept = sweep.sweep(session, equipment=runtime, now=NOW + timedelta(days=4))
    assert swept.expired == 1
    assert referral.status is ReferralStatus.EXPIRED
    line = session.scalars(select(CaseEvent).where(CaseEvent.kind == "referral.expired")).one()
    assert line.data["next"] not in {None, "pmc"}


def test_two_sweepers_at_once_do_nothing_twice(committing_engine: Engine, runtime: Runtime) -> None:
    make = sessionmaker(committing_engine)
    with make.begin() as session:
        ids = [builders.case(session, runtime, now=NOW, text="嗯").id for _ in range(20)]
    together = threading.Barrier(2)

    def run() -> None:
        together.wait()
        while True:
            with make.begin() as session:
                if not sweep.sweep(session, equipment=runtime, now=NOW + LATER, limit=7).looked_at:
                    return

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    with make() as session:
        for case_id in ids:
            found = select(CaseEvent.kind).where(
                CaseEvent.case_id == case_id, CaseEvent.kind == "clock.breached"
            )
            assert len(session.scalars(found).all()) == 3
            assert session.get_one(Case, case_id).event_count == len(
                session.scalars(select(CaseEvent.id).where(CaseEvent.case_id == case_id)).all()
            )


def test_one_call_tells_the_newest_state_and_nobody_is_called_who_is_on_the_phone(
    session: Session, runtime: Runtime, agent: Account
) -> None:
    from helpdesk.services import casework

    landline = ContactFacts("甲", "+886423587591", None)
    case = builders.sorted_case(session, runtime, account=agent, now=NOW, contact=landline)
    for body in ("一", "二"):
        casework.answer(session, case, body, account=agent, equipment=runtime, now=NOW)
    calls = select(Notification).where(Notification.channel == MessageChannel.PERSON)
    states = [n.state for n in session.scalars(calls.order_by(Notification.id))]
    assert states == [DeliveryState.CANCELLED, DeliveryState.CANCELLED, DeliveryState.CREATED]
    builders.case(session, runtime, now=NOW, agent=agent, contact=landline, channel=Channel.HOTLINE)
    assert len(session.scalars(calls).all()) == 3
