"""How words are folded before they are compared, and how they sound.

Folding makes one spelling of many: NFKC, lower case without accents, one Chinese script (臺, 台 and simplified
characters are one), numbers in digits (三百萬, 300 萬 and 3,000,000 are one), shares in per cent (三成, 百分之三十 and
30% are one), no punctuation.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

import opencc
from pypinyin import lazy_pinyin

DIGITS = "零一二三四五六七八九"
_DIGIT = {character: value for value, character in enumerate(DIGITS)} | {"〇": 0, "两": 2}
_STEP = {"十": 10, "百": 100, "千": 1000}
_LARGE = {"万": 10**4, "亿": 10**8}
_FIGURES = r"\d[\d,]*(?:\.\d+)?"
_NUMBER = re.compile(
    rf"(?:{_FIGURES}|[零〇一二两三四五六七八九十])"
    rf"(?:{_FIGURES}|(?<=亿) {_FIGURES}(?= ?万)| ?[万亿]|[零〇一二两三四五六七八九十百千])*"
)
_PART = re.compile(rf"{_FIGURES}|\S")
_PER_CENT = re.compile(r"百分之 ?(\d+(?:\.\d+)?)")
_TENTHS = re.compile(r"(?<![\d.])(10|\d(?:\.\d+)?)成(\d?)(?!\d)")
_SPELLED = re.compile(r"(?<![a-z0-9])[a-z](?:[ .][a-z](?![a-z0-9]))+")
_AFTER_NUMBER = re.compile(r"(?<=\d) +(?=[^\W\da-z])")
_UNIT = re.compile(r"[a-z]+|\d+(?:\.\d+)?|[^\W_a-z\d]|%")

Unit = str
"""A Chinese character, a Latin word, a number or the sign of per cent."""


@dataclass(frozen=True, slots=True)
class Folded:
    """The units of a text in order; `begins` are the places before which punctuation or a space stood."""

    units: tuple[Unit, ...]
    begins: frozenset[int]

    def spans(self) -> Iterator[slice]:
        """Yield what texts are compared by: Latin words, numbers, pairs of neighbours, a character by itself.

        Two characters are the commonest Chinese word; a pair never spans a space, nor holds a Latin word.
        """
        latin = [unit.isascii() and unit.isalpha() for unit in self.units]
        last = len(self.units) - 1
        for place, unit in enumerate(self.units):
            ends = place == last or place + 1 in self.begins
            if len(unit) > 1 or (ends and place in self.begins):
                yield slice(place, place + 1)
            if not (ends or latin[place] or latin[place + 1]):
                yield slice(place, place + 2)


def fold(text: str) -> Folded:
    """Return a text's units in their one spelling."""
    decomposed = unicodedata.normalize("NFKD", text)
    plain = "".join(_one_script(c) for c in decomposed if not unicodedata.combining(c)).lower()
    spelled = _SPELLED.sub(lambda found: re.sub("[ .]", "", found[0]), plain)
    counted = _AFTER_NUMBER.sub("", _NUMBER.sub(lambda found: _in_digits(found[0]), spelled))
    shared = _TENTHS.sub(_tenths, _PER_CENT.sub(r"\1%", counted))
    units: list[Unit] = []
    begins: set[int] = set()
    behind = -1
    for found in _UNIT.finditer(shared):
        if found.start() != behind:
            begins.add(len(units))
        units.append(found[0])
        behind = found.end()
    return Folded(tuple(units), frozenset(begins))


def sounds(units: Sequence[Unit]) -> tuple[str, ...]:
    """Return how each unit is read, without tones, what is commonly confused in Taiwan alike.

    Folded are zh/z, ch/c, sh/s, -ing/-in and -eng/-en. Not folded are n/l, r/l and f/h: rarer, and they make
    too many words alike.
    """
    characters = [_in_characters(unit) for unit in units]
    # a list gives every character that has no reading a place of its own; the stub knows of texts alone
    heard = iter(lazy_pinyin("".join(characters), errors=list))  # type: ignore[arg-type]
    return tuple("".join(_alike(next(heard)) for _ in spelled) for spelled in characters)


@cache
def _alike(syllable: str) -> str:
    initial = re.sub(r"^([zcs])h", r"\1", syllable)
    return re.sub(r"(?<=[ie])ng$", "n", initial)


def _in_characters(unit: Unit) -> str:
    """Return a number below a hundred as it is spoken, anything else as it is."""
    if not unit.isdecimal() or len(unit) > 2:
        return unit
    tens, ones = divmod(int(unit), 10)
    return (
        (DIGITS[tens] if tens > 1 else "")
        + ("十" if tens else "")
        + (DIGITS[ones] if ones or not tens else "")
    )


def _in_digits(number: str) -> str:
    """Return a number written in any mixture of figures and characters as figures."""
    total, section = Decimal(0), Decimal(0)
    current: Decimal | None = None
    for part in _PART.findall(number):
        if part in _STEP:
            section += (1 if current is None else current) * _STEP[part]
            current = None
        elif part in _LARGE:
            total += (section + (current or 0)) * _LARGE[part]
            section, current = Decimal(0), None
        elif part in _DIGIT:
            current = (current or Decimal(0)) * 10 + _DIGIT[part]
        else:
            current = Decimal(part.replace(",", ""))
    return _plain(total + section + (current or 0))


def _tenths(found: re.Match[str]) -> str:
    """Return tenths as they are spoken (三成, 三成五) in per cent."""
    return f"{_plain(Decimal(found[1]) * 10 + int(found[2] or 0))}%"


def _plain(value: Decimal) -> str:
    whole = value.to_integral_value()
    return format(whole if value == whole else value.normalize(), "f")


@cache
def _one_script(character: str) -> str:
    """Return a Chinese character in the script that comparing uses; others as they are."""
    converted = _converter().convert(character) if ord(character) > 0x2E7F else character
    return converted if len(converted) == 1 else character


@cache
def _converter() -> opencc.OpenCC:
    return opencc.OpenCC("t2s")
