"""What `pytest autograder` collects: one test item a check, for the reference answers or for `--submission`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from autograder.conftest import CAUTIONS, RESULTS
from autograder.feedback import feedback
from autograder.grading import Grader, grader
from autograder.lab import UnknownLab, lab_names, load_lab
from autograder.results import Result
from autograder.submission import Submission, Unreadable, find

SOLUTIONS = Path("solutions")


def _submissions(config: pytest.Config) -> list[Submission]:
    path, lab = config.getoption("--submission"), config.getoption("--lab")
    try:
        if lab is not None:
            load_lab(lab)
        if path is not None:
            return find(Path(path), lab_names(), lab)
    except (Unreadable, UnknownLab) as problem:
        raise pytest.UsageError(str(problem)) from None
    wanted = lab_names() if lab is None else [lab]
    files = [(SOLUTIONS / f"{name}.py", name) for name in wanted]
    return [Submission(file, "solutions", name) for file, name in files if file.exists()]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    cases = [
        pytest.param(submission, check, id=f"{submission.student}-{submission.lab}-{check}")
        for submission in _submissions(metafunc.config)
        for check in _check_ids(submission)
    ]
    metafunc.parametrize(("submission", "check_id"), cases)


def _check_ids(submission: Submission) -> list[str]:
    try:
        return [check.id for check in load_lab(submission.lab).checks]
    except UnknownLab:
        return ["can_be_read"]


@pytest.fixture(scope="session")
def sandboxed(request: pytest.FixtureRequest) -> Iterator[Grader]:
    labs = {s.lab for s in _submissions(request.config)} & set(lab_names())
    seed, device = (request.config.getoption(name) for name in ("--seed", "--device"))
    with grader(sorted(labs), seed, device, solutions=SOLUTIONS) as made:
        request.config.stash[CAUTIONS].extend(made.cautions)
        yield made


def _result(config: pytest.Config, sandboxed: Grader, submission: Submission) -> Result:
    results = config.stash[RESULTS]
    if submission.path not in results:
        results[submission.path] = sandboxed.grade(submission)
    return results[submission.path]


def test_check(submission: Submission, check_id: str, sandboxed: Grader, request: pytest.FixtureRequest) -> None:
    result = _result(request.config, sandboxed, submission)
    if result.status == "unreadable":
        pytest.fail(f"unreadable: {result.message}", pytrace=False)
    check = next(check for check in result.checks if check.id == check_id)
    if check.status != "passed":
        pytest.fail(feedback(check), pytrace=False)
