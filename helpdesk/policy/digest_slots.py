"""When supervisors get the digest of broken promises: twice on a working day, never one mail a case.

A proposal of the desk, not of the briefing.
"""

from datetime import datetime, time, timedelta

from helpdesk.policy.service_calendar import ServiceCalendar

SLOTS = (time(8, 30), time(13, 30))
LOOK_BACK_DAYS = 1


def slot_before(calendar: ServiceCalendar, now: datetime) -> datetime | None:
    """Return the newest slot that has come, of today or yesterday in the calendar's zone.

    None when neither is a working day. Raises ValueError for a naive `now`.
    """
    if now.utcoffset() is None:
        raise ValueError(f"時間必須帶時區：{now.isoformat()}")
    today = now.astimezone(calendar.zone).date()
    days = (today - timedelta(days=back) for back in range(LOOK_BACK_DAYS + 1))
    slots = (
        datetime.combine(day, at, calendar.zone) for day in days if calendar.periods_on(day) for at in SLOTS
    )
    return max((slot for slot in slots if slot <= now), default=None)
