"""Facts are compared within their tolerance, NaN never agrees with a number, and sentences carry the figures."""

from __future__ import annotations

import math

import numpy as np
import pytest

from autograder.evidence import Evidence, agree, show


def failures(evidence: Evidence) -> list[str]:
    return [failure.message for failure in evidence.failures]


def test_a_number_within_its_tolerance_passes_and_one_beyond_is_told() -> None:
    evidence = Evidence()
    evidence.expect_close("the loss", 1.38634, 2 * math.log(2), atol=1e-4)
    assert failures(evidence) == []
    evidence.expect_close("the other loss", 0.6931, 1.3863, atol=1e-4)
    assert failures(evidence) == ["the other loss: 0.6931; expected 1.3863 (within 0.0001)."]


def test_an_array_names_its_worst_value() -> None:
    evidence = Evidence(answers={"images": [0.0, 1.0, 2.0, 3.0]})
    evidence.expect_as_answer("images", np.array([[0.0, 1.5], [2.0, 9.0]]), atol=0.1)
    told = "images: 2 of 4 values are off, most of all [1, 1]: 9, expected 3 (within 0.1)."
    assert failures(evidence) == [told]


@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf])
def test_what_is_not_finite_never_passes(number: float) -> None:
    evidence = Evidence(answers={"array": [1.0]})
    evidence.expect_close("number", number, 1.0, atol=1e9)
    evidence.expect_as_answer("array", np.array([number]), atol=1e9)
    assert len(evidence.failures) == 2


def test_an_infinite_tolerance_lets_nothing_infinite_pass() -> None:
    evidence = Evidence()
    evidence.expect_close("number", 1.0, math.inf, atol=math.inf)
    assert failures(evidence) == ["number: 1; expected inf (within inf)."]


def test_a_sentence_shows_two_digits_of_a_tolerance_and_may_call_a_fact_by_another_name() -> None:
    evidence = Evidence()
    evidence.expect_close("loss", 1.0, 2.0, atol=0.000138629, shown="The loss of D")
    assert failures(evidence) == ["The loss of D: 1; expected 2 (within 0.00014)."]
    assert evidence.facts == {"loss": 1.0}


def test_while_facts_are_made_nothing_is_compared() -> None:
    evidence = Evidence(answers=None)
    evidence.expect_as_answer("images", np.array([1.0, 2.0]), atol=0.0)
    assert evidence.failures == []
    assert evidence.facts == {"images": [1.0, 2.0]}
    assert evidence.of_answer == ["images"]


def test_two_facts_of_one_name_are_a_fault_of_the_check() -> None:
    evidence = Evidence()
    evidence.record("loss", 1.0)
    with pytest.raises(ValueError, match="two facts of one check are named 'loss'"):
        evidence.record("loss", 2.0)


def test_kept_values_agree_within_the_tolerance_and_by_type() -> None:
    assert agree([1.0, math.nan], [1.05, math.nan], 0.1)
    assert not agree([1.0], [1.0, 1.0], 0.1)
    assert not agree([1.0], [1.2], 0.1)
    assert not agree(1.0, True, 0.1)
    assert agree("float", "float", 0.0)


def test_values_are_shown_small_in_full_and_large_by_shape() -> None:
    assert show(np.zeros((2, 784), np.float32)) == ("a tensor of shape (2, 784), float32, with values from 0 to 0")
    assert show(np.array([0.5])) == "tensor([0.5])"
    assert show(None) == "None"
    assert show((1, 2)) == "a tuple of 2"
