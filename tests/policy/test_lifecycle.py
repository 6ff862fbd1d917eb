"""The case's state machine."""

import pytest

from helpdesk.policy.lifecycle import (
    TRANSITIONS,
    UNFINISHED,
    CaseEvent,
    CaseStatus,
    IllegalCaseEvent,
    advance,
    allowed,
)


@pytest.mark.parametrize("status", CaseStatus)
@pytest.mark.parametrize("event", CaseEvent)
def test_every_pair_is_either_in_the_table_or_refused_with_what_is_allowed(
    status: CaseStatus, event: CaseEvent
) -> None:
    if (status, event) in TRANSITIONS:
        assert advance(status, event) is TRANSITIONS[status, event]
    else:
        with pytest.raises(IllegalCaseEvent) as refused:
            advance(status, event)
        assert refused.value.allowed == allowed(status)


def test_a_case_is_referred_or_resolved_only_after_it_is_sorted() -> None:
    assert not {CaseEvent.OFFER, CaseEvent.RESOLVE, CaseEvent.CLOSE} & set(allowed(CaseStatus.TO_SORT))


def test_a_word_from_the_enterprise_never_leaves_a_case_waiting_or_resolved() -> None:
    for status in (CaseStatus.WAITING, CaseStatus.RESOLVED):
        assert advance(status, CaseEvent.HEAR) is CaseStatus.OPEN


def test_a_referral_can_be_handed_back_in_every_state_that_it_can_outlast() -> None:
    ends = {CaseEvent.RESOLVE, CaseEvent.CLOSE}
    reached = {CaseStatus.REFERRED}
    for _ in CaseStatus:
        reached |= {
            a for (before, event), a in TRANSITIONS.items() if before in reached and event not in ends
        }
    assert reached == {CaseStatus.REFERRED, CaseStatus.WAITING, CaseStatus.OPEN}
    for status in reached:
        assert CaseEvent.HAND_BACK in allowed(status)


def test_every_unfinished_state_leads_to_an_end() -> None:
    reached = set(UNFINISHED)
    for _ in CaseStatus:
        reached |= {after for (before, _), after in TRANSITIONS.items() if before in reached}
    assert CaseStatus.CLOSED in reached
