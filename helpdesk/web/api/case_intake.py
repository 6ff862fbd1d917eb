"""`POST /api/v1/cases`: an inquiry from another system. The same external_id again is the same case."""

from typing import Annotated, Any

from flask import g, jsonify, request
from flask.typing import ResponseReturnValue
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from helpdesk import clock
from helpdesk.extensions import db
from helpdesk.models.account import ApiKey
from helpdesk.models.service_clock import ServiceClock
from helpdesk.policy.submission import Refused, Submission, check_contact, check_enterprise
from helpdesk.policy.text_rules import MAX_TEXT, BadText, check_text
from helpdesk.services import intake, triage
from helpdesk.services.referrals.offering import propose
from helpdesk.services.sla_clocks import open_clocks
from helpdesk.web.access import keyed
from helpdesk.web.api import bp
from helpdesk.web.api.answers import bad_fields, body_of_request, caller, refusal
from helpdesk.web.installation import equipment
from helpdesk.web.vocabulary import vocabulary
from knowledge_base.records.vocabulary import Channel, OrganisationKind

MAX_ID = 100
Line = Annotated[str, Field(max_length=300)]


class Body(BaseModel):
    """Fields of one part; unknown ones are refused, so that a slip of the pen is not lost silently."""

    model_config = ConfigDict(extra="forbid")


class EnterpriseBody(Body):
    """Who needs help."""

    ubn: Line | None = None
    name: Line | None = None
    county: Line | None = None
    sector: Line | None = None
    regular_employees: Annotated[int, Field(strict=True, ge=0, le=1_000_000)] | None = None


class ContactBody(Body):
    """Who speaks for it; a phone number or an e-mail address at least."""

    name: Line | None = None
    phone: Line | None = None
    email: Line | None = None


class CaseBody(Body):
    """An inquiry."""

    channel: Channel = Channel.API
    text: Annotated[str, Field(min_length=1, max_length=MAX_TEXT)]
    enterprise: EnterpriseBody = EnterpriseBody()
    contact: ContactBody
    consent: list[OrganisationKind] = []
    external_id: Annotated[str, Field(min_length=1, max_length=MAX_ID)] | None = None


@bp.post("/cases")
@keyed
def open_case() -> ResponseReturnValue:
    """Open a case: 201, or 200 with the same case for a known external_id; 422 names each bad field."""
    key = caller()
    if key.organisation is not None:
        return refusal(403, "合作單位的金鑰不能新增案件。")
    try:
        body = CaseBody.model_validate(body_of_request())
    except ValidationError as problems:
        return bad_fields({_place(e["loc"]): _words(e) for e in problems.errors()})
    submission = _submission(body, key)
    runtime, now, session = equipment(), clock.now(), db.session()
    received = intake.receive(session, submission, equipment=runtime, now=now)
    case = received.case
    decision = triage.latest(session, case)
    proposed = propose(session, case, equipment=runtime, now=now).ranked if case.category else ()
    answer = {
        "number": case.number,
        "category": decision.category or decision.suggested,
        "probability": decision.probability,
        "abstain": decision.category is None,
        "status_url": f"{runtime.public_base_url}/s/{case.status_key}",
        "clocks": [_clock(clock_) for clock_ in open_clocks(session, case)],
        "candidates": [
            {"organisation": c.slug, "name": c.name, "kind": c.kind, "reasons": list(c.reasons)}
            for c in proposed
        ],
    }
    return jsonify(answer), 201 if received.is_new else 200


def _submission(body: CaseBody, key: ApiKey) -> Submission:
    problems: dict[str, str] = {}
    given = body.enterprise.model_dump(exclude_none=True)
    enterprise = contact = None
    try:
        check_text(body.text)
    except BadText as refused:
        problems["text"] = str(refused)
    try:
        enterprise = check_enterprise({name: str(value) for name, value in given.items()}, vocabulary())
    except Refused as refused:
        problems |= {f"enterprise.{name}": why for name, why in refused.problems.items()}
    try:
        said = body.contact
        contact = check_contact(
            {"contact_name": said.name or "", "phone": said.phone or "", "email": said.email or ""}
        )
    except Refused as refused:
        problems |= {
            f"contact.{name.removeprefix('contact_')}": why for name, why in refused.problems.items()
        }
    if problems or enterprise is None or contact is None:
        raise Refused(problems)
    # Without an id of the sender's every delivery is an inquiry of its own.
    delivery = request.headers.get("Idempotency-Key") or g.request_id
    if len(delivery) > MAX_ID:
        raise Refused({"Idempotency-Key": f"太長了，最多 {MAX_ID} 個字。"})
    unique = body.external_id or f"request-{delivery}"
    return Submission(
        channel=body.channel,
        text=body.text,
        idempotency_key=f"api:{key.id}:{unique}",
        enterprise=enterprise,
        contact=contact,
        consent=frozenset(body.consent),
        external_id=body.external_id,
    )


def _clock(running: ServiceClock) -> dict[str, Any]:
    return {"metric": running.metric, "due_at": running.due_at.isoformat() if running.due_at else None}


def _place(location: tuple[int | str, ...]) -> str:
    return ".".join(str(part) for part in location)


def _words(error: Any) -> str:
    """Return why, in the reader's language; what was sent is never echoed."""
    return {
        "missing": "缺少這個欄位。",
        "extra_forbidden": "沒有這個欄位。",
        "string_too_long": f"太長了，最多 {error.get('ctx', {}).get('max_length')} 個字。",
        "string_too_short": "不能是空的。",
        "enum": f"只能是：{error.get('ctx', {}).get('expected', '')}。",
    }.get(error["type"], "型別或內容不對。")
