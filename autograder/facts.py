"""The table of facts of a lab: what the reference answer, and every known mistake, gives for seed 0; numbers only.

It lies beside the lab's rules, gives no answer away, and is what a student's own check cells compare with. Grading
makes the answer's facts anew for a seed of its own. Mistakes are always told apart at seed 0: where a check fails,
it is asked once more for seed 0, and the known mistake whose facts are the student's facts is named.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from autograder.errors import AutograderError
from autograder.evidence import Answers, Evidence, Value, agree

SHIPPED_SEED = 0


class NoFacts(AutograderError):
    """A lab's table is missing or cannot be read."""


@dataclass(frozen=True)
class Mistake:
    """A known mistake: its identifier, the sentence that explains it, and its facts in the checks that it fails."""

    id: str
    sentence: str
    facts: Answers


@dataclass(frozen=True)
class FactTable:
    """A lab's shipped table. `made_from` is the hash of the files that it was made from."""

    made_from: str
    answers: Answers
    mistakes: tuple[Mistake, ...]

    def explanation(self, check_id: str, evidence: Evidence) -> Mistake | None:
        """The one known mistake that reproduces this evidence; None where there is none, or more than one."""
        alike = [m for m in self.mistakes if check_id in m.facts and _same(m.facts[check_id], evidence)]
        return alike[0] if len(alike) == 1 else None


def _same(known: Mapping[str, Value], evidence: Evidence) -> bool:
    return known.keys() == evidence.facts.keys() and all(
        agree(known[what], found, evidence.tolerances.get(what, 0.0)) for what, found in evidence.facts.items()
    )


def table_path(lab: str) -> Path:
    return Path(__file__).parent / "labs" / f"{lab}.json"


@cache
def load_table(lab: str) -> FactTable:
    """The table that ships with a lab. Errors: `NoFacts`."""
    try:
        document = json.loads(table_path(lab).read_text())
    except (OSError, ValueError) as error:
        told = f"{table_path(lab)} cannot be read ({error}); make it with `python -m autograder build {lab}`."
        raise NoFacts(told) from None
    mistakes = (Mistake(name, entry["sentence"], entry["facts"]) for name, entry in document["mistakes"].items())
    return FactTable(document["made_from"], document["answers"], tuple(mistakes))


def table_text(made_from: str, answers: Answers, mistakes: Mapping[str, dict[str, Any]]) -> str:
    """A table as it is kept: one line a check, so that a change is readable."""
    lines = [f'{{"made_from": {json.dumps(made_from)},', ' "answers": {']
    lines.append(",\n".join(f"  {json.dumps(check)}: {json.dumps(facts)}" for check, facts in answers.items()))
    lines.append(' }, "mistakes": {')
    lines.append(",\n".join(f"  {json.dumps(name)}: {json.dumps(entry)}" for name, entry in mistakes.items()))
    return "\n".join([*lines, "}}"]) + "\n"
