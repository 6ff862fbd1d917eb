"""Instants as whole microseconds, and unions of spans between them.

Decides that arithmetic is done in UTC and exactly. Says nothing of opening hours (`service_calendar`).
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta

Span = tuple[int, int]
Pause = tuple[datetime, datetime | None]

MICROSECOND = timedelta(microseconds=1)
NEVER = 2**62
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def instant(at: datetime) -> int:
    """Return microseconds since 1970 in UTC; of an ambiguous local time, the one its `fold` says.

    Raises ValueError for a naive datetime.
    """
    try:
        return (at - _EPOCH) // MICROSECOND
    except TypeError:
        raise ValueError(f"時間必須帶時區：{at.isoformat()}") from None


def moment(at: int) -> datetime:
    """Return the aware datetime in UTC of an instant."""
    return _EPOCH + at * MICROSECOND


def union(spans: Iterable[Span]) -> list[Span]:
    """Return the sorted, disjoint spans that cover the same instants; empty and reversed spans cover none."""
    merged: list[Span] = []
    for begun, ended in sorted([span for span in spans if span[0] < span[1]]):
        if merged and begun <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], ended))
        else:
            merged.append((begun, ended))
    return merged


def without(spans: Iterable[Span], holes: Sequence[Span]) -> list[Span]:
    """Return `spans` less `holes`; both sorted and disjoint, as `union` leaves them."""
    left: list[Span] = []
    passed = 0
    for begun, ended in spans:
        while passed < len(holes) and holes[passed][1] <= begun:
            passed += 1
        rest, following = begun, passed
        while following < len(holes) and holes[following][0] < ended:
            if rest < holes[following][0]:
                left.append((rest, holes[following][0]))
            rest = holes[following][1]
            following += 1
        if rest < ended:
            left.append((rest, ended))
    return left


def pause_spans(pauses: Iterable[Pause]) -> list[Span]:
    """Return the union of pauses, sorted; a pause without an end lasts until `NEVER`.

    Overlapping pauses count once: several referrals of one case wait at the same time.
    Raises ValueError for naive datetimes and for a pause that ends before it starts.
    """
    spans = [(instant(paused), NEVER if resumed is None else instant(resumed)) for paused, resumed in pauses]
    for begun, ended in spans:
        if ended < begun:
            raise ValueError("暫停的結束時間早於開始時間")
    return union(spans)
