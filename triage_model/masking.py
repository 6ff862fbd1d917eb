"""A text without what names or reaches somebody, still readable, and back into what training reads.

What counts as private is `normalise`'s decision; the marks are its words for it.
"""

from triage_model.normalise import EMAIL, LINK, MASK_NAMES, PERSON_ID, PHONE, UBN, fold

_STAND_INS = {
    PHONE: "0900-000-000",
    EMAIL: "a@example.com",
    LINK: "www.example.com",
    PERSON_ID: "a100000000",
    UBN: "12345678",
}


def masked(text: str) -> str:
    """Return the text with phones, mail and web addresses, person ids and 統一編號 replaced by marks.

    What folding does not read, beyond its limit of length, is left out.
    """
    folded = fold(text)
    pieces, behind = [], 0
    for place, character in enumerate(folded.text):
        if character in MASK_NAMES:
            pieces += [text[behind : folded.starts[place]], MASK_NAMES[character]]
            behind = folded.ends[place]
    return "".join(pieces) + text[behind : folded.ends[-1] if folded.ends else 0]


def readable_by_training(text: str) -> str:
    """Return a masked text with something that folds to the same sign in the place of each mark."""
    for sign, mark in MASK_NAMES.items():
        text = text.replace(mark, _STAND_INS[sign])
    return text
