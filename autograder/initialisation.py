"""The check of how weights are drawn, by their statistics: any way of drawing them from the same distribution passes.

Bounds are six standard deviations of the statistic itself: a right answer passes in all but two of 1e9 comparisons.
"""

from __future__ import annotations

import math

import numpy as np

from autograder.evidence import Failure
from autograder.student import Parameter, Remote, Student

BOUND = 6.0
BEYOND = 2.0  # deviations: 4.55 % of a normal distribution lie beyond, none of a uniform one of the same deviation
SHARE_BEYOND = math.erfc(BEYOND / math.sqrt(2))


def expect_normal_weights(student: Student, name: str, network: Remote, deviation: float) -> None:
    """Expect every weight of more than one dimension to come from N(0, deviation), and what one-dimensional parameters
    there are, BatchNorm's, to be 1 or from N(1, deviation) where they are scales, 0 where they are shifts."""
    named = network.parameters(values=True)
    scales = [p for p in named if p.name.endswith("weight") and len(p.shape) == 1]
    shifts = [p for p in named if p.name.endswith("bias") and len(p.shape) == 1]
    weights = [p for p in named if len(p.shape) > 1]
    if not weights:
        raise Failure(f"{name} has no weights: it has no layer that computes with some.")
    for number, parameter in enumerate(weights):
        _expect_normal(student, f"{name}'s weight {number + 1} {parameter.shape}", parameter, deviation)
    for what, parameters, centre, width in (("scales", scales, 1.0, deviation), ("shifts", shifts, 0.0, 0.0)):
        values = np.concatenate([p.value.ravel() for p in parameters if p.value is not None] or [np.full(1, centre)])
        off = float(np.abs(values - centre).max())
        student.evidence.record(f"{name}'s {what} are off by", off, atol=1e-3)
        allowed = f"{centre:g}" + (f", or from N({centre:g}, {width:g})" if width else "")
        told = f"{name}'s BatchNorm {what} differ from {centre:g} by up to {off:.4g}; expected all {allowed}."
        student.expect(f"{name}'s {what} are {allowed}", off <= BOUND * width + 1e-9, told)


def _expect_normal(student: Student, what: str, parameter: Parameter, deviation: float) -> None:
    """Expect the mean, the deviation and the share of large numbers of N(0, deviation)."""
    values = np.asarray(parameter.value, dtype=float).ravel()
    n = max(values.size, 1)
    mean, spread = float(values.mean()), float(values.std())
    student.evidence.record(f"deviation of {what}", spread, atol=deviation / 10)
    hint = "nn.init.normal_(layer.weight, mean, deviation) draws a layer's weights anew."
    told = f"{what} has mean {mean:.4g} and deviation {spread:.4g}; expected a draw from N(0, {deviation:g})."
    centred = abs(mean) <= BOUND * deviation / math.sqrt(n)
    as_wide = abs(spread - deviation) <= BOUND * deviation / math.sqrt(2 * n)
    student.expect(f"{what} has mean 0 and deviation {deviation:g}", centred and as_wide, told, hint)
    share = float(np.mean(np.abs(values) > BEYOND * deviation))
    bound = BOUND * math.sqrt(SHARE_BEYOND * (1 - SHARE_BEYOND) / n)
    told = f"{100 * share:.2f} % of {what} lie beyond {BEYOND * deviation:g}; of N(0, {deviation:g}) 4.55 % do."
    student.expect(f"{what} is normal", abs(share - SHARE_BEYOND) <= bound, told, hint)
