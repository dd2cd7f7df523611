"""What checks need beside a student's code and torch does not have: networks that take labels, and folders.

A network stands in for a student's conditional G or D. Each is a row of layers, to which a label adds what can be
reckoned by hand: `step` times its number.
"""

from __future__ import annotations

import os
import shutil
import tempfile

import torch
from torch import Tensor, nn

LABELS = 10


class _Labelled(nn.Module):
    """Layers one after another, by number as in a Sequential."""

    def __init__(self, *layers: nn.Module, step: float = 0.0) -> None:
        super().__init__()
        for number, layer in enumerate(layers):
            self.add_module(str(number), layer)
        self.step = step

    def through_layers(self, x: Tensor) -> Tensor:
        for layer in self.children():
            x = layer(x)
        return x

    def shift(self, labels: Tensor) -> Tensor:
        return self.step * labels.reshape(-1, 1, 1, 1)


class LabelledImages(_Labelled):
    """G(z, y): the layers' image of z, with `step` * y added to every pixel.

    The buffer `seen` (11,) counts the labels that it was given last, those beyond 9 in its last place.
    """

    seen: Tensor

    def __init__(self, *layers: nn.Module, step: float = 0.0) -> None:
        super().__init__(*layers, step=step)
        self.register_buffer("seen", torch.zeros(LABELS + 1))

    def forward(self, z: Tensor, labels: Tensor) -> Tensor:
        if labels.device.type != "meta":  # torch's device without numbers has none to count
            self.seen.copy_(torch.bincount(labels.clamp(max=LABELS), minlength=LABELS + 1))
        return self.through_layers(z) + self.shift(labels)


class LabelledScores(_Labelled):
    """D(x, y): the layers' score of x with `step` * y taken off every pixel."""

    def forward(self, x: Tensor, labels: Tensor) -> Tensor:
        return self.through_layers(x - self.shift(labels))


def new_folder() -> str:
    """The path of a new, empty folder in the working folder, which is where a sandbox may write."""
    return tempfile.mkdtemp(dir=os.getcwd())


def remove_folder(path: str) -> None:
    """Remove a folder of `new_folder` with all that is in it."""
    shutil.rmtree(path, ignore_errors=True)
