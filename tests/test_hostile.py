"""No hostile submission gains a point, reads or writes outside, harms another, or leaves anything behind."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from autograder.grading import Grader
from autograder.results import Result
from autograder.sandbox.isolation import LAYERS, Limits
from autograder.sandbox.process import Sandbox
from autograder.submission import Cell, Submission
from tests.hostile import HOSTILE, Hostile, base_notebooks


@pytest.fixture(scope="module")
def bases(gan_answer: list[Cell]) -> dict[str, str]:
    return base_notebooks(gan_answer)


@pytest.fixture(scope="module")
def hasty(graded_by: Grader) -> Grader:
    """The grader with short times: most of these wait for nothing, and the others for ever."""
    with Sandbox(graded_by.server, "cpu", [], Limits()) as probe:
        missing = [layer for layer in LAYERS if layer not in probe.isolation]
    if missing:
        pytest.skip(f"this machine does not give the sandbox: {', '.join(missing)}")
    return replace(graded_by, limits=Limits(cell_s=2, question_s=2, submission_s=20))


def words(result: Result) -> str:
    """All that the feedback says."""
    return " ".join([result.message, *(f"{check.message} {check.hint}" for check in result.checks)])


@pytest.mark.parametrize("hostile", HOSTILE, ids=lambda hostile: hostile.name)
def test_it_gains_nothing_and_is_told(hostile: Hostile, bases: dict[str, str], hasty: Grader, tmp_path: Path) -> None:
    path = hostile.write(tmp_path / "mallory", bases)
    result = hasty.grade(Submission(path, "mallory", "gan"))
    told = words(result)
    assert "Stolen" not in told, told
    assert hostile.told in told, told
    assert "ungradable" not in {check.status for check in result.checks}, told
    assert hostile.score in (None, result.score), told


def test_names_are_of_one_submission_each() -> None:
    names = [hostile.name for hostile in HOSTILE]
    assert len(names) == len(set(names)) >= 60
