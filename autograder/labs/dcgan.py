"""Lab 2, DCGAN: convolutional networks on images in [0, 1]. The numbers are the lab sheet's; 70 points.

Notation: z is noise (N, input_dim), x an image (N, 1, 28, 28), G the generator, D the discriminator, N the batch size.
Source: Radford et al. 2015 (arXiv 1511.06434).
"""

from __future__ import annotations

from autograder.architecture import expect_function, expect_image_range, expect_output, expect_parameters, expect_range
from autograder.convolution import digit_discriminator, digit_generator
from autograder.game import DISCRIMINATOR_ARGUMENTS, GENERATOR_ARGUMENTS, Game
from autograder.lab import Lab
from autograder.losses import add_cross_entropy_checks
from autograder.putting_together import add_building_checks
from autograder.short_training import ShortTraining
from autograder.student import Student
from autograder.updates import add_update_checks

lab = Lab(
    "dcgan",
    "DCGAN: convolutional networks",
    points={"models_are_built_for_mnist": 3},
    claims={
        "optimizers_are_adam_at_2e_4": "build_optimizers(G, D) returns (optim_G, optim_D): Adam, learning rate 2e-4, "
        "each with its own network.",
    },
)


@lab.check(points=3)
def generator_maps_noise_to_images(student: Student) -> None:
    """Generator(input_dim) maps noise (N, input_dim) to images (N, 1, 28, 28) in [0, 1]."""
    images = expect_output(student, digit_generator(7), n=3)  # no size written into the code passes for this one
    expect_image_range(student, "Generator(7) of 3 noises", images, 0, 1)


@lab.check(points=4)
def generator_has_the_parameters_of_its_layers(student: Student) -> None:
    """Generator(100) has 6,679,105 parameters: 105,472 in fc1, 6,441,344 in fc2, 131,264 in conv1, 1,025 in conv2."""
    expect_parameters(student, digit_generator(100))


@lab.check(points=6)
def generator_computes_its_layers(student: Student) -> None:
    """With the same weights and noise, in training mode, Generator gives the images of two times Linear, BatchNorm,
    ReLU, then ConvTranspose2d (kernel 4, stride 2, padding 1), BatchNorm, ReLU, then the same convolution, Sigmoid."""
    expect_function(student, digit_generator(7), n=4)


@lab.check(points=3)
def discriminator_maps_images_to_probabilities(student: Student) -> None:
    """Discriminator() maps images (N, 1, 28, 28) to probabilities (N, 1) in [0, 1]."""
    probabilities = expect_output(student, digit_discriminator(), n=3)
    expect_range(student, "Discriminator() of 3 images", probabilities, 0, 1)


@lab.check(points=4)
def discriminator_has_the_parameters_of_its_layers(student: Student) -> None:
    """Discriminator() has 1,102,721 parameters: 832 in conv1, 51,264 in conv2, 1,049,600 in fc1, 1,025 in fc2."""
    expect_parameters(student, digit_discriminator())


@lab.check(points=6)
def discriminator_computes_its_layers(student: Student) -> None:
    """With the same weights and images, Discriminator gives the probabilities of two times Conv2d (kernel 5, stride 1,
    no padding), LeakyReLU(0.1), MaxPool2d(2, 2), then Linear, LeakyReLU(0.1), Linear, Sigmoid."""
    expect_function(student, digit_discriminator(), n=12)


game = Game(
    discriminator_signature=DISCRIMINATOR_ARGUMENTS,
    generator_signature=GENERATOR_ARGUMENTS,
    flat=False,
    probability=True,
    others=lambda student: {"loss_func": student.torch("nn.BCELoss")},
)
add_cross_entropy_checks(lab, game)
add_update_checks(lab, game)


training = ShortTraining(
    value_range=(0, 1),
    batch=8,
    discriminator_steps=3,
    generator_steps=2,
    discriminator_fall=0.003,  # measured 0.015 or more with weights from N(0, 0.02), 0.1 with torch's own
    generator_fall=0.0003,  # measured 0.0017 or more, and 0.03
)
add_building_checks(
    lab, game, (6_679_105, 1_102_721), training, needs=discriminator_maps_images_to_probabilities, betas=None
)
