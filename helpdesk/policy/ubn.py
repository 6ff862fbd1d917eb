"""統一編號: whether eight digits can be one. Whether the enterprise exists is not decided here."""

WEIGHTS = (1, 2, 1, 2, 1, 2, 4, 1)
DIVISOR = 5
SEVENTH = 6


class BadUbn(ValueError):
    """The text is no 統一編號; the message says why, for the person who typed it."""


def parse_ubn(text: str) -> str:
    """Return the eight digits; spaces and hyphens are ignored, full-width digits accepted.

    Raises BadUbn. Source: Ministry of Finance, check logic since 112/4/1 (divisible by 5,
    formerly 10); a 7 in the seventh place allows the sum or the sum plus one.
    """
    digits = "".join(str(int(c)) if c.isdecimal() else c for c in text if c not in " \u3000-－\t")
    if len(digits) != len(WEIGHTS) or not digits.isdecimal():
        raise BadUbn("統一編號要是 8 個數字，請再核對一次。")
    products = (int(digit) * weight for digit, weight in zip(digits, WEIGHTS, strict=True))
    total = sum(product // 10 + product % 10 for product in products)
    remainders = {total % DIVISOR, (total + 1) % DIVISOR} if digits[SEVENTH] == "7" else {total % DIVISOR}
    if 0 not in remainders or digits == "0" * len(WEIGHTS):
        raise BadUbn("這個統一編號的檢查碼不對，可能有一碼打錯了，請再核對一次。")
    return digits
