"""What a use case is given besides its session: knowledge, classifier, calendar, files."""

from typing import Protocol

from helpdesk.gateways.file_store import FileStore
from helpdesk.policy.service_calendar import ServiceCalendar
from helpdesk.policy.service_terms import ServiceTerms
from knowledge_base.knowledge import Knowledge
from triage_model.scorer import Classification


class Classifier(Protocol):
    """Sorts a text; the same text, the same answer."""

    def classify(self, text: str) -> Classification:
        """Return the ranking with its explanation; any text gets an answer."""


class Equipment(Protocol):
    """Built once for an installation; see `helpdesk.runtime`.

    `knowledge` and `calendar` are those of the `terms` in force; `shipped` is the knowledge before the
    desk amended it.
    """

    @property
    def knowledge(self) -> Knowledge: ...
    @property
    def classifier(self) -> Classifier: ...
    @property
    def calendar(self) -> ServiceCalendar: ...
    @property
    def terms(self) -> ServiceTerms: ...
    @property
    def shipped(self) -> Knowledge: ...
    @property
    def files(self) -> FileStore: ...
    @property
    def public_base_url(self) -> str: ...
