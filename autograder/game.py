"""Two networks of ours that stand in for the student's G and D, small enough to check every number by hand, and the way
to call the student's training functions on them. What a lab's functions are called with is data.

    D(x) = slope * mean(x) + bias, through a Sigmoid where the lab's D gives probabilities
    G(z) = the same image for every z, every pixel the same

Where a lab's networks take labels, so do these: D sees x - step * label, and G adds step * label to its image. With
step 0, the usual one, labels change nothing; with another, a label that goes with the wrong image changes the score.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograder.evidence import Failure
from autograder.student import Array, Remote, Student, StudentRaised

NOISE = 100  # the size of the noise in every lab
BATCH = 128  # the usual one, so that a size written into the code costs the checks of sizes and no others
SGD_RATE = 1.0
DIGITS = 10  # labels are 0 to 9
ONE_NOISE = "Expected more than 1 value per channel"  # what BatchNorm says of a batch of one in training mode
PIXEL_BIAS = "1.bias"  # the parameter of our G that holds its image
MOST_UNITS = 784  # of G's last layer; a larger image repeats each of its units in a square of 16 pixels

# How the training functions are called where a lab has a loss_func
DISCRIMINATOR_ARGUMENTS = ("real_images", "D", "G", "loss_func", "optim_D", "batch_size", "input_dim", "device")
GENERATOR_ARGUMENTS = ("D", "G", "loss_func", "optim_G", "batch_size", "input_dim", "device")

# What the checks that labs share are worth in a lab of 100 automatic points: 49 together
POINTS_OF_100 = {
    "discriminator_loss_adds_both_terms": 8,
    "generator_loss_is_non_saturating": 8,
    "discriminator_update_follows_its_loss": 6,
    "discriminator_update_leaves_generator_alone": 3,
    "generator_update_follows_its_loss": 6,
    "generator_update_leaves_discriminator_alone": 3,
    "old_gradients_do_not_leak": 4,
    "noise_is_standard_normal": 4,
    "last_batch_of_an_epoch_trains": 4,
    "training_stays_on_the_given_device": 3,
}


def logit(probability: float) -> float:
    """The number whose sigmoid is this probability."""
    return math.log(probability / (1 - probability))


def digit_labels(n: int) -> Array:
    """Labels (n,): 0, 1, ... 9, 0, 1, ..."""
    return np.arange(n) % DIGITS


@dataclass(frozen=True)
class PlainImages:
    """Images (n, 1, side, side) whose every pixel is the same; made anew for every call that they are given to."""

    n: int
    side: int
    pixel: float

    @property
    def shape(self) -> tuple[int, int, int, int]:
        return (self.n, 1, self.side, self.side)

    def __len__(self) -> int:
        return self.n

    def made(self, student: Student) -> Remote:
        return student.full(self.shape, self.pixel)


Images = Array | PlainImages


@dataclass(frozen=True)
class Noise:
    """A batch of noise: mean and variance of each dimension, and how many noises; 0 where these are all alike."""

    mean: Array
    variance: Array
    count: int


@dataclass(frozen=True)
class Game:
    """How a lab's two training functions are called, and what its networks look like from outside.

    `discriminator_signature` and `generator_signature` are the argument names in order. `flat`: G gives flat images,
    not (N, 1, side, side). `probability`: D ends in a Sigmoid. `others` makes the arguments that only this lab has, by
    name. `discriminator_rate` is the learning rate of the plain gradient descent that moves our D. `labelled`: both
    networks take a label with each noise or image. `same_fakes`: train_generator returns its images behind its loss,
    and train_discriminator is handed `generated_images`; it has no G and draws no noise.
    """

    discriminator_signature: tuple[str, ...]
    generator_signature: tuple[str, ...]
    flat: bool
    probability: bool
    others: Callable[[Student], Mapping[str, Any]]
    discriminator_rate: float = SGD_RATE
    side: int = 28
    labelled: bool = False
    same_fakes: bool = False

    @property
    def pixels(self) -> int:
        return self.side**2

    @property
    def units(self) -> int:
        """The numbers that G's last layer makes: the pixels, or the squares of pixels of a large image."""
        return self.pixels if self.pixels <= MOST_UNITS else (self.side // 4) ** 2

    def inputs(self, student: Student, network: str, n: int) -> tuple[Array, ...]:
        """n random inputs for the student's "G" or "D": noise or images, with labels where the networks take them."""
        image = (self.pixels,) if self.flat else (1, self.side, self.side)
        x = student.normal(n, *((NOISE,) if network == "G" else image))
        return (x, digit_labels(n)) if self.labelled else (x,)

    def images(self, n: int, pixel: float = 1.0) -> PlainImages:
        """Images (n, 1, side, side) whose every pixel is `pixel`, white unless told."""
        return PlainImages(n, self.side, pixel)

    def discriminator(self, student: Student, slope: float, bias: float, step: float = 0.0) -> Remote:
        """D(x) = slope * mean(x) + bias, a probability where the lab's D gives one. It takes flat and whole images.

        `step`: what a label takes off every pixel before that, where networks take labels.
        """
        layers = [student.torch("nn.Flatten"), student.torch("nn.Linear", self.pixels, 1)]
        layers += [student.torch("nn.Sigmoid")] if self.probability else []
        D: Remote = (
            student.ours("LabelledScores", *layers, step=step)
            if self.labelled
            else student.torch("nn.Sequential", *layers)
        )
        weight = np.full((1, self.pixels), slope / self.pixels, np.float32)
        D.load({"1.weight": weight, "1.bias": np.array([bias], np.float32)})
        return D

    def generator(self, student: Student, pixel: float, step: float = 0.0) -> Remote:
        """G(z) is an image whose every pixel is `pixel`, for any noise of `NOISE` numbers.

        `step`: what a label adds to every pixel, where networks take labels.
        """
        G = self._image_network(student, self._unit_layers(student, NOISE), step)
        G.set_parameters(0.0)
        G.load({PIXEL_BIAS: np.full(self.units, pixel, np.float32)})
        return G

    def _unit_layers(self, student: Student, noise: int) -> list[Remote]:
        """Noise to one number to units: so few weights that reading them all costs next to nothing."""
        return [student.torch("nn.Linear", noise, 1), student.torch("nn.Linear", 1, self.units)]

    def recording_generator(self, student: Student, noise: int, repeats: int = 1) -> Remote:
        """A generator that keeps the statistics of the last batch of noise: see `recorded`.

        Its first layer is a BatchNorm. A second one normalises again: the variance that it finds tells the size of
        the batch, because the first divides by the variance of n numbers, and the second keeps that of n - 1.
        `repeats`: 2 where it must take a batch of one noise, which BatchNorm refuses: each number stands there twice.
        """
        first = student.torch("nn.BatchNorm1d", noise, momentum=1.0, affine=False, eps=1e-9)
        second = student.torch("nn.BatchNorm1d", noise, momentum=1.0, affine=False)
        for layer in (first, second):  # G.eval() and G.train(False) must not end the record
            layer.call("__setattr__", "train", layer.call("__getattribute__", "zero_grad"))  # which does nothing to it
        before, after = [], []
        if repeats > 1:
            before = [student.torch("nn.Unflatten", 1, (noise, 1)), student.torch("nn.Upsample", scale_factor=repeats)]
            after = [student.torch("nn.MaxPool1d", repeats), student.torch("nn.Flatten", 1)]
        return self._image_network(student, [*before, first, second, *after, *self._unit_layers(student, noise)])

    def noise_seen(self, student: Student, dimensions: int, call: str, step: Callable[[Remote], object]) -> Noise:
        """What a generator was fed last by a step that is given it; also where the student feeds it a single noise."""
        for repeats in (1, 2):
            G = self.recording_generator(student, dimensions, repeats)
            try:
                step(G)
                break
            except StudentRaised as raised:
                if repeats > 1 or ONE_NOISE not in raised.text:
                    raise
                student.forget_raised()
        return self.recorded(student, G, call, repeats)

    def recorded(self, student: Student, G: Remote, call: str, repeats: int = 1) -> Noise:
        """What a recording generator was fed last. Errors: `Failure` where it was not called."""
        buffers, first = G.values(buffers=True), 0 if repeats == 1 else 2  # the layers before it
        called = bool(buffers[f"{first}.num_batches_tracked"] > 0)
        if not called:
            student.evidence.record(f"{call} calls G", called)
            raise Failure(f"{call} never calls the G that it is given, so that it draws no noise for it.")
        ratio = float(np.median(buffers[f"{first + 1}.running_var"]))  # n / (n - 1), n numbers a dimension
        count = round(ratio / (ratio - 1)) // repeats if 1 < ratio <= 2 else 0
        return Noise(buffers[f"{first}.running_mean"], buffers[f"{first}.running_var"], count)

    def _image_network(self, student: Student, layers: list[Remote], step: float = 0.0) -> Remote:
        side = math.isqrt(self.units)
        whole = [] if self.flat else [student.torch("nn.Unflatten", 1, (1, side, side))]
        whole += [student.torch("nn.Upsample", scale_factor=self.side // side)] if side < self.side else []
        network: Remote = (
            student.ours("LabelledImages", *layers, *whole, step=step)
            if self.labelled
            else student.torch("nn.Sequential", *layers, *whole)
        )
        return network

    def with_scores(self, student: Student, real: float, generated: float, step: float = 0.0) -> tuple[Remote, Remote]:
        """(D, G) with D = `real` on an image of ones and D(G(z)) = `generated`. Where networks take labels: with `step`
        on an image of ones to which `step` * label is added."""
        up, down = (logit(real), logit(generated)) if self.probability else (real, generated)
        D = self.discriminator(student, (up - down) / 2, (up + down) / 2, step)
        return D, self.generator(student, -1.0, step)

    def scores(self, student: Student) -> list[tuple[float, float]]:
        """Pairs of D(x) and D(G(z)) to try: undecided, then a good and a bad D of the class's seed; two digits each."""
        if not self.probability:
            return self._real_scores(student)
        high, low = round(student.uniform(0.6, 0.9, 1), 2), round(student.uniform(0.1, 0.4, 2), 2)
        return [(0.5, 0.5), (high, low), (low, round(high - 0.05, 2))]

    def _real_scores(self, student: Student) -> list[tuple[float, float]]:
        """The same for scores of any size. The second pair is so small that every parameter of D is below 0.01."""
        small = round(student.uniform(0.5, 0.9, 1), 2)
        high, low = round(student.uniform(5, 9, 2), 2), round(student.uniform(-40, -20, 3), 2)
        return [(0.0, 0.0), (small, round(0.01 - small, 2)), (low, high), (high, round(high - 2.5, 2))]

    def sgd(self, student: Student, network: Remote, rate: float = SGD_RATE) -> Remote:
        """Plain gradient descent: at learning rate 1 it moves a network by its very gradient."""
        optimizer: Remote = student.torch("optim.SGD", network.call("parameters"), lr=rate)
        return optimizer

    def train_discriminator(
        self, student: Student, D: Remote, G: Remote, optimizer: Remote, images: Images, **options: Any
    ) -> object:
        """Call the student's function once. `options` replace usual arguments by name; `seed` replaces the class's."""
        usual: dict[str, Any] = {"batch_size": len(images), "labels": digit_labels(len(images))}
        usual["generated_images"] = self.images(len(images), -1.0)  # those of `with_scores`
        given = usual | {"real_images": images, "D": D, "G": G, "optim_D": optimizer} | options
        return self.call(student, "train_discriminator", self.discriminator_signature, given)

    def train_generator(self, student: Student, D: Remote, G: Remote, optimizer: Remote, **options: Any) -> object:
        """Call the student's function once, as `train_discriminator` does, for its loss; batch size 128 unless told."""
        given = {"D": D, "G": G, "optim_G": optimizer, "batch_size": BATCH} | options
        returned = self.call(student, "train_generator", self.generator_signature, given)
        return returned[0] if self.same_fakes and isinstance(returned, tuple | list) and returned else returned

    def call(self, student: Student, name: str, signature: Sequence[str], given: Mapping[str, Any]) -> object:
        """Call the student's function `name` with the arguments of its signature, usual ones where none is given."""
        usual = {
            "input_dim": NOISE,
            "device": student.torch("device", "cpu"),
            **self.others(student),
        }
        arguments = [{**usual, **given}[key] for key in signature]
        made = [value.made(student) if isinstance(value, PlainImages) else value for value in arguments]
        return getattr(student, name)(*made, seed=given.get("seed", student.seed))
