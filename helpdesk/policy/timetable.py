"""Working periods as sorted instants with the working time before each: a due date is a look-up in it.

When a service is open is `service_calendar`; what is asked of a table is `business_time`.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass

from helpdesk.policy.instants import Span


@dataclass(frozen=True, slots=True)
class Timetable:
    """The working periods of a stretch of time as sorted instants, with the working time before each.

    It answers for the instants from `begins` to `ends`.
    """

    begins: int
    ends: int
    opens: list[int]
    closes: list[int]
    before: list[int]

    @classmethod
    def of(cls, begins: int, ends: int, spans: Iterable[Span]) -> "Timetable":
        """Prepare sorted disjoint spans; `before` has one entry more, the total."""
        opens, closes, before = [], [], [0]
        for opened, closed in spans:
            opens.append(opened)
            closes.append(closed)
            before.append(before[-1] + closed - opened)
        return cls(begins, ends, opens, closes, before)

    def worked_until(self, at: int) -> int:
        """Return the microseconds worked from the beginning of the table to an instant."""
        period = bisect_right(self.opens, at) - 1
        if period < 0:
            return 0
        return self.before[period] + min(at, self.closes[period]) - self.opens[period]

    def reached(self, amount: int) -> int | None:
        """Return the earliest instant by which a positive amount was worked; None beyond the table."""
        period = bisect_left(self.before, amount) - 1
        if period == len(self.closes):
            return None
        return self.closes[period] - (self.before[period + 1] - amount)

    def between(self, begun: int, ended: int) -> list[Span]:
        """Return the working periods inside [begun, ended], cut to it, in order."""
        used = slice(bisect_right(self.closes, begun), bisect_left(self.opens, ended))
        return [
            (max(opened, begun), min(closed, ended))
            for opened, closed in zip(self.opens[used], self.closes[used], strict=True)
        ]
