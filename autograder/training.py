"""Oracles for training functions that hold in every lab: what one update does, told by its effect on small networks.

Each takes a `step`, a function of no arguments that runs one update of the student's and returns what it returned,
and networks of ours that stand where the student's networks would, so that their numbers can be checked by hand.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

import numpy as np

from autograder.evidence import Failure, show
from autograder.student import Array, Remote, Student

Step = Callable[[], object]
CALLS = {"D": "train_discriminator", "G": "train_generator"}  # by the network that each trains
Clues = Callable[[], Mapping[str, bool]]  # facts that tell why nothing moved; asked for only then
NUDGE = 0.05  # step of the central difference; its error is NUDGE**2 / 6 times a third derivative below 0.2: 1e-4
SLOPE_TOLERANCE = 2e-3
OLD_GRADIENT = 3.0  # left over from an earlier call
LEAK_TOLERANCE = 1e-5
STILL = 1e-7  # a parameter that moved by less has not moved: float32 resolves 6e-8 at 1

MOST_LOSS = 1e6  # no loss of a lab comes near it: binary cross-entropy in torch is at most 100 an image
NUMPY_FLOATS = ("float16", "float32")  # NumPy's own numbers, which stay where they are; its float64 is a Python float
FLAT = 0.01  # the slope of a loss that hangs on the network is ten times as large in one of the directions
STEEPEST = 1e3  # a slope beyond it gets no more tolerance; those of the labs' losses here are below 10

ORDER = "An update is backward(), then step(), and zero_grad() before both; the loss must depend on the network."


def movement(network: Remote, start: Mapping[str, Array], step: Step) -> dict[str, Array]:
    """How far one step moves each parameter from `start`, by name."""
    network.load(start)
    step()
    end = network.values()
    return {name: end[name].astype(float) - start[name] for name in start}


def largest(moved: Mapping[str, Array]) -> float:
    """The largest absolute value in these arrays; 0 where there is none."""
    return max((float(np.abs(array).max()) for array in moved.values() if array.size), default=0.0)


def largest_gradient(network: Remote) -> float:
    """The largest absolute gradient that any parameter of the network holds; 0 where none holds one."""
    return largest(network.gradients())


def require_movement(
    student: Student, call: str, name: str, moved: Mapping[str, Array], clues: Clues | None = None
) -> None:
    """Errors: `Failure` where the update left the network as it was, so that nothing can be said of it."""
    student.evidence.record(f"{name} moves in {call}", largest(moved) > STILL)
    if largest(moved) <= STILL:
        for what, found in (clues() if clues else {}).items():
            student.evidence.record(what, found)
        raise Failure(f"{call} left every parameter of {name} as it was: nothing is learned.", ORDER)


def require_effort(call: str, name: str, network: Remote, step: Step) -> None:
    """Errors: `Failure` where a step neither moves the network by gradients nor returns a loss that depends on it.

    A function that does nothing also does no harm; it must not earn the points of a check that looks for harm.
    """
    start = network.values()
    if largest(movement(network, start, step)) <= STILL or largest_gradient(network) == 0:
        losses = []
        for nudge in (0.0, 0.5):
            network.load({key: value + np.float32(nudge) for key, value in start.items()})
            losses.append(plain_number(step()))
        if not abs(losses[0] - losses[1]) > STILL:  # a NaN, which stands for no loss at all, is no difference
            raise Failure(f"{call} neither moves {name} by a gradient nor returns a loss that depends on {name}.")
    network.load(start)


def plain_number(loss: object) -> float:
    """A loss as a number, also where it is still a tensor: one check asks for a float, the others make do. Or NaN."""
    number = loss
    if isinstance(loss, np.ndarray) and loss.size == 1:
        number = loss.item()
    elif isinstance(loss, Remote) and loss.type_name in NUMPY_FLOATS:
        number = loss.told("item")
    return number if isinstance(number, float) else math.nan


def expect_update_follows_loss(
    student: Student,
    call: str,
    name: str,
    network: Remote,
    step: Step,
    directions: Mapping[str, Array],
    lr: float,
    clues: Clues | None = None,
) -> None:
    """Expect one step of plain gradient descent on the very loss that the function returns.

    In each direction the loss's slope is measured by calling the function with the network nudged there and back;
    the update must move the network by minus `lr` times that slope. So a wrong loss is not paid for twice.
    """
    start = network.values()
    moved = movement(network, start, step)
    require_movement(student, call, name, moved, clues)
    steepest = 0.0
    for parameter, direction in directions.items():
        losses, kind = [], parameter.rpartition(".")[2]
        for sign in (1, -1):
            network.load({**start, parameter: start[parameter] + sign * NUDGE * direction})
            what = f"loss of {call} near {parameter}, {sign:+d}"
            shown = f"The loss of {call} on a small {name} of ours, its {kind} moved by {sign * NUDGE:+g},"
            losses.append(_plausible(shown, student.expect_float(what, _as_float(step()), shown)))
        slope = (losses[0] - losses[1]) / (2 * NUDGE)
        steepest = max(steepest, abs(slope))
        went = float(np.sum(moved[parameter] * direction))
        student.expect_close(
            f"After {call} with SGD at learning rate {lr:g}, {name}'s {parameter} has moved (along a fixed direction)",
            went,
            -lr * slope,
            atol=SLOPE_TOLERANCE * lr * min(max(1.0, abs(slope)), STEEPEST),
            hint=f"The loss that {call} returned has slope {slope:.4g} there: the step must go down that slope.",
            shown=f"After {call} with SGD at learning rate {lr:g}, on a small {name} of ours, its {kind} has moved "
            "(along a fixed direction)",
        )
    if steepest < FLAT:
        told = f"The loss that {call} returned stayed as it was when a small {name} of ours was changed."
        student.evidence.failures.append(Failure(told, ORDER))
    network.load(start)


def _as_float(loss: object) -> object:
    """The number that a loss is where it is still a tensor or a number of NumPy's; anything else as it is."""
    number = plain_number(loss)
    return number if isinstance(loss, np.ndarray) or not math.isnan(number) else loss


def _plausible(what: str, loss: float) -> float:
    """The loss. Errors: `Failure` where it is of a size that no loss has, so that no slope can be told from it."""
    if not abs(loss) < MOST_LOSS:
        raise Failure(f"{what} is {loss:.4g}; expected a loss, which is below {MOST_LOSS:,.0f} in size.")
    return loss


def expect_no_leak(student: Student, call: str, name: str, network: Remote, step: Step) -> None:
    """Expect the same update whether or not an earlier call left gradients behind."""
    start = network.values()
    clean = movement(network, start, step)
    network.load(start)
    network.set_gradients(OLD_GRADIENT)
    step()
    end = network.values()
    # A leak moves every parameter; noise that our seed does not govern moves only the weights that it meets.
    leaked = min(float(np.abs(end[key] - start[key] - clean[key]).max()) for key in start)
    student.evidence.record(f"{call} leaves gradients in {name}", largest_gradient(network) > 0)  # tells slips apart
    network.load(start)
    what = f"With every old gradient of {name} at 3, {call} moves every parameter further, by at least"
    student.evidence.record(what, leaked, LEAK_TOLERANCE)
    if not leaked <= LEAK_TOLERANCE:
        told = (
            f"With old gradients of {OLD_GRADIENT:g} in a small {name} of ours, the update of {call} differs in every "
            f"parameter, by {leaked:.2g} or more; it must not differ."
        )
        hint = "Old gradients are added to the new ones unless they are cleared before backward()."
        student.evidence.failures.append(Failure(told, hint))
    require_movement(student, call, name, clean)
    require_effort(call, name, network, step)


STANDS_IN = "(Here meta, torch's device without numbers, stands in for a GPU.)"


def is_device_clash(message: str) -> bool:
    """Whether this is what torch says of tensors on two devices, or of a device that the machine does not have."""
    signs = ("same device", "expected device", "CUDA", "cuda", "NVIDIA", "not on the")
    return any(sign in message for sign in signs)


def expect_untouched(
    student: Student,
    call: str,
    trained: tuple[str, Remote],
    other: tuple[str, Remote],
    step: Step,
    gradients: bool,
) -> None:
    """Expect a step that trains one network to leave the other's parameters, and with `gradients` its gradients, alone.

    `trained` and `other` are the networks with their names.
    """
    other[1].set_gradients(None)
    start, before = trained[1].values(), other[1].values()
    step()
    change = largest({name: value - before[name] for name, value in other[1].values().items()})
    student.expect_close(f"{call} changes {other[0]}'s parameters by up to", change, 0.0, atol=STILL)
    if gradients:
        student.expect_close(
            f"{call} leaves gradients in {other[0]} of up to",
            largest_gradient(other[1]),
            0.0,
            atol=STILL,
            hint=f"Detach {other[0]}'s images: no gradient may flow back into {other[0]}.",
        )
    trained[1].load(start)
    require_effort(call, trained[0], trained[1], step)


def expect_normal_noise(student: Student, call: str, sample: Callable[[], tuple[Array, Array]]) -> None:
    """Expect noise from N(0, 1), new at every call. `sample` runs the function once and returns the batch's mean and
    variance by dimension, which a BatchNorm layer at the head of our generator has recorded."""
    (mean, variance), (second_mean, _) = sample(), sample()
    student.expect_close(f"{call}: the noise's mean", float(mean.mean()), 0.0, atol=0.05)  # 5 sigma
    student.expect_close(f"{call}: the noise's variance", float(variance.mean()), 1.0, atol=0.07)
    lowest = float(variance.min())
    student.expect(
        f"{call}: every dimension varies",
        lowest > 0.4,
        f"{call}: one dimension of the noise has variance {lowest:.3g} over the batch; expected about 1.",
    )
    student.expect(
        f"{call}: dimensions differ",
        float(np.ptp(mean)) > 1e-4,  # the means of 100 dimensions over 128 noises spread by about 0.4
        f"{call} drew the same numbers for every dimension of the noise; each needs its own.",
    )
    student.expect(
        f"{call}: new noise at every call",
        not np.array_equal(mean, second_mean),
        f"{call} drew exactly the same noise in two calls; every call needs its own.",
    )


def finite(call: str, step: int, loss: object) -> float:
    """The loss of a training step. Errors: `Failure` where it is no finite float, or larger than any loss."""
    number, what = plain_number(loss), f"In step {step + 1} the loss of {call}"
    if not math.isfinite(number):
        raise Failure(f"In step {step + 1} {call} returned {show(loss)}; expected a finite Python float.")
    return _plausible(what, number)
