"""One score through every door: the command, pytest, nbgrader, and the notebook's own check cells, check by check."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from collections.abc import Sequence
from pathlib import Path

import pytest
from nbgrader.api import Gradebook

from autograder.example_class import notebook_with
from autograder.lab import load_lab
from autograder.submission import Cell
from autograder.variants import load_variants
from tests.conftest import ROOT

Scores = dict[str, dict[str, float]]  # points by student and check
LAB = load_lab("gan")
WRONG = [variant for variant in load_variants("gan", ROOT / "solutions") if not variant.is_right]
CHOSEN = WRONG[:: max(1, len(WRONG) // 10)][:10]

# Runs every notebook in an IPython shell, as a kernel does, and prints what each check cell returned.
SHELL = """
import json, sys
from IPython.core.interactiveshell import InteractiveShell
shell, scores = InteractiveShell.instance(), {}
for path in sys.argv[1:]:
    shell.reset()
    cells = [c for c in json.load(open(path))["cells"] if c["cell_type"] == "code"]
    for cell in cells:
        value = shell.run_cell("".join(cell["source"])).result
        if cell["metadata"].get("nbgrader", {}).get("grade"):
            scores.setdefault(path, {})[cell["metadata"]["nbgrader"]["grade_id"]] = value
print("scores:" + json.dumps(scores))
"""


def command(*words: object, cwd: Path, expect: int | None = 0, **variables: str) -> str:
    environment = {"PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin", "HOME": str(cwd), **variables}
    line = [str(word) for word in words]
    done = subprocess.run(line, cwd=cwd, env=environment, capture_output=True, text=True, timeout=600)
    assert expect is None or done.returncode == expect, done.stdout[-3000:] + done.stderr[-3000:]
    return done.stdout


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory, gan_answer: Sequence[Cell]) -> Path:
    """A copy of the repository with a dozen submissions in nbgrader's layout."""
    folder = tmp_path_factory.mktemp("course")
    for name in ("autograder", "data_utils", "solutions", "assignments"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("nbgrader_config.py", "pyproject.toml"):
        shutil.copy(ROOT / name, folder / name)
    release = (ROOT / "assignments" / "gan" / "gan.ipynb").read_text()
    notebooks = {"answer": notebook_with(release, gan_answer), "skeleton": release}
    notebooks |= {variant.name: notebook_with(release, variant.cells(gan_answer)) for variant in CHOSEN}
    for student, text in notebooks.items():
        path = submitted(folder, student)
        path.parent.mkdir(parents=True)
        path.write_text(text)
    return folder


def submitted(course: Path, student: str) -> Path:
    return course / "submitted" / student / "gan" / "gan.ipynb"


@pytest.fixture(scope="module")
def by_command(course: Path) -> Scores:
    text = command(sys.executable, "-m", "autograder", "grade", "submitted", "--json", "-", "--seed", 3, cwd=course)
    results = json.loads(text)["results"]
    return {r["student"]: {check["id"]: check["earned"] for check in r["checks"]} for r in results}


def test_the_answer_has_everything_the_skeleton_nothing_and_mistakes_lose(by_command: Scores) -> None:
    assert len(by_command) == 12
    assert sum(by_command["answer"].values()) == 70
    assert sum(by_command["skeleton"].values()) == 0
    for variant in CHOSEN:
        lost = {check for check, earned in by_command[variant.name].items() if earned == 0}
        assert lost == set(variant.fails), variant.name


def test_pytest_gives_the_same_points(course: Path, by_command: Scores) -> None:
    words = ("-m", "pytest", "-q", "autograder", "--submission", "submitted", "--junitxml", "report.xml")
    printed = command(sys.executable, *words, cwd=course, expect=1)
    assert "answer, gan: 70 of 70 points" in printed
    assert "skeleton, gan: 0 of 70 points" in printed
    scores: Scores = {}
    for case in ElementTree.parse(course / "report.xml").iter("testcase"):
        student, check = case.attrib["name"].removeprefix("test_check[").removesuffix("]").split("-gan-")
        scores.setdefault(student, {})[check] = 0.0 if case.find("failure") is not None else LAB[check].points
    assert scores == by_command


def test_nbgrader_gives_the_same_points(course: Path, by_command: Scores) -> None:
    before = (course / "assignments" / "gan" / "gan.ipynb").read_bytes()
    command("nbgrader", "generate_assignment", "gan", cwd=course)
    assert (course / "assignments" / "gan" / "gan.ipynb").read_bytes() == before
    command("nbgrader", "autograde", "gan", cwd=course)
    command("nbgrader", "generate_feedback", "gan", cwd=course)
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as gradebook:
        scores = {
            student: {
                grade.name: grade.auto_score
                for grade in gradebook.find_submission_notebook("gan", "gan", student).grades
                if grade.name in by_command[student]
            }
            for student in by_command
        }
    assert scores == by_command
    page = (course / "feedback" / CHOSEN[0].name / "gan" / "gan.html").read_text()
    assert f"FAILED  {CHOSEN[0].fails[0]}" in page


def test_check_cells_give_the_same_points_without_the_solutions(course: Path, by_command: Scores) -> None:
    hidden = course / "hidden"
    (course / "solutions").rename(hidden)
    try:
        paths = [submitted(course, student) for student in by_command]
        variables = {"PYTHONPATH": str(course), "MPLBACKEND": "Agg", "NBGRADER_EXECUTION": "autograde"}
        printed = command(sys.executable, "-c", SHELL, *paths, cwd=course, **variables)
    finally:
        hidden.rename(course / "solutions")
    found = json.loads(printed.rpartition("scores:")[2])
    scores = {student: found[str(submitted(course, student))] for student in by_command}
    assert scores == by_command


@pytest.mark.parametrize("student", ["answer", CHOSEN[0].name])
def test_nbgrader_validate_names_the_checks_that_fail(course: Path, by_command: Scores, student: str) -> None:
    printed = command("nbgrader", "validate", submitted(course, student), cwd=course)
    failed = [check for check, earned in by_command[student].items() if earned == 0]
    assert [check for check in by_command[student] if f'check("{check}")' in printed] == failed
    assert ("Success! Your notebook passes all the tests." in printed) == (not failed)
