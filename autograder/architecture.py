"""Checks of networks by their stages' shapes, their layers' parameters, and their exact function in training mode,
where BatchNorm normalises with the batch's own statistics.

Stages are the shapes on the way from input to output, parameters tell a kernel, and the function tells a stride or a
padding from another even where every shape agrees. What a lab's networks are is data: an `Architecture`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, partial

import numpy as np

from autograder.evidence import Failure, shape_text
from autograder.game import digit_labels
from autograder.layers import Layer, expect_layers
from autograder.student import Array, Remote, Student, StudentRaised

Shape = tuple[int, ...]
FUNCTION_TOLERANCE = 1e-4  # float32, sums of up to 6,272 terms and a BatchNorm over few images; measured up to 3e-6


@dataclass(frozen=True)
class Architecture:
    """A network that a lab asks for. Shapes are without the batch.

    `stages`: the shapes that any way of writing it passes through, in order, with what to call them. `hints`: what a
    wrong number of parameters, the key, comes from. `joined`: where each input comes with a label, the sizes of the two
    parts, input and embedded label, that are joined before the first layer; in which order is the student's choice.
    """

    name: str
    arguments: tuple[int, ...]
    takes: Shape
    stages: tuple[tuple[str, Shape], ...]
    layers: tuple[Layer, ...]
    hints: Mapping[int, str] = field(default_factory=dict)
    joined: tuple[int, int] | None = None

    def __str__(self) -> str:
        return f"{self.name}({', '.join(map(str, self.arguments))})"

    def made(self, student: Student) -> Remote:
        """A network of the student's class."""
        return student.expect_network(str(self), getattr(student, self.name)(*self.arguments, quick_weights=True))

    def inputs(self, student: Student, n: int, scale: float = 1.0) -> tuple[Array, ...]:
        """n inputs from N(0, scale), with labels 0, 1, 2, ... where the network takes labels."""
        x = np.float32(scale) * student.normal(n, *self.takes)
        return (x, digit_labels(n)) if self.joined else (x,)


def expect_output(student: Student, network: Architecture, n: int, scale: float = 1.0) -> Array:
    """The output for n inputs from N(0, scale), its weights filled. Errors: `Failure` where it raises or has another
    shape than the last stage; it then tells the shapes on the way."""
    remote, inputs = network.made(student), network.inputs(student, n, scale)
    what = f"{network} of a tensor of shape {shape_text(inputs[0].shape)}"
    way = _way(remote.stages(*inputs))
    remote.fill(student.seed)
    try:
        output = remote(*inputs)
    except StudentRaised as raised:
        raise Failure(raised.message, f"The shapes on the way there: {way}.") from None
    return student.expect_tensor(what, output, (n, *network.stages[-1][1]))


def expect_range(student: Student, what: str, output: Array, low: float, high: float, hint: str = "") -> None:
    """Expect all values within [low, high]."""
    lowest, highest = float(output.min()), float(output.max())
    student.evidence.record(f"{what}: lowest", lowest, atol=1e-3)
    student.evidence.record(f"{what}: highest", highest, atol=1e-3)
    told = f"{what}: values from {lowest:.4g} to {highest:.4g}; expected all within [{low:g}, {high:g}]."
    student.expect(f"{what}: range", low <= lowest and highest <= high, told, hint)


def expect_image_range(student: Student, what: str, images: Array, low: float, high: float) -> None:
    """Expect the pixels of generated images within [low, high], where those of the lab's real images lie."""
    real = f"The real images of this lab lie in [{low:g}, {high:g}]"
    hint = f"{real}, so G must end in an activation whose values lie there too."
    expect_range(student, what, images, low, high, hint)


def expect_parameters(student: Student, network: Architecture) -> None:
    """Expect the parameters of the network's layers and no others; a lazy layer has its own after a first pass."""
    remote = network.made(student)
    remote.stages(*network.inputs(student, 2))
    expect_layers(student, str(network), remote, network.layers, network.hints)


def expect_function(student: Student, network: Architecture, n: int) -> None:
    """Expect, with given weights and in training mode, the stages' shapes and then the answer's numbers: of whole
    images some pixels and each one's mean, of scores all, and again with the last layer's sign turned, because one
    layer's scores tend to have one sign, which would hide an activation."""
    remote, inputs = network.made(student), network.inputs(student, n)
    _expect_stages(student, network, remote.stages(*inputs), n)
    is_score = len(network.stages[-1][1]) == 1
    for turned in (False, True) if is_score else (False,):
        remote.fill(student.seed, turned)
        what = f"{network} of {n} inputs with given weights" + (", the last ones negated" if turned else "")
        output = student.expect_tensor(what, remote(*inputs, seed=student.seed), (n, *network.stages[-1][1]))
        swapped = cache(partial(_with_parts_swapped, network, remote, inputs)) if network.joined else None
        _expect_as_answer(student, what, output, swapped)


def _with_parts_swapped(network: Architecture, remote: Remote, inputs: Sequence[Array]) -> Array | None:
    """The output with the first layer's weights exchanged between the input's part and the label's: what a network that
    joins the label first computes is then what one that joins it last computes with the weights as they were."""
    first, second = network.joined or (0, 0)
    weights = {name: value for name, value in remote.values().items() if value.shape[1:] == (first + second,)}
    if len(weights) != 1:
        return None
    remote.load({name: np.roll(value, second, axis=1) for name, value in weights.items()})
    output = remote(*inputs)
    return output if isinstance(output, np.ndarray) else None


def _expect_as_answer(
    student: Student, what: str, output: Array, otherwise: Callable[[], Array | None] | None = None
) -> None:
    def expect(of: str, part: Callable[[Array], Array]) -> None:
        def other() -> Array | None:
            found = otherwise() if otherwise else None
            return None if found is None else part(found)

        student.expect_as_answer(
            f"{what}{of}", part(output), FUNCTION_TOLERANCE, otherwise=other if otherwise else None
        )

    if output.ndim < 4:
        expect("", lambda scores: scores)
        return
    expect(", the mean of each image", lambda images: images.mean(axis=(1, 2, 3)))
    read = _read(output.shape[-1])
    pixels = f", the pixels in rows and columns {', '.join(map(str, read))}"
    expect(pixels, lambda images: images[:, 0][:, read][:, :, read])


def _read(side: int) -> list[int]:
    """The rows and columns whose pixels are compared: corners, borders, both parities; 0, 5, 13, 14, 22, 27 of 28."""
    return [0, 5, side // 2 - 1, side // 2, side - 6, side - 1]


def _expect_stages(student: Student, network: Architecture, seen: Sequence[Shape], n: int) -> None:
    """Expect each stage's shape among the shapes seen, after that of the stage before it."""
    left = iter(seen)
    for name, shape in network.stages:
        found = any(step == (n, *shape) for step in left)
        told = (
            f"{network}: no step gives {shape_text((n, *shape))}, the output of {name} for {n} inputs. "
            f"The shapes on the way: {_way(seen)}."
        )
        student.expect(f"{name} of {network} has its shape", found, told)
        if not found:
            return


def _way(shapes: Iterable[Shape]) -> str:
    """Shapes in order, as feedback shows them: without numbers that have none, and each once where it repeats."""
    kept: list[Shape] = []
    for shape in shapes:
        if len(shape) > 1 and (not kept or kept[-1] != shape):
            kept.append(shape)
    return ", ".join(shape_text(shape) for shape in kept[:14]) or "none"
