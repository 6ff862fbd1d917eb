"""How many promises were kept in a month of Taipei, and when so few ended that a share says little.

Decides nothing about which clocks these are (`queries.attainment_rows`) or what a clock's state is (`deadlines`).
"""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from helpdesk.policy.time_in_words import TAIPEI

FEW = 10
"""Fewer ended promises than this make no share to judge anybody by: one of them moves it by ten points."""

_ROC_OFFSET = 1911


class Dimension(StrEnum):
    """By what the promises of a month are told apart."""

    CATEGORY = "category"
    ORGANISATION = "organisation"
    CHANNEL = "channel"


@dataclass(frozen=True, slots=True)
class Tally:
    """Promises that ended, or were broken while they run on."""

    kept: int = 0
    broken: int = 0

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(self.kept + other.kept, self.broken + other.broken)

    @property
    def total(self) -> int:
        """Return how many have a verdict."""
        return self.kept + self.broken

    @property
    def percent(self) -> int | None:
        """Return the share kept, rounded down: 100 is said only when none was broken. None without any."""
        return 100 * self.kept // self.total if self.total else None

    @property
    def is_few(self) -> bool:
        """Tell whether the share is too thin to judge by."""
        return self.total < FEW


def verdict(
    *, due_at: datetime | None, met_at: datetime | None, cancelled_at: datetime | None, now: datetime
) -> tuple[datetime, bool] | None:
    """Return when a promise got its verdict, and whether it was kept; None while it has none.

    Broken at its due date when it had not ended by then, else kept when it was met; what was cancelled
    before it was due has no verdict.
    """
    if due_at is not None and due_at < (met_at or cancelled_at or now):
        return due_at, False
    return (met_at, True) if met_at is not None else None


def month_of(at: datetime) -> date:
    """Return the first day of the month in Taipei that an instant lies in."""
    return at.astimezone(TAIPEI).date().replace(day=1)


def month_span(month: date) -> tuple[datetime, datetime]:
    """Return the instants at which a month begins and the next one does; half-open."""
    return _midnight(month), _midnight(month_before(month, -1))


def month_before(month: date, count: int) -> date:
    """Return the first day of the month `count` months earlier, or later when negative.

    Raises ValueError outside the years that a date can hold.
    """
    years, index = divmod(month.year * 12 + month.month - 1 - count, 12)
    return date(years, index + 1, 1)


def last_months(month: date, count: int = 12) -> list[date]:
    """Return the months up to and including `month`, newest first."""
    return [month_before(month, back) for back in range(count)]


def parse_month(text: str, *, latest: date) -> date:
    """Read a month written 2026-11. Raises ValueError for other text, before ROC year 2 and after `latest`."""
    month = datetime.strptime(text, "%Y-%m").date()  # noqa: DTZ007 - a month, not an instant
    if text != f"{month:%Y-%m}" or not month.year > _ROC_OFFSET + 1 or month > latest:
        raise ValueError(f"沒有這個月份：{text}")
    return month


def month_in_words(month: date) -> str:
    """Say a month, e.g. 115 年 11 月. Source: ROC years are the common era less 1911."""
    return f"{month.year - _ROC_OFFSET} 年 {month.month} 月"


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=TAIPEI)
