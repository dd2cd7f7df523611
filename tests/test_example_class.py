"""The made-up class is in nbgrader's layout, the same for the same seed, and holds every kind of submission."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from autograder.example_class import KINDS, NoSolutions, notebook_with, without_markers, write_class
from autograder.submission import Cell
from tests.conftest import ROOT


def test_the_layout_is_nbgraders_and_the_seed_decides(tmp_path: Path) -> None:
    for name in ("one", "two"):
        assert write_class(tmp_path / name, 12, 4, ROOT) == 12
    first = sorted(path.relative_to(tmp_path / "one") for path in (tmp_path / "one").rglob("gan.ipynb"))
    assert [str(path) for path in first][:2] == ["student-001/gan/gan.ipynb", "student-002/gan/gan.ipynb"]
    assert len(first) == 12
    texts = {name: [(tmp_path / name / path).read_text() for path in first] for name in ("one", "two")}
    assert texts["one"] == texts["two"]
    assert write_class(tmp_path / "three", 12, 5, ROOT) == 12
    assert texts["one"] != [(tmp_path / "three" / path).read_text() for path in first]
    assert {"answer", "right", "wrong", "two_wrong", "half_done", "broken"} == set(KINDS)


def test_a_student_keeps_the_release_and_fills_the_answers_in(gan_answer: list[Cell]) -> None:
    release = (ROOT / "assignments" / "gan" / "gan.ipynb").read_text()
    whole = json.loads(notebook_with(release, gan_answer))["cells"]
    assert "NotImplementedError" not in "".join(c["source"] for c in whole if "class" in c["source"])
    assert [c["metadata"] for c in whole] == [c["metadata"] for c in json.loads(release)["cells"]]
    half = json.loads(notebook_with(release, gan_answer, open_from=1))["cells"]
    stubs = ["".join(c["source"]).count("raise NotImplementedError") for c in half if c["cell_type"] == "code"]
    assert sum(stubs) == 7  # TODO 4 to 10


def test_markers_are_no_part_of_a_students_answer() -> None:
    assert without_markers("a = 1\n# BEGIN SOLUTION\nb = 2\n# END SOLUTION\nc = 3") == "a = 1\nb = 2\nc = 3"


def test_without_the_answers_there_is_no_class(tmp_path: Path) -> None:
    with pytest.raises(NoSolutions, match=r"is made from solutions/<lab>\.py, and there is none here"):
        write_class(tmp_path / "class", 3, 0, tmp_path)
