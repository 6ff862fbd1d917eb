"""The referral's state machine against the rules as they are written down."""

import pytest

from helpdesk.policy.referral_lifecycle import (
    DEMANDS,
    IN_HAND,
    OPEN,
    SIDES,
    TRANSITIONS,
    DeclineReason,
    IllegalReferralEvent,
    MissingPart,
    ReferralEvent,
    ReferralStatus,
    Side,
    advance,
    allowed,
    demand,
)

# A transcription of the written rules: from, event, to, who.
WRITTEN = """
draft offer offered desk
offered accept accepted target
offered decline declined target
offered,accepted,in_progress return returned target
offered,accepted,in_progress,on_hold refer_on referred_on target
offered expire expired system
offered recall recalled desk
returned resubmit offered desk
accepted start in_progress target
in_progress progress in_progress target
accepted,in_progress hold on_hold target
on_hold resume in_progress target
accepted,in_progress,on_hold complete completed target
accepted,in_progress,on_hold fail failed target
accepted,in_progress,on_hold cancel cancelled desk
accepted,in_progress,on_hold reclaim reclaimed supervisor
"""

RULES = {
    (ReferralStatus(before), ReferralEvent(event)): (ReferralStatus(after), Side(side))
    for line in WRITTEN.split("\n")
    if line
    for befores, event, after, side in [line.split()]
    for before in befores.split(",")
}
RULES |= {
    (status, ReferralEvent.VOID): (ReferralStatus.VOIDED, Side.SUPERVISOR)
    for status in ReferralStatus
    if status is not ReferralStatus.VOIDED
}


@pytest.mark.parametrize("status", ReferralStatus)
@pytest.mark.parametrize("event", ReferralEvent)
def test_every_pair_is_either_in_the_rules_or_refused_with_what_is_allowed(
    status: ReferralStatus, event: ReferralEvent
) -> None:
    if (status, event) in RULES:
        after, side = RULES[status, event]
        assert advance(status, event, contacted=True) is after
        assert SIDES[event] is side
    else:
        with pytest.raises(IllegalReferralEvent) as refused:
            advance(status, event)
        assert refused.value.allowed == tuple(e for e in ReferralEvent if (status, e) in RULES)


def test_the_table_holds_nothing_that_is_not_written() -> None:
    assert set(TRANSITIONS) == set(RULES)


def test_a_hold_ends_where_it_began() -> None:
    assert advance(ReferralStatus.ON_HOLD, ReferralEvent.RESUME, contacted=False) is ReferralStatus.ACCEPTED
    assert advance(ReferralStatus.ON_HOLD, ReferralEvent.RESUME, contacted=True) is ReferralStatus.IN_PROGRESS


def test_what_each_event_must_carry_is_as_written() -> None:
    assert {event: " ".join(sorted(parts)) for event, parts in DEMANDS.items()} == {
        ReferralEvent.DECLINE: "reason",
        ReferralEvent.RETURN: "reason text",  # the text says what is missing
        ReferralEvent.REFER_ON: "reason suggested",  # the text suggests an organisation
        ReferralEvent.RECALL: "text",
        ReferralEvent.START: "contacted_at",
        ReferralEvent.PROGRESS: "text",
        ReferralEvent.HOLD: "text until_on",
        ReferralEvent.COMPLETE: "outcome",
        ReferralEvent.FAIL: "text",
        ReferralEvent.CANCEL: "text",
        ReferralEvent.RECLAIM: "text",
        ReferralEvent.VOID: "text",
    }


@pytest.mark.parametrize("event", set(ReferralEvent) - {ReferralEvent.RESUME})
@pytest.mark.parametrize("status", ReferralStatus)
def test_only_the_end_of_a_hold_asks_whether_somebody_was_contacted(
    status: ReferralStatus, event: ReferralEvent
) -> None:
    if event in allowed(status):
        assert advance(status, event, contacted=True) is advance(status, event, contacted=False)


@pytest.mark.parametrize("event", DEMANDS)
def test_an_event_without_what_it_must_carry_names_the_field(event: ReferralEvent) -> None:
    for missing in DEMANDS[event]:
        given = {name: "x" for name in DEMANDS[event] if name != missing}
        with pytest.raises(MissingPart) as refused:
            demand(event, given)
        assert refused.value.field == missing
    demand(event, dict.fromkeys(DEMANDS[event], "x"))


def test_other_is_no_reason_without_a_text() -> None:
    with pytest.raises(MissingPart, match="text"):
        demand(ReferralEvent.DECLINE, {"reason": DeclineReason.OTHER})
    demand(ReferralEvent.DECLINE, {"reason": DeclineReason.AT_CAPACITY})


def test_what_is_in_hand_is_open_and_each_side_sees_its_own_events() -> None:
    assert IN_HAND < OPEN
    assert allowed(ReferralStatus.OFFERED, side=Side.DESK) == (ReferralEvent.RECALL,)
    assert ReferralEvent.VOID not in allowed(ReferralStatus.OFFERED, side=Side.TARGET)


def test_no_state_waits_on_the_organisation_without_a_way_back_to_the_desk() -> None:
    for status in OPEN:
        desk = {Side.DESK, Side.SYSTEM, Side.SUPERVISOR}
        assert any(SIDES[event] in desk and event is not ReferralEvent.VOID for event in allowed(status))
