"""Hostile submissions among honest ones, through the doors that people use: nobody else's row changes or is lost, and
nothing is left behind, also where the grader itself is killed. The whole bank runs with `make test-slow`."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import psutil
import pytest
from nbgrader.api import Gradebook, MissingEntry

from autograder.example_class import notebook_with
from autograder.submission import Cell
from autograder.variants import load_variants
from tests.conftest import ROOT
from tests.hostile import HOSTILE, Hostile, base_notebooks

NOBODY = 65534  # the user id that Linux gives to nobody
BY_NAME = {hostile.name: hostile for hostile in HOSTILE}
FEW = [BY_NAME[name] for name in ("respondent_answers_true", "fork_bomb", "quick_exit")]
TEN = [*FEW, *(h for h in HOSTILE if h.name in ("endless_loop", "channel_drips", "memory_in_lists", "segfault"))]
TEN += [h for h in HOSTILE if h.name in ("pipe_in_its_place", "disk_filled", "threads_outlive_their_cell")]


@pytest.fixture
def course() -> Iterator[Path]:
    """A copy of the course that every user may read and write; notebooks of an ordinary user's go there too."""
    folder = Path(tempfile.mkdtemp(prefix="course-"))
    for kind in ("autograder", "data_utils", "solutions", "assignments"):
        shutil.copytree(ROOT / kind, folder / kind, ignore=shutil.ignore_patterns("__pycache__"))
    for file in ("nbgrader_config.py", "pyproject.toml"):
        shutil.copy(ROOT / file, folder / file)
    yield folder
    shutil.rmtree(folder)


def write_honest(folder: Path, gan_answer: Sequence[Cell], count: int) -> list[str]:
    release, variants = base_notebooks(gan_answer)["skeleton"], load_variants("gan", ROOT / "solutions")
    for number in range(count):
        variant = variants[number * len(variants) // count]
        path = folder / f"honest-{number:02d}" / "gan" / "gan.ipynb"
        path.parent.mkdir(parents=True)
        path.write_text(notebook_with(release, variant.cells(gan_answer)))
    return [f"honest-{number:02d}" for number in range(count)]


def command(*words: str, cwd: Path, user: int | None = None, **options: Any) -> subprocess.Popen[str]:
    """Start a command in the course; `user` is a user id to run it as, for which this process must be root."""
    environment = {"PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin", "HOME": str(cwd), "TMPDIR": str(cwd / "tmp")}
    (cwd / "tmp").mkdir(exist_ok=True)
    if user is not None:
        for path in (cwd, *cwd.rglob("*")):
            os.chown(path, user, user, follow_symlinks=False)
        options |= {"user": user, "group": user, "extra_groups": []}
    return subprocess.Popen(words, cwd=cwd, env=environment, text=True, start_new_session=True, **options)


def finish(process: subprocess.Popen[str], seconds: float = 1800) -> str:
    printed, errors = process.communicate(timeout=seconds)
    assert process.returncode == 0, printed[-3000:] + errors[-3000:]
    return printed


def graded(course: Path, user: int | None = None) -> dict[str, dict[str, Any]]:
    """The results of `python -m autograder grade` with seed 11, by student, without what differs from run to run."""
    words = (sys.executable, "-m", "autograder", "grade", "submitted", "--seed", "11", "--json", "-", "--no-cache")
    pipe = subprocess.PIPE
    results = json.loads(finish(command(*words, cwd=course, user=user, stdout=pipe, stderr=pipe)))["results"]
    return {result["student"]: {k: v for k, v in result.items() if k != "seconds"} for result in results}


def left_behind(course: Path) -> list[str]:
    """Folders of sandboxes, and processes that were started in the course's session."""
    return [str(path) for path in (course / "tmp").glob("submissions-*")] + [
        str(process) for process in psutil.process_iter() if _belongs(process, course)
    ]


def _belongs(process: psutil.Process, course: Path) -> bool:
    try:
        return str(course) in process.environ().get("TMPDIR", "") and process.status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False


@pytest.mark.parametrize(
    ("honest", "hostile"), [(3, FEW), pytest.param(30, TEN, marks=pytest.mark.slow)], ids=["few", "a class of 40"]
)
def test_the_others_are_graded_as_without_them(
    honest: int, hostile: list[Hostile], course: Path, gan_answer: list[Cell]
) -> None:
    names = write_honest(course / "submitted", gan_answer, honest)
    alone = graded(course)
    for one in hostile:
        one.write(course / "submitted" / one.name, base_notebooks(gan_answer))
    together = graded(course)
    assert len(together) == honest + len(hostile)
    assert {name: together[name] for name in names} == alone
    assert left_behind(course) == []


@pytest.mark.parametrize("times", [1, pytest.param(20, marks=pytest.mark.slow)])
def test_nothing_is_left_where_the_grader_is_killed_in_mid_class(
    times: int, course: Path, gan_answer: list[Cell]
) -> None:
    for name in ("endless_loop", "busy_threads", "signals_ignored", "long_sleep"):
        BY_NAME[name].write(course / "submitted" / name, base_notebooks(gan_answer))
    for _ in range(times):
        grader = command(sys.executable, "-m", "autograder", "grade", "submitted", cwd=course)
        patience = time.monotonic() + 60
        while not list((course / "tmp").glob("submissions-*/submission-*")) and time.monotonic() < patience:
            time.sleep(0.1)
        time.sleep(1)
        assert left_behind(course)
        grader.kill()
        grader.wait()
        while left_behind(course) and time.monotonic() < patience:
            time.sleep(0.1)
        assert left_behind(course) == []


def require_python_of(user: int | None) -> None:
    """Skip where that user may not run this Python, as where it lies in root's home folder."""
    try:
        subprocess.run([sys.executable, "-c", ""], user=user, check=True)
    except PermissionError as denied:
        pytest.skip(f"user {user} may not run {sys.executable}, or this user may not become that one: {denied}")


@pytest.mark.slow
@pytest.mark.parametrize("user", [None, NOBODY], ids=["as oneself", "as an ordinary user"])
def test_the_whole_bank_forges_no_point_and_loses_no_row_through_both_doors(
    user: int | None, course: Path, gan_answer: list[Cell]
) -> None:
    require_python_of(user)
    honest = write_honest(course / "submitted", gan_answer, 2)
    for one in HOSTILE:
        one.write(course / "submitted" / one.name, base_notebooks(gan_answer))
    command_results = graded(course, user)
    assert len(command_results) == len(HOSTILE) + len(honest)
    wrong = {
        one.name: (command_results[one.name]["score"], one.score)
        for one in HOSTILE
        if one.score is not None and command_results[one.name]["score"] != one.score
    }
    assert wrong == {}
    quiet = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    finish(command("nbgrader", "generate_assignment", "gan", cwd=course, user=user, **quiet))
    finish(command("nbgrader", "autograde", "gan", cwd=course, user=user, **quiet))
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as gradebook:
        for name, result in command_results.items():
            try:
                row = gradebook.find_submission_notebook("gan", "gan", name)
            except MissingEntry:
                pytest.fail(f"{name} has no row in the gradebook")
            if name in BY_NAME and BY_NAME[name].score is None:
                continue
            points = {grade.name: grade.auto_score for grade in row.grades if grade.auto_score is not None}
            nothing = name in BY_NAME and not sum(points.values())
            assert nothing or points == {check["id"]: check["earned"] for check in result["checks"]}, name
    assert left_behind(course) == []


@pytest.mark.slow
def test_nothing_is_left_after_a_hundred_runs(course: Path, gan_answer: list[Cell]) -> None:
    write_honest(course / "submitted", gan_answer, 1)
    shutil.rmtree(course / "solutions")  # without which a run is short: no facts of the answer are made
    namespaces = _network_namespaces()
    for _ in range(100):
        graded(course)
    assert left_behind(course) == []
    assert _network_namespaces() <= namespaces


def _network_namespaces() -> set[str]:
    found = set()
    for process in psutil.process_iter():
        try:
            found.add(os.readlink(f"/proc/{process.pid}/ns/net"))
        except OSError:
            continue
    return found
