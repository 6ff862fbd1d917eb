"""What an organisation sees, state by state."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.models.account import Account
from helpdesk.models.case import Case
from helpdesk.models.intake_record import Consent
from helpdesk.models.referral import Referral
from helpdesk.policy.disclosure import PACKET_KEPT, Disclosure
from helpdesk.policy.referral_lifecycle import DeclineReason, Outcome, ReferralEvent, ReferralStatus
from helpdesk.policy.submission import Upload
from helpdesk.queries.partner_inbox import PartnerReferral, inbox, partner_referral, size_band
from helpdesk.runtime import Runtime
from helpdesk.services import casework
from knowledge_base.records.vocabulary import ConsentItem
from tests import builders
from tests.conftest import NOW

E = ReferralEvent
DONE = {"outcome": Outcome.DIAGNOSIS_DONE, "reason": DeclineReason.AT_CAPACITY, "suggested": "itri"}
SECRETS = ("範例精密", "00000011", "+886900000123", "王小姐", "內部註記", "報告.pdf")


@pytest.fixture
def case(session: Session, runtime: Runtime, agent: Account) -> Case:
    upload = Upload("報告.pdf", "application/pdf", b"%PDF-1.7 x")
    made = builders.sorted_case(session, runtime, account=agent, now=NOW, uploads=(upload,))
    casework.note(session, made, "內部註記", account=agent, now=NOW)
    return made


@pytest.fixture
def referral(session: Session, runtime: Runtime, agent: Account, case: Case) -> Referral:
    return builders.offered(session, runtime, case, account=agent, now=NOW)


def seen(session: Session, runtime: Runtime, referral: Referral, *, days: int = 0) -> PartnerReferral:
    session.flush()
    shown = partner_referral(
        session, referral.id, "pmc", calendar=runtime.calendar, now=NOW + timedelta(days=days)
    )
    assert shown is not None
    return shown


@pytest.mark.parametrize(
    ("events", "disclosure"),
    [
        ([], Disclosure.PREVIEW),
        ([E.ACCEPT], Disclosure.PACKET),
        ([E.ACCEPT, E.START], Disclosure.PACKET),
        ([E.ACCEPT, E.COMPLETE], Disclosure.PACKET),
        ([E.DECLINE], Disclosure.RECEIPT),
        ([E.ACCEPT, E.RETURN], Disclosure.RECEIPT),
        ([E.ACCEPT, E.REFER_ON], Disclosure.RECEIPT),
        ([E.ACCEPT, E.FAIL], Disclosure.RECEIPT),
    ],
)
def test_each_state_shows_what_it_may_and_nothing_more(
    session: Session, runtime: Runtime, referral: Referral, events: list[E], disclosure: Disclosure
) -> None:
    builders.answered(session, runtime, referral, events, now=NOW, given=DONE)
    shown = seen(session, runtime, referral)
    assert shown.disclosure is disclosure
    assert (shown.county, shown.size_band) == ("臺中市", "30–99 人")
    if disclosure is Disclosure.PACKET:
        assert shown.packet["name"] == "範例精密機械股份有限公司"
    else:
        told = f"{shown.need}{shown.packet}{shown.attachments}{[e.data for e, _ in shown.events]}"
        assert not [secret for secret in SECRETS if secret in told]


def test_a_packet_is_a_receipt_thirty_days_after_completion(
    session: Session, runtime: Runtime, referral: Referral
) -> None:
    builders.answered(session, runtime, referral, [E.ACCEPT, E.COMPLETE], now=NOW, given=DONE)
    assert seen(session, runtime, referral, days=PACKET_KEPT.days).packet
    after = seen(session, runtime, referral, days=PACKET_KEPT.days + 1)
    assert (after.disclosure, after.packet, after.attachments) == (Disclosure.RECEIPT, {}, ())


@pytest.mark.parametrize(
    ("item", "fields"),
    [
        (ConsentItem.COMPANY_BASICS, {"name", "ubn", "regular_employees"}),
        (ConsentItem.CONTACT, {"contact_name", "phone", "email"}),
        (ConsentItem.CALL_NOTES, {"text"}),
        (ConsentItem.DOCUMENTS, set()),
        (ConsentItem.EMISSIONS_DATA, set()),
    ],
)
def test_the_packet_holds_the_items_agreed_to_and_no_others(
    session: Session, runtime: Runtime, referral: Referral, item: ConsentItem, fields: set[str]
) -> None:
    builders.answered(session, runtime, referral, [E.ACCEPT], now=NOW)
    for consent in session.scalars(select(Consent)):
        consent.items = [str(item)] if consent.organisation_kind == referral.kind else list(ConsentItem)
    shown = seen(session, runtime, referral)
    assert set(shown.packet) == fields
    assert bool(shown.attachments) is (item is ConsentItem.DOCUMENTS)


@pytest.mark.parametrize("status", [ReferralStatus.DRAFT, ReferralStatus.VOIDED])
def test_drafts_and_what_was_entered_in_error_are_never_seen(
    session: Session, runtime: Runtime, referral: Referral, status: ReferralStatus
) -> None:
    referral.status = status
    session.flush()
    given = {"calendar": runtime.calendar, "now": NOW}
    assert partner_referral(session, referral.id, "pmc", **given) is None  # type: ignore[arg-type]
    lists = inbox(session, "pmc", **given)  # type: ignore[arg-type]
    assert (lists.to_answer, lists.in_hand, lists.done) == ((), (), ())


def test_another_organisations_referral_is_like_one_that_never_was(
    session: Session, runtime: Runtime, referral: Referral
) -> None:
    for organisation in ("mirdc", "", "pm", "pmc "):
        found = partner_referral(session, referral.id, organisation, calendar=runtime.calendar, now=NOW)
        assert found is None
        assert not inbox(session, organisation, calendar=runtime.calendar, now=NOW).to_answer


def test_a_referral_goes_from_list_to_list(session: Session, runtime: Runtime, referral: Referral) -> None:
    def places() -> tuple[int, int, int]:
        session.flush()
        lists = inbox(session, "pmc", calendar=runtime.calendar, now=NOW)
        return len(lists.to_answer), len(lists.in_hand), len(lists.done)

    assert places() == (1, 0, 0)
    builders.answered(session, runtime, referral, [E.ACCEPT], now=NOW)
    assert places() == (0, 1, 0)
    builders.answered(session, runtime, referral, [E.COMPLETE], now=NOW, given=DONE)
    assert places() == (0, 0, 1)


def test_only_events_of_the_organisations_side_are_offered(
    session: Session, runtime: Runtime, referral: Referral
) -> None:
    assert set(seen(session, runtime, referral).allowed) == {E.ACCEPT, E.DECLINE, E.RETURN, E.REFER_ON}


@pytest.mark.parametrize(
    ("employees", "words"),
    [(None, "人數未知"), (0, "未滿 5 人"), (4, "未滿 5 人"), (5, "5–9 人"), (9, "5–9 人"), (10, "10–29 人"),
     (29, "10–29 人"), (30, "30–99 人"), (99, "30–99 人"), (100, "100–199 人"), (199, "100–199 人"),
     (200, "200 人以上"), (1_000_000, "200 人以上")],
)  # fmt: skip
def test_a_head_count_is_a_band(employees: int | None, words: str) -> None:
    assert size_band(employees) == words
