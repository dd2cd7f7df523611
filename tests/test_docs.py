"""What the documents say of the banks is what the banks hold, and the page of results shows every lab."""

from __future__ import annotations

import re
from collections import Counter

import jupytext
import pytest

from autograder.lab import lab_names
from benchmarks.costs import table
from tests.conftest import ROOT
from tests.hostile import HOSTILE


def test_the_costs_of_typical_mistakes_are_those_of_the_banks() -> None:
    assert table() in (ROOT / "docs" / "accuracy.md").read_text()


@pytest.mark.parametrize("lab", lab_names())
def test_no_notebook_says_a_thing_twice(lab: str) -> None:
    cells = jupytext.read(ROOT / "solutions" / f"{lab}.py").cells
    paragraphs = [text for cell in cells if cell.cell_type == "markdown" for text in cell.source.split("\n\n")]
    beginnings = Counter(text[:50] for text in paragraphs if len(text) > 100 and not text.startswith("|"))
    assert [beginning for beginning, times in beginnings.items() if times > 1] == []


def test_the_number_of_hostile_submissions_is_right() -> None:
    assert f"`tests/hostile.py` holds {len(HOSTILE)} hostile submissions" in (ROOT / "README.md").read_text()


def test_the_results_show_every_lab_with_its_figures_and_its_samples() -> None:
    page = (ROOT / "docs" / "results.md").read_text()
    table = page.partition("| lab | epochs |")[2].partition("\n\n")[0]
    shown = {row.split(" | ")[0].removeprefix("| ") for row in table.splitlines()[2:]}
    pictures = re.findall(r"\]\(results/(\w+\.png)\)", page)
    assert set(lab_names()) <= shown
    assert {f"{lab}_samples.png" for lab in lab_names()} <= set(pictures)
    assert sorted(pictures) == sorted(path.name for path in (ROOT / "docs" / "results").iterdir())
