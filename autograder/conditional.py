"""The checks of conditional labs: networks that take a label beside noise or image, and what training does with labels.

The loss is the lab's own. Notation: y is a label, 0 to 9, (N,), whole numbers.
Source: Mirza and Osindero 2014 (arXiv 1411.1784), section 3.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial

import numpy as np

from autograder.architecture import (
    Architecture,
    expect_function,
    expect_image_range,
    expect_output,
    expect_parameters,
    expect_range,
)
from autograder.evidence import Failure, show
from autograder.fully_connected import discriminator_32, generator_32
from autograder.game import BATCH, DIGITS, NOISE, Game, digit_labels
from autograder.lab import CheckFunction, Lab
from autograder.losses import LOSS_TOLERANCE, Formula
from autograder.student import Array, Remote, Student
from autograder.training import expect_normal_noise, plain_number, require_effort

NAMES = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
COUNTS = 1_757_668, 1_716_325  # parameters of G and D
LABELLED_ARGUMENTS = (
    *("real_images", "labels", "D", "G", "loss_func", "optim_D"),
    *("batch_size", "input_dim", "device"),
)
STEP = 0.2  # what a label adds to every pixel: a label that is one off moves a score's logit by about 0.2
MANY = 256  # labels drawn at once: that one digit of ten is not among them has a chance of 2e-11
HEED_TOLERANCE = 1e-3  # where the label is left out, the ten outputs are the same but for rounding: 9e-6 or less
GO_TOGETHER = "D must get with each image the label that belongs to it: the one that G was given for it, or its own."

# What the checks that labs share are worth beside those of labels
POINTS = {
    "discriminator_loss_adds_both_terms": 7,
    "generator_loss_is_non_saturating": 7,
    "generator_loss_is_the_squared_distance_from_1": 7,
    "discriminator_update_follows_its_loss": 5,
    "discriminator_update_leaves_generator_alone": 2,
    "generator_update_follows_its_loss": 5,
    "generator_update_leaves_discriminator_alone": 2,
    "old_gradients_do_not_leak": 3,
    "noise_is_standard_normal": 3,
    "last_batch_of_an_epoch_trains": 3,
    "training_stays_on_the_given_device": 3,
}


def add_network_checks(lab: Lab) -> CheckFunction:
    """The two networks. 32 points. Returns the check that the discriminator gives probabilities."""

    @lab.check(points=3)
    def generator_maps_noise_to_images(student: Student) -> None:
        """Generator(input_dim) maps noise (N, input_dim) and labels (N,) to images (N, 1, 32, 32) in [-1, 1]."""
        for input_dim, n in [(100, 2), (7, 3)]:
            images = expect_output(student, generator_32(input_dim, labelled=True), n)
            expect_image_range(student, f"Generator({input_dim}) of {n} noises", images, -1, 1)

    @lab.check(points=4)
    def generator_has_the_parameters_of_its_layers(student: Student) -> None:
        """Generator(100) has 1,757,668 parameters: 100 in the embedding, 14,464 in fc1, 33,536 in fc2, 132,608 in fc3,
        527,360 in fc4, these with their BatchNorm, 1,049,600 in fc5."""
        expect_parameters(student, generator_32(100, labelled=True))

    @lab.check(points=7)
    def generator_computes_its_layers(student: Student) -> None:
        """With the same weights, noise and labels, in training mode, Generator gives the images of four times Linear,
        BatchNorm, LeakyReLU(0.2), then Linear, Tanh, on the noise and the label's embedding joined, in either order."""
        expect_function(student, generator_32(7, labelled=True), n=4)

    @lab.check(points=3)
    def discriminator_maps_images_to_probabilities(student: Student) -> None:
        """Discriminator() maps images (N, 1, 32, 32) and labels (N,) to probabilities (N, 1) in [0, 1]."""
        probabilities = expect_output(student, discriminator_32(labelled=True), n=3)
        expect_range(student, "Discriminator() of 3 images", probabilities, 0, 1)

    @lab.check(points=4)
    def discriminator_has_the_parameters_of_its_layers(student: Student) -> None:
        """Discriminator() has 1,716,325 parameters: 100 in the embedding, 1,059,840 in fc1, 524,800 in fc2, 131,328 in
        fc3, 257 in fc4."""
        expect_parameters(student, discriminator_32(labelled=True))

    @lab.check(points=7)
    def discriminator_computes_its_layers(student: Student) -> None:
        """With the same weights, images and labels, Discriminator gives the probabilities of three times Linear,
        LeakyReLU(0.2), then Linear, Sigmoid, on the flat image and the label's embedding joined, in either order."""
        expect_function(student, discriminator_32(labelled=True), n=12)

    @lab.check(points=4)
    def both_networks_heed_their_labels(student: Student) -> None:
        """The same noise gives ten images for ten labels, and the same image ten probabilities."""
        _expect_heeded(student, generator_32(NOISE, labelled=True), "noise")
        _expect_heeded(student, discriminator_32(labelled=True), "image")

    return discriminator_maps_images_to_probabilities


def _expect_heeded(student: Student, network: Architecture, what: str) -> None:
    """Expect one small input, which leaves much to the label, to give other outputs with other labels."""
    remote = network.made(student)
    small = np.repeat(np.float32(0.1) * student.normal(1, *network.takes), DIGITS, axis=0)
    remote.stages(small, digit_labels(DIGITS))  # a lazy layer has its parameters after a first pass
    remote.fill(student.seed)
    remote.call("eval")  # in training mode BatchNorm would divide ten equal inputs by the size of their rounding
    outputs = remote(small, digit_labels(DIGITS))
    if not isinstance(outputs, np.ndarray) or outputs.shape[:1] != (DIGITS,):
        raise Failure(f"{network} of 10 inputs with 10 labels is {show(outputs)}; expected 10 outputs.")
    apart = float(np.ptp(outputs, axis=0).max())
    told = f"{network} of the same {what} with labels 0 to 9 gives outputs that differ by {apart:.1g} at most."
    hint = "The label must change what comes out: join its embedding to the input of the first layer."
    student.expect(f"{network} heeds its label", apart > HEED_TOLERANCE, told, hint)


def add_label_checks(lab: Lab, game: Game) -> None:
    """What the training functions do with labels, whatever the loss is. 12 points."""

    @lab.check(points=8)
    def labels_go_with_their_images(student: Student) -> None:
        """Both training functions give D each image with its own label: real images with theirs, generated ones with
        the label that G made them for."""
        for number, order in enumerate((1, -1)):
            _expect_labels_to_cancel(
                student, game, game.scores(student)[1 + number], digit_labels(BATCH)[::order].copy()
            )

    @lab.check(points=4)
    def generator_trains_on_every_digit(student: Student) -> None:
        """train_generator asks G for batch_size labels among 0 to 9, all ten of them in the long run."""
        D, G = game.discriminator(student, 1.0, 0.0), game.generator(student, 0.0)
        game.train_generator(student, D, G, game.sgd(student, G), batch_size=MANY)
        seen = G.values(buffers=True)["seen"]
        student.evidence.record("labels that G was asked for, 0 to 9 and beyond", seen, atol=0.5)
        told = f"Of {MANY} labels that train_generator asked G for, this many were 0, 1, ... 9: {_listed(seen[:-1])}"
        student.expect("all digits are asked for", bool(np.all(seen[:-1] > 0)), f"{told}; expected some of each.")
        beyond = f"{told}, and {int(seen[-1])} were above 9; labels are 0 to 9."
        student.expect("no label is beyond 9", seen[-1] == 0, beyond)


def _expect_labels_to_cancel(student: Student, game: Game, scores: tuple[float, float], labels: Array) -> None:
    """Expect the same update whether or not labels show in the images: where each image meets its own label, D takes
    off what the label has added. So a wrong loss is not paid for twice."""
    found: dict[str, list[tuple[float, float]]] = {"train_discriminator": [], "train_generator": []}
    for step in (0.0, STEP):
        D, G = game.with_scores(student, *scores, step)
        white = np.ones((BATCH, 1, game.side, game.side), np.float32)
        images = white + np.float32(step) * labels.reshape(-1, 1, 1, 1).astype(np.float32)
        d_step = partial(game.train_discriminator, student, D, G, game.sgd(student, D), images, labels=labels)
        found["train_discriminator"].append(_loss_and_movement("train_discriminator", "D", D, d_step))
        D, G = game.with_scores(student, *scores, step)
        g_step = partial(game.train_generator, student, D, G, game.sgd(student, G))
        found["train_generator"].append(_loss_and_movement("train_generator", "G", G, g_step))
    for call, (without, with_labels) in found.items():
        for what, expected, value in zip(("loss", "update"), without, with_labels, strict=True):
            if not math.isnan(expected):  # no loss is returned: other checks tell it
                told = f"{call}'s {what} where labels show in the images, D(x) = {scores[0]}, D(G(z)) = {scores[1]}"
                told += f", first label {labels[0]}"
                student.expect_close(told, value, expected, 5 * LOSS_TOLERANCE, GO_TOGETHER)


def _loss_and_movement(call: str, name: str, network: Remote, step: Callable[[], object]) -> tuple[float, float]:
    """The loss that a step returns, and how far it moves the network's biases, in all."""
    require_effort(call, name, network, step)
    start = network.values()
    loss = plain_number(step())
    end = network.values()
    return loss, sum(float(np.sum(end[key] - start[key])) for key in start if key.endswith("bias"))


def _listed(counts: Array) -> str:
    return ", ".join(str(int(count)) for count in counts)


def add_sampling_check(lab: Lab, game: Game) -> None:
    """Samples of a digit by its name. 6 points."""

    @lab.check(points=6)
    def samples_show_the_digit_asked_for(student: Student) -> None:
        """samples_of(name, n, G, input_dim, device) gives n images of the digit of that name, from new noise, with G in
        evaluation mode, and leaves G in training mode as it was."""
        device = student.torch("device", "cpu")
        G, pixel = game.generator(student, -0.5, STEP), -0.5
        for digit, name in enumerate(NAMES):
            value = student.samples_of(name, 2, G, NOISE, device, seed=student.seed)
            images = student.expect_tensor(f'samples_of("{name}", 2, G, ...)', value, (2, 1, game.side, game.side))
            what = f'The pixels of samples_of("{name}", 2, G, ...) where G makes them -0.5 + 0.2 * label'
            student.expect_close(what, images.mean(axis=(1, 2, 3)), np.full(2, pixel + STEP * digit), 1e-4)
        _expect_own_generator_samples(student, device)
        seeds = iter(range(student.seed, student.seed + 2))

        def noise() -> tuple[Array, Array]:
            G = game.recording_generator(student, NOISE)
            student.samples_of("four", BATCH, G, NOISE, device, seed=next(seeds))
            drawn = game.recorded(student, G, "samples_of")
            return drawn.mean, drawn.variance

        expect_normal_noise(student, "samples_of", noise)


def _expect_own_generator_samples(student: Student, device: Remote) -> None:
    """Expect one sample of the student's own G, which BatchNorm gives in evaluation mode alone, and no trace of it."""
    G = student.expect_network("Generator(100)", student.Generator(NOISE, seed=student.seed))
    G(student.normal(2, NOISE), digit_labels(2))  # a lazy layer has its parameters after a first pass
    before = G.values(buffers=True)
    student.samples_of("seven", 1, G, NOISE, device, seed=student.seed)
    after = G.values(buffers=True)
    told = "samples_of changes G's running statistics: G must be in evaluation mode while it makes samples."
    same = all(np.array_equal(after[name], before[name]) for name in before)
    student.expect("G's running statistics stay as they were", same, told)
    training = G.told("__getattribute__", "training") is True
    told = "samples_of leaves G in evaluation mode; the next update must find it in training mode."
    student.expect("G is in training mode again", training, told)


SCORES, TARGETS = np.array([[0.8], [0.3], [0.5]], np.float32), np.array([[1.0], [0.0], [1.0]], np.float32)


def expect_loss_function(student: Student, formula: Formula, name: str) -> None:
    """Expect build_loss() to give this formula's mean over scores 0.8, 0.3, 0.5 with the targets 1, 0, 1. `name`: the
    formula in words."""
    expected_kind = "a loss such as those in torch.nn, which is a torch.nn.Module"
    loss_func = student.expect_network("build_loss()", student.build_loss(), expected_kind)
    value = plain_number(loss_func(SCORES, TARGETS))
    expected = float(np.mean([formula.real(0.8), formula.generated(0.3), formula.real(0.5)]))
    what = "build_loss() of scores 0.8, 0.3, 0.5 with targets 1, 0, 1"
    student.expect_close(what, value, expected, LOSS_TOLERANCE, f"The loss of this lab is {name}.")
