"""Two networks of ours that stand in for the student's G and D, small enough to check every number by hand, and the
checks of training functions that hold in every lab of this family. What a lab's functions are called with is data.

    D(x) = slope * mean(x) + bias, through a Sigmoid where the lab's D gives probabilities
    G(z) = the same image for every z, every pixel the same
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograder.evidence import Failure, show
from autograder.lab import Lab
from autograder.student import Array, Remote, Student, StudentRaised
from autograder.training import (
    Clues,
    Step,
    expect_no_leak,
    expect_normal_noise,
    expect_untouched,
    expect_update_follows_loss,
    is_device_clash,
    largest,
    largest_gradient,
    message_is_a_fact,
    plain_number,
    require_effort,
)

PIXELS = 784
PIXEL_BIAS = "1.bias"  # the parameter of our G that holds its image
NOISE, OTHER_NOISE = 100, 32  # the size that every lab has, and one that `noise_is_standard_normal` tries
BATCH = 128  # the usual one, so that a size written into the code costs the checks of sizes and no others
LOSS_TOLERANCE = 1e-4  # a loss of order 1 in float32, averaged in any order
SGD_RATE = 1.0
OLD_GRADIENT = 3.0  # left over from an earlier call
LAST_BATCH = 96  # 60,000 training images leave 96 after 468 batches of 128


def logit(probability: float) -> float:
    """The number whose sigmoid is this probability."""
    return math.log(probability / (1 - probability))


@dataclass(frozen=True)
class PlainImages:
    """Images (n, 1, 28, 28) whose every pixel is the same; made anew for every call that they are given to."""

    n: int
    pixel: float = 1.0  # white

    def __len__(self) -> int:
        return self.n

    def made(self, student: Student) -> Remote:
        return student.full((self.n, 1, 28, 28), self.pixel)


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

    `discriminator_signature` and `generator_signature` are the argument names in order. `flat`: G gives (N, 784), not
    (N, 1, 28, 28). `probability`: D ends in a Sigmoid. `others` makes the arguments that only this lab has, by name.
    `discriminator_rate` is the learning rate of the plain gradient descent that moves our D.
    """

    discriminator_signature: tuple[str, ...]
    generator_signature: tuple[str, ...]
    flat: bool
    probability: bool
    others: Callable[[Student], Mapping[str, Any]]
    discriminator_rate: float = SGD_RATE

    def discriminator(self, student: Student, slope: float, bias: float) -> Remote:
        """D(x) = slope * mean(x) + bias, a probability where the lab's D gives one. It takes flat and whole images."""
        layers = [student.torch("nn.Flatten"), student.torch("nn.Linear", PIXELS, 1)]
        layers += [student.torch("nn.Sigmoid")] if self.probability else []
        D: Remote = student.torch("nn.Sequential", *layers)
        weight = np.full((1, PIXELS), slope / PIXELS, np.float32)
        D.load({"1.weight": weight, "1.bias": np.array([bias], np.float32)})
        return D

    def generator(self, student: Student, pixel: float) -> Remote:
        """G(z) is an image whose every pixel is `pixel`, for any noise of `NOISE` numbers."""
        G = self._image_network(student, self._pixel_layers(student, NOISE))
        G.set_parameters(0.0)
        G.load({PIXEL_BIAS: np.full(PIXELS, pixel, np.float32)})
        return G

    def _pixel_layers(self, student: Student, noise: int) -> list[Remote]:
        """Noise to one number to pixels: so few weights that reading them all costs next to nothing."""
        return [student.torch("nn.Linear", noise, 1), student.torch("nn.Linear", 1, PIXELS)]

    def recording_generator(self, student: Student, noise: int) -> Remote:
        """A generator that keeps the statistics of the last batch of noise: see `recorded`.

        Its first layer is a BatchNorm. A second one normalises again: the variance that it finds tells the size of
        the batch, because the first divides by the variance of n numbers, and the second keeps that of n - 1.
        """
        first = student.torch("nn.BatchNorm1d", noise, momentum=1.0, affine=False, eps=1e-9)
        second = student.torch("nn.BatchNorm1d", noise, momentum=1.0, affine=False)
        G = self._image_network(student, [first, second, *self._pixel_layers(student, noise)])
        G.call("__setattr__", "eval", G.call("__getattribute__", "train"))  # G.eval() must not end the record
        return G

    def recorded(self, student: Student, G: Remote, call: str) -> Noise:
        """What a recording generator was fed last. Errors: `Failure` where it was not called."""
        buffers = G.values(buffers=True)
        called = bool(buffers["0.num_batches_tracked"] > 0)
        if not called:
            student.evidence.record(f"{call} calls G", called)
            raise Failure(f"{call} never calls G: it draws no noise.")
        ratio = float(np.median(buffers["1.running_var"]))  # n / (n - 1)
        count = round(ratio / (ratio - 1)) if 1 < ratio <= 2 else 0
        return Noise(buffers["0.running_mean"], buffers["0.running_var"], count)

    def _image_network(self, student: Student, layers: list[Remote]) -> Remote:
        whole = [] if self.flat else [student.torch("nn.Unflatten", 1, (1, 28, 28))]
        network: Remote = student.torch("nn.Sequential", *layers, *whole)
        return network

    def with_scores(self, student: Student, real: float, generated: float) -> tuple[Remote, Remote]:
        """(D, G) with D = `real` on an image of ones and D(G(z)) = `generated`."""
        up, down = (logit(real), logit(generated)) if self.probability else (real, generated)
        return self.discriminator(student, (up - down) / 2, (up + down) / 2), self.generator(student, -1.0)

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
        given = {"real_images": images, "D": D, "G": G, "optim_D": optimizer, "batch_size": len(images)} | options
        return self.call(student, "train_discriminator", self.discriminator_signature, given)

    def train_generator(self, student: Student, D: Remote, G: Remote, optimizer: Remote, **options: Any) -> object:
        """Call the student's function once, as `train_discriminator` does; the batch size is 128 unless told."""
        given = {"D": D, "G": G, "optim_G": optimizer, "batch_size": BATCH} | options
        return self.call(student, "train_generator", self.generator_signature, given)

    def call(self, student: Student, name: str, signature: Sequence[str], given: Mapping[str, Any]) -> object:
        """Call the student's function `name` with the arguments of its signature, usual ones where none is given."""
        usual = {
            "input_dim": NOISE,
            "device": student.torch("device", student.device),
            **self.others(student),
        }
        arguments = {**usual, **given}
        if isinstance(images := arguments.get("real_images"), PlainImages):
            arguments["real_images"] = images.made(student)
        with message_is_a_fact(student):
            return getattr(student, name)(*(arguments[key] for key in signature), seed=given.get("seed", student.seed))


GREY = "The real images come scaled as D is to see them: train_discriminator passes on the pixels that it is given."


def add_cross_entropy_checks(lab: Lab, game: Game) -> None:
    """The two losses of the lab sheet as binary cross-entropy, on numbers worked out by hand. 12 points.

    Source: Goodfellow et al. 2014 (arXiv 1406.2661), Algorithm 1, and section 3 for the non-saturating form.
    """

    @lab.check(points=6)
    def discriminator_loss_adds_both_terms(student: Student) -> None:
        """train_discriminator returns loss_func(D(x), 1) + loss_func(D(G(z)), 0) as a float; 2 ln 2 for D = 0.5."""
        for real, generated in game.scores(student):
            D, G = game.with_scores(student, real, generated)
            value = game.train_discriminator(student, D, G, game.sgd(student, D), PlainImages(BATCH))
            what = f"train_discriminator's loss with D(x) = {real} and D(G(z)) = {generated}"
            loss = student.expect_float(what, value)
            student.expect_close(what, loss, -math.log(real) - math.log(1 - generated), LOSS_TOLERANCE)
        white, generated = game.scores(student)[1]
        D, G = game.with_scores(student, white, generated)
        start, grey_images = D.values(), PlainImages(BATCH, 0.5)
        loss = plain_number(game.train_discriminator(student, D, G, game.sgd(student, D), grey_images))
        moved = float(D.values()["1.bias"][0] - start["1.bias"][0])  # tells a wrong loss from a wrong number returned
        student.evidence.record("D's bias moves by", moved, atol=5e-3)
        grey = 1 / (1 + math.exp(-0.75 * logit(white) - 0.25 * logit(generated)))  # halfway from the middle to white
        what = f"train_discriminator's loss with D(x) = {grey:.4f} for x all 0.5, and D(G(z)) = {generated}"
        student.expect_close(what, loss, -math.log(grey) - math.log(1 - generated), LOSS_TOLERANCE, GREY)

    @lab.check(points=6)
    def generator_loss_is_non_saturating(student: Student) -> None:
        """train_generator returns loss_func(D(G(z)), 1) as a float: -ln D(G(z)), so ln 2 for D = 0.5."""
        for real, generated in game.scores(student):
            D, G = game.with_scores(student, real, generated)
            value = game.train_generator(student, D, G, game.sgd(student, G))
            what = f"train_generator's loss with D(G(z)) = {generated} (and D = {real} on a white image)"
            loss = student.expect_float(what, value)
            student.expect_close(what, loss, -math.log(generated), LOSS_TOLERANCE)


def add_update_checks(lab: Lab, game: Game) -> None:  # noqa: C901 - a list of checks, none of them nested in another
    """What one call of each training function does to the networks, whatever the loss is. 23 points."""

    def players(student: Student) -> tuple[Remote, Remote]:
        return game.with_scores(student, *game.scores(student)[1])

    def d_step(
        student: Student,
        D: Remote,
        G: Remote,
        pixel: float = 1.0,
        optimizer: Remote | None = None,
        old: float | None = None,
    ) -> Step:
        """One update of D by plain gradient descent, unless told, against a G that is as it was each time, its
        gradients `old`."""
        optimizer = optimizer or game.sgd(student, D, game.discriminator_rate)
        images, weights = PlainImages(BATCH, pixel), G.values()

        def step() -> object:
            G.load(weights)
            G.set_gradients(old)
            return game.train_discriminator(student, D, G, optimizer, images)

        return step

    def g_step(
        student: Student, D: Remote, G: Remote, optimizer: Remote | None = None, old: float | None = None
    ) -> Step:
        """One update of G, as `d_step` does one of D."""
        optimizer, weights = optimizer or game.sgd(student, G), D.values()

        def step() -> object:
            D.load(weights)
            D.set_gradients(old)
            return game.train_generator(student, D, G, optimizer)

        return step

    @lab.check(points=4)
    def discriminator_update_follows_its_loss(student: Student) -> None:
        """train_discriminator takes one step of optim_D down the slope of the loss that it returns."""
        D, G = players(student)
        step, idle = d_step(student, D, G, pixel=0.5), d_step(student, D, G, optimizer=_optimizer_of_nothing(student))
        directions = {"1.bias": np.ones(1), "1.weight": np.full((1, PIXELS), 1 / PIXELS)}
        rate, clues = game.discriminator_rate, _clues(D, step, idle, D=D)
        expect_update_follows_loss(student, "train_discriminator", "D", D, step, directions, rate, clues)

    @lab.check(points=2)
    def discriminator_update_leaves_generator_alone(student: Student) -> None:
        """train_discriminator changes no parameter of G, and no gradient reaches G."""
        D, G = players(student)
        expect_untouched(student, "train_discriminator", ("D", D), ("G", G), d_step(student, D, G), gradients=True)

    @lab.check(points=4)
    def generator_update_follows_its_loss(student: Student) -> None:
        """train_generator takes one step of optim_G down the slope of the loss that it returns."""
        D, G = players(student)
        step, idle = g_step(student, D, G), g_step(student, D, G, optimizer=_optimizer_of_nothing(student))
        directions, clues = {PIXEL_BIAS: np.ones(PIXELS)}, _clues(G, step, idle, D=D, G=G)
        expect_update_follows_loss(student, "train_generator", "G", G, step, directions, SGD_RATE, clues)

    @lab.check(points=2)
    def generator_update_leaves_discriminator_alone(student: Student) -> None:
        """train_generator changes no parameter of D."""
        D, G = players(student)
        expect_untouched(student, "train_generator", ("G", G), ("D", D), g_step(student, D, G), gradients=False)

    @lab.check(points=3)
    def old_gradients_do_not_leak(student: Student) -> None:
        """Gradients left over from an earlier call change neither train_discriminator's update nor the other's."""
        D, G = players(student)
        for call, name, network, step, other in (
            ("train_discriminator", "D", D, d_step(student, D, G, old=OLD_GRADIENT), G),
            ("train_generator", "G", G, g_step(student, D, G, old=OLD_GRADIENT), D),
        ):
            expect_no_leak(student, call, name, network, step)
            cleared = largest_gradient(other) < OLD_GRADIENT - 1  # what is new is below 1; tells slips apart
            student.evidence.record(f"{call} clears the other network's gradients", cleared)

    @lab.check(points=3)
    def noise_is_standard_normal(student: Student) -> None:
        """Both training functions feed G with torch.randn noise of input_dim numbers, new at every call."""
        seeds, images = iter(range(student.seed, student.seed + 6)), PlainImages(BATCH)

        def discriminator_noise(dimensions: int) -> Noise:
            D, G = game.discriminator(student, 1.0, 0.0), game.recording_generator(student, dimensions)
            optimizer = game.sgd(student, D, game.discriminator_rate)
            game.train_discriminator(student, D, G, optimizer, images, input_dim=dimensions, seed=next(seeds))
            return game.recorded(student, G, "train_discriminator")

        def generator_noise(dimensions: int, batch_size: int = BATCH) -> Noise:
            D, G = game.discriminator(student, 1.0, 0.0), game.recording_generator(student, dimensions)
            options = {"batch_size": batch_size, "input_dim": dimensions, "seed": next(seeds)}
            game.train_generator(student, D, G, game.sgd(student, G), **options)
            return game.recorded(student, G, "train_generator")

        for call, noise in (("train_discriminator", discriminator_noise), ("train_generator", generator_noise)):
            expect_normal_noise(student, call, lambda noise=noise: _moments(noise(NOISE)))  # type: ignore[misc]
        discriminator_noise(OTHER_NOISE)
        _expect_count(student, "train_generator", generator_noise(OTHER_NOISE, LAST_BATCH).count)

    @lab.check(points=3)
    def last_batch_of_an_epoch_trains(student: Student) -> None:
        """The last batch of an epoch holds 96 images, not batch_size = 128, and train_discriminator trains on it."""
        D, G = players(student)
        optimizer = game.sgd(student, D, game.discriminator_rate)
        start = D.values()
        game.train_discriminator(student, D, G, optimizer, PlainImages(BATCH))  # what fails here fails everywhere
        D.load(start)

        def step(batch_size: int = BATCH) -> object:
            return game.train_discriminator(student, D, G, optimizer, PlainImages(LAST_BATCH), batch_size=batch_size)

        try:
            require_effort("train_discriminator (96 images)", "D", D, step)
        except StudentRaised as raised:
            with suppress(StudentRaised):  # a fact that tells a size written into the code from batch_size
                student.evidence.record("works with batch_size = 96", step(batch_size=LAST_BATCH) is not None)
            hint = "Take the number of labels from the images or from D's output, not from batch_size."
            raise Failure(f"With 96 images and batch_size = 128, {raised.message}", hint) from None
        G = game.recording_generator(student, NOISE)
        game.train_discriminator(student, D, G, optimizer, PlainImages(LAST_BATCH))
        if G.values(buffers=True)["0.num_batches_tracked"] > 0:
            _expect_count(student, "train_discriminator", game.recorded(student, G, "train_discriminator").count)

    @lab.check(points=2)
    def training_stays_on_the_given_device(student: Student) -> None:
        """Both training functions put the real images, noise and labels where the argument `device` says."""
        _require_effort_of_both(student, *players(student))
        meta = student.torch("device", "meta")  # torch's device without numbers: what is left elsewhere clashes with it
        D, G = (
            game.discriminator(student, 1.0, 0.0).call("to", meta),
            game.generator(student, 0.0).call("to", meta),
        )
        images = PlainImages(BATCH)  # as a loader gives them: not on the networks' device
        optim_D, optim_G = game.sgd(student, D, game.discriminator_rate), game.sgd(student, G)
        calls: dict[str, Callable[[], object]] = {
            "train_discriminator": lambda: game.train_discriminator(student, D, G, optim_D, images, device=meta),
            "train_generator": lambda: game.train_generator(student, D, G, optim_G, device=meta),
        }
        for name, call in calls.items():
            raised = _raised(student, call)
            student.evidence.record(f"{name} raises there", raised.partition("\n")[0][:80])
            clash = raised if is_device_clash(raised) else ""
            told = f"With networks and images on another device, {name} fails: {clash}"
            student.expect(f"{name} follows its device", not clash, told)

    def _require_effort_of_both(student: Student, D: Remote, G: Remote) -> None:
        for name, network, step in (("D", D, d_step(student, D, G)), ("G", G, g_step(student, D, G))):
            call = {"D": "train_discriminator", "G": "train_generator"}[name]
            with suppress(StudentRaised):  # other checks tell it
                require_effort(call, name, network, step)
            _forget_raised(student)


def _moments(noise: Noise) -> tuple[Array, Array]:
    return noise.mean, noise.variance


def _expect_count(student: Student, call: str, count: int) -> None:
    """Expect as many noises as the batch has images. What repeats one noise has no count; other checks tell it."""
    student.evidence.record(f"{call} draws this many noises", str(count))
    told = f"{call} drew {count} noises for a batch of {LAST_BATCH}."
    student.expect(f"{call} draws a batch of noises", count in (0, LAST_BATCH), told)


def _optimizer_of_nothing(student: Student) -> Remote:
    """An optimizer that holds no parameter of the networks in play, and so clears no gradient of theirs."""
    optimizer: Remote = student.torch("optim.SGD", student.torch("nn.Linear", 1, 1).call("parameters"), lr=0.0)
    return optimizer


def _clues(trained: Remote, step: Step, idle: Step, **networks: Remote) -> Clues:
    """Tells whether networks hold gradients after an update, whether a second one moves the network by what the first
    left, and whether they hold gradients after an update whose optimizer could not clear them."""

    def holding(when: str) -> dict[str, bool]:
        return {f"{name} holds gradients {when}": largest_gradient(network) > 0 for name, network in networks.items()}

    def found() -> dict[str, bool]:
        known, start = holding("after the update"), trained.values()
        step()
        end = trained.values()
        known["the network moves in a second call"] = largest({key: end[key] - start[key] for key in start}) > 0
        for network in networks.values():
            network.set_gradients(None)
        idle()
        return known | holding("that no optimizer could clear")

    return found


def _raised(student: Student, call: Callable[[], object]) -> str:
    """What a call raises, as text, or nothing. There, a loss without numbers has no item()."""
    try:
        call()
    except StudentRaised as raised:
        _forget_raised(student)
        return raised.text
    return ""


def _forget_raised(student: Student) -> None:
    for fact in ("raised", "message"):
        student.evidence.facts.pop(fact, None)


def finite(call: str, step: int, loss: object) -> float:
    """The loss of a training step. Errors: `Failure` where it is no finite float."""
    number = plain_number(loss)
    if not math.isfinite(number):
        raise Failure(f"In step {step + 1} {call} returned {show(loss)}; expected a finite Python float.")
    return number
