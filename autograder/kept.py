"""Results kept on disk, so that an unchanged class is read and not graded again, and an interrupted run goes on.

A result hangs on the submission's code, the checks, the answer that they compare with, torch, the device and the seed:
its key is the hash of all of these. The grader keeps none that hangs on the moment: a time-out, a process that ended,
a fault of ours.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import json
import secrets
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path

import data_utils
from autograder.errors import AutograderError
from autograder.evidence import Answers
from autograder.results import CheckResult, Result
from autograder.submission import Cell, answer_path
from data_utils.whole_files import NotSavedError, whole_file

FOLDER = Path(".autograder")  # where a course has them: kept results, and the class's seed
OF_THE_MOMENT = ("timed_out", "crashed", "ungradable")  # statuses of checks
LARGEST_SEED = 2**31 - 1
PACKAGE = Path(__file__).parent
DATA_UTILS = Path(data_utils.__file__).parent


class NotKept(AutograderError):
    """A folder for results can be neither read nor made."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"{reason} Give --no-cache to grade without keeping results.")


def drawn_seed() -> int:
    """A seed from 1 on: 0 is the one whose figures are shipped."""
    return secrets.randbelow(LARGEST_SEED) + 1


def given_seed(text: str) -> int:
    """A seed as a person gives it to a command. Errors: `argparse.ArgumentTypeError`."""
    if not text.isdecimal() or int(text) > LARGEST_SEED:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 0 to {LARGEST_SEED}")
    return int(text)


@cache
def code_hash() -> str:
    """The hash of all code that verdicts hang on, and of all figures."""
    return _hash([*_code(), *sorted(PACKAGE.rglob("*.json"))])


@cache
def checks_hash(lab: str, solutions: Path) -> str:
    """The hash of all that decides a lab's verdicts: the code, the lab's figures, and the answer."""
    return _hash([*_code(), PACKAGE / "labs" / f"{lab}.json", answer_path(lab, solutions)])


def _code() -> list[Path]:
    return sorted(path for package in (PACKAGE, DATA_UTILS) for path in package.rglob("*.py"))


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
        """The folder's seed; a new one, where it has none. Errors: `NotKept`."""
        path = self.folder / "seed.json"
        try:
            seed = json.loads(path.read_text())
            if type(seed) is int and 0 < seed <= LARGEST_SEED:
                return seed
        except (FileNotFoundError, ValueError):
            pass
        except OSError as error:  # a colleague's, which must not be replaced
            raise NotKept(f"{path} cannot be read: {error.strerror}.") from None
        seed = drawn_seed()
        try:
            _write(path, seed)
        except NotSavedError as error:
            raise NotKept(str(error)) from None
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
        """Keep a result, whole or, where the disk is full, not at all."""
        with contextlib.suppress(NotSavedError):
            _write(self.folder / f"{key}.json", asdict(result))

    def answers(self, lab: str, device: str, seed: int) -> Answers | None:
        """The reference answer's facts for a seed; None where they are not kept, or cannot be read."""
        with contextlib.suppress(OSError, ValueError):
            kept = json.loads(self._answers_path(lab, device, seed).read_text())
            if isinstance(kept, dict):
                return kept
        return None

    def put_answers(self, lab: str, device: str, seed: int, answers: Answers) -> None:
        """Keep the reference answer's facts, whole or, where the disk is full, not at all."""
        with contextlib.suppress(NotSavedError):
            _write(self._answers_path(lab, device, seed), answers)

    def _answers_path(self, lab: str, device: str, seed: int) -> Path:
        return self.folder / f"answers-{self.key(lab, [], device, seed)}.json"


def _write(path: Path, what: object) -> None:
    with whole_file(path) as file:
        file.write(json.dumps(what).encode())
