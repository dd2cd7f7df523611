"""How weights are drawn is told by their statistics, whichever way they were drawn."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from torch import nn

from autograder.evidence import Evidence, Failure
from autograder.initialisation import expect_normal_weights
from tests.test_convolution import student_of


def failures(draw: Callable[[nn.Conv2d, nn.BatchNorm2d], object]) -> list[str]:
    """What is said of a convolution of 8,192 weights and a BatchNorm of 64 maps after `draw`."""
    torch.manual_seed(1)
    convolution, norm = nn.Conv2d(8, 64, 4, bias=False), nn.BatchNorm2d(64)
    nn.init.normal_(convolution.weight, 0.0, 0.02)
    draw(convolution, norm)
    student = student_of(make=lambda: nn.Sequential(convolution, norm))
    student.evidence = Evidence()
    expect_normal_weights(student, "D", student.make(), 0.02)
    return [failure.message for failure in student.evidence.failures]


def test_both_readings_of_the_paper_pass() -> None:
    assert failures(lambda convolution, norm: None) == []
    assert failures(lambda convolution, norm: nn.init.normal_(norm.weight, 1.0, 0.02)) == []


@pytest.mark.parametrize(
    ("draw", "told"),
    [
        (
            lambda convolution, norm: nn.init.constant_(norm.weight, 0.02),
            "D's BatchNorm scales differ from 1 by up to 0.98; expected all 1, or from N(1, 0.02).",
        ),
        (
            lambda convolution, norm: nn.init.constant_(norm.bias, 0.01),
            "D's BatchNorm shifts differ from 0 by up to 0.01; expected all 0.",
        ),
        (
            lambda convolution, norm: nn.init.constant_(convolution.weight, 0.02),
            "D's weight 1 (64, 8, 4, 4) has mean 0.02 and deviation 0; expected a draw from N(0, 0.02).",
        ),
    ],
    ids=["scales around zero", "shifts", "constant"],
)
def test_what_is_off_is_told_with_its_number(draw: Callable[[nn.Conv2d, nn.BatchNorm2d], object], told: str) -> None:
    assert failures(draw)[0] == told


def test_a_uniform_draw_of_the_same_deviation_is_no_normal_one() -> None:
    """It has no numbers beyond 0.0346, where a normal one has 8 per cent."""
    edge = 0.02 * 3**0.5
    (told,) = failures(lambda convolution, norm: nn.init.uniform_(convolution.weight, -edge, edge))
    assert told == "0.00 % of D's weight 1 (64, 8, 4, 4) lie beyond 0.04; of N(0, 0.02) 4.55 % do."


def test_a_network_without_weights_has_not_drawn_them() -> None:
    student = student_of(make=nn.Identity)
    student.evidence = Evidence()
    with pytest.raises(Failure, match="G has no weights"):
        expect_normal_weights(student, "G", student.make(), 0.02)
