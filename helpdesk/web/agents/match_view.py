"""The doors of the panel of measures: drawn anew after every answer, an answer as text."""

from collections.abc import Mapping

from flask import abort, render_template, request, url_for
from flask.typing import ResponseReturnValue

from helpdesk import clock
from helpdesk.policy.answer_texts import measure_answer, question_answer
from helpdesk.policy.fact_values import read_facts
from helpdesk.policy.matching import match_on, match_year
from helpdesk.policy.permissions import Permission
from helpdesk.web.access import requires
from helpdesk.web.agents import bp
from helpdesk.web.agents.match_panel import PREFIX, chosen_year, said_in, typed_panel
from helpdesk.web.installation import equipment
from helpdesk.web.transaction import reads


@bp.post("/match")
@requires(Permission.CASE_READ)
@reads
def match_measures() -> ResponseReturnValue:
    """Return the panel for what the form says so far. Writes nothing.

    After an answer the next question of the same part takes the focus; a field that stays keeps it.
    """
    form, panel = request.form, typed_panel(request.form)
    answered, part = form.get("answered", ""), form.get("answered_in") or "first"
    if not answered.startswith(PREFIX) or answered in panel.problems:
        part = ""
    return render_template("agents/match.html", match=panel, part=part, **places(form.get("case", "")))


@bp.post("/answer-text")
@requires(Permission.CASE_READ)
@reads
def answer_text() -> ResponseReturnValue:
    """Return the answer to a question, or about one measure for the facts of the form, as plain text.

    With `past` a measure is told as it stood in the year that the panel shows.
    """
    asked = request.args
    if "question" in asked:
        text = answer_to(asked["question"])
    else:
        text = answer_for(request.form, asked.get("measure", ""), past=bool(asked.get("past")))
    return text, {"Content-Type": "text/plain; charset=utf-8"}


def places(number: str = "", measure: str | None = None) -> dict[str, object]:
    """Return where the panel's buttons lead: of a case by its number, or of a call that is being logged."""
    if not number:
        return {
            "insert_at": url_for("agents.insert_call_answer"),
            "answer_field": "answer",
            "measure_at": None,
            "update_at": url_for("agents.match_call", _anchor="match"),
        }
    return {
        "insert_at": url_for("agents.insert_answer", number=number),
        "answer_field": "body",
        "measure_at": url_for("agents.act", number=number, action="measure"),
        "update_at": url_for("agents.match_case", number=number, _anchor="measures"),
        "measure_id": measure or request.form.get("case_measure"),
    }


def answer_to(question_id: str) -> str:
    """Return the answer to a question often asked."""
    return question_answer(equipment().knowledge.faq.get(question_id) or abort(404))


def answer_for(form: Mapping[str, str], measure_id: str, *, past: bool) -> str:
    """Return the answer about a measure for the facts of a form, for today or in the past year it shows."""
    knowledge, rules, now = equipment().knowledge, equipment().terms.rules, clock.now()
    facts = read_facts(said_in(form)[0], knowledge)
    year = chosen_year(form.get("year", "")) if past else None
    matches = (
        match_year(knowledge, rules, facts, year, now) if year else match_on(knowledge, rules, facts, now)
    )
    return measure_answer(matches.of(measure_id) or abort(404), knowledge, now)
