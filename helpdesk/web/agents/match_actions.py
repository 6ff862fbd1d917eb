"""What an agent does with a case from the panel of measures: keep answers, choose a measure, take a text over."""

from flask import abort, request
from flask.typing import ResponseReturnValue

from helpdesk import clock
from helpdesk.extensions import db
from helpdesk.models.case import Case
from helpdesk.policy.permissions import Permission
from helpdesk.policy.submission import Refused
from helpdesk.services import stated_facts
from helpdesk.web.access import current_account, requires
from helpdesk.web.agents import bp
from helpdesk.web.agents.case_view import case_screen
from helpdesk.web.agents.match_panel import said_in
from helpdesk.web.agents.match_view import answer_for
from helpdesk.web.installation import equipment
from helpdesk.web.transaction import reads


@bp.post("/cases/<number>/answer-text")
@requires(Permission.CASE_WRITE)
@reads
def insert_answer(number: str) -> ResponseReturnValue:
    """Show the case with the answer about a measure in the answer box; nothing is sent."""
    form = request.form
    past = form.get("insert_past", "")
    body = answer_for(form, past or form.get("insert", ""), past=bool(past))
    return case_screen(number, typed={**form.to_dict(), "body": body})


@bp.post("/cases/<number>/match")
@requires(Permission.CASE_WRITE)
@reads
def match_case(number: str) -> ResponseReturnValue:
    """Show the case with the panel for what was typed in it; nothing is kept."""
    return case_screen(number, typed=request.form)


def keep_facts(case: Case) -> str:
    """Keep what the panel says of the enterprise. Raises Refused at each field that cannot be read."""
    said, problems = said_in(request.form)
    if problems:
        raise Refused(problems)
    changed = stated_facts.record_facts(db.session(), case, said, account=current_account(), now=clock.now())
    if not changed:
        return "資格資料沒有變動。"
    labels = [record.label for fact, record in equipment().knowledge.facts.items() if fact.value in changed]
    return f"已記下：{'、'.join(labels)}。"


def take_measure(case: Case) -> str:
    """Let the case be about the measure that was chosen in the panel."""
    measure = equipment().knowledge.measures.get(request.form.get("measure", "")) or abort(404)
    stated_facts.choose_measure(db.session(), case, measure.id, account=current_account(), now=clock.now())
    return f"本案措施已設為「{measure.name}」。"
