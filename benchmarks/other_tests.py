"""How many of our known mistakes the tests that public GAN labs use would let through.

    python -m benchmarks.other_tests

Three kinds, written anew from their description: the shapes of the networks' outputs and their numbers of parameters;
the two losses on fixed scores; both together. The course that these labs come from has no tests. A mistake is let
through where every assertion holds. Only our own variants run here, in this process.
"""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Sequence
from typing import Any

import torch
from rich.console import Console
from rich.table import Table
from torch import nn

from autograder.lab import load_lab
from autograder.submission import Cell, Submission
from autograder.variants import load_variants
from benchmarks.grading import ROOT

Names = dict[str, Any]
SIZES = {"gan": ((100, 256, 784), (784, 256)), "dcgan": ((100,), ()), "wgan": ((100,), ())}
COUNTS = {"gan": (293_136, 267_009), "dcgan": (6_679_105, 1_102_721), "wgan": (6_679_105, 1_102_721)}
IMAGE = {"gan": (784,), "dcgan": (1, 28, 28), "wgan": (1, 28, 28)}
REAL, GENERATED = 0.8, 0.3  # what the networks of the losses' test score


class FixedScores(nn.Module):
    """A discriminator that scores REAL whatever is white and GENERATED whatever is black."""

    def __init__(self) -> None:
        super().__init__()
        self.shift = nn.Parameter(torch.zeros(1))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        white = x.flatten(1).mean(1, keepdim=True) > 0
        return torch.where(white, REAL, GENERATED) + self.shift


class Black(nn.Module):
    """A generator of black images."""

    def __init__(self, shape: Sequence[int]) -> None:
        super().__init__()
        self.shape, self.pixel = shape, nn.Parameter(-torch.ones(1))

    def forward(self, z: torch.Tensor) -> torch.Tensor:
        return self.pixel.expand(len(z), *self.shape)


def shapes_and_counts(lab: str, names: Names) -> bool:
    """The outputs have their shapes, and the networks their numbers of parameters."""
    G, D = (names[name](*sizes) for name, sizes in zip(("Generator", "Discriminator"), SIZES[lab], strict=True))
    images = G(torch.randn(4, 100))
    counts = tuple(sum(p.numel() for p in network.parameters()) for network in (G, D))
    return tuple(images.shape) == (4, *IMAGE[lab]) and tuple(D(images).shape) == (4, 1) and counts == COUNTS[lab]


def losses(lab: str, names: Names) -> bool:
    """The two training functions return the losses of fixed scores, within 0.001."""
    D, G = FixedScores(), Black(IMAGE[lab])
    optim_D, optim_G = (torch.optim.SGD(network.parameters(), lr=0.0) for network in (D, G))
    x, device = torch.ones(128, 1, 28, 28), torch.device("cpu")
    if lab == "wgan":
        found = names["train_discriminator"](x, D, G, optim_D, 1.0, 128, 100, device)
        other = names["train_generator"](D, G, optim_G, 128, 100, device)
        expected = GENERATED - REAL, -GENERATED
    else:
        found = names["train_discriminator"](x, D, G, nn.BCELoss(), optim_D, 128, 100, device)
        other = names["train_generator"](D, G, nn.BCELoss(), optim_G, 128, 100, device)
        expected = -math.log(REAL) - math.log(1 - GENERATED), -math.log(GENERATED)
    return all(
        abs(torch.as_tensor(one).item() - wanted) < 1e-3 for one, wanted in zip((found, other), expected, strict=True)
    )


KINDS: dict[str, Callable[[str, Names], bool]] = {
    "shapes and parameter counts": shapes_and_counts,
    "losses on fixed scores": losses,
    "both": lambda lab, names: shapes_and_counts(lab, names) and losses(lab, names),
}


def lets_through(kind: Callable[[str, Names], bool], lab: str, cells: Sequence[Cell]) -> bool:
    """Whether the tests of this kind find nothing wrong with these cells."""
    names: Names = {}
    try:
        for cell in cells:
            if "load_digits(" not in cell.source:
                lines = (line for line in cell.source.splitlines() if not line.startswith(("%", "!")))
                exec(compile("\n".join(lines), f"<cell {cell.number}>", "exec"), names)
        return kind(lab, names)
    except Exception:  # whatever a mistake raises, the test has found it  # noqa: BLE001
        return False


def main() -> None:
    os.environ["NBGRADER_EXECUTION"] = os.environ["AUTOGRADER_SANDBOX"] = "benchmark"
    table = Table("mistakes let through", *SIZES, "all")
    banks = {lab: [v for v in load_variants(lab, ROOT / "solutions") if not v.is_right] for lab in SIZES}
    answers = {lab: Submission(ROOT / "solutions" / f"{lab}.py", "answer", lab).read()[0] for lab in SIZES}
    whole = sum(map(len, banks.values()))
    for title, kind in KINDS.items():
        through = []
        for lab, bank in banks.items():
            assert lets_through(kind, lab, answers[lab]), f"{title} fails the answer of {load_lab(lab).title}"
            through.append(sum(lets_through(kind, lab, variant.cells(answers[lab])) for variant in bank))
        cells = [f"{n} of {len(bank)}" for n, bank in zip(through, banks.values(), strict=True)]
        table.add_row(title, *cells, f"{sum(through)} of {whole} ({100 * sum(through) / whole:.0f} %)")
    Console().print(table)


if __name__ == "__main__":
    main()
