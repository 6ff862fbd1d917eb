"""Finding all that the desk knows by the words of a call: a page of its own, and a part of the call's screen."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from helpdesk import clock
from helpdesk.policy.finding.findable import FoundKind
from helpdesk.policy.finding.index import Hit
from helpdesk.policy.permissions import Permission
from helpdesk.web.access import requires
from helpdesk.web.agents import bp
from helpdesk.web.installation import equipment
from knowledge_base.lookup import edition_at, window_state
from knowledge_base.records.vocabulary import WindowState

EVERYTHING = 1000
"""More hits than there are records: the page shows all."""
EXAMPLES = ("以大帶小", "碳盤", "9 人以下 分機")

LISTED_ON: Mapping[FoundKind, str] = {
    FoundKind.QUESTION: "agents.faq",
    FoundKind.SUCCESS_CASE: "agents.success_cases",
    FoundKind.COURSE: "agents.courses",
    FoundKind.BRIEFING: "agents.briefings",
}
"""The pages that show all records of a kind, each at its id."""


@dataclass(frozen=True, slots=True)
class Found:
    """A hit and the address where it is read; None for what has no place of its own, such as a document.

    `window` is how a measure's window stands today.
    """

    hit: Hit
    url: str | None
    window: WindowState | None


FoundGroups = list[tuple[FoundKind, list[Found]]]


@bp.get("/look-up")
@requires(Permission.KNOWLEDGE_READ)
def look_up() -> ResponseReturnValue:
    """Show what the words in the address find, by kind, the kind of the best hit first."""
    asked = request.args.get("q", "").strip()
    return render_template(
        "agents/look_up.html", asked=asked, found=found_for(asked, EVERYTHING), examples=EXAMPLES
    )


def found_for(asked: str, limit: int) -> FoundGroups:
    """Return the best hits by kind, best first."""
    groups: dict[FoundKind, list[Found]] = {}
    for found in _placed(equipment().terms.index.find(asked, limit=limit)):
        groups.setdefault(found.hit.kind, []).append(found)
    return list(groups.items())


def _placed(hits: Iterable[Hit]) -> Iterable[Found]:
    for hit in hits:
        yield Found(hit, _address(hit), _window(hit))


def _window(hit: Hit) -> WindowState | None:
    if hit.kind is not FoundKind.MEASURE:
        return None
    now = clock.now()
    return window_state(edition_at(equipment().knowledge.measures[hit.id], now), now)


def _address(hit: Hit) -> str | None:
    if hit.kind is FoundKind.MEASURE:
        return url_for("agents.show_measure", measure_id=hit.id)
    if hit.kind is FoundKind.ORGANISATION:
        return url_for("agents.show_organisation", slug=hit.id)
    return url_for(LISTED_ON[hit.kind], _anchor=hit.id) if hit.kind in LISTED_ON else None
