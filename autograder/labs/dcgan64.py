"""Extension lab, DCGAN at 64x64: the paper's all-convolutional networks, no Linear layer and no bias. The numbers are
the lab sheet's; 100 points.

Notation: z is noise (N, input_dim), x an image (N, 1, 64, 64), G the generator, D the discriminator, N the batch size.
Source: Radford et al. 2015 (arXiv 1511.06434).
"""

from __future__ import annotations

from itertools import pairwise

from autograder.architecture import (
    Architecture,
    expect_function,
    expect_image_range,
    expect_output,
    expect_parameters,
    expect_range,
)
from autograder.building import built_models, expect_models, expect_optimizers
from autograder.game import DISCRIMINATOR_ARGUMENTS, GENERATOR_ARGUMENTS, POINTS_OF_100, Game
from autograder.initialisation import expect_normal_weights
from autograder.lab import Lab
from autograder.layers import Layer, batch_norm, convolution, transposed_convolution
from autograder.losses import add_cross_entropy_checks
from autograder.short_training import ShortTraining
from autograder.student import Student
from autograder.updates import add_update_checks

lab = Lab("dcgan64", "DCGAN at 64x64: all convolutional", optional=True, points=POINTS_OF_100)

GENERATOR_MAPS = (512, 256, 128, 64)
DISCRIMINATOR_MAPS = (64, 128, 256, 512)


def generator(input_dim: int) -> Architecture:
    """Noise to 64x64: five transposed convolutions, the first one from 1x1 to 4x4, without bias."""
    layers: list[Layer] = []
    for inputs, outputs in zip((input_dim, *GENERATOR_MAPS), GENERATOR_MAPS, strict=False):
        layers += [transposed_convolution(inputs, outputs, 4, bias=False), batch_norm(outputs, 2)]
    stages = tuple(
        (f"conv{number}", (maps, 2 ** (number + 1), 2 ** (number + 1)))
        for number, maps in enumerate((*GENERATOR_MAPS, 1), start=1)
    )
    last = transposed_convolution(64, 1, 4, bias=False)
    return Architecture("Generator", (input_dim,), (input_dim,), stages, (*layers, last))


def discriminator() -> Architecture:
    """64x64 to one score: five convolutions, the last one from 4x4 to 1x1, without bias."""
    layers: list[Layer] = [convolution(1, 64, 4, bias=False)]
    for inputs, outputs in pairwise(DISCRIMINATOR_MAPS):
        layers += [convolution(inputs, outputs, 4, bias=False), batch_norm(outputs, 2)]
    stages = tuple(
        (f"conv{number}", (maps, 2 ** (6 - number), 2 ** (6 - number)))
        for number, maps in enumerate(DISCRIMINATOR_MAPS, start=1)
    )
    last = convolution(512, 1, 4, bias=False)
    return Architecture("Discriminator", (), (1, 64, 64), (*stages, ("conv5", (1,))), (*layers, last))


@lab.check(points=3)
def generator_maps_noise_to_images(student: Student) -> None:
    """Generator(input_dim) maps noise (N, input_dim) to images (N, 1, 64, 64) in [-1, 1]."""
    for input_dim, n in [(100, 2), (7, 3)]:
        images = expect_output(student, generator(input_dim), n)
        expect_image_range(student, f"Generator({input_dim}) of {n} noises", images, -1, 1)


@lab.check(points=4)
def generator_has_the_parameters_of_its_layers(student: Student) -> None:
    """Generator(100) has 3,574,656 parameters: 820,224 in conv1, 2,097,664 in conv2, 524,544 in conv3, 131,200 in
    conv4, 1,024 in conv5; no convolution has a bias."""
    expect_parameters(student, generator(100))


@lab.check(points=9)
def generator_computes_its_layers(student: Student) -> None:
    """With the same weights and noise, in training mode, Generator gives the images of ConvTranspose2d (kernel 4,
    stride 1, no padding), three times the same with stride 2 and padding 1, each with BatchNorm and ReLU, then once
    more, Tanh."""
    expect_function(student, generator(7), n=3)


@lab.check(points=3)
def discriminator_maps_images_to_probabilities(student: Student) -> None:
    """Discriminator() maps images (N, 1, 64, 64) to probabilities (N, 1) in [0, 1]."""
    probabilities = expect_output(student, discriminator(), n=3)
    expect_range(student, "Discriminator() of 3 images", probabilities, 0, 1)


@lab.check(points=4)
def discriminator_has_the_parameters_of_its_layers(student: Student) -> None:
    """Discriminator() has 2,763,520 parameters: 1,024 in conv1, 131,328 in conv2, 524,800 in conv3, 2,098,176 in conv4,
    8,192 in conv5; no convolution has a bias."""
    expect_parameters(student, discriminator())


@lab.check(points=9)
def discriminator_computes_its_layers(student: Student) -> None:
    """With the same weights and images, in training mode, Discriminator gives the probabilities of four times Conv2d
    (kernel 4, stride 2, padding 1), the last three with BatchNorm, LeakyReLU(0.2), then Conv2d (kernel 4, no padding),
    Sigmoid."""
    expect_function(student, discriminator(), n=4)


game = Game(
    discriminator_signature=DISCRIMINATOR_ARGUMENTS,
    generator_signature=GENERATOR_ARGUMENTS,
    flat=False,
    probability=True,
    others=lambda student: {"loss_func": student.torch("nn.BCELoss")},
    side=64,
)
add_cross_entropy_checks(lab, game)
add_update_checks(lab, game)


@lab.check(points=3)
def models_are_built_for_mnist(student: Student) -> None:
    """build_models(device) returns (G, D) on that device: Generator(100) and Discriminator()."""
    own = ("Generator", (100,)), ("Discriminator", ())
    expect_models(student, game, count_G=3_574_656, count_D=2_763_520, own=own)


@lab.check(points=8)
def weights_are_drawn_from_a_narrow_normal(student: Student) -> None:
    """build_models draws every convolution's weights from N(0, 0.02); BatchNorm's scales are 1 or drawn from
    N(1, 0.02), its shifts 0."""
    drawn = built_models(student, "cpu", quick_weights=False)
    for name, network in zip("GD", drawn, strict=True):
        expect_normal_weights(student, name, network, 0.02)


@lab.check(points=5)
def optimizers_are_adam_at_2e_4(student: Student) -> None:
    """build_optimizers(G, D) returns (optim_G, optim_D): Adam, learning rate 2e-4, betas (0.5, 0.99), each with its own
    network."""
    expect_optimizers(student, "Adam", rates=(2e-4, 2e-4), betas=(0.5, 0.99))


training = ShortTraining(
    value_range=(-1, 1),
    batch=4,
    discriminator_steps=2,
    generator_steps=2,
    discriminator_fall=0.02,  # measured 1.4 or more of the answer, 0.2 with smoothed labels; where nothing moves, 0
    generator_fall=0.01,  # measured 0.5 or more of the answer, 0.02 without BatchNorm in D
    norm_in_discriminator=True,
)


@lab.check(points=3, needs=[discriminator_maps_images_to_probabilities])
def short_training_lowers_both_losses(student: Student) -> None:
    """In a short training run on digits both losses stay finite and fall: G's while D is held fixed, as G learns to
    answer, then D's while G is held fixed, as D learns to tell real from generated."""
    training.expect_learning(student, game)
