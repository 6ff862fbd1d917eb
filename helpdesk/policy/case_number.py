"""Case numbers: `C115-000123-4` = ROC year, sequence, check digit.

The number names a case; it never opens one.
"""

import re
import unicodedata

_PATTERN = re.compile(r"C?(\d{3})-?(\d{6,9})-?(\d)", re.ASCII)


class BadCaseNumber(ValueError):
    """The text is no case number; the message says why, for the person who typed it."""


def format_case_number(roc_year: int, sequence: int) -> str:
    """Return the number of the `sequence`-th case of a ROC year."""
    return f"C{roc_year:03d}-{sequence:06d}-{_check_digit(f'{roc_year:03d}{sequence:06d}')}"


def parse_case_number(text: str) -> str:
    """Return the number in its one spelling; case, width, spaces and dashes are forgiven.

    Raises BadCaseNumber when the form or the check digit is wrong.
    """
    folded = re.sub(r"[\s\u2010-\u2015]", "", unicodedata.normalize("NFKC", text)).upper()
    match = _PATTERN.fullmatch(folded)
    if match is None:
        raise BadCaseNumber("案件編號的格式像 C115-000123-4，請再核對一次。")
    year, sequence, digit = match.groups()
    number = format_case_number(int(year), int(sequence))
    if number[-1] != digit:
        raise BadCaseNumber("案件編號有一碼不對，請再核對一次。")
    return number


def _check_digit(digits: str) -> str:
    """Return Luhn's digit: it catches every single slip and nearly every swap of neighbours."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        doubled = int(digit) * (2 - place % 2)
        total += doubled // 10 + doubled % 10
    return str(-total % 10)
