"""Questions about what the desk knows. Pure reads: no clock, no state, the same answer every time."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import TypeVar

from .knowledge import Knowledge
from .records import (
    Category,
    Channel,
    Edition,
    Measure,
    Metric,
    Organisation,
    Question,
    SlaPolicy,
    Urgency,
    WindowState,
)
from .records.measures import TAIPEI
from .records.references import FaqTopic

When = datetime | date
"""An aware instant, or a whole day in Taipei."""

ROC_OFFSET = 1911
ONE_DAY, ONE_SECOND = timedelta(days=1), timedelta(seconds=1)

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


def edition_at(measure: Measure, when: When) -> Edition:
    """Return the edition to speak of then: the open one, else the last that was, else the first to come."""

    def closeness(edition: Edition) -> tuple[bool, bool, float]:
        state, window = window_state(edition, when), edition.window
        if state is WindowState.NOT_YET_OPEN:
            return False, False, -window.closes_at.timestamp()
        return state is WindowState.OPEN, True, window.closes_at.timestamp()

    return max(measure.editions, key=closeness)


def window_state(edition: Edition, when: When) -> WindowState:
    """Return whether applications are taken at an aware instant, or at any time of a day in Taipei.

    A deadline is printed to the second or coarser, so its whole second still counts. Of two reasons
    to be closed the earlier is named. Raises ValueError for a naive instant.
    """
    if isinstance(when, datetime):
        return _state_at(edition, when)
    begins = datetime.combine(when, time(), TAIPEI)
    instants = (begins, *(at for at in (edition.window.opens_at,) if at), begins + ONE_DAY - ONE_SECOND)
    states = [_state_at(edition, at) for at in instants if at.astimezone(TAIPEI).date() == when]
    return WindowState.OPEN if WindowState.OPEN in states else states[-1]


def _state_at(edition: Edition, on: datetime) -> WindowState:
    if on.tzinfo is None:
        raise ValueError("when must be an aware datetime, or a date")
    window = edition.window
    if on < (window.opens_at or _first_instant(edition)):
        return WindowState.NOT_YET_OPEN
    exhausted = window.funds_exhausted_at
    if exhausted and exhausted <= min(on, closes_at(edition)):
        return WindowState.CLOSED_BY_FUNDS
    if on.replace(microsecond=0) > closes_at(edition):
        return WindowState.CLOSED_BY_DATE
    return WindowState.OPEN


def _first_instant(edition: Edition) -> datetime:
    """Return when the first year of an edition begins: before it, nobody takes applications for it."""
    return datetime(years_of(edition)[0] + ROC_OFFSET, 1, 1, tzinfo=TAIPEI)


def closes_at(edition: Edition) -> datetime:
    """Return the last second in which applications are taken, an announced earlier end regarded."""
    window = edition.window
    return window.closed_early_at or window.closes_at


def years_of(edition: Edition) -> range:
    """Return the ROC years that an edition's key spans."""
    first, _, last = edition.key.partition("-")
    return range(int(first), int(last or first) + 1)


def edition_of_year(measure: Measure, roc_year: int) -> Edition | None:
    """Return the edition whose key covers a ROC year; None when there was none."""
    return next((edition for edition in measure.editions if roc_year in years_of(edition)), None)


def questions(
    knowledge: Knowledge, *, topic: FaqTopic | None = None, measure: str | None = None, words: str = ""
) -> list[Question]:
    """Return the questions of a topic and of a measure, or of any, whose words or answer hold all of `words`."""
    wanted = _folded(words).split()
    return [
        each
        for each in knowledge.faq.values()
        if topic in {None, each.topic}
        and (measure is None or measure in each.measures)
        and all(word in _folded(each.question + each.answer) for word in wanted)
    ]


def _folded(text: str) -> str:
    """Return a text without the differences of width, case and 台 from 臺."""
    return unicodedata.normalize("NFKC", text).casefold().replace("台", "臺")


def normalise_county(knowledge: Knowledge, text: str) -> str | None:
    """Return the county that a text names, or None when it names none or more than one.

    Understands 台 for 臺, former names, an address that begins with a county, and a short name
    that fits only one of today's (高雄 does, 新竹 and 嘉義 do not).
    """
    folded = _folded(text).replace(" ", "")
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
