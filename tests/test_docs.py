"""What the documents say of the banks is what the banks hold."""

from __future__ import annotations

from benchmarks.costs import table
from tests.conftest import ROOT
from tests.hostile import HOSTILE


def test_the_costs_of_typical_mistakes_are_those_of_the_banks() -> None:
    assert table() in (ROOT / "docs" / "accuracy.md").read_text()


def test_the_number_of_hostile_submissions_is_right() -> None:
    assert f"`tests/hostile.py` holds {len(HOSTILE)} hostile submissions" in (ROOT / "README.md").read_text()
