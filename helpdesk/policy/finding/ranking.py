"""How well each record answers a query: how much of what was asked it covers, and by which likeness.

Every gram of the query weighs by how rare it is, and counts for a record by where the record holds it. What
agrees in spelling counts most, then what is spelled alike, then what sounds alike.
"""

from collections.abc import Iterator, Sequence
from math import log
from typing import NamedTuple

from rapidfuzz import fuzz, process

from helpdesk.policy.finding.postings import Gram, Postings
from helpdesk.policy.finding.query import Query, whole_units

HEARD, ALIKE = 0.6, 0.7
"""What a likeness in sound, and one in spelling, counts beside an agreement."""
WHOLE = 0.5
"""What a whole name found in the query counts on top, by the share of the query that it covers."""
UNKNOWN, JOINT = 2.0, 0.5
"""What a gram weighs that no record holds: less than a rare one, little where it joins two known words."""
ENOUGH, PART = 0.15, 0.4
"""The least score of a match, of 1: below it pairs agree by chance. Without a name in it a match holds more than
that part of what was asked: what holds less answers another question."""
LIKENESS, COMMON = 74, 1 / 3
"""The least likeness of spelling in per cent: one of four characters wrong, beside words that so many records hold."""


class Match(NamedTuple):
    """A record by its number, how well it answers, and why, in words."""

    number: int
    score: float
    why: tuple[str, ...]


class _Agreement(NamedTuple):
    """Grams of the query that agree with a record: how strongly, why, and what a whole name adds to the score."""

    number: int
    places: Sequence[int]
    strength: float
    reason: str
    extra: float = 0.0


class _Evidence:
    """What speaks for one record: for each gram how strongly and why; and what a whole name adds."""

    def __init__(self, grams: int) -> None:
        self.strengths = [0.0] * grams
        self.reasons = [""] * grams
        self.extra = 0.0

    def take(self, agreement: _Agreement) -> None:
        """Let each gram count as it agrees most; of two reasons of equal strength the later is named."""
        if agreement.places:
            self.extra = max(self.extra, agreement.extra)
        for place in agreement.places:
            if agreement.strength >= self.strengths[place]:
                self.strengths[place] = agreement.strength
                self.reasons[place] = agreement.reason

    @property
    def places(self) -> list[int]:
        """Return which grams agree."""
        return [place for place, strength in enumerate(self.strengths) if strength]

    @property
    def why(self) -> tuple[str, ...]:
        """Return the reasons once each, whole names first."""
        return tuple(sorted(dict.fromkeys(filter(None, self.reasons)), key=lambda reason: "「" not in reason))


def rank(query: Query, postings: Postings) -> list[Match]:
    """Return the records that answer a query well enough, best first, ties in the order of the records."""
    if not query.spans:
        return []
    evidence: dict[int, _Evidence] = {}
    for agreement in _agreements(query, postings):
        if agreement.number not in evidence:
            evidence[agreement.number] = _Evidence(len(query.spans))
        evidence[agreement.number].take(agreement)
    weights = weigh(query, postings)
    matches = []
    for number, found in evidence.items():
        covered = sum(weight * strength for weight, strength in zip(weights, found.strengths, strict=True))
        score = round((covered / sum(weights) + found.extra) / (1 + WHOLE), 6)
        if score >= ENOUGH and (found.extra or query.held(found.places) > PART):
            matches.append(Match(number, score, found.why))
    return sorted(matches, key=lambda match: (-match.score, match.number))


def weigh(query: Query, postings: Postings) -> list[float]:
    """Return what each gram of a query weighs: the rarer, the more."""
    holding = [
        len(postings.written.get(gram, ())) or len(postings.heard.get(sound, ()))
        for gram, sound in zip(query.grams, query.heard, strict=True)
    ]
    weights = []
    for place, count in enumerate(holding):
        joins = 0 < place < len(holding) - 1 and holding[place - 1] and holding[place + 1]
        unknown = JOINT if joins else UNKNOWN
        weights.append(log(1 + len(postings.passages) / count) if count else unknown)
    return weights


def _agreements(query: Query, postings: Postings) -> Iterator[_Agreement]:
    """Yield all that agrees in sound, then what is spelled alike, then what is spelled the same."""
    yield from _parts_heard(query, postings)
    for stretch in query.stretches():
        for named in postings.heard_names.get(query.syllables[stretch], ()):
            share = query.share(stretch)
            # two syllables within more agree by chance too often to add anything
            extra = HEARD * WHOLE * share if len(query.units[stretch]) > 2 or share == 1 else 0.0
            reason = f"讀音相近「{named.name}」"
            yield _Agreement(named.number, query.inside(stretch), HEARD, reason, extra)
    if query.units not in postings.names:  # what is a name as it stands is not misspelled
        yield from _names_alike(query, postings)
    for place, gram in enumerate(query.grams):
        for number, part in postings.written.get(gram, {}).items():
            yield _Agreement(number, [place], part.strength, part.label)
    for stretch in query.stretches():
        for named in postings.names.get(query.units[stretch], ()):
            reason = f"{named.part.label}「{named.name}」"
            extra = WHOLE * query.share(stretch)
            yield _Agreement(named.number, query.inside(stretch), 1.0, reason, extra)


def _parts_heard(query: Query, postings: Postings) -> Iterator[_Agreement]:
    """Yield what sounds like part of a name.

    A single pair of sounds agrees by chance: the record must hold a neighbour of it too, in sound or spelling.
    """
    holders = [
        (postings.written.get(gram, {}), postings.heard.get(sound, {}))
        for gram, sound in zip(query.grams, query.heard, strict=True)
    ]
    for place, (_, heard) in enumerate(holders):
        beside = [*holders[max(0, place - 1) : place], *holders[place + 1 : place + 2]]
        for number, part in heard.items():
            if any(number in either for pair in beside for either in pair):
                yield _Agreement(number, [place], HEARD * part.strength, "讀音相近")


def _names_alike(query: Query, postings: Postings) -> Iterator[_Agreement]:
    """Yield the names that are spelled much like the query or a part of it, the longest first."""
    text, names = "".join(query.units), postings.spelled
    alike = process.extract(text, names, scorer=fuzz.partial_ratio, score_cutoff=LIKENESS, limit=None)
    for spelled, _, units in sorted(alike, key=lambda found: -len(found[0])):
        place = fuzz.partial_ratio_alignment(text, spelled)
        if place is None or _figures(units) != _figures(query.units):
            continue  # no figure is like another
        asked = whole_units(query.units, place.src_start, place.src_end)
        named = whole_units(units, place.dest_start, place.dest_end)
        length = max(asked.stop - asked.start, named.stop - named.start)
        stretch, likened = _widened(asked, length, query.units), _widened(named, length, units)
        core = _core(query.units[stretch], postings)
        likeness = fuzz.ratio(core, _core(units[likened], postings))
        if not core or likeness < LIKENESS:
            continue
        strength = ALIKE * likeness / 100
        extra = strength * WHOLE * query.share(stretch)
        for record in postings.names[units]:
            reason = f"字形相近「{record.name}」"
            yield _Agreement(record.number, query.inside(stretch), strength, reason, extra)


def _widened(stretch: slice, length: int, units: Gram) -> slice:
    """Return the units about a stretch that are as many as `length`, as far as there are so many."""
    stop = min(stretch.start + length, len(units))
    return slice(max(stop - length, 0), stop)


def _core(units: Gram, postings: Postings) -> str:
    """Return units joined, without the pairs that so many records hold that they tell none from another."""
    common = {
        place
        for start in range(len(units) - 1)
        if len(postings.written.get(units[start : start + 2], ())) >= COMMON * len(postings.passages)
        for place in (start, start + 1)
    }
    return "".join(unit for place, unit in enumerate(units) if place not in common)


def _figures(units: Gram) -> set[str]:
    return {unit for unit in units if unit[0].isdecimal()}
