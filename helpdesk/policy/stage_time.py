"""Who held a case when, and how much working time each holder took; the amounts add up to the case's total.

Decides what each happening does to who holds the case. How working time counts is `business_time`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum

from helpdesk.policy.business_time import worked
from helpdesk.policy.events import EventKind
from helpdesk.policy.instants import MICROSECOND
from helpdesk.policy.service_calendar import ServiceCalendar


class Party(Enum):
    """A holder that is no organisation."""

    DESK = "desk"
    ENQUIRER = "enquirer"


Holder = Party | str
"""A party, or an organisation by its slug."""

_K = EventKind

HANDED_BACK = frozenset(
    {
        _K.REFERRAL_DECLINED,
        _K.REFERRAL_RETURNED,
        _K.REFERRAL_REFERRED_ON,
        _K.REFERRAL_EXPIRED,
        _K.REFERRAL_RECALLED,
        _K.REFERRAL_COMPLETED,
        _K.REFERRAL_FAILED,
        _K.REFERRAL_CANCELLED,
        _K.REFERRAL_RECLAIMED,
        _K.REFERRAL_VOIDED,
    }
)
"""What takes a case out of an organisation's hands. A hold does not: the organisation still has it."""

TURNS = HANDED_BACK | {
    _K.REFERRAL_OFFERED,
    _K.CASE_ASKED,
    _K.CASE_HEARD,
    _K.CASE_RESOLVED,
    _K.CASE_REOPENED,
}
"""The kinds of lines that can change who holds a case."""


@dataclass(frozen=True, slots=True)
class Turn:
    """One happening; `referral_id` and `organisation` say whose, where it is a referral's."""

    at: datetime
    kind: EventKind
    referral_id: int | None = None
    organisation: str = ""


@dataclass(frozen=True, slots=True)
class Holding:
    """A stretch in which the same holders, one or several at once, had the case; half-open."""

    holders: tuple[Holder, ...]
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class StageTime:
    """The working time that one holder had the case; `shared` of it while others had it as well."""

    holder: Holder
    amount: timedelta
    shared: timedelta


@dataclass(slots=True)
class _Hands:
    """Where the case is while its history is read."""

    referrals: dict[int | None, str] = field(default_factory=dict)
    asked: bool = False
    over: bool = False

    def take(self, turn: Turn) -> None:
        if turn.kind is EventKind.REFERRAL_OFFERED:
            self.referrals[turn.referral_id] = turn.organisation
            self.asked = False  # an offer ends the wait for the enquirer, see `lifecycle`
        elif turn.kind in HANDED_BACK:
            self.referrals.pop(turn.referral_id, None)
        elif turn.kind in TURNS:
            self.asked = turn.kind is EventKind.CASE_ASKED
            self.over = turn.kind is EventKind.CASE_RESOLVED

    def holders(self) -> tuple[Holder, ...]:
        if self.over:
            return ()
        if self.asked:
            return (Party.ENQUIRER,)
        return tuple(dict.fromkeys(self.referrals.values())) or (Party.DESK,)


def holdings(opened_at: datetime, turns: Iterable[Turn], *, until: datetime) -> tuple[Holding, ...]:
    """Return who held the case, in order, from its opening to `until`; nobody does while it is resolved.

    While it waits for the enquirer, the enquirer holds it, whatever referrals are open. `turns` of one
    instant keep their order. Raises ValueError for an end before the opening.
    """
    if until < opened_at:
        raise ValueError(f"結束時間 {until.isoformat()} 早於立案時間 {opened_at.isoformat()}")
    hands, since, held = _Hands(), opened_at, list[Holding]()
    ordered = sorted((turn for turn in turns if turn.at <= until), key=lambda turn: turn.at)
    for turn in ordered:
        before = hands.holders()
        hands.take(turn)
        if hands.holders() != before and turn.at > opened_at:
            _add(held, Holding(before, since, turn.at))
            since = turn.at
    _add(held, Holding(hands.holders(), since, until))
    return tuple(held)


def stage_times(calendar: ServiceCalendar, held: Sequence[Holding]) -> tuple[StageTime, ...]:
    """Return the working time of each holder, who held first first, by one calendar for all.

    What several hold at once is shared equally, microseconds that cannot be shared going to the first of
    them: the amounts add up exactly to the working time of all holdings.
    """
    amounts: dict[Holder, timedelta] = {}
    shared: dict[Holder, timedelta] = {}
    for holding in held:
        several = len(holding.holders)
        each, rest = divmod(worked(calendar, holding.starts_at, holding.ends_at), several * MICROSECOND)
        for place, holder in enumerate(holding.holders):
            share = each * MICROSECOND + (rest if place == 0 else timedelta())
            amounts[holder] = amounts.get(holder, timedelta()) + share
            shared[holder] = shared.get(holder, timedelta()) + (share if several > 1 else timedelta())
    return tuple(StageTime(holder, amount, shared[holder]) for holder, amount in amounts.items())


def apportioned(amounts: Iterable[timedelta], unit: timedelta) -> list[int]:
    """Return the amounts in whole units that add up to their total's, itself rounded down.

    Rounding each by itself would lose up to a unit a row, and nobody could add the rows up.
    """
    whole, total, passed = list[int](), timedelta(), 0
    for amount in amounts:
        total += amount
        reached = total // unit
        whole.append(reached - passed)
        passed = reached
    return whole


def _add(held: list[Holding], holding: Holding) -> None:
    """Add a stretch that somebody held, joined to the one before when nothing lies between."""
    if not holding.holders or holding.starts_at >= holding.ends_at:
        return
    if held and (held[-1].holders, held[-1].ends_at) == (holding.holders, holding.starts_at):
        holding = Holding(holding.holders, held.pop().starts_at, holding.ends_at)
    held.append(holding)
