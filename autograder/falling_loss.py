"""Whether a loss falls in a few steps of training, and falls because a network of the student's has learned.

That a number is a loss of the networks and no counter of calls shows in that it is back where it was when the
parameters are.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from autograder.evidence import Failure, show
from autograder.game import Game
from autograder.student import Remote, Student, StudentRaised
from autograder.training import finite

ATTEMPTS = 3  # noise that no seed governs moves a loss by less than its fall most times
CALLS = {"D": "train_discriminator", "G": "train_generator"}
Kept = tuple[Remote, ...]  # the numbers of networks, one after another, where the student's code runs


@dataclass(frozen=True)
class State:
    """G and D, whose parameters are kept, and put back, where the student's code runs: none of them travels."""

    student: Student
    networks: tuple[Remote, Remote]

    def kept(self) -> Kept:
        """The parameters as they are."""
        vectors = [self.student.torch("nn.utils.parameters_to_vector", n.call("parameters")) for n in self.networks]
        return tuple(vector.call("detach") for vector in vectors)

    def put_back(self, kept: Kept) -> None:
        """Give the networks these parameters, any number of times: a network gets a copy."""
        for network, vector in zip(self.networks, kept, strict=True):
            copy = self.student.torch("clone", vector)
            self.student.torch("nn.utils.vector_to_parameters", copy, network.call("parameters"))


@dataclass(frozen=True)
class Fall:
    """What took the loss of the network `trained`, D or G, from the first of `losses` to the lowest."""

    trained: str
    step: Callable[[], object]
    losses: tuple[float, float]
    before: Kept
    after: Kept


def expect_own_loss(student: Student, game: Game, state: State, fall: Fall) -> None:
    """Expect the first loss again, nearly, where the parameters are put back, and other outputs of the networks where
    they are those after the steps. So a number that counts the calls is no loss, and a fall without learning none."""
    call, (first, lowest) = CALLS[fall.trained], fall.losses
    again = lowest
    for attempt in range(ATTEMPTS):
        state.put_back(fall.before)
        again = finite(call, attempt, fall.step())
        if again - lowest >= (first - lowest) / 2:
            break
    else:
        student.evidence.record(f"{fall.trained}'s loss comes back", False)
        raise Failure(
            f"With the parameters of G and D put back as they were before the first step of {call}, it returned "
            f"{again:.4f}; the first time it was {first:.4f}. The loss must come from the networks' outputs."
        )
    if not any(_outputs_change(student, game, state, name, fall) for name in ("G", "D")):
        student.evidence.record(f"outputs change as {fall.trained}'s loss falls", False)
        told = f"The loss of {call} falls, but G and D give the same outputs as before: nothing has been learned."
        raise Failure(told)


def _outputs_change(student: Student, game: Game, state: State, name: str, fall: Fall) -> bool:
    """Whether the network G or D gives something else for the same inputs after a fall than before it."""
    network, inputs, outputs = state.networks["GD".index(name)], game.inputs(student, name, 2), []
    for kept in (fall.before, fall.after):
        state.put_back(kept)
        student.torch("manual_seed", student.seed)  # what a network draws is no learning
        try:
            outputs.append(network(*inputs))
        except StudentRaised:  # the network takes something else than it must, which its own checks tell
            student.forget_raised()
            return True
    return not np.array_equal(*outputs) if all(isinstance(output, np.ndarray) for output in outputs) else True


def expect_fall(
    student: Student, trained: str, step: Callable[[], object], steps: int, expected_fall: float
) -> tuple[float, float]:
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


def losses_of(student: Student, trained: str, step: Callable[[], object], steps: range) -> list[float]:
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
