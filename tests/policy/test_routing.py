"""Who can act on a case, over the real knowledge base."""

from dataclasses import replace

import pytest

from helpdesk.policy.routing import Candidates, Exclusion, RoutingFacts, candidates
from knowledge_base import loader
from knowledge_base.records.vocabulary import Capacity, Category, OrganisationKind, Theme

KNOWLEDGE = loader.load()
FACTS = RoutingFacts(
    category=Category.PROBLEM,
    sector="機械",
    county="臺中市",
    regular_employees=35,
    consented=frozenset(OrganisationKind),
)


def found(**changes: object) -> Candidates:
    return candidates(replace(FACTS, **changes), KNOWLEDGE)  # type: ignore[arg-type]


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
    result = candidates(RoutingFacts(Category.PROBLEM, consented=frozenset(OrganisationKind)), KNOWLEDGE)
    assert {e for x in result.excluded for e in x.because} <= {Exclusion.INACTIVE}


def test_each_reason_against_is_given() -> None:
    assert Exclusion.SECTOR in reasons_against(found(), "firdi")
    assert Exclusion.NO_CONSENT in reasons_against(found(consented=frozenset()), "pmc")
    assert reasons_against(found(tried=frozenset({"pmc"})), "pmc") == (Exclusion.ALREADY_OFFERED,)
    against = found(category=Category.APPLICATION, measure="street_shop")
    assert Exclusion.MEASURE in reasons_against(against, "plan_idb10")


def test_a_full_an_inactive_and_a_narrow_organisation_are_left_out() -> None:
    pmc = KNOWLEDGE.organisations["pmc"]
    for changes, reason in (
        ({"capacity": Capacity.FULL}, Exclusion.FULL),
        ({"active": False}, Exclusion.INACTIVE),
        ({"employees_min": 100}, Exclusion.SIZE),
        ({"counties": ("臺北市",)}, Exclusion.COUNTY),
        ({"themes": (Theme.SMART,)}, Exclusion.THEME),
    ):
        changed = {**KNOWLEDGE.organisations, "pmc": pmc.model_copy(update=changes)}
        result = candidates(replace(FACTS, theme=Theme.LOW_CARBON), replace(KNOWLEDGE, organisations=changed))
        assert reason in reasons_against(result, "pmc")


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
