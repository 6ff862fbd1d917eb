"""Which organisations can act on a case: filtered, ranked, with reasons, also for those left out.

Decides nothing about consent texts or states of referrals. Same input, same order.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from helpdesk.policy.eligibility import RuleBook
from helpdesk.policy.fact_values import Facts
from helpdesk.policy.measure_fit import Fit, fit_of
from knowledge_base.knowledge import Knowledge
from knowledge_base.lookup import When, sector_group
from knowledge_base.records.organisations import Organisation
from knowledge_base.records.routing_rules import RoutingCondition, RoutingRule
from knowledge_base.records.vocabulary import Capacity, Category, OrganisationKind, Theme

SECTOR_WEIGHT, REGION_WEIGHT, MEASURE_WEIGHT, WAITLIST_WEIGHT = 30, 20, 40, -15


class Exclusion(StrEnum):
    """Why an organisation of the right kind cannot be offered the case."""

    INACTIVE = "inactive"
    THEME = "theme"
    SECTOR = "sector"
    COUNTY = "county"
    SIZE = "size"
    MEASURE = "measure"
    FULL = "full"
    NO_CONSENT = "no_consent"
    ALREADY_OFFERED = "already_offered"
    IMPARTIALITY = "impartiality"
    UNCHECKED_SCOPE = "unchecked_scope"
    NOT_ELIGIBLE = "not_eligible"
    WINDOW = "window"


@dataclass(frozen=True, slots=True)
class RoutingFacts:
    """What is known of a case; None is unknown and excludes nobody.

    `consented` are the kinds of organisation the enterprise agreed to; `tried` the organisations
    that had this need before; `advised_by` and `verified_by` map a legal
    entity to the referral that keeps it from the other role. `known` is what the conditions of measures are
    held against, and `on` the instant or day; without one none are.
    """

    category: Category | None
    theme: Theme | None = None
    sector: str | None = None
    county: str | None = None
    regular_employees: int | None = None
    measure: str | None = None
    wants_verification: bool = False
    consented: frozenset[OrganisationKind] = frozenset()
    tried: frozenset[str] = frozenset()
    advised_by: Mapping[str, str] = field(default_factory=dict)
    verified_by: Mapping[str, str] = field(default_factory=dict)
    known: Facts = field(default_factory=dict)
    on: When | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """An organisation that can be offered the case; `reasons` strongest first."""

    slug: str
    name: str
    kind: OrganisationKind
    score: int
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Excluded:
    """An organisation of a wanted kind that cannot, with every reason; `detail` says which referral or rule."""

    slug: str
    name: str
    kind: OrganisationKind
    because: tuple[Exclusion, ...]
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Candidates:
    """Best first; the excluded by name."""

    ranked: tuple[Candidate, ...]
    excluded: tuple[Excluded, ...]


@dataclass(frozen=True, slots=True)
class _Place:
    """Where the case belongs: its region, its sub-sector and that one's group; None where unknown."""

    region: str | None
    sectors: frozenset[str | None]


def candidates(facts: RoutingFacts, knowledge: Knowledge, rules: RuleBook) -> Candidates:
    """Return who can act on the case and who cannot, with reasons.

    Kinds come from the category's handling and the rules that hold, and are tried in that order.
    Impartiality goes by legal entity. Source: 溫室氣體認證機構及查驗機構管理辦法 §25; desk's handling by category.
    """
    place = _Place(
        knowledge.counties[facts.county].region if facts.county else None,
        frozenset({facts.sector, sector_group(knowledge, facts.sector)} if facts.sector else {None}),
    )
    led_by = [rule for rule in knowledge.routing_rules.values() if _holds(rule.when, facts, place)]
    kinds = _wanted_kinds(facts, led_by, knowledge)
    ranked: list[Candidate] = []
    excluded: list[Excluded] = []
    for organisation in knowledge.organisations.values():
        if organisation.kind not in kinds:
            continue
        fit = _fit(organisation, facts, knowledge, rules)
        because = tuple(_exclusions(organisation, facts, place, fit))
        if because:
            partial = _other_roles(organisation, facts).get(organisation.legal_entity, "")
            detail = "；".join(filter(None, (partial, fit.unfit, fit.closed)))
            excluded.append(
                Excluded(organisation.slug, organisation.short_name, organisation.kind, because, detail)
            )
            continue
        parts = sorted(_parts(organisation, facts, place, led_by, knowledge), key=lambda part: -abs(part[0]))
        score = sum(weight for weight, _ in parts)
        reasons = (*(reason for _, reason in parts), *filter(None, (fit.says,)))
        ranked.append(
            Candidate(organisation.slug, organisation.short_name, organisation.kind, score, reasons)
        )
    ranked.sort(key=lambda c: (kinds.index(c.kind), -c.score, c.name))
    excluded.sort(key=lambda e: e.name)
    return Candidates(tuple(ranked), tuple(excluded))


def _wanted_kinds(
    facts: RoutingFacts, rules: Sequence[RoutingRule], knowledge: Knowledge
) -> list[OrganisationKind]:
    """Return the kinds in the order they are tried; a wish for verification goes first."""
    handled = knowledge.categories[facts.category].referral_kinds if facts.category else ()
    led_to = [rule.then.kind for rule in sorted(rules, key=lambda rule: -rule.weight)]
    wished = [OrganisationKind.VERIFICATION_BODY] if facts.wants_verification else []
    return list(dict.fromkeys([*wished, *handled, *led_to]))


def _holds(when: RoutingCondition, facts: RoutingFacts, place: _Place) -> bool:
    """Tell whether every named condition holds; a condition on an unknown fact does not."""
    wanted: tuple[tuple[Sequence[str], frozenset[str | None]], ...] = (
        (when.categories, frozenset({facts.category})),
        (when.themes, frozenset({facts.theme})),
        (when.sectors, place.sectors),
        (when.regions, frozenset({place.region})),
        (when.counties, frozenset({facts.county})),
        (when.measures, frozenset({facts.measure})),
    )
    if any(values and not known.intersection(values) for values, known in wanted):
        return False
    if when.wants_verification is not None and when.wants_verification is not facts.wants_verification:
        return False
    banded = when.employees_min is not None or when.employees_max is not None
    return not banded or (
        facts.regular_employees is not None
        and _within(when.employees_min, facts.regular_employees, when.employees_max)
    )


def _fit(organisation: Organisation, facts: RoutingFacts, knowledge: Knowledge, rules: RuleBook) -> Fit:
    """Return how the measures of a subsidy contact fit; nobody else's are judged."""
    if organisation.kind is not OrganisationKind.SUBSIDY_CONTACT:
        return Fit()
    named = facts.measure in organisation.measures
    measures = (facts.measure,) if named and facts.measure else organisation.measures
    return fit_of(measures, facts.known, knowledge, rules, named=named, on=facts.on)


def _exclusions(
    organisation: Organisation, facts: RoutingFacts, place: _Place, fit: Fit
) -> Iterable[Exclusion]:
    verifies = organisation.kind is OrganisationKind.VERIFICATION_BODY
    size = facts.regular_employees
    checks: tuple[tuple[Exclusion, bool], ...] = (
        (Exclusion.INACTIVE, not organisation.active),
        (Exclusion.THEME, _outside(facts.theme, organisation.themes)),
        (Exclusion.SECTOR, bool(facts.sector and organisation.sectors)
            and not place.sectors.intersection(organisation.sectors)),
        (Exclusion.COUNTY, _outside(facts.county, organisation.counties)),
        (Exclusion.SIZE, size is not None
            and not _within(organisation.employees_min, size, organisation.employees_max)),
        (Exclusion.MEASURE, _outside(facts.measure, organisation.measures)),
        (Exclusion.NOT_ELIGIBLE, bool(fit.unfit)),
        (Exclusion.WINDOW, bool(fit.closed)),
        (Exclusion.FULL, organisation.capacity is Capacity.FULL),
        (Exclusion.UNCHECKED_SCOPE, verifies and not organisation.scopes),
        (Exclusion.NO_CONSENT, organisation.kind not in facts.consented),
        (Exclusion.ALREADY_OFFERED, organisation.slug in facts.tried),
        (Exclusion.IMPARTIALITY, organisation.legal_entity in _other_roles(organisation, facts)),
    )  # fmt: skip
    return (exclusion for exclusion, applies in checks if applies)


def _other_roles(organisation: Organisation, facts: RoutingFacts) -> Mapping[str, str]:
    """Return who is kept out of this organisation's role by the other one: who advised may not verify."""
    by_kind: Mapping[OrganisationKind, Mapping[str, str]] = {
        OrganisationKind.VERIFICATION_BODY: facts.advised_by,
        OrganisationKind.COUNSELLING_TEAM: facts.verified_by,
    }
    return by_kind.get(organisation.kind, {})


def _outside(known: str | None, served: Sequence[str]) -> bool:
    """Tell whether a known value lies outside what is served; nothing named means no limit."""
    return bool(known and served and known not in served)


def _within(low: int | None, size: int, high: int | None) -> bool:
    return (low is None or low <= size) and (high is None or size <= high)


def _parts(
    organisation: Organisation,
    facts: RoutingFacts,
    place: _Place,
    rules: Sequence[RoutingRule],
    knowledge: Knowledge,
) -> Iterator[tuple[int, str]]:
    """Yield what speaks for (or against) the organisation: a weight and the sentence agents read."""
    for rule in rules:
        named = rule.then.organisations
        if rule.then.kind is organisation.kind and (not named or organisation.slug in named):
            yield rule.weight, rule.reason
    if facts.sector and organisation.sectors:
        special = facts.sector in organisation.sectors or len(organisation.sectors) == 1
        yield SECTOR_WEIGHT if special else SECTOR_WEIGHT // 2, f"服務「{facts.sector}」行業"
    if place.region and organisation.region == place.region:
        yield REGION_WEIGHT, f"位於{place.region}，就近服務"
    if facts.measure and facts.measure in organisation.measures:
        yield MEASURE_WEIGHT, f"承辦「{knowledge.measures[facts.measure].name}」"
    if organisation.capacity is Capacity.WAITLIST:
        yield WAITLIST_WEIGHT, "目前需候補"
