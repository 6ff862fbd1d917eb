"""The closed sets that the data may name. Their Chinese labels are the screens' business."""

from __future__ import annotations

from enum import StrEnum


class MeasureKind(StrEnum):
    SUBSIDY = "subsidy"
    COUNSELLING = "counselling"
    LOAN = "loan"
    COURSE = "course"


class Theme(StrEnum):
    LOW_CARBON = "low_carbon"
    SMART = "smart"


class RuleSection(StrEnum):
    """Parts of a measure's rules, in the order in which they are read out."""

    ELIGIBILITY = "eligibility"
    SUBSIDISED_ITEMS = "subsidised_items"
    BUDGET_ITEMS = "budget_items"
    SELF_FUND = "self_fund"
    AMOUNT = "amount"
    SUBMISSION = "submission"
    DOCUMENTS = "documents"
    REVIEW = "review"
    PAYMENT = "payment"
    EXECUTION = "execution"


class WindowState(StrEnum):
    NOT_YET_OPEN = "not_yet_open"
    OPEN = "open"
    CLOSED_BY_DATE = "closed_by_date"
    CLOSED_BY_FUNDS = "closed_by_funds"


class OrganisationKind(StrEnum):
    COUNSELLING_TEAM = "counselling_team"
    SUBSIDY_CONTACT = "subsidy_contact"
    VERIFICATION_BODY = "verification_body"


class Capacity(StrEnum):
    OPEN = "open"
    WAITLIST = "waitlist"
    FULL = "full"


class Category(StrEnum):
    """What the desk must do first. Source: briefing, 單一窗口專人服務 (四類)."""

    MEASURES = "measures"
    PROBLEM = "problem"
    IMPROVEMENT = "improvement"
    APPLICATION = "application"
    OUT_OF_SCOPE = "out_of_scope"


class Urgency(StrEnum):
    NORMAL = "normal"
    URGENT = "urgent"


class Channel(StrEnum):
    HOTLINE = "hotline"
    MOBILE_FORM = "mobile_form"
    WEB = "web"
    SMS = "sms"
    EMAIL = "email"
    API = "api"


class Metric(StrEnum):
    CALLBACK = "callback"
    FIRST_RESPONSE = "first_response"
    TRIAGE = "triage"
    REFERRAL_ACCEPTANCE = "referral_acceptance"
    FIRST_CONTACT = "first_contact"
    PROGRESS = "progress"
    RESOLUTION = "resolution"


class ConsentItem(StrEnum):
    COMPANY_BASICS = "company_basics"
    CONTACT = "contact"
    EMISSIONS_DATA = "emissions_data"
    DOCUMENTS = "documents"
    CALL_NOTES = "call_notes"


class Weekday(StrEnum):
    """Days in the order of `date.weekday()`."""

    MON = "mon"
    TUE = "tue"
    WED = "wed"
    THU = "thu"
    FRI = "fri"
    SAT = "sat"
    SUN = "sun"
