"""Every known mistake loses exactly the checks that are about it and is never taken for another; right answers lose
nothing. A fixed part of each bank runs with `make test`, all of it with `make test-slow`."""

from __future__ import annotations

import pytest

from autograder.facts import Mistake, load_table
from autograder.grading import Grader
from autograder.lab import lab_names, load_lab
from autograder.results import Result
from autograder.submission import Submission
from autograder.variants import Variant, load_variants
from tests.conftest import ROOT

BANKS = {lab: load_variants(lab, ROOT / "solutions") for lab in lab_names()}
# How much of a bank runs each time: one in six of the smallest networks', one in twelve of the other required labs',
# and one in thirty of the optional labs', which have most of theirs in common
EVERY = {lab: 6 if lab == "gan" else 30 if load_lab(lab).optional else 12 for lab in lab_names()}


def _cases(lab: str) -> list[object]:
    every = EVERY[lab]
    slow = pytest.mark.slow
    return [
        pytest.param(lab, variant, id=f"{lab}-{variant.name}", marks=() if place % every == 0 else slow)
        for place, variant in enumerate(BANKS[lab])
    ]


@pytest.fixture(scope="module")
def banks_grader(graded_by: Grader) -> Grader:
    graded_by.prepare(lab_names(), ROOT / "solutions")
    return graded_by


def _graded(grader: Grader, lab: str, variant: Variant) -> Result:
    answer, _ = Submission(ROOT / "solutions" / f"{lab}.py", "answer", lab).read()
    return grader.grade_cells(load_lab(lab), variant.cells(answer))


@pytest.mark.parametrize(("lab", "variant"), [case for lab in BANKS for case in _cases(lab)])
def test_a_variant_loses_what_it_must_and_is_never_called_another(
    lab: str, variant: Variant, banks_grader: Grader
) -> None:
    result = _graded(banks_grader, lab, variant)
    lost = {check.id: check.message for check in result.checks if check.status != "passed"}
    assert tuple(check for check in lost if check not in variant.sometimes) == variant.fails, lost
    assert {check.mistake for check in result.checks} <= {None, variant.name}


@pytest.mark.parametrize("lab", BANKS)
def test_a_bank_is_well_formed(lab: str) -> None:
    names = [variant.name for variant in BANKS[lab]]
    order = [check.id for check in load_lab(lab).checks]
    assert len(names) == len(set(names))
    for variant in BANKS[lab]:
        assert list(variant.fails) == [check for check in order if check in variant.fails], variant.name
        assert set(variant.sometimes) <= set(order) - set(variant.fails), variant.name
        assert variant.sentence.endswith("."), variant.name


@pytest.mark.parametrize("lab", BANKS)
def test_most_known_mistakes_have_figures_of_their_own(lab: str) -> None:
    """In the shipped table: a mistake whose figures in some check are those of no other can be named there."""
    mistakes = load_table(lab).mistakes
    if not mistakes:
        pytest.skip(f"the bank of {lab} holds no mistakes")
    alone = [m for m in mistakes if any(_only_one(m.facts[check], check, mistakes) for check in m.facts)]
    assert len(alone) / len(mistakes) >= 0.8


def _only_one(facts: object, check: str, mistakes: tuple[Mistake, ...]) -> bool:
    return sum(mistake.facts.get(check) == facts for mistake in mistakes) == 1
