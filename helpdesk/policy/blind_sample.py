"""Which cases a person sorts without the model's view: the unbiased measure of both.

Decides nothing about what is hidden while one waits; that follows from `Basis.BLIND`.
"""

import hashlib

BLIND_SHARE = 0.05
"""The share of cases in the sample. Source: rules of triage, section 5: 5 to 10 %."""


def in_blind_sample(name: str) -> bool:
    """Tell whether a case belongs to the sample, by its number alone: the same answer for ever.

    A call that is being taken down has no number yet, and the screen suggests while the agent types:
    there the name is the key of the form.
    """
    drawn = hashlib.sha256(f"blind sample: {name}".encode()).digest()[:8]
    return int.from_bytes(drawn) < BLIND_SHARE * 2**64
