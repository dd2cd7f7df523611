"""What tests share: one fork server, one grader of a fixed seed, the reference answers' cells, and small notebooks."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from autograder.grading import Grader
from autograder.judging import Verdict, judge_check
from autograder.lab import Check, load_lab
from autograder.results import Result
from autograder.sandbox.isolation import Limits
from autograder.sandbox.process import ForkServer
from autograder.sandbox.respondent import Respondent
from autograder.student import Student
from autograder.submission import Cell, Submission

ROOT = Path(__file__).resolve().parents[1]
SEED = 11  # not the shipped one


@pytest.fixture(scope="session")
def server() -> Iterator[ForkServer]:
    with ForkServer() as started:
        yield started


@pytest.fixture(scope="session")
def graded_by(server: ForkServer) -> Grader:
    """A grader of seed 11 that waits 3 seconds for a cell or a question."""
    made = Grader(server, SEED, limits=Limits(cell_s=3, question_s=3))
    made.prepare(["gan"], ROOT / "solutions")
    return made


@pytest.fixture(scope="session")
def gan_answer() -> list[Cell]:
    return answer("gan")


@pytest.fixture
def grade(graded_by: Grader) -> Callable[[Sequence[Cell]], Result]:
    """Grade these cells as lab gan."""
    return lambda cells: graded_by.grade_cells(load_lab("gan"), cells)


def answer(lab: str) -> list[Cell]:
    """The reference answer's code cells."""
    return Submission(ROOT / "solutions" / f"{lab}.py", "answer", lab).read()[0]


def namespace(lab: str, *edits: tuple[str, str]) -> dict[str, Any]:
    """What a lab's answer defines, with these edits."""
    defined: dict[str, Any] = {"np": np, "torch": torch, "nn": nn}
    for cell in answer(lab):
        if "BEGIN SOLUTION" in cell.source or cell.source.startswith("NAMES"):
            source = cell.source
            for old, new in edits:
                source = source.replace(old, new)
            exec(source, defined)
    return defined


def verdict_on(check: Check, names: dict[str, Any], device: str = "cpu") -> Verdict:
    """What a check finds, without a sandbox, of a notebook that defines these names."""
    return judge_check(check, Student(Respondent(names).answer, 0, device), None, lambda name: "")


def judged(lab: str, check_id: str, *edits: tuple[str, str], **names: Any) -> Verdict:
    """What a check finds, without a sandbox, of a lab's answer with these edits, and these names defined over it."""
    return verdict_on(load_lab(lab)[check_id], namespace(lab, *edits) | names)


def notebook(*sources: str) -> str:
    """A notebook of these code cells."""
    cells = [
        {"cell_type": "code", "id": f"c{n}", "metadata": {}, "source": s, "outputs": [], "execution_count": None}
        for n, s in enumerate(sources)
    ]
    return json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})
