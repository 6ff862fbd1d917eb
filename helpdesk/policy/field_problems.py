"""What is wrong with what was typed, said at each field."""

from collections.abc import Mapping


class FieldProblems(ValueError):
    """It cannot be taken as it was typed; carries a sentence for each field concerned."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        self.problems = problems
        super().__init__("\n".join(problems.values()))
