"""What an installation works with, built once: knowledge, classifier, calendar, gateways, settings."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import cast

from flask import Flask

from helpdesk.gateways.file_store import FileStore, FolderStore
from helpdesk.gateways.messages import ConsoleGateway, MessageGateway
from helpdesk.gateways.recordings import RecordingGateway
from helpdesk.policy.desk_calendar import desk_calendar
from helpdesk.policy.notices import MessageChannel
from helpdesk.policy.service_calendar import ServiceCalendar
from helpdesk.services.equipment import Classifier
from helpdesk.settings import Settings
from knowledge_base import loader
from knowledge_base.knowledge import Knowledge
from triage_model import store


@dataclass(frozen=True)
class Runtime:
    """Everything that is made once and passed down. `wake` tells the worker that messages wait.

    `recordings` is None where no telephony provider is configured.
    """

    settings: Settings
    knowledge: Knowledge
    classifier: Classifier
    calendar: ServiceCalendar
    files: FileStore
    gateways: Mapping[MessageChannel, MessageGateway]
    wake: Callable[[], None]
    recordings: RecordingGateway | None = None

    @property
    def public_base_url(self) -> str:
        """Return the address under which enterprises reach the window, without a trailing slash."""
        return self.settings.public_base_url


def build(settings: Settings, *, wake: Callable[[], None] = lambda: None) -> Runtime:
    """Load the knowledge and the promoted model and choose the gateways that are configured.

    Raises KnowledgeError, or ArtefactError when no model was trained yet.
    """
    knowledge = loader.load(settings.knowledge)
    return Runtime(
        settings=settings,
        knowledge=knowledge,
        classifier=store.load_promoted(),
        calendar=desk_calendar(knowledge),
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
