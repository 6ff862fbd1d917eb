"""A supervisor at work in service hours, and a case whose promises run."""

from collections.abc import Callable, Iterator

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.models.account import Account
from helpdesk.models.case import Case
from helpdesk.policy.permissions import Role
from helpdesk.runtime import Runtime
from tests import builders
from tests.checked_client import CheckedClient
from tests.conftest import NOW


@pytest.fixture(autouse=True)
def _a_day_in_service_hours(app: Flask) -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def supervisor(client_as: Callable[..., CheckedClient]) -> CheckedClient:
    return client_as(Role.SUPERVISOR)


@pytest.fixture
def case(database: Session, runtime: Runtime, supervisor: CheckedClient) -> Case:
    """A case with three promises that run: to answer, to solve, and an organisation's to accept."""
    account = database.scalars(select(Account)).one()
    made = builders.sorted_case(database, runtime, account=account, now=NOW)
    builders.offered(database, runtime, made, account=account, now=NOW)
    database.commit()
    return made
