"""A short training run of the student's own networks, optimizers and training functions on the offline digits.

It shows that the parts learn together, by what holds for every seed and every right answer within a second or two:
D's loss falls while G is held fixed, then G's while D is. How good the samples are, it cannot show.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import repeat
from typing import Any

import numpy as np

from autograder.building import built_models, built_optimizers
from autograder.game import Game
from autograder.student import Array, Student
from autograder.training import finite
from data_utils import offline_digit_arrays


def digit_batches(seed: int, steps: int, batch: int, value_range: tuple[float, float]) -> Iterator[Array]:
    """Batches (batch, 1, 28, 28) of the offline digits in an order of the seed's, float32 within `value_range`."""
    for images, _ in labelled_batches(seed, steps, batch, value_range, side=28):
        yield images


def labelled_batches(
    seed: int, steps: int, batch: int, value_range: tuple[float, float], side: int
) -> Iterator[tuple[Array, Array]]:
    """The same batches as (batch, 1, side, side), with their labels (batch,)."""
    pixels, labels = offline_digit_arrays()
    low, high = value_range
    chosen = np.random.default_rng(seed).permutation(len(pixels))[: steps * batch].reshape(steps, batch)
    for places in chosen:
        images = _enlarged(pixels[places], side)[:, np.newaxis]
        yield (images / 255 * (high - low) + low).astype(np.float32), labels[places]


def _enlarged(images: Array, side: int) -> Array:
    """(N, 28, 28) to (N, side, side): every pixel repeated where there is room for that, and a margin of paper."""
    times = side // 28
    margin = (side - times * 28) // 2
    repeated = images.repeat(times, axis=1).repeat(times, axis=2)
    return np.pad(repeated, ((0, 0), (margin, margin), (margin, margin)))


@dataclass(frozen=True)
class ShortTraining:
    """How long to train, and by how much each loss must fall.

    `discriminator_steps` updates of D on batches of `batch` images, each with noise of its own; then `generator_steps`
    updates of G, all with the same noise, so that its loss falls for no other reason than that G learns.
    `norm_in_discriminator`: each network learns from where both began, G first, because a D with BatchNorm is sure
    after a step and then leaves G no slope; and D sees one batch and one noise all along, because over few images its
    loss jumps from batch to batch.
    """

    value_range: tuple[float, float]
    batch: int
    discriminator_steps: int
    generator_steps: int
    discriminator_fall: float
    generator_fall: float
    input_dim: int = 100
    norm_in_discriminator: bool = False

    def expect_learning(self, student: Student, game: Game) -> None:
        """Train the student's parts, and expect finite losses that both fall."""
        G, D = built_models(student, student.device)
        optim_G, optim_D = built_optimizers(student, G, D)
        sizes: dict[str, Any] = {"batch_size": self.batch, "input_dim": self.input_dim}
        batches = self._batches(student, game)

        def discriminator_step() -> object:
            seed, (images, labels) = next(batches)
            given = dict(sizes)
            if game.same_fakes:
                given["generated_images"] = G(student.normal(self.batch, self.input_dim))
            return game.train_discriminator(student, D, G, optim_D, images, labels=labels, **given, seed=seed)

        def generator_step() -> object:
            return game.train_generator(student, D, G, optim_G, **sizes)

        falls = [
            partial(expect_fall, student, "D", discriminator_step, self.discriminator_steps, self.discriminator_fall),
            partial(expect_fall, student, "G", generator_step, self.generator_steps, self.generator_fall),
        ]
        beginning = G.values() if self.norm_in_discriminator else {}
        for expect in reversed(falls) if self.norm_in_discriminator else falls:
            expect()
            G.load(beginning)

    def _batches(self, student: Student, game: Game) -> Iterator[tuple[int, tuple[Array, Array]]]:
        """Batches with the seed of each one's noise."""
        drawn = labelled_batches(student.seed, self.discriminator_steps, self.batch, self.value_range, game.side)
        seeded = enumerate(drawn, start=student.seed)
        return repeat(next(seeded)) if self.norm_in_discriminator else seeded


def expect_fall(student: Student, trained: str, step: Callable[[], object], steps: int, expected_fall: float) -> None:
    """Expect the loss of the network `trained`, D or G, to fall over so many steps, the other held fixed."""
    held, call = {"D": ("G", "train_discriminator"), "G": ("D", "train_generator")}[trained]
    losses = [finite(call, number, step()) for number in range(steps)]
    told = (
        f"With {held} held fixed, {steps} steps of {call} took {trained}'s loss from {losses[0]:.4f} to "
        f"{losses[-1]:.4f}; expected a fall of at least {expected_fall}."
    )
    student.expect(f"{trained} learns", losses[0] - losses[-1] >= expected_fall, told)
