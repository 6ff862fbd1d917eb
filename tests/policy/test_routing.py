"""Who can act on a case, over the real knowledge base."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpdesk.policy.eligibility import rule_book
from helpdesk.policy.routing import Candidates, Exclusion, RoutingFacts, candidates
from knowledge_base import loader
from knowledge_base.records.vocabulary import Capacity, Category, Fact, OrganisationKind, Theme

KNOWLEDGE = loader.load()
RULES = rule_book(KNOWLEDGE)
FACTS = RoutingFacts(
    category=Category.PROBLEM,
    sector="機械",
    county="臺中市",
    regular_employees=35,
    consented=frozenset(OrganisationKind),
)


def found(**changes: object) -> Candidates:
    return candidates(replace(FACTS, **changes), KNOWLEDGE, RULES)  # type: ignore[arg-type]


def reasons_against(result: Candidates, slug: str) -> tuple[Exclusion, ...]:
    return next(e.because for e in result.excluded if e.slug == slug)


@pytest.mark.parametrize(
    ("county", "sector", "first"),
    [
        ("臺中市", "機械", "pmc"),
        ("高雄市", "金屬製品", "mirdc"),
        ("花蓮縣", "石材水泥陶瓷", "srdc"),
        ("新竹市", "半導體", "itri"),
        ("臺南市", "食品", "firdi"),
        ("臺北市", "零售", "cdri"),
    ],
)
def test_a_problem_goes_to_who_leads_the_region_or_knows_the_trade(
    county: str, sector: str, first: str
) -> None:
    ranked = found(county=county, sector=sector).ranked
    assert ranked[0].slug == first
    assert all(c.reasons for c in ranked)


def test_the_same_input_gives_the_same_order_best_first() -> None:
    assert found() == found()
    teams = [c.score for c in found().ranked if c.kind is OrganisationKind.COUNSELLING_TEAM]
    assert teams == sorted(teams, reverse=True)


def test_an_application_goes_to_the_office_of_its_measure_alone() -> None:
    result = found(category=Category.APPLICATION, measure="idb10_mfg_case")
    assert result.ranked[0].slug == "plan_idb10"
    offices = [c for c in result.ranked if c.kind is OrganisationKind.SUBSIDY_CONTACT]
    assert all("idb10_mfg_case" in KNOWLEDGE.organisations[c.slug].measures for c in offices)


def test_verification_bodies_are_asked_only_when_verification_is_wanted() -> None:
    kinds = {c.kind for c in found(category=Category.IMPROVEMENT, sector="金屬製品").ranked}
    assert OrganisationKind.VERIFICATION_BODY not in kinds
    wanted = found(category=Category.IMPROVEMENT, sector="金屬製品", wants_verification=True)
    assert wanted.ranked[0].kind is OrganisationKind.VERIFICATION_BODY


def test_unknown_facts_exclude_nobody() -> None:
    result = candidates(
        RoutingFacts(Category.PROBLEM, consented=frozenset(OrganisationKind)), KNOWLEDGE, RULES
    )
    assert {e for x in result.excluded for e in x.because} <= {Exclusion.INACTIVE}


AGAINST: dict[Exclusion, tuple[str, dict[str, object], dict[str, object]]] = {
    # why: the organisation, what is known of the case, what is known of the organisation
    Exclusion.INACTIVE: ("pmc", {}, {"active": False}),
    Exclusion.THEME: ("pmc", {"theme": Theme.LOW_CARBON}, {"themes": (Theme.SMART,)}),
    Exclusion.SECTOR: ("firdi", {}, {}),
    Exclusion.COUNTY: ("pmc", {}, {"counties": ("臺北市",)}),
    Exclusion.SIZE: ("pmc", {}, {"employees_min": 100}),
    Exclusion.MEASURE: ("plan_idb10", {"category": Category.APPLICATION, "measure": "street_shop"}, {}),
    Exclusion.FULL: ("pmc", {}, {"capacity": Capacity.FULL}),
    Exclusion.NO_CONSENT: ("pmc", {"consented": frozenset()}, {}),
    Exclusion.ALREADY_OFFERED: ("pmc", {"tried": frozenset({"pmc"})}, {}),
    Exclusion.IMPARTIALITY: (
        "mirdc_verification",
        {"wants_verification": True, "sector": "金屬製品", "advised_by": {"mirdc": "曾輔導"}},
        {},
    ),
    Exclusion.NOT_ELIGIBLE: (
        "plan_idb10",
        {
            "category": Category.APPLICATION,
            "known": {Fact.REGULAR_EMPLOYEES: 9, Fact.FACTORY_REGISTRATION: "registered"},
            "on": date(2023, 6, 1),
        },
        {},
    ),
    Exclusion.WINDOW: (
        "plan_idb10",
        {"category": Category.APPLICATION, "measure": "idb10_mfg_case", "on": date(2026, 11, 24)},
        {},
    ),
    Exclusion.UNCHECKED_SCOPE: ("etc", {"wants_verification": True, "sector": "物流"}, {"scopes": ()}),
}


@pytest.mark.parametrize("exclusion", Exclusion)
def test_each_reason_against_is_given_and_it_alone(exclusion: Exclusion) -> None:
    slug, facts, changes = AGAINST[exclusion]
    changed = KNOWLEDGE.organisations[slug].model_copy(update=changes)
    knowledge = replace(KNOWLEDGE, organisations={**KNOWLEDGE.organisations, slug: changed})
    result = candidates(replace(FACTS, **facts), knowledge, RULES)  # type: ignore[arg-type]
    assert reasons_against(result, slug) == (exclusion,)
    assert slug not in {c.slug for c in result.ranked}


APPLYING = replace(FACTS, category=Category.APPLICATION, measure="idb10_mfg_case", on=date(2023, 6, 1))


@pytest.mark.parametrize(
    ("facts", "says"),
    [
        ({}, "資格尚缺：登記別、工廠登記、員工人數、實收資本額"),
        (
            {
                Fact.REGISTRATION: "company",
                Fact.FACTORY_REGISTRATION: "registered",
                Fact.REGULAR_EMPLOYEES: 35,
            },
            "資格初步符合（112 年度版）",
        ),
    ],
)
def test_the_office_of_a_named_measure_says_how_the_enterprise_stands(
    facts: dict[Fact, object], says: str
) -> None:
    ranked = candidates(replace(APPLYING, known=facts), KNOWLEDGE, RULES).ranked  # type: ignore[arg-type]
    assert next(c for c in ranked if c.slug == "plan_idb10").reasons[-1] == says


def test_who_is_left_out_by_conditions_or_windows_is_told_which() -> None:
    closed = candidates(replace(APPLYING, on=date(2026, 11, 24)), KNOWLEDGE, RULES)
    assert (
        next(e.detail for e in closed.excluded if e.slug == "plan_idb10")
        == "114 年度版已於 114/03/20 (四) 18:00 截止"
    )
    small = candidates(replace(APPLYING, known={Fact.REGULAR_EMPLOYEES: 9}), KNOWLEDGE, RULES)
    assert (
        next(e.detail for e in small.excluded if e.slug == "plan_idb10") == "經常僱用員工 10 人以上（現為 9）"
    )


def test_whoever_was_subsidised_reaches_the_office_after_the_window_closed() -> None:
    facts = {Fact.ALREADY_SUBSIDISED_UNDER_PROGRAMME: True}
    later = candidates(replace(APPLYING, known=facts, on=date(2026, 11, 24)), KNOWLEDGE, RULES)
    assert later.ranked[0].slug == "plan_idb10"
    assert later.ranked[0].reasons[-1] == "業者已獲本計畫補助，由承辦窗口協助後續"


def test_without_a_day_neither_windows_nor_conditions_exclude_anybody() -> None:
    facts = {Fact.REGULAR_EMPLOYEES: 9}
    assert (
        candidates(replace(APPLYING, known=facts, on=None), KNOWLEDGE, RULES).ranked[0].slug == "plan_idb10"
    )


def test_an_organisation_with_a_waiting_list_stays_behind_the_same_one_without() -> None:
    waiting = KNOWLEDGE.organisations["pmc"].model_copy(update={"capacity": Capacity.WAITLIST})
    knowledge = replace(KNOWLEDGE, organisations={**KNOWLEDGE.organisations, "pmc": waiting})
    before, after = (
        next(c for c in result.ranked if c.slug == "pmc")
        for result in (found(), candidates(FACTS, knowledge, RULES))
    )
    assert after.score < before.score
    assert "目前需候補" in after.reasons


SOME_FACTS = st.builds(
    RoutingFacts,
    category=st.none() | st.sampled_from(Category),
    theme=st.none() | st.sampled_from(Theme),
    sector=st.none() | st.sampled_from([s for group in KNOWLEDGE.sectors.values() for s in group.sectors]),
    county=st.none() | st.sampled_from(sorted(KNOWLEDGE.counties)),
    regular_employees=st.none() | st.integers(0, 500),
    measure=st.none() | st.sampled_from(sorted(KNOWLEDGE.measures)),
    wants_verification=st.booleans(),
    consented=st.frozensets(st.sampled_from(OrganisationKind)),
)


@given(SOME_FACTS)
def test_every_organisation_is_ranked_or_excluded_with_a_reason_never_both(facts: RoutingFacts) -> None:
    result = candidates(facts, KNOWLEDGE, RULES)
    slugs = [row.slug for row in (*result.ranked, *result.excluded)]
    assert len(slugs) == len(set(slugs))
    assert all(excluded.because for excluded in result.excluded)
    assert all(not excluded.detail for excluded in result.excluded)


@given(SOME_FACTS)
def test_the_order_of_the_data_does_not_change_the_order_of_the_candidates(facts: RoutingFacts) -> None:
    turned = dict(reversed(KNOWLEDGE.organisations.items()))
    assert candidates(facts, replace(KNOWLEDGE, organisations=turned), RULES) == candidates(
        facts, KNOWLEDGE, RULES
    )


@given(SOME_FACTS, st.sampled_from(["theme", "sector", "county", "regular_employees", "measure"]))
def test_knowing_less_never_adds_a_reason_against(facts: RoutingFacts, forgotten: str) -> None:
    known = {e.slug: set(e.because) for e in candidates(facts, KNOWLEDGE, RULES).excluded}
    less = candidates(replace(facts, **{forgotten: None}), KNOWLEDGE, RULES)  # type: ignore[arg-type]
    for excluded in less.excluded:
        assert set(excluded.because) <= known[excluded.slug]


def test_who_verified_an_enterprise_is_not_offered_as_its_counsellor() -> None:
    result = found(
        county="高雄市",
        sector="金屬製品",
        verified_by={KNOWLEDGE.organisations["mirdc"].legal_entity: "曾查證"},
    )
    excluded = next(e for e in result.excluded if e.slug == "mirdc")
    assert (excluded.because, excluded.detail) == ((Exclusion.IMPARTIALITY,), "曾查證")


def test_who_counselled_an_enterprise_may_not_verify_it_whatever_centre_it_is() -> None:
    legal_entity = KNOWLEDGE.organisations["mirdc_verification"].legal_entity
    assert legal_entity == KNOWLEDGE.organisations["mirdc"].legal_entity
    result = found(
        sector="金屬製品",
        wants_verification=True,
        advised_by={legal_entity: "金工中心曾輔導（案件 C115-000001-4）"},
    )
    excluded = next(e for e in result.excluded if e.slug == "mirdc_verification")
    assert Exclusion.IMPARTIALITY in excluded.because
    assert "C115-000001-4" in excluded.detail
    assert "mirdc" in {c.slug for c in result.ranked}
    unconsented = found(
        sector="金屬製品", wants_verification=True, advised_by={legal_entity: "曾輔導"}, consented=frozenset()
    )
    assert not next(e for e in unconsented.excluded if e.slug == "mirdc").detail
