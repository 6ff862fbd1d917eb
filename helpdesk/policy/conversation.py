"""The kinds of texts in a case and who may read them."""

from enum import StrEnum


class MessageKind(StrEnum):
    """What a text of a case is."""

    ANSWER = "answer"
    QUESTION = "question"
    ENQUIRER = "enquirer"
    NOTE = "note"


SEEN_BY_ENQUIRER = frozenset({MessageKind.ANSWER, MessageKind.QUESTION, MessageKind.ENQUIRER})
