"""The figures of the model that this release ships: those of exactly that model, or none."""

from triage_model import card, corpus, store
from triage_model.corpus import Example


def test_the_card_is_that_of_this_releases_model(examples: list[Example]) -> None:
    """After a change of corpus or pipeline: python -m triage_model evaluate > triage_model/card.json."""
    report = card.report_of(store.version_of(corpus.digest(examples)))
    assert report is not None
    assert report["texts"] == len(examples)


def test_another_model_has_no_card() -> None:
    assert card.report_of("another") is None
