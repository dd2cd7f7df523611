"""A short training run of the student's own networks, optimizers and training functions on the offline digits.

It shows that the parts learn together, by what holds for every seed and every right answer within a few steps:
D's loss falls while G is held fixed, then G's while D is. How good the samples are, it cannot show. That a number is a
loss of these networks, and no counter, shows in that putting G's parameters back puts G's loss back.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograder.building import built_models, built_optimizers
from autograder.falling_loss import Moment, expect_fall, expect_own_loss, losses_of
from autograder.game import Game
from autograder.student import Array, Student
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

    `discriminator_steps` updates of D, then `generator_steps` of G, all on the same `batch` images and the same noise,
    so that a loss falls for no other reason than that its network learns; then D once more, as in training.
    `norm_in_discriminator`: each network learns from where both began, G first, because a D with BatchNorm is sure
    after a step and then leaves G no slope.
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
        sizes: dict[str, Any] = {"batch_size": self.batch, "input_dim": self.input_dim, "device": student.own_device()}
        ((images, labels),) = labelled_batches(student.seed, 1, self.batch, self.value_range, game.side)

        def discriminator_step() -> object:
            given = {"labels": labels, **sizes}
            if game.same_fakes:
                fakes = G(student.on_device(student.normal(self.batch, self.input_dim)))
                given["generated_images"] = student.on_device(fakes) if isinstance(fakes, np.ndarray) else fakes
            return game.train_discriminator(student, D, G, optim_D, images, **given)

        def generator_step() -> object:
            return game.train_generator(student, D, G, optim_G, **sizes)

        def discriminator_learns() -> None:
            expect_fall(student, "D", discriminator_step, self.discriminator_steps, self.discriminator_fall)

        def generator_learns(before: Moment) -> None:
            losses = expect_fall(student, "G", generator_step, self.generator_steps, self.generator_fall)
            if not student.evidence.failures:
                expect_own_loss(student, "G", generator_step, before, losses)

        if self.norm_in_discriminator:
            for name, network in (("G", G), ("D", D)):  # lazy layers have their parameters from now on
                network(*(student.on_device(array) for array in game.inputs(student, name, 2)))
            before = Moment(student, G, D)
            generator_learns(before)
            before.come_back()
            for network in (G, D):
                network.set_gradients(None)  # what G's steps leave in D has a check of its own
            discriminator_learns()
        else:
            discriminator_learns()
            generator_learns(Moment(student, G, D))
            losses_of(student, "D", discriminator_step, range(self.discriminator_steps, self.discriminator_steps + 1))
