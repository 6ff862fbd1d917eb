"""What comes with a referral's event, from a form or a machine, made into what the service takes."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from helpdesk.policy.referral_lifecycle import DeclineReason, MissingPart, Outcome, ReferralEvent
from helpdesk.policy.text_rules import clean_text
from helpdesk.policy.time_in_words import parse_roc_date
from helpdesk.web.installation import equipment

TAIPEI = ZoneInfo("Asia/Taipei")
LONGEST_AGO = timedelta(days=366)
MAX_AMOUNT, MAX_TONNES = 1_000_000_000, 10_000_000
FIELD_WORDS = {
    "reason": "請選擇原因。",
    "text": "請寫下說明。",
    "contacted_at": "請填聯繫業者的日期和時間。",
    "until_on": "請填暫停到哪一天。",
    "suggested": "請選擇建議的單位。",
    "outcome": "請選擇處理結果。",
    "submitted_on": "請填線上送件的日期。",
    "approved_ntd": "請填核定金額。",
}


class BadInput(ValueError):
    """A field cannot be used; `field` names it, the message says why."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(reason)
        self.field = field


def missing_words(refusal: MissingPart) -> str:
    """Return the sentence for something an event must carry."""
    return FIELD_WORDS.get(refusal.field, "這裡不能空白。")


def parse_given(typed: Mapping[str, Any], event: ReferralEvent, *, now: datetime) -> dict[str, Any]:
    """Return what the event carries. Raises BadInput naming the field, BadText for an oversized text."""
    given: dict[str, Any] = {"text": clean_text(str(typed.get("text") or ""))}
    if typed.get("reason"):
        given["reason"] = _member(DeclineReason, "reason", typed["reason"])
    if typed.get("outcome"):
        given["outcome"] = _member(Outcome, "outcome", typed["outcome"])
    if event is ReferralEvent.START:
        given["contacted_at"] = _contacted_at(str(typed.get("contacted_at") or ""), now)
    if event is ReferralEvent.HOLD:
        given["until_on"] = _until_on(str(typed.get("until_on") or ""), now)
    if event is ReferralEvent.COMPLETE:
        given["figures"] = _figures(typed, now)
    if event is ReferralEvent.REFER_ON and typed.get("suggested"):
        given["suggested"] = _suggested(str(typed["suggested"]))
    return given


def _suggested(slug: str) -> str:
    organisation = equipment().knowledge.organisations.get(slug)
    if organisation is None or not organisation.active:
        raise BadInput("suggested", FIELD_WORDS["suggested"])
    return slug


def _member(members: Any, field: str, value: object) -> Any:
    try:
        return members(value)
    except ValueError:
        raise BadInput(field, FIELD_WORDS[field]) from None


def _contacted_at(text: str, now: datetime) -> datetime | None:
    """Return the instant; a time without zone is Taipei's, nothing typed is left to the demand."""
    if not text:
        return None
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise BadInput("contacted_at", FIELD_WORDS["contacted_at"]) from None
    at = at if at.tzinfo else at.replace(tzinfo=TAIPEI)
    if at > now + timedelta(minutes=5):
        raise BadInput("contacted_at", "聯繫的時間還沒到，請填已經發生的時間。")
    if at < now - LONGEST_AGO:
        raise BadInput("contacted_at", "聯繫的時間超過一年前，請再核對一次。")
    return min(at, now)


def _until_on(text: str, now: datetime) -> date | None:
    if not text:
        return None
    try:
        on = date.fromisoformat(text) if text[:4].isdecimal() and text[4:5] == "-" else parse_roc_date(text)
    except ValueError as refusal:
        raise BadInput("until_on", str(refusal)) from None
    if on <= now.astimezone(TAIPEI).date():
        raise BadInput("until_on", "暫停的期限要在今天之後。")
    return on


def _figures(typed: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """Return the figures: expected reduction in tCO2e a year, approved amount in NT$, submission day."""
    figures: dict[str, Any] = {}
    for field, limit in (("reduction_tonnes", MAX_TONNES), ("approved_ntd", MAX_AMOUNT)):
        text = str(typed.get(field) or "").replace(",", "").strip()
        if text and not (text.isdecimal() and len(text) <= 12 and int(text) <= limit):
            raise BadInput(field, "請填 0 以上的整數，不確定可以留白。")
        if text:
            figures[field] = int(text)
    if typed.get("submitted_on"):
        text = str(typed["submitted_on"])
        try:
            on = date.fromisoformat(text) if text[4:5] == "-" else parse_roc_date(text)
        except ValueError as refusal:
            raise BadInput("submitted_on", str(refusal)) from None
        today = now.astimezone(TAIPEI).date()
        if not today - LONGEST_AGO <= on <= today:
            raise BadInput("submitted_on", "送件日期要在過去一年之內。")
        figures["submitted_on"] = on.isoformat()
    return figures
