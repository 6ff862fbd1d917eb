"""How the API says no, and who is asking. Refusals are mapped once, for every view of the room."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue

from helpdesk.extensions import db
from helpdesk.models.account import ApiKey
from helpdesk.policy.referral_lifecycle import IllegalReferralEvent, MissingPart
from helpdesk.policy.submission import Refused
from helpdesk.policy.text_rules import BadText
from helpdesk.services import accounts
from helpdesk.services.referrals.acting import HoldTooLong, NotYours
from helpdesk.web.referral_input import BadInput, missing_words


class UnknownKey(Exception):
    """The request carries no key in force."""


class BadBody(Exception):
    """The request's body is no JSON object."""


def caller() -> ApiKey:
    """Return the key of the request. Raises UnknownKey for a missing, unknown or revoked one."""
    scheme, _, key = request.headers.get("Authorization", "").partition(" ")
    found = accounts.find_api_key(db.session(), key.strip()) if scheme.lower() == "bearer" else None
    if found is None:
        raise UnknownKey
    return found


def body_of_request() -> dict[str, Any]:
    """Return the JSON object that was sent. Raises BadBody."""
    try:
        document = request.get_json(silent=True)
    except RecursionError:
        raise BadBody from None
    if not isinstance(document, dict):
        raise BadBody
    return document


def refusal(code: int, detail: str, **more: object) -> ResponseReturnValue:
    """Return an error as JSON: `{"error": {"detail": ..., ...}}`."""
    return jsonify(error={"detail": detail, **more}), code


def bad_fields(problems: Mapping[str, str]) -> ResponseReturnValue:
    """Return 422 naming each field and why; never what was sent."""
    return refusal(422, "有欄位不能使用。", fields=dict(problems))


def map_refusals(bp: Blueprint) -> None:
    """Register what each refusal looks like."""

    @bp.errorhandler(UnknownKey)
    def _unknown_key(_error: UnknownKey) -> ResponseReturnValue:
        answer = jsonify(error={"detail": "需要有效的金鑰：Authorization: Bearer <key>。"})
        return answer, 401, {"WWW-Authenticate": "Bearer"}

    @bp.errorhandler(BadBody)
    def _bad_body(_error: BadBody) -> ResponseReturnValue:
        return refusal(400, "內容要是一個 JSON 物件。")

    @bp.errorhandler(Refused)
    def _refused(error: Refused) -> ResponseReturnValue:
        return bad_fields(error.problems)

    @bp.errorhandler(IllegalReferralEvent)
    def _illegal(error: IllegalReferralEvent) -> ResponseReturnValue:
        return refusal(409, "現在的狀態不能這樣做。", status=error.status, allowed=list(error.allowed))

    @bp.errorhandler(NotYours)
    def _not_yours(_error: NotYours) -> ResponseReturnValue:
        return refusal(403, "這個事件不由受轉介單位提出。")

    @bp.errorhandler(HoldTooLong)
    def _too_long(error: HoldTooLong) -> ResponseReturnValue:
        return bad_fields({"until_on": str(error)})

    @bp.errorhandler(MissingPart)
    def _missing(error: MissingPart) -> ResponseReturnValue:
        return bad_fields({error.field: missing_words(error)})

    @bp.errorhandler(BadInput)
    def _bad_input(error: BadInput) -> ResponseReturnValue:
        return bad_fields({error.field: str(error)})

    @bp.errorhandler(BadText)
    def _bad_text(error: BadText) -> ResponseReturnValue:
        return bad_fields({"text": str(error)})
