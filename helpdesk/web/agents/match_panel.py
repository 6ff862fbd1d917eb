"""The panel of measures beside a call or a case, in words and fields: what is known, what to ask, what fits.

It is made from what the form around it says; who keeps the answers is the doors' business.
"""

from collections.abc import Container, Mapping
from dataclasses import dataclass
from datetime import date

from helpdesk import clock
from helpdesk.models.case import Case
from helpdesk.policy.answer_texts import (
    amount_in_words,
    judgement_in_words,
    way_on_in_words,
    window_in_words,
)
from helpdesk.policy.fact_values import (
    UNKNOWN,
    BadFacts,
    Facts,
    FactValue,
    fact_in_words,
    read_facts,
    typed_facts,
)
from helpdesk.policy.matching import Match, Matches, MatchGroup, match_on, match_year
from helpdesk.policy.reason_words import ASSUMED
from helpdesk.queries.case_facts import declined_of, facts_of, said_of
from helpdesk.services.stated_facts import KEPT
from helpdesk.web.installation import equipment
from knowledge_base.lookup import ROC_OFFSET, years_of
from knowledge_base.records.conditions import FactRecord
from knowledge_base.records.vocabulary import Fact, FactKind

PREFIX = "fact-"
OF_A_PLAN = {Fact.SAME_MATTER_SUBSIDISED, Fact.SUPPLY_CHAIN_ROLE, Fact.PARTNER_COUNT, Fact.SHOPS_IN_GROUP}
"""Facts of what is planned: the same enterprise may call about another plan."""
Said = Mapping[str, FactValue]


@dataclass(frozen=True, slots=True)
class FactField:
    """A question on the screen; `choices` are value and words, empty for a count.

    `value` is as typed, `words` as it is read out.
    """

    name: str
    label: str
    question: str
    hint: str | None
    choices: tuple[tuple[str, str], ...]
    value: str
    words: str


@dataclass(frozen=True, slots=True)
class MatchRow:
    """A measure in words: how its window stands, what it pays, how the enterprise stands, where else to turn."""

    id: str
    name: str
    edition: str
    window: str
    amounts: str
    judgement: str
    nearest: str | None
    successor: str | None


Groups = tuple[tuple[MatchGroup, tuple[MatchRow, ...]], ...]


@dataclass(frozen=True, slots=True)
class MatchPanel:
    """What the panel shows. `ask` are the questions left, best first, `other` all further facts of a case.

    `said` are the answers so far, all among `other`. `elsewhere` are the labels of facts worth asking
    whose field stands in another part of the page, `illegible` sentences about those that cannot be read.
    """

    day: date
    today: Groups
    year: int | None
    past: Groups | None
    years: tuple[int, ...]
    said: tuple[FactField, ...]
    ask: tuple[FactField, ...]
    other: tuple[FactField, ...]
    elsewhere: tuple[str, ...]
    illegible: tuple[str, ...]
    problems: Mapping[str, str]


def typed_panel(form: Mapping[str, str]) -> MatchPanel:
    """Return the panel of a form that was typed; what cannot be read is told at its field."""
    said, problems = said_in(form)
    declined = frozenset(Fact(name) for name, value in said.items() if value == UNKNOWN)
    return _panel(read_facts(said, equipment().knowledge), said, declined, form, problems)


def case_panel(case: Case, form: Mapping[str, str]) -> MatchPanel:
    """Return the panel of a case as it is kept, first of the measure that it is about."""
    facts, said = facts_of(case, equipment().knowledge), {n: v for n, v in said_of(case).items() if n in KEPT}
    return _panel(facts, said, declined_of(case), form, {}, first=case.measure)


def typed_again(case: Case) -> dict[str, str]:
    """Return what is known of a case's enterprise as the panel's fields say it, without what is of one plan."""
    return {
        PREFIX + fact: {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)
        for fact, value in facts_of(case, equipment().knowledge).items()
        if fact.value in KEPT and fact not in OF_A_PLAN
    }


def said_in(form: Mapping[str, str]) -> tuple[dict[str, FactValue], dict[str, str]]:
    """Return what a form says of all facts by name, and what cannot be read by field."""
    knowledge = equipment().knowledge
    typed = {fact.value: form.get(PREFIX + fact if fact.value in KEPT else fact, "") for fact in Fact}
    try:
        return typed_facts(typed, knowledge), {}
    except BadFacts as refusal:
        legible = {name: text for name, text in typed.items() if name not in refusal.problems}
        problems = {PREFIX + n if n in KEPT else n: words for n, words in refusal.problems.items()}
        return typed_facts(legible, knowledge), problems


def _panel(
    facts: Facts,
    said: Said,
    declined: frozenset[Fact],
    form: Mapping[str, str],
    problems: Mapping[str, str],
    first: str | None = None,
) -> MatchPanel:
    knowledge, rules, now = equipment().knowledge, equipment().terms.rules, clock.now()
    today = match_on(knowledge, rules, facts, now)
    year = chosen_year(form.get("year", ""))
    past = match_year(knowledge, rules, facts, year, now) if year else None
    own = today.of(first) if first else None
    wanted = [q.fact for q in own.assessment.ask] if own else []
    wanted += [*today.questions, *(past.questions if past else ())]
    worth = [knowledge.facts[fact] for fact in dict.fromkeys(wanted) if fact not in declined]
    ask = tuple(
        _field(record) for record in worth if record.id.value in KEPT and PREFIX + record.id not in problems
    )
    other = _other(said, form, besides={field.name for field in ask})
    return MatchPanel(
        day=clock.today(),
        today=_groups(today),
        year=year,
        past=_groups(past) if past else None,
        years=_years(),
        said=tuple(field for field in other if field.value),
        ask=ask,
        other=other,
        elsewhere=tuple(record.label for record in worth if record.id.value not in KEPT),
        illegible=tuple(
            f"「{knowledge.facts[Fact(name)].label}」填的「{form[name]}」讀不出來，下面的判斷沒有用到。"
            for name in problems
            if not name.startswith(PREFIX)
        ),
        problems=problems,
    )


def _other(said: Said, form: Mapping[str, str], besides: Container[str]) -> tuple[FactField, ...]:
    """Return the facts of a case that are not asked for, with what was said or typed of each."""
    facts = equipment().knowledge.facts.items()
    return tuple(
        _field(record, said.get(fact.value, form.get(PREFIX + fact)))
        for fact, record in facts
        if fact.value in KEPT and PREFIX + fact not in besides
    )


def _field(record: FactRecord, value: FactValue | None = None) -> FactField:
    choices, words = [(choice.value, choice.label) for choice in record.choices], fact_in_words(record, value)
    if record.kind is FactKind.YES_NO:
        choices = [("yes", "是"), ("no", "否")]
        value = {True: "yes", False: "no"}.get(value, value) if isinstance(value, bool) else value
    return FactField(
        name=PREFIX + record.id,
        label=record.label,
        question=record.question,
        hint=record.hint or (f"單位：{record.unit}" if record.unit else None),
        choices=(*choices, (UNKNOWN, "不知道")) if choices else (),
        value="不知道" if value == UNKNOWN and not choices else "" if value is None else str(value),
        words=words,
    )


def _groups(matches: Matches) -> Groups:
    return tuple((group, tuple(map(_row, found))) for group, found in matches.groups.items())


def _row(match: Match) -> MatchRow:
    edition = match.edition
    unsure = "" if edition.origin_of("amounts").checked else ASSUMED
    return MatchRow(
        id=match.measure.id,
        name=match.measure.name,
        edition=edition.key,
        window=window_in_words(edition, match.window, brief=True),
        amounts="；".join(map(amount_in_words, edition.amounts)) + unsure if edition.amounts else "",
        judgement=judgement_in_words(match, equipment().knowledge),
        nearest=way_on_in_words(match.nearest, clock.now()) if match.nearest else None,
        successor=way_on_in_words(match.successor, clock.now()) if match.successor else None,
    )


def _years() -> tuple[int, ...]:
    """Return the past years of which there are editions, the first one first."""
    measures, this_year = equipment().knowledge.measures.values(), clock.today().year - ROC_OFFSET
    years = {year for measure in measures for edition in measure.editions for year in years_of(edition)}
    return tuple(sorted(year for year in years if year < this_year))


def chosen_year(text: str) -> int | None:
    """Return the past ROC year that a form names, None for one of which there is no edition."""
    known = {str(year): year for year in _years()}
    return known.get(text)
