"""One score through every door: the command, pytest, nbgrader, and the notebook's own check cells, check by check."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass
from pathlib import Path

import pytest
from nbgrader.api import Gradebook

from autograder.example_class import notebook_with
from autograder.lab import Lab, lab_names, load_lab
from autograder.submission import Submission
from autograder.variants import Variant, load_variants
from tests.conftest import ROOT

Scores = dict[str, dict[str, float]]  # points by student and check
MOST_MISTAKES = "gan"  # the lab whose networks are the smallest goes through the doors with the most mistakes


@dataclass(frozen=True)
class Course:
    """A copy of the repository with submissions of one lab in nbgrader's layout: the answer, the skeleton, mistakes."""

    folder: Path
    lab: Lab
    wrong: list[Variant]

    def submitted(self, student: str) -> Path:
        return self.folder / "submitted" / student / self.lab.name / f"{self.lab.name}.ipynb"

    @property
    def release(self) -> Path:
        return self.folder / "assignments" / self.lab.name / f"{self.lab.name}.ipynb"


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


def _labs() -> list[object]:
    """All of them; of the optional ones, which go the same ways, only the first runs each time."""
    first = next(name for name in lab_names() if load_lab(name).optional)
    each_time = [name for name in lab_names() if name == first or not load_lab(name).optional]
    return [pytest.param(name, marks=() if name in each_time else pytest.mark.slow) for name in lab_names()]


@pytest.fixture(scope="module", params=_labs())
def course(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Course:
    name: str = request.param
    folder = tmp_path_factory.mktemp(name)
    for kind in ("autograder", "data_utils", "solutions", "assignments"):
        shutil.copytree(ROOT / kind, folder / kind, ignore=shutil.ignore_patterns("__pycache__"))
    for file in ("nbgrader_config.py", "pyproject.toml"):
        shutil.copy(ROOT / file, folder / file)
    wrong = [variant for variant in load_variants(name, ROOT / "solutions") if not variant.is_right]
    count = 10 if name == MOST_MISTAKES else 2
    made = Course(folder, load_lab(name), wrong[:: len(wrong) // count][:count])
    answer, _ = Submission(ROOT / "solutions" / f"{name}.py", "answer", name).read()
    release = made.release.read_text()
    notebooks = {"answer": notebook_with(release, answer), "skeleton": release}
    notebooks |= {variant.name: notebook_with(release, variant.cells(answer)) for variant in made.wrong}
    for student, text in notebooks.items():
        path = made.submitted(student)
        path.parent.mkdir(parents=True)
        path.write_text(text)
    return made


@pytest.fixture(scope="module")
def by_command(course: Course) -> Scores:
    words = ("-m", "autograder", "grade", "submitted", "--json", "-", "--seed", 3)
    results = json.loads(command(sys.executable, *words, cwd=course.folder))["results"]
    return {r["student"]: {check["id"]: check["earned"] for check in r["checks"]} for r in results}


def test_the_answer_has_everything_the_skeleton_nothing_and_mistakes_lose(course: Course, by_command: Scores) -> None:
    assert len(by_command) == 2 + len(course.wrong)
    assert sum(by_command["answer"].values()) == course.lab.max_score
    assert sum(by_command["skeleton"].values()) == 0
    for variant in course.wrong:
        lost = {check for check, earned in by_command[variant.name].items() if earned == 0}
        assert lost == set(variant.fails), variant.name


def test_pytest_gives_the_same_points(course: Course, by_command: Scores) -> None:
    words = ("-m", "pytest", "-q", "autograder", "--submission", "submitted", "--junitxml", "report.xml")
    printed = command(sys.executable, *words, cwd=course.folder, expect=1)
    most = f"{course.lab.max_score:g}"
    assert f"answer, {course.lab.name}: {most} of {most} points" in printed
    assert f"skeleton, {course.lab.name}: 0 of {most} points" in printed
    scores: Scores = {}
    for case in ElementTree.parse(course.folder / "report.xml").iter("testcase"):
        words_of_case = case.attrib["name"].removeprefix("test_check[").removesuffix("]")
        student, check = words_of_case.split(f"-{course.lab.name}-")
        scores.setdefault(student, {})[check] = 0.0 if case.find("failure") is not None else course.lab[check].points
    assert scores == by_command


def test_nbgrader_gives_the_same_points(course: Course, by_command: Scores) -> None:
    name, before = course.lab.name, course.release.read_bytes()
    command("nbgrader", "generate_assignment", name, cwd=course.folder)
    assert course.release.read_bytes() == before
    command("nbgrader", "autograde", name, cwd=course.folder)
    command("nbgrader", "generate_feedback", name, cwd=course.folder)
    with Gradebook(f"sqlite:///{course.folder / 'gradebook.db'}") as gradebook:
        scores = {
            student: {
                grade.name: grade.auto_score
                for grade in gradebook.find_submission_notebook(name, name, student).grades
                if grade.name in by_command[student]
            }
            for student in by_command
        }
    assert scores == by_command
    page = (course.folder / "feedback" / course.wrong[0].name / name / f"{name}.html").read_text()
    assert f"FAILED  {course.wrong[0].fails[0]}" in page


def test_check_cells_give_the_same_points_without_the_solutions(course: Course, by_command: Scores) -> None:
    hidden = course.folder / "hidden"
    (course.folder / "solutions").rename(hidden)
    try:
        paths = [course.submitted(student) for student in by_command]
        variables = {"PYTHONPATH": str(course.folder), "MPLBACKEND": "Agg", "NBGRADER_EXECUTION": "autograde"}
        printed = command(sys.executable, "-c", SHELL, *paths, cwd=course.folder, **variables)
    finally:
        hidden.rename(course.folder / "solutions")
    found = json.loads(printed.rpartition("scores:")[2])
    assert {student: found[str(course.submitted(student))] for student in by_command} == by_command


def test_nbgrader_validate_names_the_checks_that_fail(course: Course, by_command: Scores) -> None:
    for student in ("answer", course.wrong[0].name):
        printed = command("nbgrader", "validate", course.submitted(student), cwd=course.folder)
        failed = [check for check, earned in by_command[student].items() if earned == 0]
        assert [check for check in by_command[student] if f'check("{check}")' in printed] == failed
        assert ("Success! Your notebook passes all the tests." in printed) == (not failed)
