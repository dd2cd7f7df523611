"""A short training run of the student's own networks, optimizers and training functions on the offline digits.

It shows that the parts learn together, by what holds for every seed and every right answer within a few steps:
D's loss falls while G is held fixed, then G's while D is. How good the samples are, it cannot show. That the numbers
are losses of these networks and no counter shows in that putting the parameters back puts the loss back.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograder.building import built_models, built_optimizers, parameters_of
from autograder.evidence import Failure
from autograder.falling_loss import Fall, Kept, State, expect_fall, expect_own_loss, losses_of
from autograder.game import Game
from autograder.student import Array, Remote, Student
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


def _built(student: Student, game: Game) -> tuple[tuple[Remote, Remote], tuple[Remote, Remote]]:
    """(G, D) and their optimizers. Errors: `Failure` where a network has nothing to learn with."""
    G, D = built_models(student, student.device)
    named = ("G", G), ("D", D)
    counts = {name: len(parameters_of(student, net, game.inputs(student, name, 2))) for name, net in named}
    optimizers = built_optimizers(student, G, D)
    for name, count in counts.items():
        if not count:
            raise Failure(f"build_models's {name} has no parameters: nothing in it can learn.")
    return (G, D), optimizers


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
        (G, D), (optim_G, optim_D) = _built(student, game)
        sizes: dict[str, Any] = {"batch_size": self.batch, "input_dim": self.input_dim}
        ((images, labels),) = labelled_batches(student.seed, 1, self.batch, self.value_range, game.side)

        def discriminator_step() -> object:
            given = {"labels": labels, **sizes}
            if game.same_fakes:
                given["generated_images"] = G(student.normal(self.batch, self.input_dim))
            return game.train_discriminator(student, D, G, optim_D, images, **given)

        def generator_step() -> object:
            return game.train_generator(student, D, G, optim_G, **sizes)

        def learns(trained: str, before: Kept) -> Fall:
            step, steps, expected_fall = runs[trained]
            losses = expect_fall(student, trained, step, steps, expected_fall)
            return Fall(trained, step, losses, before, state.kept())

        runs = {
            "D": (discriminator_step, self.discriminator_steps, self.discriminator_fall),
            "G": (generator_step, self.generator_steps, self.generator_fall),
        }
        state = State(student, (G, D))
        start = state.kept()
        if self.norm_in_discriminator:
            falls = [learns("G", start)]
            state.put_back(start)
            for network in (G, D):
                network.set_gradients(None)  # what G's steps leave in D has a check of its own
            falls.append(learns("D", start))
        else:
            falls = [learns("D", start)]
            falls.append(learns("G", falls[0].after))
            losses_of(student, "D", discriminator_step, range(self.discriminator_steps, self.discriminator_steps + 1))
        if not student.evidence.failures:
            for fall in falls:
                expect_own_loss(student, game, state, fall)
