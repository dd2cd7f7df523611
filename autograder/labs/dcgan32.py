"""Extension lab, DCGAN at 32x32: strides in place of pooling, BatchNorm in both networks. The numbers are the lab
sheet's; 100 points.

Notation: z is noise (N, input_dim), x an image (N, 1, 32, 32), G the generator, D the discriminator, N the batch size.
Source: Radford et al. 2015 (arXiv 1511.06434).
"""

from __future__ import annotations

from autograder.architecture import (
    Architecture,
    expect_function,
    expect_image_range,
    expect_output,
    expect_parameters,
    expect_range,
)
from autograder.game import DISCRIMINATOR_ARGUMENTS, GENERATOR_ARGUMENTS, POINTS_OF_100, Game
from autograder.lab import Lab
from autograder.layers import batch_norm, convolution, linear, transposed_convolution
from autograder.losses import add_cross_entropy_checks
from autograder.putting_together import BUILDING_OF_100, add_building_checks
from autograder.short_training import ShortTraining
from autograder.student import Student
from autograder.updates import add_update_checks

lab = Lab(
    "dcgan32",
    "DCGAN at 32x32: strides in place of pooling",
    optional=True,
    points=POINTS_OF_100 | BUILDING_OF_100,
    claims={
        "short_training_lowers_both_losses": "In a short training run on digits both losses stay finite and fall: G's "
        "while D is held fixed, as G learns to answer, then D's while G is held fixed, as D learns to tell real from "
        "generated.",
    },
)


def generator(input_dim: int) -> Architecture:
    """Noise to 32x32: one Linear layer up to 512 maps of 4x4, then three transposed convolutions."""
    stages = ("fc", (512, 4, 4)), ("conv1", (256, 8, 8)), ("conv2", (128, 16, 16)), ("conv3", (1, 32, 32))
    layers = (
        *(linear(input_dim, 512 * 4 * 4), batch_norm(512 * 4 * 4, 1)),
        *(transposed_convolution(512, 256, 4), batch_norm(256, 2)),
        *(transposed_convolution(256, 128, 4), batch_norm(128, 2)),
        transposed_convolution(128, 1, 4),
    )
    return Architecture("Generator", (input_dim,), (input_dim,), stages, layers)


def discriminator() -> Architecture:
    """32x32 to one score: three convolutions with stride 2 down to 512 maps of 4x4, then one Linear layer."""
    stages = ("conv1", (128, 16, 16)), ("conv2", (256, 8, 8)), ("conv3", (512, 4, 4)), ("fc", (1,))
    layers = (
        convolution(1, 128, 3),
        *(convolution(128, 256, 3), batch_norm(256, 2)),
        *(convolution(256, 512, 3), batch_norm(512, 2)),
        linear(512 * 4 * 4, 1),
    )
    return Architecture("Discriminator", (), (1, 32, 32), stages, layers)


@lab.check(points=4)
def generator_maps_noise_to_images(student: Student) -> None:
    """Generator(input_dim) maps noise (N, input_dim) to images (N, 1, 32, 32) in [-1, 1]."""
    for input_dim, n in [(100, 2), (7, 3)]:
        images = expect_output(student, generator(input_dim), n)
        expect_image_range(student, f"Generator({input_dim}) of {n} noises", images, -1, 1)


@lab.check(points=5)
def generator_has_the_parameters_of_its_layers(student: Student) -> None:
    """Generator(100) has 3,468,417 parameters: 843,776 in fc, 2,097,920 in conv1, 524,672 in conv2, 2,049 in conv3."""
    expect_parameters(student, generator(100))


@lab.check(points=10)
def generator_computes_its_layers(student: Student) -> None:
    """With the same weights and noise, in training mode, Generator gives the images of Linear, BatchNorm, ReLU, two
    times ConvTranspose2d (kernel 4, stride 2, padding 1), BatchNorm, ReLU, then the same convolution, Tanh."""
    expect_function(student, generator(7), n=4)


@lab.check(points=4)
def discriminator_maps_images_to_probabilities(student: Student) -> None:
    """Discriminator() maps images (N, 1, 32, 32) to probabilities (N, 1) in [0, 1]."""
    probabilities = expect_output(student, discriminator(), n=3)
    expect_range(student, "Discriminator() of 3 images", probabilities, 0, 1)


@lab.check(points=5)
def discriminator_has_the_parameters_of_its_layers(student: Student) -> None:
    """Discriminator() has 1,486,337 parameters: 1,280 in conv1, 295,680 in conv2, 1,181,184 in conv3, 8,193 in fc."""
    expect_parameters(student, discriminator())


@lab.check(points=10)
def discriminator_computes_its_layers(student: Student) -> None:
    """With the same weights and images, in training mode, Discriminator gives the probabilities of three times Conv2d
    (kernel 3, stride 2, padding 1), the last two with BatchNorm, LeakyReLU(0.2), then Linear, Sigmoid."""
    expect_function(student, discriminator(), n=8)


game = Game(
    discriminator_signature=DISCRIMINATOR_ARGUMENTS,
    generator_signature=GENERATOR_ARGUMENTS,
    flat=False,
    probability=True,
    others=lambda student: {"loss_func": student.torch("nn.BCELoss")},
    side=32,
)
add_cross_entropy_checks(lab, game)
add_update_checks(lab, game)


training = ShortTraining(
    value_range=(-1, 1),
    batch=4,
    discriminator_steps=3,  # with weights from N(0, 0.02) the first step may overshoot; the next gives 0.04 or less
    generator_steps=2,
    discriminator_fall=0.02,
    generator_fall=0.01,
    norm_in_discriminator=True,
)
add_building_checks(lab, game, (3_468_417, 1_486_337), training, needs=discriminator_maps_images_to_probabilities)
