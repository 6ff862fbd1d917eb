"""The month that a page of figures is about, as the address names it."""

from datetime import date

from flask import abort, request

from helpdesk import clock
from helpdesk.policy.attainment import last_months, month_in_words, month_of, parse_month


def asked_month() -> date:
    """Return the month that the address names, else the present one; 404 for one that there is not."""
    present = month_of(clock.now())
    try:
        return parse_month(request.args.get("month") or f"{present:%Y-%m}", latest=present)
    except ValueError:
        abort(404)


def month_choices(month: date) -> list[tuple[str, str]]:
    """Return the months to choose from, newest first: the last two years, and the one that is shown."""
    recent = last_months(month_of(clock.now()), 24)
    months = recent if month in recent else [*recent, month]
    return [(f"{each:%Y-%m}", month_in_words(each)) for each in months]
