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

    SUBSIDISED_ITEMS = "subsidised_items"
    BUDGET_ITEMS = "budget_items"
    SELF_FUND = "self_fund"
    AMOUNT = "amount"
    SUBMISSION = "submission"
    DOCUMENTS = "documents"
    REVIEW = "review"
    PAYMENT = "payment"
    EXECUTION = "execution"


class ItemKind(StrEnum):
    """Kinds of budget items. Source: briefing, 經費科目; 升級轉型辦法 §5."""

    CONSUMABLES = "consumables"
    NEW_EQUIPMENT = "new_equipment"
    EQUIPMENT_IMPROVEMENT = "equipment_improvement"
    COMMISSIONED = "commissioned"
    PERSONNEL = "personnel"
    INTANGIBLE = "intangible"
    DOMESTIC_TRAVEL = "domestic_travel"
    OTHER = "other"


class Fact(StrEnum):
    """What conditions may ask of an enterprise or its plan; every one may be unknown."""

    REGISTRATION = "registration"
    FACTORY_REGISTRATION = "factory_registration"
    SECTOR = "sector"
    COUNTY = "county"
    REGULAR_EMPLOYEES = "regular_employees"
    PAID_IN_CAPITAL = "paid_in_capital"
    IS_BRANCH = "is_branch"
    PRC_CAPITAL = "prc_capital"
    BANK_REJECTED = "bank_rejected"
    DISSOLVED = "dissolved"
    SAME_MATTER_SUBSIDISED = "same_matter_subsidised"
    ALREADY_SUBSIDISED_UNDER_PROGRAMME = "already_subsidised_under_programme"
    SERIOUS_VIOLATION_3Y = "serious_violation_3y"
    SUPPLY_CHAIN_ROLE = "supply_chain_role"
    PARTNER_COUNT = "partner_count"
    SHOPS_IN_GROUP = "shops_in_group"
    REMOTE_AREA = "remote_area"
    TARIFF_AFFECTED = "tariff_affected"
    REVENUE_DOWN_10PCT = "revenue_down_10pct"
    DISASTER_DAMAGED = "disaster_damaged"
    EXCLUDED_TRADE = "excluded_trade"
    MICE_BUSINESS = "mice_business"
    MARKET_BUSINESS = "market_business"
    THEME = "theme"


class FactKind(StrEnum):
    """What values a fact takes: one of its choices, a sub-sector, a county, a whole number, yes or no."""

    CHOICE = "choice"
    SECTOR = "sector"
    COUNTY = "county"
    COUNT = "count"
    YES_NO = "yes_no"


class Operator(StrEnum):
    """How a condition compares a fact with its value."""

    EQUAL = "=="
    UNEQUAL = "!="
    LESS = "<"
    AT_MOST = "<="
    MORE = ">"
    AT_LEAST = ">="
    IN = "in"
    NOT_IN = "not_in"


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
