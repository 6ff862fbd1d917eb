"""What can be found: each record of the knowledge base under its names, its nicknames and its words."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from knowledge_base.knowledge import Knowledge
from knowledge_base.records.courses import Course
from knowledge_base.records.measures import Edition, Measure
from knowledge_base.records.nicknames import Nickname
from knowledge_base.records.organisations import Organisation
from knowledge_base.records.references import Briefing, Question, SuccessCase
from knowledge_base.requirements import requirements


class FoundKind(StrEnum):
    """What a hit is."""

    MEASURE = "measure"
    ORGANISATION = "organisation"
    QUESTION = "question"
    SUCCESS_CASE = "success_case"
    COURSE = "course"
    BRIEFING = "briefing"
    DOCUMENT = "document"


@dataclass(frozen=True, slots=True)
class Findable:
    """A record as it is searched. `leads` say what it is, `details` all else; `phones` are digits only.

    `measures` are the ids of the measures that it is about.
    """

    kind: FoundKind
    id: str
    title: str
    short_names: tuple[str, ...] = ()
    nicknames: tuple[str, ...] = ()
    leads: tuple[str, ...] = ()
    details: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    measures: tuple[str, ...] = ()


def findables(knowledge: Knowledge) -> Iterator[Findable]:
    """Yield everything that can be found, kinds one after the other, each in the order of its file."""
    for measure in knowledge.measures.values():
        yield _measure(measure, knowledge)
    for organisation in knowledge.organisations.values():
        yield _organisation(organisation, knowledge)
    for question in knowledge.faq.values():
        yield _question(question, knowledge)
    for case in knowledge.success_cases.values():
        yield _success_case(case, knowledge)
    for course in knowledge.courses.values():
        yield _course(course)
    for briefing in knowledge.briefings.values():
        yield _briefing(briefing, knowledge)
    yield from _documents(knowledge)


def _measure(measure: Measure, knowledge: Knowledge) -> Findable:
    hosts = (measure.host.then, measure.host.now)
    return Findable(
        FoundKind.MEASURE,
        measure.id,
        measure.name,
        nicknames=_words(n for n in knowledge.nicknames.values() if _means(n, measure)),
        leads=(measure.summary, *hosts, *(theme.text for theme in measure.themes)),
        details=(
            *filter(None, (measure.apply_at, measure.execution_period)),
            *measure.documents,
            *(line for edition in measure.editions for line in _edition(edition, knowledge)),
        ),
        phones=tuple(_digits(phone.number) for phone in measure.hotlines),
        measures=(measure.id,),
    )


def _means(nickname: Nickname, measure: Measure) -> bool:
    hosts = f"{measure.host.then}、{measure.host.now}"
    return measure.id in nickname.measures or any(host in hosts for host in nickname.hosts)


def _edition(edition: Edition, knowledge: Knowledge) -> Iterator[str]:
    yield edition.window.text
    for amount in edition.amounts:
        yield "，".join(filter(None, (f"{amount.label} {amount.cap_ntd:,} 元", amount.note)))
    yield from (each.text for each in requirements(knowledge, edition))
    yield from (rule.text for rule in edition.rules)


def _organisation(organisation: Organisation, knowledge: Knowledge) -> Findable:
    return Findable(
        FoundKind.ORGANISATION,
        organisation.slug,
        organisation.name,
        short_names=(organisation.short_name,),
        nicknames=_words(n for n in knowledge.nicknames.values() if organisation.slug in n.organisations),
        leads=(
            knowledge.consents[organisation.kind].label,
            *organisation.specialities,
            *organisation.sectors,
            *organisation.scopes,
        ),
        details=(
            *_names(organisation.measures, knowledge),
            *filter(None, (organisation.region, organisation.seat)),
            *organisation.counties,
        ),
        phones=tuple(_digits(phone.number) for phone in organisation.phones),
        measures=organisation.measures,
    )


def _question(question: Question, knowledge: Knowledge) -> Findable:
    return Findable(
        FoundKind.QUESTION,
        question.id,
        question.question,
        leads=_sentences(question.answer),
        details=_names(question.measures, knowledge),
        measures=question.measures,
    )


def _success_case(case: SuccessCase, knowledge: Knowledge) -> Findable:
    return Findable(
        FoundKind.SUCCESS_CASE,
        case.id,
        case.title,
        leads=(*case.problem, *case.solution, *(f"{result.label}：{result.text}" for result in case.results)),
        details=(
            *filter(None, (case.sector, case.form, "成功案例")),
            *(f"{figure.label} {figure.value}" for figure in case.figures),
            *_names(case.measures, knowledge),
        ),
        measures=case.measures,
    )


def _course(course: Course) -> Findable:
    return Findable(
        FoundKind.COURSE,
        course.id,
        course.name,
        leads=(course.audience, *course.topics),
        details=("課程",),
    )


def _briefing(briefing: Briefing, knowledge: Knowledge) -> Findable:
    return Findable(
        FoundKind.BRIEFING,
        briefing.id,
        briefing.title,
        leads=tuple(filter(None, (briefing.note, briefing.place))),
        details=("說明會", *briefing.counties, *_names(briefing.measures, knowledge)),
        measures=briefing.measures,
    )


def _documents(knowledge: Knowledge) -> Iterator[Findable]:
    """Yield the papers that applications need, each once, with the measures that ask for it."""
    asked_by: dict[str, list[Measure]] = {}
    for measure in knowledge.measures.values():
        for document in measure.documents:
            asked_by.setdefault(document, []).append(measure)
    for document, measures in asked_by.items():
        yield Findable(
            FoundKind.DOCUMENT,
            document,
            document,
            details=("申請文件", *(measure.name for measure in measures)),
            measures=tuple(measure.id for measure in measures),
        )


def _names(measures: tuple[str, ...], knowledge: Knowledge) -> tuple[str, ...]:
    return tuple(knowledge.measures[measure].name for measure in measures)


def _sentences(text: str) -> tuple[str, ...]:
    return tuple(re.findall(r"[^。；]+[。；]?", text))


def _words(nicknames: Iterator[Nickname]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(word for nickname in nicknames for word in nickname.words))


def _digits(number: str) -> str:
    return re.sub(r"\D", "", number)
