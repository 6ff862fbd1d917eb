"""How a subsidy is paid out under a payment option, in whole NT$."""

from dataclasses import dataclass

from knowledge_base.records.budgets import PaymentOption


@dataclass(frozen=True, slots=True)
class Schedule:
    """`payments` by label; `remainder_ntd` follows by progress as `then` says, without figures in the source."""

    guarantee_ntd: int
    payments: tuple[tuple[str, int], ...]
    remainder_ntd: int = 0
    then: str | None = None


def instalments(subsidy_ntd: int, option: PaymentOption) -> Schedule:
    """Return the payments, each rounded down and the last with what is left; the guarantee is rounded up."""
    payments = [(each.label, subsidy_ntd * each.percent // 100) for each in option.instalments]
    remainder = subsidy_ntd - sum(amount for _, amount in payments)
    if option.then is None:
        label, amount = payments[-1]
        payments[-1] = (label, amount + remainder)
        remainder = 0
    return Schedule(
        -(-subsidy_ntd * option.guarantee_percent // 100), tuple(payments), remainder, option.then
    )
