"""One text file makes both notebooks: answers and marking schemes stay out of the release, and staleness is noticed."""

from __future__ import annotations

import ast
import json
import re
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from autograder.build import BadSource, source_notebook, stale
from autograder.evidence import agree
from autograder.facts import load_table
from autograder.grading import Grader
from autograder.lab import lab_names, load_lab
from autograder.sandbox.process import ForkServer
from autograder.submission import Submission
from autograder.variants import load_variants
from tests.conftest import ROOT

LABS = lab_names()


def cells(kind: str, lab: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((ROOT / kind / lab / f"{lab}.ipynb").read_text())["cells"]
    return found


def text(cell: dict[str, Any]) -> str:
    return "".join(cell["source"])


@pytest.mark.parametrize("lab", LABS)
def test_the_release_holds_no_answer_and_no_marking_scheme(lab: str) -> None:
    released = "\n".join(text(cell) for cell in cells("assignments", lab))
    source = (ROOT / "solutions" / f"{lab}.py").read_text()
    regions = r"# BEGIN SOLUTION\n.*?# END SOLUTION"
    given = re.sub(regions, "", source, flags=re.DOTALL)
    for answer in re.findall(regions, source, re.DOTALL):
        lines = [line.strip() for line in answer.splitlines()[1:-1]]
        for line in lines:
            assert line in given or line not in released, line
        if len(lines) == 1:  # then its right side is the answer, and the prose must not hold it either
            assert re.split(r"^return | = ", lines[0])[-1] not in released, lines[0]
    assert "MARK SCHEME" not in released
    assert "SOLUTION" not in released
    assert ("MARK SCHEME" in "\n".join(text(cell) for cell in cells("solutions", lab))) != load_lab(lab).optional


@pytest.mark.parametrize("lab", LABS)
def test_the_release_is_valid_python_without_outputs_and_with_every_check_once(lab: str) -> None:
    released = cells("assignments", lab)
    for cell in released:
        if cell["cell_type"] == "code":
            ast.parse(text(cell))
            assert (cell["outputs"], cell["execution_count"]) == ([], None)
    points = {
        cell["metadata"]["nbgrader"]["grade_id"]: cell["metadata"]["nbgrader"]["points"]
        for cell in released
        if cell["metadata"].get("nbgrader", {}).get("grade")
    }
    assert points == {check.id: check.points for check in load_lab(lab).checks}
    tasks = [c["metadata"]["nbgrader"]["points"] for c in released if c["metadata"].get("nbgrader", {}).get("task")]
    assert (sum(points.values()), tasks) == ((100, []) if load_lab(lab).optional else (70, [10, 10, 10]))


@pytest.mark.parametrize("lab", LABS)
def test_each_section_says_what_its_cells_are_worth_and_the_first_table_sums_to_all_points(lab: str) -> None:
    released = cells("assignments", lab)
    said: dict[str, int] = {}
    found: dict[str, int] = {}
    heading = ""
    for cell in released:
        if cell["cell_type"] == "markdown" and text(cell).startswith("## "):
            heading = text(cell).splitlines()[0]
            named = re.search(r"\((\d+) points(?:, and (\d+) for a short training run)?\)$", heading)
            said[heading] = sum(int(points or 0) for points in named.groups()) if named else 0
        if "points" in cell["metadata"].get("nbgrader", {}):
            found[heading] = found.get(heading, 0) + cell["metadata"]["nbgrader"]["points"]
    assert {section: points for section, points in said.items() if points} == found
    table = text(released[0]).partition("| you write | points |")[2].partition("\n\n")[0]
    assert sum(int(row.split(" | ")[-1].removesuffix(" |")) for row in table.splitlines()[2:]) == 100


@pytest.mark.parametrize("lab", LABS)
def test_the_source_notebook_lies_alone_in_its_folder(lab: str) -> None:
    lying = {path.name for path in (ROOT / "solutions" / lab).iterdir()} - {".ipynb_checkpoints"}
    assert lying == {f"{lab}.ipynb"}


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    for name in ("solutions", "assignments"):
        shutil.copytree(ROOT / name, tmp_path / name)
    shutil.copytree(ROOT / "autograder" / "labs", tmp_path / "autograder" / "labs")
    shutil.copy(ROOT / "nbgrader_config.py", tmp_path)
    return tmp_path


def edit(path: Path, old: str, new: str) -> None:
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new, 1))


def test_an_edit_makes_stale_what_depends_on_it(copy: Path) -> None:
    assert stale("gan", copy) == []
    edit(copy / "solutions" / "gan.py", "# # Lab 1: GAN", "# # Lab One: GAN")
    assert [path.parts[-3] for path in stale("gan", copy)] == ["solutions", "assignments"]


def test_an_edit_of_the_answer_makes_the_facts_stale(copy: Path) -> None:
    edit(copy / "solutions" / "gan.py", "nn.Tanh()", "nn.Tanh( )")
    assert [path.name for path in stale("gan", copy)] == ["gan.ipynb", "gan.json"]


def test_a_released_notebook_edited_by_hand_is_stale(copy: Path) -> None:
    edit(copy / "assignments" / "gan" / "gan.ipynb", "TODO 1", "TODO one")
    assert [path.parts[-3] for path in stale("gan", copy)] == ["assignments"]


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('check("last_batch_of_an_epoch_trains")\n', "pass\n", "every check needs one check cell; look at last_batch"),
        (
            'check("last_batch_of_an_epoch_trains")\n',
            'check("no_such_check")\n',
            "lab gan has no check 'no_such_check'",
        ),
        ('# %% name="generator"', "# %%", 'holds an answer and has no name; begin it with # %% name="..."'),
    ],
)
def test_a_source_that_breaks_the_format_is_told(old: str, new: str, told: str) -> None:
    source = (ROOT / "solutions" / "gan.py").read_text()
    assert old in source
    with pytest.raises(BadSource, match=re.escape(told)):
        source_notebook(load_lab("gan"), source.replace(old, new, 1))


@pytest.mark.parametrize("lab", LABS)
def test_the_shipped_table_holds_what_the_answer_gives_for_seed_0(lab: str, server: ForkServer) -> None:
    answer, _ = Submission(ROOT / "solutions" / f"{lab}.py", "answer", lab).read()
    made, shipped = Grader(server).facts_of(load_lab(lab), answer), load_table(lab).answers
    assert made.keys() == shipped.keys()
    for check, facts in made.items():
        assert facts.keys() == shipped[check].keys()
        for what, value in facts.items():
            assert agree(value, shipped[check][what], 1e-4), (check, what)


@pytest.mark.parametrize("lab", LABS)
def test_the_shipped_table_knows_every_mistake_and_gives_numbers_only(lab: str) -> None:
    table = load_table(lab)
    wrong = [variant.name for variant in load_variants(lab, ROOT / "solutions") if not variant.is_right]
    assert [mistake.id for mistake in table.mistakes] == wrong
    for mistake in table.mistakes:
        for facts in mistake.facts.values():
            for value in facts.values():
                assert isinstance(value, float | bool | list) or len(str(value)) < 400
    numbers = [n for facts in table.answers.values() for value in facts.values() for n in value]  # type: ignore[union-attr]
    assert np.isfinite(numbers).all()
