"""Lab 1, GAN: fully connected networks on flat images in [-1, 1]. The numbers are the lab sheet's; 70 points.

Notation: z is noise (N, input_dim), x an image, G the generator, D the discriminator, N the batch size.
Source: Goodfellow et al. 2014 (arXiv 1406.2661).
"""

from __future__ import annotations

import math

import numpy as np

from autograder.building import expect_models, expect_optimizers, parameter_count
from autograder.game import BATCH, DISCRIMINATOR_ARGUMENTS, GENERATOR_ARGUMENTS, Game
from autograder.lab import Lab
from autograder.layers import expect_layers, linear
from autograder.losses import add_cross_entropy_checks
from autograder.short_training import ShortTraining
from autograder.student import Student
from autograder.updates import add_update_checks

lab = Lab("gan", "GAN: fully connected networks")

GENERATOR_SIZES = (100, 256, 784)  # input_dim, hidden_dim, output_dim
DISCRIMINATOR_SIZES = (784, 256)  # input_dim, hidden_dim
OTHER_GENERATOR_SIZES, OTHER_DISCRIMINATOR_SIZES = (7, 5, 11), (11, 5)  # small, and all different
FUNCTION_TOLERANCE = 2e-5  # float32, sums of up to 784 terms, values of order 1; measured 1e-6


@lab.check(points=3)
def generator_maps_noise_to_images(student: Student) -> None:
    """Generator(input_dim, hidden_dim, output_dim) maps noise (N, input_dim) to images (N, output_dim) in [-1, 1]."""
    for sizes, n in [(GENERATOR_SIZES, 2), (OTHER_GENERATOR_SIZES, 3)]:
        what = f"Generator{sizes} of noise ({n}, {sizes[0]})"
        G = student.expect_network(f"Generator{sizes}", student.Generator(*sizes, seed=student.seed))
        value = G(10 * student.normal(n, sizes[0]))
        images = student.expect_tensor(what, value, (n, sizes[2]))
        largest = float(np.abs(images).max())
        student.evidence.record(f"{what}: largest", largest, atol=1e-3)
        otherwise = f"{what} has a value of size {largest:.4g}; expected all within [-1, 1]."
        student.expect(f"{what} stays in range", largest <= 1, otherwise)


@lab.check(points=4)
def generator_has_the_parameters_of_its_layers(student: Student) -> None:
    """Generator(100, 256, 784) has 293,136 parameters: 25,856 + 65,792 + 201,488 in three Linear layers."""
    for sizes in (GENERATOR_SIZES, OTHER_GENERATOR_SIZES):
        i, h, o = sizes
        G = student.expect_network(f"Generator{sizes}", student.Generator(*sizes))
        G(student.normal(2, i))  # a lazy layer has its parameters after a first pass
        expect_layers(student, f"Generator{sizes}", G, [linear(i, h), linear(h, h), linear(h, o)])


@lab.check(points=6)
def generator_computes_its_layers(student: Student) -> None:
    """With the same weights and noise, Generator gives the images of Linear, ReLU, Linear, ReLU, Linear, Tanh."""
    G = student.expect_network(f"Generator{GENERATOR_SIZES}", student.Generator(*GENERATOR_SIZES, seed=student.seed))
    G(student.normal(2, 100))
    student.evidence.record("parameters", str(parameter_count(student, G)))  # tells a layer left out from one not used
    G.fill(student.seed)
    images = _reshaped(G(student.normal(2, 100), seed=student.seed), 2, 784)
    images = student.expect_tensor(f"Generator{GENERATOR_SIZES} of 2 noises", images, (2, 784))
    what = f"Every 56th pixel of 2 images of Generator{GENERATOR_SIZES} with given weights"
    student.expect_as_answer(what, images[:, ::56], FUNCTION_TOLERANCE)


def _reshaped(value: object, *shape: int) -> object:
    """A tensor of as many numbers in this shape, which another check asks for; anything else as it is."""
    fits = isinstance(value, np.ndarray) and value.size == math.prod(shape)
    return value.reshape(shape) if fits else value  # type: ignore[attr-defined]


@lab.check(points=3)
def discriminator_maps_images_to_probabilities(student: Student) -> None:
    """Discriminator(input_dim, hidden_dim) maps images (N, input_dim) to probabilities (N, 1) in [0, 1]."""
    for sizes, n in [(DISCRIMINATOR_SIZES, 12), (OTHER_DISCRIMINATOR_SIZES, 13)]:
        what = f"Discriminator{sizes} of images ({n}, {sizes[0]})"
        D = student.expect_network(f"Discriminator{sizes}", student.Discriminator(*sizes, seed=student.seed))
        value = D(10 * student.normal(n, sizes[0]))
        probabilities = student.expect_tensor(what, value, (n, 1))
        low, high = float(probabilities.min()), float(probabilities.max())
        student.evidence.record(f"{what}: lowest and highest", np.array([low, high]), atol=1e-3)
        otherwise = f"{what} has values from {low:.4g} to {high:.4g}; expected all within [0, 1]."
        student.expect(f"{what} stays in range", low >= 0 and high <= 1, otherwise)


@lab.check(points=4)
def discriminator_has_the_parameters_of_its_layers(student: Student) -> None:
    """Discriminator(784, 256) has 267,009 parameters: 200,960 + 65,792 + 257 in three Linear layers."""
    for sizes in (DISCRIMINATOR_SIZES, OTHER_DISCRIMINATOR_SIZES):
        i, h = sizes
        D = student.expect_network(f"Discriminator{sizes}", student.Discriminator(*sizes))
        D(student.normal(2, i))
        expect_layers(student, f"Discriminator{sizes}", D, [linear(i, h), linear(h, h), linear(h, 1)])


@lab.check(points=6)
def discriminator_computes_its_layers(student: Student) -> None:
    """With the same weights and images, Discriminator gives the probabilities of Linear, LeakyReLU(0.1), Linear,
    LeakyReLU(0.1), Linear, Sigmoid."""
    made = student.Discriminator(*DISCRIMINATOR_SIZES, seed=student.seed)
    D = student.expect_network(f"Discriminator{DISCRIMINATOR_SIZES}", made)
    D(student.normal(2, 784))
    student.evidence.record("parameters", str(parameter_count(student, D)))
    D.fill(student.seed)
    probabilities = _reshaped(D(student.normal(12, 784), seed=student.seed), 12, 1)
    probabilities = student.expect_tensor(f"Discriminator{DISCRIMINATOR_SIZES} of 12 images", probabilities, (12, 1))
    what = f"Probabilities of Discriminator{DISCRIMINATOR_SIZES} with given weights"
    student.expect_as_answer(what, probabilities, FUNCTION_TOLERANCE)


game = Game(
    discriminator_signature=DISCRIMINATOR_ARGUMENTS,
    generator_signature=GENERATOR_ARGUMENTS,
    flat=True,
    probability=True,
    others=lambda student: {"loss_func": student.torch("nn.BCELoss")},
    discriminator_rate=1e-3,  # D's 784 weights move its score 784 times as far; at 1 it is saturated after one step
)
add_cross_entropy_checks(lab, game)
add_update_checks(lab, game)


@lab.check(points=3)
def models_are_built_for_mnist(student: Student) -> None:
    """build_models(device) returns (G, D) on that device: Generator(100, 256, 784) and Discriminator(784, 256)."""
    own = ("Generator", GENERATOR_SIZES), ("Discriminator", DISCRIMINATOR_SIZES)
    expect_models(student, game, count_G=293_136, count_D=267_009, own=own)


@lab.check(points=3)
def optimizers_are_adam_at_2e_4(student: Student) -> None:
    """build_optimizers(G, D) returns (optim_G, optim_D): Adam, learning rate 2e-4, each with its own network."""
    expect_optimizers(student, "Adam", rates=(2e-4, 2e-4))


training = ShortTraining(
    value_range=(-1, 1),
    batch=BATCH,  # the usual one, so that a size written into the code costs the checks of sizes and no others
    discriminator_steps=3,
    generator_steps=3,
    # Measured: 0.18 and 0.01 or more; with weights from N(0, 0.02) 0.07 and 0.0009, at a tenth of the learning rate
    # 0.02 and 0.001. SGD at 2e-4, which learns nothing in so few steps: 0.0015 and 0.
    discriminator_fall=0.01,
    generator_fall=0.0002,
)


@lab.check(points=3)
def short_training_moves_both_losses(student: Student) -> None:
    """In a short training run on digits both losses stay finite, and each falls while the other network is held
    fixed."""
    training.expect_learning(student, game)
