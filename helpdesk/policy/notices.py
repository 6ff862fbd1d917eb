"""Who is told what happened, and how each person is reached. Words are in `templates/notices/`."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from helpdesk.policy.phone_numbers import Phone


class Happening(StrEnum):
    """Something that somebody is told about; also the name of its template."""

    CASE_OPENED = "case_opened"
    ANSWER_GIVEN = "answer_given"
    CASE_RESOLVED = "case_resolved"
    ENQUIRER_WROTE = "enquirer_wrote"
    REFERRAL_OFFERED = "referral_offered"
    REFERRAL_ACCEPTED = "referral_accepted"
    REFERRAL_BACK = "referral_back"
    REFERRAL_ENDED = "referral_ended"
    DUE_SOON = "due_soon"
    REMINDER = "reminder"
    BREACHED = "breached"
    BREACH_DIGEST = "breach_digest"


class Audience(StrEnum):
    """Who is told."""

    ENQUIRER = "enquirer"
    ASSIGNEE = "assignee"
    ORGANISATION = "organisation"
    SUPERVISORS = "supervisors"


class MessageChannel(StrEnum):
    """How a message travels; `person` means that somebody has to telephone."""

    SMS = "sms"
    EMAIL = "email"
    PERSON = "person"


NOTICES: Mapping[Happening, tuple[Audience, ...]] = {
    Happening.CASE_OPENED: (Audience.ENQUIRER,),
    Happening.ANSWER_GIVEN: (Audience.ENQUIRER,),
    Happening.CASE_RESOLVED: (Audience.ENQUIRER,),
    Happening.ENQUIRER_WROTE: (Audience.ASSIGNEE,),
    Happening.REFERRAL_OFFERED: (Audience.ORGANISATION,),
    Happening.REFERRAL_ACCEPTED: (Audience.ENQUIRER, Audience.ASSIGNEE),
    Happening.REFERRAL_BACK: (Audience.ASSIGNEE,),
    Happening.REFERRAL_ENDED: (Audience.ASSIGNEE,),
    Happening.DUE_SOON: (Audience.ASSIGNEE,),
    Happening.REMINDER: (Audience.ORGANISATION,),
    Happening.BREACHED: (Audience.ASSIGNEE,),
    Happening.BREACH_DIGEST: (Audience.SUPERVISORS,),
}


TAIWAN = "+886"
LONGEST_NAME = 12


@dataclass(frozen=True, slots=True)
class Address:
    """Where one message goes."""

    channel: MessageChannel
    recipient: str


def address_of(*, email: str | None, phone: str | None) -> Address | None:
    """Return how to reach somebody: mail first (it may hold a link), else a text, else a call.

    None when neither is known. `phone` is E.164 with an optional #extension.
    """
    if email:
        return Address(MessageChannel.EMAIL, email)
    if not phone:
        return None
    number, _, extension = phone.partition("#")
    if not extension and number.startswith(TAIWAN) and Phone(number).is_mobile:
        return Address(MessageChannel.SMS, number)
    return Address(MessageChannel.PERSON, phone)


def greeting(name: str | None) -> str:
    """Return how a message greets somebody: by name only when it looks like one, for anybody can type it."""
    looks_like_one = name and len(name) <= LONGEST_NAME and not any(c in name for c in "./:@#")
    return name if looks_like_one and name else "您好"
