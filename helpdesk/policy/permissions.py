"""Who may do what: roles and their grants as one table. Whose referral it is: `disclosure`."""

from collections.abc import Mapping
from enum import StrEnum


class Role(StrEnum):
    """What an account is for."""

    AGENT = "agent"
    SUPERVISOR = "supervisor"
    PARTNER = "partner"
    ADMINISTRATOR = "administrator"


class Permission(StrEnum):
    """One thing an account may be allowed to do."""

    CASE_READ = "case.read"
    CASE_WRITE = "case.write"
    REFERRAL_OFFER = "referral.offer"
    REFERRAL_OVERRULE = "referral.overrule"
    REFERRAL_ANSWER = "referral.answer"
    OUTBOX_READ = "outbox.read"
    ACCOUNT_MANAGE = "account.manage"
    KNOWLEDGE_READ = "knowledge.read"
    REPORT_READ = "report.read"
    TERMS_CHANGE = "terms.change"
    MODEL_MANAGE = "model.manage"
    CATALOGUE_CHANGE = "catalogue.change"


_DESK = frozenset(
    {
        Permission.CASE_READ,
        Permission.CASE_WRITE,
        Permission.REFERRAL_OFFER,
        Permission.OUTBOX_READ,
        Permission.KNOWLEDGE_READ,
    }
)

GRANTS: Mapping[Role, frozenset[Permission]] = {
    Role.AGENT: _DESK,
    Role.SUPERVISOR: _DESK
    | {
        Permission.REFERRAL_OVERRULE,
        Permission.REPORT_READ,
        Permission.TERMS_CHANGE,
        Permission.MODEL_MANAGE,
        Permission.CATALOGUE_CHANGE,
    },
    Role.PARTNER: frozenset({Permission.REFERRAL_ANSWER}),
    Role.ADMINISTRATOR: frozenset(
        {
            Permission.ACCOUNT_MANAGE,
            Permission.KNOWLEDGE_READ,
            Permission.TERMS_CHANGE,
            Permission.MODEL_MANAGE,
            Permission.CATALOGUE_CHANGE,
        }
    ),
}


def may(role: Role, permission: Permission) -> bool:
    """Tell whether `role` is granted `permission`."""
    return permission in GRANTS[role]
