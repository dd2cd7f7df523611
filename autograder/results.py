"""What grading gives: one `Result` a submission, one `CheckResult` a check, and their JSON and CSV."""

from __future__ import annotations

import csv
import io
import json
import math
import re
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

SCHEMA = 1
FORMULA = re.compile(r"\s*[-=+@\t\r\uff1d\uff0b\uff0d\uff20]")  # also in the wide forms of East Asian fonts
CheckStatus = Literal["passed", "failed", "not_attempted", "not_run", "timed_out", "crashed", "ungradable"]


@dataclass
class CheckResult:
    """What one check found. `mistake` identifies the known mistake that explains a failure, if any."""

    id: str
    title: str
    points: int
    earned: float
    status: CheckStatus
    message: str = ""
    hint: str = ""
    mistake: str | None = None


@dataclass
class Result:
    """The outcome for one submission. `message` says why it is unreadable, or what went wrong in its cells; `receipt`
    is the environment of the run that graded it, which may have been an earlier one."""

    student: str
    lab: str
    path: str
    sha256: str
    max_score: float
    status: Literal["graded", "unreadable"]
    message: str = ""
    seconds: float = 0.0
    receipt: dict[str, str] = field(default_factory=dict)
    checks: list[CheckResult] = field(default_factory=list)

    @property
    def score(self) -> float:
        """The points earned: finite, from 0 to `max_score`."""
        total = math.fsum(check.earned for check in self.checks)
        assert 0 <= total <= self.max_score
        return total

    @property
    def ungradable(self) -> list[CheckResult]:
        """The checks that could not be judged through a fault of ours."""
        return [check for check in self.checks if check.status == "ungradable"]

    def as_dict(self) -> dict[str, Any]:
        described = asdict(self)
        return {**described, "score": self.score}


@dataclass
class Report:
    """The results of one run and the environment that made them: enough to replay it."""

    environment: dict[str, Any]
    results: list[Result]

    def as_json(self) -> str:
        document = {
            "schema": SCHEMA,
            "environment": self.environment,
            "results": [result.as_dict() for result in self.results],
        }
        return json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False) + "\n"

    def as_csv(self) -> str:
        """One line a submission: student, lab, score, maximum, status, and the points of every check by identifier."""
        identifiers = list(dict.fromkeys(check.id for result in self.results for check in result.checks))
        text = io.StringIO()
        rows = csv.DictWriter(text, ["student", "lab", "score", "max_score", "status", "path", *identifiers])
        rows.writeheader()
        for result in self.results:
            row = {key: getattr(result, key) for key in ("student", "lab", "score", "max_score", "status", "path")}
            row = {key: _not_a_formula(value) for key, value in row.items()}
            rows.writerow(row | {check.id: check.earned for check in result.checks})
        return text.getvalue()

    @property
    def ungradable(self) -> list[tuple[Result, CheckResult]]:
        """The same of all results, each with its result."""
        return [(result, check) for result in self.results for check in result.ungradable]


def _not_a_formula(value: object) -> object:
    """Keep a spreadsheet from running a cell that begins as a formula: a folder's name is the student's to choose."""
    return f"'{value}" if isinstance(value, str) and FORMULA.match(value) else value
