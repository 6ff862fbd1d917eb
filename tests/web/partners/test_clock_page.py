"""A partner reads why its own referral is due when it is, and nothing else of the case."""

from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk import clock
from helpdesk.models.account import Account
from helpdesk.models.case import Case
from helpdesk.models.referral import Referral
from helpdesk.models.service_clock import ServiceClock
from helpdesk.policy.permissions import Role
from helpdesk.runtime import Runtime
from helpdesk.services import accounts
from knowledge_base.records.vocabulary import Metric
from tests import builders
from tests.checked_client import CheckedClient
from tests.conftest import PASSWORD


@pytest.fixture
def referral(database: Session, runtime: Runtime) -> Referral:
    account: Account = accounts.add_account(
        database, email="a@example.com", display_name="專員甲", role=Role.AGENT, password=PASSWORD,
        organisation=None, equipment=runtime, now=clock.now(),
    )  # fmt: skip
    case = builders.sorted_case(database, runtime, account=account, now=clock.now())
    made = builders.offered(database, runtime, case, account=account, now=clock.now())
    builders.offered(database, runtime, case, account=account, now=clock.now(), organisation="itri")
    database.commit()
    return made


@pytest.fixture
def partner(client_as: Callable[..., CheckedClient]) -> CheckedClient:
    return client_as(Role.PARTNER, "pmc")


def clock_id(database: Session, case: Case, metric: Metric, referral: Referral | None) -> int:
    owner = referral.id if referral else None
    return database.scalars(
        select(ServiceClock.id).where(
            ServiceClock.case_id == case.id,
            ServiceClock.metric == metric,
            ServiceClock.referral_id.is_(owner),
        )
    ).one()


def test_the_due_date_of_a_referral_leads_to_its_reckoning_without_the_case_or_others(
    partner: CheckedClient, database: Session, runtime: Runtime, referral: Referral
) -> None:
    own = clock_id(database, referral.case, Metric.REFERRAL_ACCEPTANCE, referral)
    path = f"/partner/referrals/{referral.id}/clocks/{own}"
    assert path in partner.get(f"/partner/referrals/{referral.id}").get_data(as_text=True)
    page = partner.get(path).get_data(as_text=True)
    assert "2 個工作天（19 小時）" in page
    assert "計算過程" in page
    others = (referral.case.number, "範例精密", runtime.knowledge.organisations["itri"].short_name)
    assert not [secret for secret in others if secret in page]


def test_clocks_of_the_case_of_others_and_of_no_one_are_all_unknown(
    client_as: Callable[..., CheckedClient], partner: CheckedClient, database: Session, referral: Referral
) -> None:
    own = clock_id(database, referral.case, Metric.REFERRAL_ACCEPTANCE, referral)
    resolution = clock_id(database, referral.case, Metric.RESOLUTION, None)
    other = database.scalars(select(Referral).where(Referral.organisation == "itri")).one()
    for path in (
        f"/partner/referrals/{referral.id}/clocks/{resolution}",
        f"/partner/referrals/{other.id}/clocks/{own}",
        f"/partner/referrals/{referral.id}/clocks/999999",
    ):
        assert partner.get(path).status_code == 404
    path = f"/partner/referrals/{referral.id}/clocks/{own}"
    assert client_as(Role.PARTNER, "mirdc").get(path).status_code == 404
    assert client_as(Role.AGENT).get(path).status_code == 403
