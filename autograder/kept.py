"""Results kept on disk, so that an unchanged class is read and not graded again, and an interrupted run goes on.

A result hangs on the submission's code, the checks, the answer that they compare with, torch, the device and the seed:
its key is the hash of all of these. The grader keeps none that hangs on the moment: a time-out, a process that ended,
a fault of ours.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import secrets
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path

from autograder.evidence import Answers
from autograder.results import CheckResult, Result
from autograder.submission import Cell, answer_path

OF_THE_MOMENT = ("timed_out", "crashed", "ungradable")  # statuses of checks
LARGEST_SEED = 2**31 - 1


def drawn_seed() -> int:
    """A seed from 1 on: 0 is the one whose figures are shipped."""
    return secrets.randbelow(LARGEST_SEED) + 1


@cache
def code_hash() -> str:
    """The hash of the autograder's code and figures."""
    package = Path(__file__).parent
    return _hash([*sorted(package.rglob("*.py")), *sorted(package.rglob("*.json"))])


@cache
def checks_hash(lab: str, solutions: Path) -> str:
    """The hash of all that decides a lab's verdicts: the autograder's code, its figures, and the answer."""
    package = Path(__file__).parent
    return _hash([*sorted(package.rglob("*.py")), package / "labs" / f"{lab}.json", answer_path(lab, solutions)])


def _hash(files: Sequence[Path]) -> str:
    whole = hashlib.sha256()
    for path in files:
        whole.update(path.read_bytes() if path.exists() else b"")
        whole.update(b"\0")
    return whole.hexdigest()


@dataclass(frozen=True)
class KeptResults:
    """The results in one folder. Its runs share a seed, drawn once and kept there too."""

    folder: Path
    solutions: Path

    def seed(self) -> int:
        """The folder's seed; a new one, where it has none."""
        path = self.folder / "seed.json"
        with contextlib.suppress(OSError, ValueError):
            seed = json.loads(path.read_text())
            if type(seed) is int and 0 < seed <= LARGEST_SEED:
                return seed
        seed = drawn_seed()
        _write(path, json.dumps(seed))
        return seed

    def key(self, lab: str, cells: Sequence[Cell], device: str, seed: int) -> str:
        """What a result of these cells is kept under."""
        parts = [lab, checks_hash(lab, self.solutions), version("torch"), device, seed]
        return hashlib.sha256(json.dumps([*parts, [asdict(cell) for cell in cells]]).encode()).hexdigest()

    def get(self, key: str) -> Result | None:
        """The result of this key, without a student's name; None where there is none, or none that can be read."""
        try:
            kept = json.loads((self.folder / f"{key}.json").read_text())
            checks = [CheckResult(**check) for check in kept.pop("checks")]
            return Result(**kept, checks=checks)
        except (OSError, ValueError, TypeError, KeyError, AttributeError):
            return None

    def put(self, key: str, result: Result) -> None:
        """Keep a result, whole or not at all."""
        _write(self.folder / f"{key}.json", json.dumps(asdict(result)))

    def answers(self, lab: str, device: str, seed: int) -> Answers | None:
        """The reference answer's facts for a seed; None where they are not kept, or cannot be read."""
        with contextlib.suppress(OSError, ValueError):
            kept = json.loads(self._answers_path(lab, device, seed).read_text())
            if isinstance(kept, dict):
                return kept
        return None

    def put_answers(self, lab: str, device: str, seed: int, answers: Answers) -> None:
        """Keep the reference answer's facts, whole or not at all."""
        _write(self._answers_path(lab, device, seed), json.dumps(answers))

    def _answers_path(self, lab: str, device: str, seed: int) -> Path:
        return self.folder / f"answers-{self.key(lab, [], device, seed)}.json"


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=".writing-")
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
    os.replace(name, path)
