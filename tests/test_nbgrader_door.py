"""What nbgrader's own rules do with our outputs, and what becomes of figures and of files that are no notebooks."""

from __future__ import annotations

import json
import os
import re
import shutil
from pathlib import Path
from typing import Any

import nbformat
import pytest
from bs4 import BeautifulSoup
from nbformat.notebooknode import NotebookNode
from nbgrader import utils
from nbgrader.api import Gradebook

from autograder.nbgrader_door import KeepFigures, SandboxedGrades, _outputs, safe_markdown
from autograder.results import CheckResult, Result
from tests.conftest import ROOT
from tests.test_doors import command


def graded_cell(points: int) -> NotebookNode:
    flags = {"grade": True, "solution": False, "locked": True, "grade_id": "a_check", "points": points}
    return nbformat.v4.new_code_cell("check('a_check')", metadata={"nbgrader": {**flags, "schema_version": 3}})


@pytest.mark.parametrize(("earned", "status"), [(0.0, "failed"), (4.0, "passed"), (2.5, "passed")])
def test_nbgrader_reads_exactly_the_points_that_were_earned(earned: float, status: str) -> None:
    check = CheckResult("a_check", "A claim.", 4, earned, status, "It is 3; expected 4.")  # type: ignore[arg-type]
    cell = graded_cell(4)
    cell.outputs = _outputs("a_check", Result("s", "gan", "", "", 4.0, "graded", checks=[check]))
    assert utils.determine_grade(cell) == (earned, 4)


def test_a_check_that_could_not_be_judged_is_told_to_whoever_grades(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    check = CheckResult("a_check", "A claim.", 4, 0.0, "ungradable", "The check itself failed.")

    class Graded:
        def result(self, cells: Any) -> Result:
            return Result("s", "gan", "", "", 4.0, "graded", checks=[check])

    monkeypatch.chdir(tmp_path)
    grades = SandboxedGrades()
    monkeypatch.setattr(grades, "ahead", lambda lab: Graded())
    notebook = nbformat.v4.new_notebook(cells=[graded_cell(4)])
    grades.preprocess(notebook, {"nbgrader": {"student": "ann", "notebook": "gan", "assignment": "gan"}})
    assert utils.determine_grade(notebook.cells[0]) == (0.0, 4)
    told = "ann, gan: a_check could not be checked, through no fault of the submission's: The check itself failed."
    assert told in caplog.messages


def test_a_check_that_the_lab_does_not_have_earns_nothing() -> None:
    cell = graded_cell(4)
    cell.outputs = _outputs("forged", Result("s", "gan", "", "", 4.0, "graded"))
    assert utils.determine_grade(cell) == (0.0, 4)


def test_figures_stay_and_scores_and_scripts_of_the_students_go() -> None:
    figure = nbformat.v4.new_output("display_data", data={"image/png": "aGk=", "text/html": "<script>1</script>"})
    forged = nbformat.v4.new_output("execute_result", data={"text/plain": "4.0"}, execution_count=1)
    script = nbformat.v4.new_output("display_data", data={"application/javascript": "steal()"})
    printed = nbformat.v4.new_output("stream", name="stdout", text="loss 0.7")
    test_cell = graded_cell(4)
    test_cell.outputs = [forged]
    own = nbformat.v4.new_code_cell("plot()", outputs=[figure, script, printed])
    notebook = nbformat.v4.new_notebook(cells=[test_cell, own])
    KeepFigures().preprocess(notebook, {})
    assert notebook.cells[0].outputs == []
    assert [output.output_type for output in notebook.cells[1].outputs] == ["display_data", "stream"]
    assert notebook.cells[1].outputs[0].data == {"image/png": "aGk="}


def submitted(course: Path, student: str, cells: list[dict[str, Any]], text: str) -> Path:
    """A submission of these cells below a text of the student's own."""
    path = course / "submitted" / student / "gan" / "gan.ipynb"
    path.parent.mkdir(parents=True)
    first = {"cell_type": "markdown", "id": "own", "metadata": {}, "source": text}
    release = json.loads((ROOT / "solutions" / "gan" / "gan.ipynb").read_text())
    path.write_text(json.dumps(release | {"cells": [first, *cells]}))
    return path


@pytest.mark.parametrize(
    "text",
    [
        "a <img src=x onerror=hostile()> b",
        "<div onclick='hostile()'>\n\n# x\n</div>",
        "[x](javascript:hostile())",
        '![x](attachment:a.png) <iframe src="hostile()">',
        '![x](x" onerror="hostile())',
        "| a |\n| - |\n| <svg/onload=hostile()> |",
        "$<script>hostile()</script>$ and `<script>hostile()</script>`",
    ],
)
def test_no_text_of_a_students_becomes_active_html(text: str) -> None:
    attached = {"a.png": {'image/png" onerror="hostile()': "aGk=", "image/png": 'aGk=" onerror="hostile()'}}
    shown = safe_markdown({"cell": {"attachments": attached}}, text)
    page = BeautifulSoup(shown, "html.parser")
    assert not page.find_all(["script", "iframe", "svg"])
    assert not [name for tag in page.find_all() for name in tag.attrs if name.startswith("on")]
    assert not page.find_all(href=re.compile("javascript"))
    assert page.get_text()


def test_files_that_are_no_notebooks_get_a_row_with_no_points(tmp_path: Path) -> None:
    for name in ("solutions", "assignments"):
        shutil.copytree(ROOT / name, tmp_path / name)
    shutil.copy(ROOT / "nbgrader_config.py", tmp_path)
    release = (ROOT / "assignments" / "gan" / "gan.ipynb").read_text()
    for student, text in {"cut": release[:5000], "empty": "", "odd": '{"cells": [{"cell_type": 3}]}'}.items():
        path = tmp_path / "submitted" / student / "gan" / "gan.ipynb"
        path.parent.mkdir(parents=True)
        path.write_text(text)
    bare = tmp_path / "submitted" / "bare" / "gan" / "gan.ipynb"  # every code cell is there, and nothing else
    bare.parent.mkdir(parents=True)
    whole = json.loads((ROOT / "solutions" / "gan" / "gan.ipynb").read_text())["cells"]
    bare.write_text(json.dumps({"cells": [{k: c[k] for k in ("cell_type", "source")} for c in whole]}))
    shadow = tmp_path / "submitted" / "shadow" / "gan" / "torch.py"
    shadow.parent.mkdir(parents=True)
    shadow.write_text("raise SystemExit('shadowed')")
    (shadow.parent / "gan.ipynb").write_text((ROOT / "solutions" / "gan" / "gan.ipynb").read_text())
    half = submitted(tmp_path, "half", whole, "# \ud800")
    linked = submitted(
        tmp_path, "linked", whole, "text <script>alert(1)</script> $x < y$ ![a](data:image/png;base64,aGk=)"
    )
    (linked.parent / "leak.py").symlink_to(tmp_path / "solutions" / "gan.py")
    (linked.parent / "nowhere").symlink_to("nothing")
    os.mkfifo(linked.parent / "pipe")
    (linked.parent / "notes.txt").write_text("a file of the student's own")
    assert half.exists()
    command("nbgrader", "generate_assignment", "gan", cwd=tmp_path)
    command("nbgrader", "autograde", "gan", cwd=tmp_path)
    assert json.loads((tmp_path / ".autograder" / "seed.json").read_text()) > 0
    with Gradebook(f"sqlite:///{tmp_path / 'gradebook.db'}") as gradebook:
        scores = {s.student.id: s.score for s in gradebook.assignment_submissions("gan")}
    assert scores == {"cut": 0.0, "empty": 0.0, "odd": 0.0, "bare": 70.0, "shadow": 70.0, "half": 70.0, "linked": 70.0}
    command("nbgrader", "generate_feedback", "gan", cwd=tmp_path)
    for kind in ("autograded", "feedback"):
        assert sorted(path.name for path in (tmp_path / kind / "linked" / "gan").iterdir())[1:] == ["notes.txt"]
    shown = (tmp_path / "feedback" / "linked" / "gan" / "gan.html").read_text()
    assert "alert(1)" in shown
    assert "<script>alert(1)" not in shown
    assert "$x &lt; y$" in shown
    assert "PASSED  generator_computes_its_layers" in shown
    told = (tmp_path / "autograded" / "empty" / "gan" / "gan.ipynb").read_text()
    assert "**This submission could not be read as it is.** The file is empty; submit the saved notebook." in told
