"""What an installation works with, built once: knowledge, classifier, calendar, gateways, settings."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import cast

from flask import Flask
from sqlalchemy.orm import Session

from helpdesk.gateways.file_store import FileStore, FolderStore
from helpdesk.gateways.messages import ConsoleGateway, MessageGateway
from helpdesk.gateways.recordings import RecordingGateway
from helpdesk.policy.notices import MessageChannel
from helpdesk.policy.service_calendar import ServiceCalendar
from helpdesk.policy.service_terms import Amendments, ServiceTerms, terms_under
from helpdesk.services.equipment import Classifier
from helpdesk.services.terms_in_force import Hold, amendments_in_force, version_in_force
from helpdesk.settings import Settings
from knowledge_base import loader
from knowledge_base.knowledge import Knowledge
from triage_model.following import PromotedModel


@dataclass(frozen=True)
class Runtime:
    """Everything that is made once and passed down. `wake` tells the worker that messages wait.

    `recordings` is None where no telephony provider is configured. What a transaction works with is
    `prevailing`: the same under the terms that hold in it.
    """

    settings: Settings
    shipped: Knowledge
    terms: ServiceTerms
    classifier: Classifier
    files: FileStore
    gateways: Mapping[MessageChannel, MessageGateway]
    wake: Callable[[], None]
    recordings: RecordingGateway | None = None
    _newest: dict[str, ServiceTerms] = field(default_factory=dict, repr=False, compare=False)

    @property
    def knowledge(self) -> Knowledge:
        """Return the knowledge in force."""
        return self.terms.knowledge

    @property
    def calendar(self) -> ServiceCalendar:
        """Return the calendar in force."""
        return self.terms.calendar

    @property
    def public_base_url(self) -> str:
        """Return the address under which enterprises reach the window, without a trailing slash."""
        return self.settings.public_base_url


def prevailing(runtime: Runtime, session: Session, hold: Hold) -> Runtime:
    """Return the runtime under the terms that hold in this transaction.

    Call it first in a transaction, before anything else is locked. One query, unless the terms changed
    since this process last looked.
    """
    version, token = version_in_force(session, hold)
    if not version:
        return runtime
    newest = runtime._newest.get(token)
    if newest is None:
        newest = terms_under(runtime.shipped, amendments_in_force(session, runtime.calendar.zone), version)
        runtime._newest.clear()
        runtime._newest[token] = newest
    return replace(runtime, terms=newest)


def build(settings: Settings, *, wake: Callable[[], None] = lambda: None) -> Runtime:
    """Load the knowledge and the promoted model and choose the gateways that are configured.

    Raises KnowledgeError, or ArtefactError when no model was trained yet.
    """
    knowledge = loader.load(settings.knowledge)
    return Runtime(
        settings=settings,
        shipped=knowledge,
        terms=terms_under(knowledge, Amendments(), version=0),
        classifier=PromotedModel(),
        files=FolderStore(settings.uploads),
        gateways=_gateways(settings),
        wake=wake,
        recordings=_recordings(settings),
    )


def runtime_of(app: Flask) -> Runtime:
    """Return the runtime that `create_app` put into the application."""
    return cast(Runtime, app.extensions["runtime"])


def _gateways(settings: Settings) -> Mapping[MessageChannel, MessageGateway]:
    """Return a gateway for each channel; the console stands in for what is not configured."""
    gateways: dict[MessageChannel, MessageGateway] = {
        MessageChannel.SMS: ConsoleGateway(),
        MessageChannel.EMAIL: ConsoleGateway(),
    }
    if settings.twilio is not None:
        from helpdesk.gateways.twilio_texts import TwilioTexts  # noqa: PLC0415 - slow to import

        gateways[MessageChannel.SMS] = TwilioTexts(settings.twilio, settings.public_base_url)
    if settings.mail is not None:
        from helpdesk.gateways.mail import SmtpMail  # noqa: PLC0415 - only where it is used

        gateways[MessageChannel.EMAIL] = SmtpMail(settings.mail)
    return gateways


def _recordings(settings: Settings) -> RecordingGateway | None:
    if settings.twilio is None:
        return None
    from helpdesk.gateways.twilio_recordings import TwilioRecordings  # noqa: PLC0415 - slow to import

    return TwilioRecordings(settings.twilio)
