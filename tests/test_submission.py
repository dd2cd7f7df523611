"""Submissions are found and read as data; whatever is in a file, the outcome is cells or one clear sentence."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path
from typing import Any

import pytest

from autograder import submission
from autograder.sandbox.keeper import delete
from autograder.submission import MAX_CELLS, Cell, Submission, Unreadable, find
from tests.conftest import notebook

LABS = ["dcgan", "gan"]


def written(folder: Path, name: str, text: str | bytes) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def problem(path: Path) -> str:
    with pytest.raises(Unreadable) as told:
        Submission(path, "s", "gan").read()
    return str(told.value)


def test_code_cells_keep_their_numbers_and_check_cells_are_left_out(tmp_path: Path) -> None:
    document = json.loads(notebook("x = 1", "check('a_check')", "y = 2"))
    document["cells"].insert(0, {"cell_type": "markdown", "metadata": {}, "source": ["# Title\n", "text"]})
    document["cells"][3]["source"] = ["y =", " 2"]
    graded = {"nbgrader": {"grade": True}}  # a student's own code in what was a check cell
    document["cells"].append({**document["cells"][1], "metadata": graded, "source": "z = 3\ncheck('a_check')"})
    cells, sha256 = Submission(written(tmp_path, "gan.ipynb", json.dumps(document)), "s", "gan").read()
    assert cells == [Cell(2, "x = 1"), Cell(4, "y = 2"), Cell(5, "z = 3\ncheck('a_check')")]
    assert len(sha256) == 64


def test_a_script_is_one_cell_or_its_percent_cells(tmp_path: Path) -> None:
    plain = written(tmp_path, "gan.py", "x = 1\ny = 2\n")
    assert Submission(plain, "s", "gan").read()[0] == [Cell(1, "x = 1\ny = 2")]
    percent = written(tmp_path, "gan.py", "# %% [markdown]\n# text\n# %%\nx = 1\n# %%\ncheck('c')\n# %%\ncheck()\n")
    assert Submission(percent, "s", "gan").read()[0] == [Cell(2, "x = 1")]
    above = written(tmp_path, "gan.py", "w = 0\n# %%\nx = 1\n")
    assert Submission(above, "s", "gan").read()[0] == [Cell(1, "w = 0"), Cell(2, "x = 1")]


@pytest.mark.parametrize("ends", ["\r\n", "\r"])
def test_line_ends_of_every_system_are_read(tmp_path: Path, ends: str) -> None:
    script = written(tmp_path, "gan.py", f"# %%{ends}x = 1{ends}y = 2{ends}".encode())
    assert Submission(script, "s", "gan").read()[0] == [Cell(1, "x = 1\ny = 2")]
    whole = written(tmp_path, "gan.ipynb", notebook(f"x = 1{ends}s = '\ud800'"))
    assert Submission(whole, "s", "gan").read()[0] == [Cell(1, "x = 1\ns = '?'")]


def test_a_long_line_of_blanks_is_read_at_once(tmp_path: Path) -> None:
    cell = f'check("a"){" " * 300_000}z'
    started = time.perf_counter()
    assert Submission(written(tmp_path, "gan.ipynb", notebook(cell)), "s", "gan").read()[0] == [Cell(1, cell)]
    assert time.perf_counter() - started < 5  # with a pattern that tries every blank: minutes


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("", "The file is empty; submit the saved notebook."),
        (
            notebook("x = 1")[:40],
            "The file is not a whole notebook: it could not be read as JSON. Save it again and resubmit.",
        ),
        (
            "[" * 200_000,
            "The file is nested too deeply: it could not be read as JSON. Save it again and resubmit.",
        ),
        ("[1, 2]", "The file is JSON but not a notebook of format 4: it has no list of cells."),
        ('{"worksheets": []}', "The file is JSON but not a notebook of format 4: it has no list of cells."),
        (
            b"\x80\x04K\x01.",
            "The file is not a whole notebook: it could not be read as JSON. Save it again and resubmit.",
        ),
        (
            json.dumps({"cells": [{}] * (MAX_CELLS + 1)}),
            "The notebook has 2,001 cells; at most 2,000 are read.",
        ),
    ],
)
def test_what_is_no_notebook_is_told_in_a_sentence(tmp_path: Path, content: str | bytes, told: str) -> None:
    assert problem(written(tmp_path, "gan.ipynb", content)) == told


def test_cells_of_strange_types_are_left_out(tmp_path: Path) -> None:
    strange = [7, None, {"cell_type": "code", "source": 5, "metadata": 3}, {"cell_type": "code", "source": ["x", 1]}]
    path = written(tmp_path, "gan.ipynb", json.dumps({"cells": strange}))
    assert Submission(path, "s", "gan").read()[0] == [Cell(4, "x")]


def test_a_symbolic_link_is_not_followed(tmp_path: Path) -> None:
    secret = written(tmp_path, "secret.ipynb", notebook("answer = 1"))
    link = tmp_path / "gan.ipynb"
    link.symlink_to(secret)
    assert problem(link) == "The file or its folder is a symbolic link; submit the notebook itself."


def test_a_file_beyond_the_limit_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("autograder.submission.MAX_FILE", 10)
    path = written(tmp_path, "gan.ipynb", notebook("x = 1"))
    size = path.stat().st_size
    assert problem(path) == f"The file has {size:,} bytes; at most 10 are read. Clear its outputs."


def test_a_class_is_found_at_any_depth_with_a_row_for_what_is_missing(tmp_path: Path) -> None:
    written(tmp_path, "submitted/ann/gan/gan.ipynb", notebook("x = 1"))
    written(tmp_path, "submitted/ben/gan/gan.py", "x = 1")
    written(tmp_path, "submitted/ben/gan/.ipynb_checkpoints/gan.ipynb", notebook("old = 1"))
    written(tmp_path, "submitted/cem/gan/GAN_final.ipynb", notebook("x = 1"))
    rows = [(s.student, s.lab, s.path.name, s.problem) for s in find(tmp_path, LABS)]
    assert rows == [
        ("ann", "gan", "gan.ipynb", ""),
        ("ben", "gan", "gan.py", ""),
        ("cem", "gan", "gan.ipynb", "gan.ipynb is missing; the folder holds GAN_final.ipynb."),
    ]


def test_a_notebook_is_taken_before_a_script_of_the_same_student(tmp_path: Path) -> None:
    written(tmp_path, "ann/gan/gan.py", "x = 1")
    written(tmp_path, "ann/gan/gan.ipynb", notebook("x = 1"))
    assert [s.path.name for s in find(tmp_path, LABS)] == ["gan.ipynb"]


def test_a_single_file_takes_its_lab_from_its_name_or_from_the_caller(tmp_path: Path) -> None:
    alone = written(tmp_path, "my_work.ipynb", notebook("x = 1"))
    (unknown,) = find(alone, LABS)
    assert unknown.problem == "No lab is called 'my_work'; the labs are dcgan, gan. Name it with --lab."
    (known,) = find(alone, LABS, "gan")
    assert (known.student, known.lab, known.problem) == ("my_work", "gan", "")
    (named,) = find(written(tmp_path, "ann/gan.ipynb", notebook("x = 1")), LABS)
    assert (named.student, named.lab) == ("ann", "gan")
    (other,) = find(written(tmp_path, "gan.docx", "x"), LABS)
    assert other.problem == "The file ends in '.docx'; expected .ipynb or .py."


def test_a_path_with_nothing_in_it_is_wrong_usage(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match="does not exist"):
        find(tmp_path / "nowhere", LABS)
    with pytest.raises(Unreadable, match=r"holds no <student>/<lab>/<lab>.ipynb or .py; the labs are dcgan, gan."):
        find(tmp_path, LABS)


def test_a_submission_inside_a_students_folder_is_a_row_that_says_so(tmp_path: Path) -> None:
    for path in ("one/ann/gan/gan.py", "one/mallory/gan/gan.py", "one/mallory/ann/gan/gan.py"):
        written(tmp_path, path, "x = 1")
    told = "It lies inside the folder of mallory, who may have put it there."
    assert [(s.student, s.problem) for s in find(tmp_path, LABS)] == [("ann", ""), ("ann", told), ("mallory", "")]


def test_of_two_rows_of_one_student_the_one_nearer_the_top_counts(tmp_path: Path) -> None:
    for path in ("ann/gan/gan.py", "mallory/ann/gan/gan.py"):
        written(tmp_path, path, "x = 1")
    near, deep = find(tmp_path, LABS)
    assert (near.path, near.problem) == (tmp_path / "ann/gan/gan.py", "")
    assert deep.problem == f"A submission of the same student and lab lies nearer the top: {near.path}."


def test_a_students_folder_that_is_a_link_is_a_row(tmp_path: Path) -> None:
    written(tmp_path, "ann/gan/gan.py", "x = 1")
    (tmp_path / "mallory").symlink_to(tmp_path / "ann")
    assert [(s.student, s.lab, bool(s.problem)) for s in find(tmp_path, LABS)] == [
        ("ann", "gan", False),
        ("mallory", "gan", True),
    ]


def test_a_folder_that_cannot_be_read_costs_nobody_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written(tmp_path, "ann/gan/gan.ipynb", notebook("x = 1"))
    written(tmp_path, "ben/gan/gan.ipynb", notebook("x = 1"))
    present = submission._present

    def refused(folder: Path) -> Path | None:
        if "ann" in folder.parts:
            raise PermissionError(13, "Permission denied")
        return present(folder)

    monkeypatch.setattr(submission, "_present", refused)
    rows = {found.student: found.problem for found in find(tmp_path, LABS)}
    assert rows == {"ann": "The folder cannot be read: Permission denied.", "ben": ""}


def test_a_folder_that_is_a_link_to_a_neighbours_is_a_row_of_its_own(tmp_path: Path) -> None:
    written(tmp_path, "ann/gan/gan.ipynb", notebook("x = 1"))
    (tmp_path / "mallory").mkdir()
    (tmp_path / "mallory" / "gan").symlink_to(tmp_path / "ann" / "gan")
    rows = {found.student: found.problem for found in find(tmp_path, LABS)}
    told = "The file or its folder is a symbolic link; submit the notebook itself."
    assert rows == {"ann": "", "mallory": told}


def test_a_folder_that_is_closed_gets_its_row(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for student in ("ann", "ben"):
        written(tmp_path, f"{student}/gan/gan.ipynb", notebook("x = 1"))
    really = os.scandir

    def closed(path: Any) -> Any:
        if Path(path).name == "ann":
            raise PermissionError(13, "Permission denied")
        return really(path)

    monkeypatch.setattr(os, "scandir", closed)
    ann, ben = find(tmp_path, ["gan"])
    assert (ann.student, ann.problem) == ("ann", "The folder cannot be read: Permission denied.")
    assert (ben.student, ben.problem) == ("ben", "")


def test_folders_nested_without_end_cost_nobody_else(tmp_path: Path) -> None:
    written(tmp_path, "ben/gan/gan.ipynb", notebook("x = 1"))
    here = os.getcwd()
    try:
        os.chdir(tmp_path)
        for _ in range(1500):
            os.mkdir("deep")
            os.chdir("deep")
    finally:
        os.chdir(here)
    assert [submission.student for submission in find(tmp_path, ["gan"])] == ["ben"]
    delete(str(tmp_path / "deep"))
    assert not (tmp_path / "deep").exists()
