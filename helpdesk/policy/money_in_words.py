"""Amounts of money as people say them."""

TEN_THOUSAND, HUNDRED_MILLION = 10_000, 100_000_000


def ntd(amount: int) -> str:
    """Return whole NT dollars in words: 1 億 500 萬元 for round ten thousands, else NT$ 12,345."""
    if amount < TEN_THOUSAND or amount % TEN_THOUSAND:
        return f"NT$ {amount:,}"
    hundred_millions, rest = divmod(amount, HUNDRED_MILLION)
    parts = (
        f"{hundred_millions:,} 億" if hundred_millions else "",
        f"{rest // TEN_THOUSAND:,} 萬" if rest else "",
    )
    return " ".join(filter(None, parts)) + "元"
