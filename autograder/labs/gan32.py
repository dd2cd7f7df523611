"""Extension lab, GAN at 32x32: deeper fully connected networks, with BatchNorm in every hidden layer of G, on images in
[-1, 1]. The numbers are the lab sheet's; 100 points.

Notation: z is noise (N, input_dim), x an image (N, 1, 32, 32), G the generator, D the discriminator, N the batch size.
Source: Goodfellow et al. 2014 (arXiv 1406.2661); Ioffe and Szegedy 2015 (arXiv 1502.03167) for BatchNorm.
"""

from __future__ import annotations

from autograder.architecture import expect_function, expect_image_range, expect_output, expect_parameters, expect_range
from autograder.fully_connected import discriminator_32, generator_32
from autograder.game import DISCRIMINATOR_ARGUMENTS, GENERATOR_ARGUMENTS, POINTS_OF_100, Game
from autograder.lab import Lab
from autograder.losses import add_cross_entropy_checks
from autograder.putting_together import BUILDING_OF_100, add_building_checks
from autograder.short_training import ShortTraining
from autograder.student import Student
from autograder.updates import add_update_checks

lab = Lab("gan32", "GAN at 32x32: deeper, with BatchNorm", optional=True, points=POINTS_OF_100 | BUILDING_OF_100)


@lab.check(points=4)
def generator_maps_noise_to_images(student: Student) -> None:
    """Generator(input_dim) maps noise (N, input_dim) to images (N, 1, 32, 32) in [-1, 1]."""
    for input_dim, n in [(100, 2), (7, 3)]:
        images = expect_output(student, generator_32(input_dim), n)
        expect_image_range(student, f"Generator({input_dim}) of {n} noises", images, -1, 1)


@lab.check(points=5)
def generator_has_the_parameters_of_its_layers(student: Student) -> None:
    """Generator(100) has 1,756,288 parameters: 13,184 in fc1, 33,536 in fc2, 132,608 in fc3, 527,360 in fc4, each with
    its BatchNorm, 1,049,600 in fc5."""
    expect_parameters(student, generator_32(100))


@lab.check(points=10)
def generator_computes_its_layers(student: Student) -> None:
    """With the same weights and noise, in training mode, Generator gives the images of four times Linear, BatchNorm,
    LeakyReLU(0.2), then Linear, Tanh."""
    expect_function(student, generator_32(7), n=4)


@lab.check(points=4)
def discriminator_maps_images_to_probabilities(student: Student) -> None:
    """Discriminator() maps images (N, 1, 32, 32) to probabilities (N, 1) in [0, 1]."""
    probabilities = expect_output(student, discriminator_32(), n=3)
    expect_range(student, "Discriminator() of 3 images", probabilities, 0, 1)


@lab.check(points=5)
def discriminator_has_the_parameters_of_its_layers(student: Student) -> None:
    """Discriminator() has 1,705,985 parameters: 1,049,600 in fc1, 524,800 in fc2, 131,328 in fc3, 257 in fc4."""
    expect_parameters(student, discriminator_32())


@lab.check(points=10)
def discriminator_computes_its_layers(student: Student) -> None:
    """With the same weights and images, Discriminator gives the probabilities of three times Linear, LeakyReLU(0.2),
    then Linear, Sigmoid."""
    expect_function(student, discriminator_32(), n=12)


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
    batch=16,
    discriminator_steps=6,
    generator_steps=3,
    discriminator_fall=0.1,  # measured 0.69 or more in 8 steps, also with weights from N(0, 0.02); with BatchNorm 0.05
    generator_fall=0.002,  # measured 0.22 or more; SGD at 2e-4, which learns nothing in so few steps, 0.00002
)
add_building_checks(lab, game, (1_756_288, 1_705_985), training, needs=discriminator_maps_images_to_probabilities)
