"""What the desk reads out beside the rules: answers, success cases, courses, briefings, organisations."""

from flask import abort, render_template, request
from flask.typing import ResponseReturnValue

from helpdesk import clock
from helpdesk.policy.permissions import Permission
from helpdesk.web.access import requires
from helpdesk.web.agents import bp
from helpdesk.web.agents.citations import cited
from helpdesk.web.agents.supervision import asked
from helpdesk.web.installation import equipment
from helpdesk.web.labels import label
from helpdesk.web.presentation import choices
from helpdesk.web.vocabulary import sectors
from knowledge_base.lookup import questions, sector_group
from knowledge_base.records.references import Briefing, FaqTopic
from knowledge_base.records.vocabulary import OrganisationKind


@bp.get("/faq")
@requires(Permission.KNOWLEDGE_READ)
def faq() -> ResponseReturnValue:
    """Show the questions often asked by topic; of one topic or measure, or with some words, when asked for."""
    knowledge, topic = equipment().knowledge, asked(FaqTopic, "topic")
    measure = knowledge.measures.get(request.args.get("measure", ""))
    words = request.args.get("words", "").strip()
    shown = questions(knowledge, topic=topic, measure=measure.id if measure else None, words=words)
    answered = {name for each in knowledge.faq.values() for name in each.measures}
    return render_template(
        "agents/faq.html",
        topics=[(each, [one for one in shown if one.topic is each]) for each in FaqTopic],
        count=len(shown),
        chosen={"topic": topic, "measure": measure.id if measure else None, "words": words},
        topic_choices=choices(FaqTopic),
        measure_choices=[(each.id, each.name) for each in knowledge.measures.values() if each.id in answered],
        sources=cited(shown, knowledge),
    )


@bp.get("/success-cases")
@requires(Permission.KNOWLEDGE_READ)
def success_cases() -> ResponseReturnValue:
    """Show the success cases one below the other."""
    knowledge = equipment().knowledge
    cases = list(knowledge.success_cases.values())
    return render_template("agents/success_cases.html", cases=cases, sources=cited(cases, knowledge))


@bp.get("/courses")
@requires(Permission.KNOWLEDGE_READ)
def courses() -> ResponseReturnValue:
    """Show the classes of the programme."""
    knowledge = equipment().knowledge
    found = list(knowledge.courses.values())
    return render_template("agents/courses.html", courses=found, sources=cited(found, knowledge))


@bp.get("/briefings")
@requires(Permission.KNOWLEDGE_READ)
def briefings() -> ResponseReturnValue:
    """Show the briefings to come, the next first, and below them the past ones, the latest first."""
    knowledge, now = equipment().knowledge, clock.now()
    in_order = sorted(knowledge.briefings.values(), key=lambda each: each.starts_at)

    def is_past(briefing: Briefing) -> bool:
        return (briefing.ends_at or briefing.starts_at) < now

    return render_template(
        "agents/briefings.html",
        coming=[each for each in in_order if not is_past(each)],
        past=[each for each in reversed(in_order) if is_past(each)],
        sources=cited(in_order, knowledge),
    )


@bp.get("/organisations")
@requires(Permission.KNOWLEDGE_READ)
def organisations() -> ResponseReturnValue:
    """Show the organisations that act on referrals, of one kind or for one sector when the address says so."""
    knowledge, kind = equipment().knowledge, asked(OrganisationKind, "kind")
    sector = request.args.get("sector", "")
    known = {name for _, names in sectors() for name in names}
    suiting = {sector, sector_group(knowledge, sector)} if sector in known else set()
    shown = [
        each
        for each in knowledge.organisations.values()
        if kind in {None, each.kind} and (not suiting or not each.sectors or suiting & {*each.sectors})
    ]
    return render_template(
        "agents/organisations.html",
        organisations=shown,
        chosen={"kind": kind, "sector": sector},
        kinds=[(each.value, label(each)) for each in OrganisationKind],
        sectors=sectors(),
    )


@bp.get("/organisations/<slug>")
@requires(Permission.KNOWLEDGE_READ)
def show_organisation(slug: str) -> ResponseReturnValue:
    """Show one organisation, with the others of its legal person, which impartiality counts as the same."""
    knowledge = equipment().knowledge
    found = knowledge.organisations.get(slug) or abort(404)
    same_entity = [
        each
        for each in knowledge.organisations.values()
        if each.legal_entity == found.legal_entity and each.slug != slug
    ]
    return render_template(
        "agents/organisation.html",
        organisation=found,
        same_entity=same_entity,
        measures=[knowledge.measures[name] for name in found.measures],
        sources=cited([found], knowledge),
    )
