"""Compares a network's parameters with the layers that a lab asks for, and names the layer that is off."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from autograder.evidence import shape_text
from autograder.student import Remote, Student

Shape = tuple[int, ...]


@dataclass(frozen=True)
class Layer:
    """A layer with parameters: what to call it, and the shapes of its parameters as torch gives them."""

    name: str
    shapes: tuple[Shape, ...]

    @property
    def count(self) -> int:
        return sum(math.prod(shape) for shape in self.shapes)


def linear(inputs: int, outputs: int) -> Layer:
    return Layer(f"Linear({inputs}, {outputs})", ((outputs, inputs), (outputs,)))


def convolution(inputs: int, outputs: int, kernel: int, bias: bool = True) -> Layer:
    weight = outputs, inputs, kernel, kernel
    name = f"Conv2d({inputs}, {outputs}, {kernel}{'' if bias else ', bias=False'})"
    return Layer(name, (weight, (outputs,)) if bias else (weight,))


def transposed_convolution(inputs: int, outputs: int, kernel: int, bias: bool = True) -> Layer:
    weight = inputs, outputs, kernel, kernel
    name = f"ConvTranspose2d({inputs}, {outputs}, {kernel}{'' if bias else ', bias=False'})"
    return Layer(name, (weight, (outputs,)) if bias else (weight,))


def embedding(count: int, size: int) -> Layer:
    return Layer(f"Embedding({count}, {size})", ((count, size),))


def batch_norm(features: int, dimensions: int) -> Layer:
    return Layer(f"BatchNorm{dimensions}d({features})", ((features,), (features,)))


def expect_layers(
    student: Student, what: str, network: Remote, layers: Sequence[Layer], hints: Mapping[int, str] | None = None
) -> None:
    """Expect a network to have the parameters of these layers and no others, all of them trainable.

    Attribute names and the order of definition do not matter. A failure names the layers that are missing, and the
    parameters that stand there instead; `hints` says what a wrong number of parameters, the key, comes from.
    """
    found = network.parameters()
    student.evidence.record(f"shapes of {what}", str(sorted(parameter.shape for parameter in found)))
    student.evidence.record(f"frozen in {what}", str(sorted(p.shape for p in found if not p.requires_grad)))
    count, expected = sum(math.prod(p.shape) for p in found), sum(layer.count for layer in layers)
    numbers = f"{what} has {count:,} parameters; expected {expected:,}."
    if count == expected:
        numbers = f"{what} has {count:,} parameters, as many as expected, but not in the shapes of torch's layers."
    if not found:
        hint = "Layers in a plain Python list are not registered: assign them to attributes or use nn.Sequential."
        student.expect(f"layers of {what}", False, numbers, hint)
        return
    missing, extra = _differences([p.shape for p in found], layers)
    surplus = [f"{p.name} {shape_text(p.shape)}" for p in found if p.shape in extra]
    told = " ".join([numbers, *(f"Not found: {name}." for name in missing)])
    told += f" Not asked for: {', '.join(surplus[:6])}." if surplus else ""
    student.expect(f"layers of {what}", not missing and not extra, told, (hints or {}).get(count, ""))
    frozen = [p.name for p in found if not p.requires_grad]
    student.expect(
        f"trainable layers of {what}",
        not frozen,
        f"{what} does not train {', '.join(frozen[:6])}: requires_grad is False.",
    )


def _differences(found: Sequence[Shape], layers: Sequence[Layer]) -> tuple[list[str], Counter[Shape]]:
    """The layers with a parameter that is not found, with that parameter, and the shapes that belong to none."""
    left = Counter(found)
    missing = []
    for layer in layers:
        lacking = []
        for shape in layer.shapes:
            if left[shape] <= 0:
                lacking.append(shape)
            left[shape] -= 1
        if lacking:
            shapes = " and ".join(shape_text(shape) for shape in lacking)
            missing.append(f"the {shapes} of {layer.name}, which has {layer.count:,} parameters")
    return missing, +left
