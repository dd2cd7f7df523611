"""Whether a loss falls in a few steps of training, and is a loss of the student's networks and no counter of calls.

That shows in that it is back where it was when the parameters are.
"""

from __future__ import annotations

import numpy as np

from autograder.evidence import Failure, show
from autograder.student import Remote, Student, StudentRaised
from autograder.training import CALLS, Step, finite

ATTEMPTS = 3  # noise that no seed governs moves a loss by less than its fall most times


class Moment:
    """The parameters of networks as they are when this is made. They stay where the student's code runs."""

    def __init__(self, student: Student, *networks: Remote) -> None:
        self._student, self._networks = student, networks
        vectors = [student.torch("nn.utils.parameters_to_vector", network.call("parameters")) for network in networks]
        self._vectors = [vector.call("detach") for vector in vectors]

    def come_back(self) -> None:
        """Give the networks these parameters again, any number of times: each gets a copy."""
        for network, vector in zip(self._networks, self._vectors, strict=True):
            copy = self._student.torch("clone", vector)
            self._student.torch("nn.utils.vector_to_parameters", copy, network.call("parameters"))


def expect_own_loss(student: Student, trained: str, step: Step, before: Moment, losses: tuple[float, float]) -> None:
    """Expect the first of these losses again, nearly, where the networks' parameters are those of the moment `before`
    it: a number that counts the calls is no loss."""
    call, (first, lowest) = CALLS[trained], losses
    for attempt in range(ATTEMPTS):
        before.come_back()
        again = finite(call, attempt, step())
        if again - lowest >= (first - lowest) / 2:
            return
    student.evidence.record(f"{trained}'s loss comes back", False)
    raise Failure(
        f"With the parameters of G and D put back as they were before the first step of {call}, it returned "
        f"{again:.4f}; the first time it was {first:.4f}. The loss must come from the networks' outputs."
    )


def expect_fall(student: Student, trained: str, step: Step, steps: int, expected_fall: float) -> tuple[float, float]:
    """Expect the loss of the network `trained`, D or G, to fall over so many steps, the other held fixed. Returns the
    first loss and the lowest after it."""
    losses = losses_of(student, trained, step, range(steps))
    lowest = min(losses[1:])  # the last one may lie above it: a large learning rate overshoots, and has its own check
    student.evidence.record(f"first and lowest loss of {trained}", np.array([losses[0], lowest]), atol=2e-3)
    held = "G" if trained == "D" else "D"
    told = (
        f"With {held} held fixed, {steps} steps of {CALLS[trained]} on the same images and noise took {trained}'s loss "
        f"from {losses[0]:.4f} to {lowest:.4f} at best; expected a fall of at least {expected_fall}."
    )
    student.expect(f"{trained} learns", losses[0] - lowest >= expected_fall, told)
    return losses[0], lowest


def losses_of(student: Student, trained: str, step: Step, steps: range) -> list[float]:
    """The losses of these steps. Where one raises or returns no loss, the record says which and what: it tells a
    mistake that shows at once from one that builds up, and nothing from a number that is not finite."""
    losses = []
    for number in steps:
        try:
            returned = step()
        except StudentRaised:
            student.evidence.record("raised in", f"step {number + 1} of {trained}")
            raise
        try:
            losses.append(finite(CALLS[trained], number, returned))
        except Failure:
            what = show(returned) if isinstance(returned, float) else type(returned).__name__
            student.evidence.record(f"returned in step {number + 1} of {trained}", what)
            raise
    return losses
