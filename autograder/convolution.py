"""Checks of convolutional networks: their stages' shapes, their layers' parameters, and their exact function in
training mode, where BatchNorm normalises with the batch's own statistics.

Stages are the shapes on the way from input to output, parameters tell a kernel, and the function tells a stride or a
padding from another even where every shape agrees. What a lab's networks are is data: an `Architecture`.
Source of the 28x28 pair: Radford et al. 2015 (arXiv 1511.06434), at the lab sheet's sizes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from autograder.evidence import Failure, shape_text
from autograder.layers import Layer, batch_norm, convolution, expect_layers, linear, transposed_convolution
from autograder.student import Array, Remote, Student, StudentRaised

Shape = tuple[int, ...]
FUNCTION_TOLERANCE = 1e-4  # float32, sums of up to 6,272 terms and a BatchNorm over few images; measured up to 3e-6
READ = np.array([0, 5, 13, 14, 22, 27])  # rows and columns whose pixels are compared: corners, borders, both parities


@dataclass(frozen=True)
class Architecture:
    """A network that a lab asks for. Shapes are without the batch.

    `stages`: the shapes that any way of writing it passes through, in order, with what to call them. `hints`: what a
    wrong number of parameters, the key, comes from.
    """

    name: str
    arguments: tuple[int, ...]
    takes: Shape
    stages: tuple[tuple[str, Shape], ...]
    layers: tuple[Layer, ...]
    hints: Mapping[int, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.name}({', '.join(map(str, self.arguments))})"

    def made(self, student: Student) -> Remote:
        """A network of the student's class."""
        return student.expect_network(str(self), getattr(student, self.name)(*self.arguments))


def digit_generator(input_dim: int) -> Architecture:
    """Noise to 28x28: two Linear layers up to 128 maps of 7x7, then two transposed convolutions."""
    stages = ("fc1", (1024,)), ("fc2", (128, 7, 7)), ("conv1", (64, 14, 14)), ("conv2", (1, 28, 28))
    layers = (
        *(linear(input_dim, 1024), batch_norm(1024, 1)),
        *(linear(1024, 128 * 7 * 7), batch_norm(128 * 7 * 7, 1)),
        *(transposed_convolution(128, 64, 4), batch_norm(64, 2)),
        transposed_convolution(64, 1, 4),
    )
    return Architecture("Generator", (input_dim,), (input_dim,), stages, layers)


def digit_discriminator() -> Architecture:
    """28x28 to one score: two convolutions with pooling down to 64 maps of 4x4, then two Linear layers."""
    stages = ("conv1", (32, 12, 12)), ("conv2", (64, 4, 4)), ("fc1", (1024,)), ("fc2", (1,))
    layers = convolution(1, 32, 5), convolution(32, 64, 5), linear(64 * 4 * 4, 1024), linear(1024, 1)
    padded = (
        "3,265,409 is what padding 2 in both convolutions gives: they then keep 28x28 and 14x14, so that 64 maps of "
        "7x7 reach fc1, not 64 of 4x4."
    )
    return Architecture("Discriminator", (), (1, 28, 28), stages, layers, hints={3_265_409: padded})


def expect_output(student: Student, network: Architecture, n: int, scale: float = 1.0, hint: str = "") -> Array:
    """The output for n inputs from N(0, scale), its weights filled. Errors: `Failure` where it raises or has another
    shape than the last stage; it then tells the shapes on the way."""
    remote, x = network.made(student), np.float32(scale) * student.normal(n, *network.takes)
    what = f"{network} of a tensor of shape {shape_text(x.shape)}"
    way = _way(remote.stages(x))
    remote.fill(student.seed)
    try:
        output = remote(x)
    except StudentRaised as raised:
        raise Failure(raised.message, f"The shapes on the way there: {way}.") from None
    return student.expect_tensor(what, output, (n, *network.stages[-1][1]), hint)


def expect_range(student: Student, what: str, output: Array, low: float, high: float, hint: str = "") -> None:
    """Expect all values within [low, high]."""
    lowest, highest = float(output.min()), float(output.max())
    student.evidence.record(f"{what}: lowest", lowest, atol=1e-3)
    student.evidence.record(f"{what}: highest", highest, atol=1e-3)
    told = f"{what}: values from {lowest:.4g} to {highest:.4g}; expected all within [{low:g}, {high:g}]."
    student.expect(f"{what}: range", low <= lowest and highest <= high, told, hint)


def expect_parameters(student: Student, network: Architecture) -> None:
    """Expect the parameters of the network's layers and no others; a lazy layer has its own after a first pass."""
    remote = network.made(student)
    remote.stages(student.normal(2, *network.takes))
    expect_layers(student, str(network), remote, network.layers, network.hints)


def expect_function(student: Student, network: Architecture, n: int) -> None:
    """Expect, with given weights and in training mode, the stages' shapes and then the answer's numbers: of whole
    images some pixels and each one's mean, of scores all, and again with the last layer's sign turned, because one
    layer's scores tend to have one sign, which would hide an activation."""
    remote, x = network.made(student), student.normal(n, *network.takes)
    _expect_stages(student, network, remote.stages(x), n)
    is_score = len(network.stages[-1][1]) == 1
    for turned in (False, True) if is_score else (False,):
        remote.fill(student.seed, turned)
        what = f"{network} of {n} inputs with given weights" + (", the last ones negated" if turned else "")
        output = student.expect_tensor(what, remote(x), (n, *network.stages[-1][1]))
        _expect_as_answer(student, what, output)


def _expect_as_answer(student: Student, what: str, output: Array) -> None:
    if output.ndim == 4:
        means = output.mean(axis=(1, 2, 3))
        student.expect_as_answer(f"{what}, the mean of each image", means, FUNCTION_TOLERANCE)
        what = f"{what}, the pixels in rows and columns {', '.join(map(str, READ))}"
        output = output[:, 0][:, READ][:, :, READ]
    student.expect_as_answer(what, output, FUNCTION_TOLERANCE)


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
