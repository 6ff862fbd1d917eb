"""Who may do what, as one table."""

import pytest

from helpdesk.policy.permissions import GRANTS, Permission, Role, may

WRITTEN = {
    Permission.CASE_READ: {Role.AGENT, Role.SUPERVISOR},
    Permission.CASE_WRITE: {Role.AGENT, Role.SUPERVISOR},
    Permission.REFERRAL_OFFER: {Role.AGENT, Role.SUPERVISOR},
    Permission.REFERRAL_OVERRULE: {Role.SUPERVISOR},
    Permission.REFERRAL_ANSWER: {Role.PARTNER},
    Permission.OUTBOX_READ: {Role.AGENT, Role.SUPERVISOR},
    Permission.ACCOUNT_MANAGE: {Role.ADMINISTRATOR},
    Permission.REPORT_READ: {Role.SUPERVISOR},
    Permission.TERMS_CHANGE: {Role.SUPERVISOR, Role.ADMINISTRATOR},
    Permission.MODEL_MANAGE: {Role.SUPERVISOR, Role.ADMINISTRATOR},
    Permission.CATALOGUE_CHANGE: {Role.SUPERVISOR, Role.ADMINISTRATOR},
    Permission.KNOWLEDGE_READ: {Role.AGENT, Role.SUPERVISOR, Role.ADMINISTRATOR},
}


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("permission", Permission)
def test_each_role_may_do_what_is_written_and_nothing_else(role: Role, permission: Permission) -> None:
    assert may(role, permission) is (role in WRITTEN[permission])


def test_every_role_has_grants() -> None:
    assert set(GRANTS) == set(Role)
