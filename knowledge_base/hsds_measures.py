"""A measure as an HSDS 3.0 service: the edition to speak of on the day, in the words of the directory.

HSDS prices are what the user pays, so a ceiling of a subsidy is told in words and is no cost option.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from . import lookup
from .hsds_parts import (
    JOINT,
    MEASURE_KINDS,
    THEMES,
    Json,
    assumptions,
    attribute,
    chinese,
    doubt,
    filled,
    identity,
    lines,
    phones,
    told,
)
from .knowledge import Knowledge
from .records import (
    Amount,
    Edition,
    Measure,
    MeasureKind,
    RuleSection,
    WindowState,
)
from .requirements import requirements

PROCESS = (RuleSection.SUBMISSION, RuleSection.REVIEW, RuleSection.PAYMENT)
CLOSED_BECAUSE = {
    WindowState.NOT_YET_OPEN: "尚未開放受理。",
    WindowState.CLOSED_BY_DATE: "已截止受理。",
    WindowState.CLOSED_BY_FUNDS: "經費用罄，已停止受理。",
}
HOURS_FROM_UTC = 8
MINUTES = "%Y-%m-%d %H:%M"


def measure_service(knowledge: Knowledge, measure: Measure, agency: str, on: datetime) -> Json:
    """Return the measure as a service of the organisation whose id is `agency`, at an aware instant."""
    edition = lookup.edition_at(measure, on)
    state, service = lookup.window_state(edition, on), identity("measure", measure.id)
    record = filled(
        id=service,
        organization_id=agency,
        name=measure.name,
        description=_description(measure, edition),
        url=measure.apply_url if (measure.apply_url or "").startswith(("https://", "http://")) else None,
        status="active" if state is WindowState.OPEN else "inactive",
        alert=_alert(knowledge, measure, edition, state),
        application_process=_process(measure, edition),
        fees_description=_money(measure, edition),
        eligibility_description=_eligibility(knowledge, edition),
        assured_date=_assured_on(knowledge, edition),
        phones=phones("service", service, measure.hotlines, measure.origin_of("hotlines")),
        schedules=[_schedule(service, each) for each in measure.editions],
        languages=chinese(service),
        cost_options=_costs(service, measure, edition),
        required_documents=_documents(service, measure, edition),
    )
    rests_on = {"organization_id": measure.origin_of("host"), "status": edition.origin_of("window")}
    derived = [name for name, origin in rests_on.items() if not origin.checked]
    return {**record, "attributes": [*_marks(service, measure), *assumptions("service", record, derived)]}


def _marks(service: str, measure: Measure) -> Iterator[Json]:
    """Yield kind and themes as attributes."""
    kind, themes = measure.origin_of("kind"), measure.origin_of("themes")
    yield attribute(
        "service", service, MEASURE_KINDS, measure.kind, link_type="service_type", value=doubt(kind)
    )
    for theme in dict.fromkeys(text.theme for text in measure.themes if text.theme):
        yield attribute("service", service, THEMES, theme, link_type="service_focus", value=doubt(themes))


def _description(measure: Measure, edition: Edition) -> str:
    host = measure.host
    agency = host.now if host.now == host.then else f"{host.now}（原{host.then}）"
    return lines(
        told(measure.summary, measure.origin_of("summary")),
        told(f"類別：{MEASURE_KINDS.words[measure.kind]}", measure.origin_of("kind")),
        *(
            told(
                f"{THEMES.words[text.theme]}：{text.text}" if text.theme else text.text,
                measure.origin_of("themes"),
            )
            for text in measure.themes
        ),
        told(f"主辦機關：{agency}", measure.origin_of("host")),
        edition.note,
    )


def _alert(knowledge: Knowledge, measure: Measure, edition: Edition, state: WindowState) -> str:
    window, origin = edition.window, edition.origin_of("window")
    early = window.closed_early_at
    recorded = bool(early) or state is WindowState.CLOSED_BY_FUNDS
    successor = knowledge.measures[measure.successor].name if measure.successor else None
    is_over = state in {WindowState.CLOSED_BY_DATE, WindowState.CLOSED_BY_FUNDS}
    return lines(
        told(CLOSED_BECAUSE[state], *() if recorded else (origin,)) if state in CLOSED_BECAUSE else None,
        f"公告提前於 {early:{MINUTES}} 截止。" if early else None,
        told(f"後續措施：{successor}", measure.origin_of("successor")) if successor and is_over else None,
    )


def _process(measure: Measure, edition: Edition) -> str:
    return lines(
        told(f"{edition.key} 年度：{edition.window.text}", edition.origin_of("window")),
        told(f"申請網站：{measure.apply_url}", measure.origin_of("apply_url")) if measure.apply_url else None,
        told(f"申請窗口：{measure.apply_at}", measure.origin_of("apply_at")) if measure.apply_at else None,
        *(told(rule.text, rule.origin) for rule in edition.rules if rule.section in PROCESS),
        told(f"執行期間：{measure.execution_period}", measure.origin_of("execution_period"))
        if measure.execution_period
        else None,
    )


def _money(measure: Measure, edition: Edition) -> str:
    origin = edition.origin_of("amounts")
    return lines(
        *(told(_amount_in_words(measure.kind, amount), origin) for amount in edition.amounts),
        *(told(rule.text, rule.origin) for rule in edition.rules if rule.section is RuleSection.SELF_FUND),
    )


def _amount_in_words(kind: MeasureKind, amount: Amount) -> str:
    """Return what is granted, or what a course costs, with who bears which share."""
    shares = {"政府": amount.government_ntd, "業者": amount.enterprise_ntd}
    asides = [f"{who}分攤 {share:,} 元" for who, share in shares.items() if share is not None]
    aside = JOINT.join([*asides, *([amount.note] if amount.note else [])])
    limit = "" if kind is MeasureKind.COURSE else "以內"
    figure = f"{MEASURE_KINDS.words[kind]}－{amount.label}：新臺幣 {amount.cap_ntd:,} 元{limit}"
    return f"{figure}（{aside}）" if aside else figure


def _eligibility(knowledge: Knowledge, edition: Edition) -> str:
    wanted = requirements(knowledge, edition)
    if not wanted:
        return "申請資格尚未取得，請先洽詢。"
    return lines(*(told(each.text, *each.origins) for each in wanted))


def _assured_on(knowledge: Knowledge, edition: Edition) -> str | None:
    """Return the day on which the edition's source was read; None for an assumption."""
    return knowledge.sources[edition.origin.source].read_on.isoformat() if edition.origin.checked else None


def _schedule(service: str, edition: Edition) -> Json:
    """Return the days of an edition's window; the minute of its end is no daily hour, so it is told in words."""
    window, closes = edition.window, lookup.closes_at(edition)
    ends = min(closes, window.funds_exhausted_at or closes)
    return filled(
        id=identity(service, "schedule", edition.key),
        service_id=service,
        valid_from=window.opens_at.date().isoformat() if window.opens_at else None,
        valid_to=ends.date().isoformat(),
        timezone=HOURS_FROM_UTC,
        description=told(f"{edition.key} 年度：{window.text}", edition.origin_of("window")),
        notes=f"受理至 {ends:{MINUTES}}",
    )


def _costs(service: str, measure: Measure, edition: Edition) -> list[Json]:
    """Return what the enterprise pays itself, where that is a fixed figure."""
    prices = (
        (amount, amount.cap_ntd if measure.kind is MeasureKind.COURSE else amount.enterprise_ntd)
        for amount in edition.amounts
    )
    return [
        filled(
            id=identity(service, "cost", edition.key, amount.label),
            service_id=service,
            option=amount.label,
            currency="twd",
            amount=price,
            amount_description=told("業者支付", edition.origin_of("amounts")),
        )
        for amount, price in prices
        if price is not None
    ]


def _documents(service: str, measure: Measure, edition: Edition) -> list[Json]:
    stated = dict.fromkeys(measure.documents, measure.origin_of("documents"))
    for rule in edition.rules:
        if rule.section is RuleSection.DOCUMENTS:
            stated.setdefault(rule.text, rule.origin)
    return [
        {"id": identity(service, "document", text), "service_id": service, "document": told(text, origin)}
        for text, origin in stated.items()
    ]
