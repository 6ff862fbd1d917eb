"""Questions about what the desk knows. Pure reads: no clock, no state, the same answer every time."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from datetime import datetime
from typing import TypeVar

from .knowledge import Knowledge
from .records import (
    Category,
    Channel,
    Edition,
    Measure,
    Metric,
    Organisation,
    SlaPolicy,
    Urgency,
    WindowState,
)

_Found = TypeVar("_Found")


class NotInKnowledge(LookupError):
    """Nothing is known under this id; the text says what was looked for."""


def _get(records: Mapping[str, _Found], kind: str, identity: str) -> _Found:
    if identity not in records:
        raise NotInKnowledge(f"知識庫沒有{kind}「{identity}」")
    return records[identity]


def measure(knowledge: Knowledge, measure_id: str) -> Measure:
    """Return a measure. Raises NotInKnowledge."""
    return _get(knowledge.measures, "措施", measure_id)


def organisation(knowledge: Knowledge, slug: str) -> Organisation:
    """Return an organisation. Raises NotInKnowledge."""
    return _get(knowledge.organisations, "單位", slug)


def edition(measure: Measure, key: str) -> Edition:
    """Return a measure's edition, for example `112`. Raises NotInKnowledge."""
    return _get({edition.key: edition for edition in measure.editions}, f"{measure.name}的年度版", key)


def edition_at(measure: Measure, on: datetime) -> Edition:
    """Return the edition to speak of at an instant: the open one, else the one that closes last."""
    return max(
        measure.editions,
        key=lambda edition: (window_state(edition, on) is WindowState.OPEN, edition.window.closes_at),
    )


def window_state(edition: Edition, on: datetime) -> WindowState:
    """Return whether applications are taken at the aware instant `on`.

    A deadline is printed to the second or coarser, so its whole second still counts. Of two reasons
    to be closed the earlier is named. Raises ValueError for a naive `on`.
    """
    if on.tzinfo is None:
        raise ValueError("on must be an aware datetime")
    window = edition.window
    if window.opens_at and on < window.opens_at:
        return WindowState.NOT_YET_OPEN
    exhausted = window.funds_exhausted_at
    if exhausted and exhausted <= min(on, window.closes_at):
        return WindowState.CLOSED_BY_FUNDS
    if on.replace(microsecond=0) > window.closes_at:
        return WindowState.CLOSED_BY_DATE
    return WindowState.OPEN


def normalise_county(knowledge: Knowledge, text: str) -> str | None:
    """Return the county that a text names, or None when it names none or more than one.

    Understands 台 for 臺, former names, an address that begins with a county, and a short name
    that fits only one of today's (高雄 does, 新竹 and 嘉義 do not).
    """
    folded = unicodedata.normalize("NFKC", text).replace("台", "臺").replace(" ", "")
    names = {
        name.replace("台", "臺"): county.id
        for county in knowledge.counties.values()
        for name in (county.id, *county.aliases)
    }
    named = {county for name, county in names.items() if folded.startswith(name)}
    if not named and len(folded) > 1:
        named = {county for county in knowledge.counties if county.startswith(folded)}
    return named.pop() if len(named) == 1 else None


def region_of(knowledge: Knowledge, county: str) -> str:
    """Return the service region of a county in any spelling. Raises NotInKnowledge."""
    return _get(knowledge.counties, "縣市", normalise_county(knowledge, county) or county).region


def sector_group(knowledge: Knowledge, sector: str) -> str:
    """Return the industry group of a sub-sector, or the group itself. Raises NotInKnowledge."""
    groups = {name: group.id for group in knowledge.sectors.values() for name in (group.id, *group.sectors)}
    return _get(groups, "產業", sector)


def policy_for(
    knowledge: Knowledge,
    metric: Metric,
    *,
    category: Category | None = None,
    urgency: Urgency | None = None,
    channel: Channel | None = None,
    organisation: str | None = None,
) -> SlaPolicy:
    """Return the promise that holds for a case: of those that match, the most specific.

    The loader has made sure that each metric has one general policy and that none tie.
    """
    case = {"category": category, "urgency": urgency, "channel": channel, "organisation": organisation}
    return max(
        (
            policy
            for policy in knowledge.policies.values()
            if policy.metric == metric
            and all(case[name] == value for name, value in policy.match.named.items())
        ),
        key=lambda policy: len(policy.match.named),
    )
