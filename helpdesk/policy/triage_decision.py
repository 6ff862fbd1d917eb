"""What follows from a classification: sorted by itself, or left to a person, and why."""

from dataclasses import dataclass
from enum import StrEnum

from knowledge_base.records.vocabulary import Category


class Basis(StrEnum):
    """Why a case is sorted, or is not yet."""

    MODEL_SURE = "model_sure"
    MODEL_UNSURE = "model_unsure"
    OUT_OF_SCOPE = "out_of_scope"
    CONTRADICTED = "contradicted"
    BLIND = "blind"
    PERSON = "person"


@dataclass(frozen=True, slots=True)
class TriageOutcome:
    """`category` is None while a person must decide."""

    category: Category | None
    basis: Basis


def decide(suggested: Category, *, abstained: bool, stated: Category | None, blind: bool) -> TriageOutcome:
    """Decide from the model's suggestion and what the enquirer ticked.

    A case of the blind sample waits for a person whatever the model says.
    A sure model decides alone, unless the enquirer said otherwise: then a person looks.
    A tick alone never decides, because enterprises tick what they read first.
    """
    if blind:
        return TriageOutcome(None, Basis.BLIND)
    if abstained:
        outside = suggested is Category.OUT_OF_SCOPE
        return TriageOutcome(None, Basis.OUT_OF_SCOPE if outside else Basis.MODEL_UNSURE)
    if stated is not None and stated is not suggested:
        return TriageOutcome(None, Basis.CONTRADICTED)
    return TriageOutcome(suggested, Basis.MODEL_SURE)
