"""The page of calls: whom the desk can ring back."""

from collections.abc import Callable

from sqlalchemy.orm import Session

from helpdesk.policy.permissions import Role
from helpdesk.services import calls
from tests.checked_client import CheckedClient
from tests.conftest import NOW


def test_a_recent_call_can_be_returned_from_its_row_when_it_came_with_a_number(
    client_as: Callable[..., CheckedClient], database: Session
) -> None:
    for sid, caller in (("CA1", "+886900000456"), ("CA2", "+anonymous")):
        calls.call_started(database, call_sid=sid, caller=caller, within_hours=True, now=NOW)
    database.commit()
    page = client_as(Role.AGENT).get("/desk/calls").get_data(as_text=True)
    assert page.count('href="tel:+886900000456"') == 1
    assert "沒有號碼" in page
    assert "anonymous" not in page
