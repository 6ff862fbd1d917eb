"""What another model would make of the newest cases."""

from helpdesk.policy.promotion_preview import SHOWN, Preview, Said, SaidAnew, preview
from knowledge_base.records.vocabulary import Category

C = Category


def said(number: str, before: Category, after: Category, *, now: bool = True, then: bool = True) -> SaidAnew:
    return SaidAnew(number, Said(before, decides=now), Said(after, decides=then))


def test_changes_are_counted_by_pair_and_what_would_be_decided_alone_is_shown_first() -> None:
    found = preview(
        [
            said("1", C.PROBLEM, C.PROBLEM, now=False),
            said("2", C.PROBLEM, C.MEASURES, then=False),
            said("3", C.MEASURES, C.PROBLEM),
            said("4", C.PROBLEM, C.MEASURES),
        ]
    )
    assert found.changed == {(C.PROBLEM, C.MEASURES): 2, (C.MEASURES, C.PROBLEM): 1}
    assert next(iter(found.changed)) == (C.PROBLEM, C.MEASURES)
    assert (found.cases, found.decided) == (4, (3, 3))
    assert [each.number for each in found.shown] == ["3", "4", "2"]


def test_many_changes_are_all_counted_and_some_are_shown() -> None:
    found = preview([said(str(place), C.PROBLEM, C.MEASURES) for place in range(SHOWN + 5)])
    assert sum(found.changed.values()) == SHOWN + 5
    assert len(found.shown) == SHOWN


def test_of_no_cases_nothing_would_change() -> None:
    assert preview([]) == Preview(cases=0, changed={}, decided=(0, 0), shown=())
