"""Phone numbers as people in Taiwan write them. Which one gets a text: `notices`."""

import re
import unicodedata
from dataclasses import dataclass

import phonenumbers

_EXTENSION_WORDS = re.compile(r"(?:(?:分機|轉|ext\.?|x)\s*:?\s*)+", re.IGNORECASE)
_MOBILE = phonenumbers.PhoneNumberType.MOBILE
REGION = "TW"
TOLL_FREE = "+886800"
ANONYMOUS = frozenset({"", "+anonymous", "anonymous", "+266696687", "+86282452253", "+464", "unknown"})


class BadPhone(ValueError):
    """The text is no phone number; the message says why, for the person who typed it."""


@dataclass(frozen=True, slots=True)
class Phone:
    """A number in E.164 with an optional extension."""

    e164: str
    extension: str = ""

    @property
    def is_mobile(self) -> bool:
        """Tell whether a text message can reach it."""
        return phonenumbers.number_type(phonenumbers.parse(self.e164)) == _MOBILE

    @property
    def last_three(self) -> str:
        """Return the last three digits of the number itself: the enquirer's second fact."""
        return self.e164[-3:]

    def __str__(self) -> str:
        return f"{self.e164}#{self.extension}" if self.extension else self.e164


def parse_phone(text: str) -> Phone:
    """Return the number; 分機, 轉, #, hyphens, white space and full-width digits are accepted.

    Raises BadPhone when it cannot be a number in use.
    """
    one_line = " ".join(unicodedata.normalize("NFKC", text).split())
    number, _, extension = _EXTENSION_WORDS.sub("#", one_line).partition("#")
    extension = extension.strip()
    try:
        parsed = phonenumbers.parse(number, REGION)
    except phonenumbers.NumberParseException:
        raise BadPhone("這不像電話號碼，請填手機或市話，例如 0912-345-678 或 04-2358-7591#12。") from None
    extension = extension or parsed.extension or ""  # written with a comma or a tilde
    if extension and not (extension.isdecimal() and len(extension) <= 6):
        raise BadPhone("分機請填 1 到 6 個數字，例如 04-2358-7591#12。")
    if not phonenumbers.is_possible_number(parsed) or not phonenumbers.is_valid_number(parsed):
        raise BadPhone("電話號碼的位數或開頭不對，請再核對一次。")
    return Phone(phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164), extension)


def usable_number(caller: str) -> str | None:
    """Return the caller's number in E.164, or None: it can be lost, withheld or a trunk's own."""
    if caller.lower() in ANONYMOUS:
        return None
    try:
        return str(parse_phone(caller))
    except BadPhone:
        return None


def spoken(stored: str) -> str:
    """Return a stored number the way people in Taiwan write it, e.g. 0912 345 678 分機 12."""
    number, _, extension = stored.partition("#")
    try:
        parsed = phonenumbers.parse(number, REGION)
    except phonenumbers.NumberParseException:
        return stored
    if number.startswith(TOLL_FREE):
        return "-".join(("0800", number[-6:-3], number[-3:]))
    abroad = parsed.country_code != 886
    style = (
        phonenumbers.PhoneNumberFormat.INTERNATIONAL if abroad else phonenumbers.PhoneNumberFormat.NATIONAL
    )
    written = phonenumbers.format_number(parsed, style)
    return f"{written} 分機 {extension}" if extension else written
