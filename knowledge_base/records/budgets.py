"""How the budget of an application is held against a measure: shares, ceilings, instalments.

Figures that no document states stay empty. What the lines of a budget come to is decided elsewhere.
"""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from .provenance import Count, Flag, Ntd, Origin, Record, Slug, Sourced, Text
from .vocabulary import ItemKind, Theme

Percent = Annotated[int, Field(strict=True, ge=1, le=99)]
UpToAll = Annotated[int, Field(strict=True, ge=0, le=100)]
Kinds = Annotated[tuple[ItemKind, ...], Field(min_length=1)]


class Stated(Record):
    """One rule as the desk reads it out, with the document that states it."""

    text: Text
    origin: Origin


class SelfFund(Stated):
    """The part of the total that the enterprise pays: at least `percent`, or more than it.

    `when_exact` says what holds for exactly `percent` where documents differ on it.
    """

    percent: Percent
    strictly_more: Flag
    when_exact: Text | None = None


class Share(Stated):
    """A ceiling for items of some kinds, in percent of the total; `counts` says which figure of theirs.

    `counts_checked` is false where the source leaves open which figure it means.
    """

    kinds: Kinds
    max_percent: Percent
    counts: Literal["subsidy", "amount"]
    counts_checked: Flag = True


class ItemList(Stated):
    """Kinds of items that a rule speaks of."""

    kinds: Kinds


class Cap(Stated):
    """The largest subsidy of an application of a theme, or of any, with so many partners or more."""

    label: Text
    cap_ntd: Ntd
    theme: Theme | None = None
    partners_min: Count = 0


class Priority(Stated):
    """Who comes first, which is no condition: domestic equipment, in percent of purchases where stated."""

    domestic_equipment_percent: Percent | None = None


class Instalment(Record):
    """A part of the subsidy, in percent, and when it is paid."""

    label: Text
    percent: UpToAll


class PaymentOption(Stated):
    """A way of payment; the performance bond is `guarantee_percent` of the subsidy.

    `then` says how the rest is paid where no percentage is stated for it.
    """

    guarantee_percent: UpToAll
    instalments: tuple[Instalment, ...] = ()
    then: Text | None = None

    @model_validator(mode="after")
    def _pays_all(self) -> Self:
        paid = sum(part.percent for part in self.instalments)
        if paid > 100 or (paid == 100) is (self.then is not None):
            raise ValueError("各期比率合計須為 100；未達 100 者須以 then 說明其餘如何撥付")
        return self


class BudgetRules(Sourced):
    """What a budget must keep to. A part without source is empty: not known, not free."""

    id: Slug
    name: Text
    subsidised: ItemList | None = None
    self_fund: SelfFund | None = None
    shares: tuple[Share, ...] = ()
    self_fund_only: ItemList | None = None
    caps: tuple[Cap, ...] = ()
    priority: Priority | None = None
    payment_options: tuple[PaymentOption, ...] = ()

    @model_validator(mode="after")
    def _speaks_of_a_thing_once(self) -> Self:
        kinds = [kind for share in self.shares for kind in share.kinds]
        if len(kinds) != len(set(kinds)):
            raise ValueError("同一科目只能屬於一項比率上限")
        caps = [(cap.theme, cap.partners_min) for cap in self.caps]
        if len(caps) != len(set(caps)):
            raise ValueError("同一主題與合作家數只能有一個補助上限")
        return self

    @property
    def named_kinds(self) -> frozenset[ItemKind]:
        """Return the kinds of items that some rule speaks of."""
        lists = (self.subsidised, self.self_fund_only, *self.shares)
        return frozenset(kind for stated in lists if stated for kind in stated.kinds)
