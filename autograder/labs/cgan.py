"""Extension lab, conditional GAN: both networks are told which digit is meant. The numbers are the lab
sheet's; 100 points.

Notation: z is noise (N, input_dim), x an image (N, 1, 32, 32), y its label (N,), G the generator, D the discriminator.
Source: Mirza and Osindero 2014 (arXiv 1411.1784).
"""

from __future__ import annotations

from autograder.conditional import (
    COUNTS,
    LABELLED_ARGUMENTS,
    POINTS,
    add_label_checks,
    add_network_checks,
    add_sampling_check,
    expect_loss_function,
)
from autograder.game import GENERATOR_ARGUMENTS, Game
from autograder.lab import Lab
from autograder.losses import CROSS_ENTROPY, add_cross_entropy_checks
from autograder.putting_together import add_building_checks
from autograder.short_training import ShortTraining
from autograder.student import Student
from autograder.updates import add_update_checks

lab = Lab("cgan", "Conditional GAN: digits on demand", optional=True, points=POINTS)
game = Game(
    discriminator_signature=LABELLED_ARGUMENTS,
    generator_signature=GENERATOR_ARGUMENTS,
    flat=False,
    probability=True,
    others=lambda student: {"loss_func": student.torch("nn.BCELoss")},
    side=32,
    labelled=True,
)
training = ShortTraining(
    value_range=(-1, 1),
    batch=16,
    discriminator_steps=6,
    generator_steps=3,
    discriminator_fall=0.1,  # a D with BatchNorm, which sees each batch by itself, gets at most 0.05
    generator_fall=0.002,  # a G without BatchNorm gets 0.009 within two steps, SGD 0.00002
)

gives_probabilities = add_network_checks(lab)


@lab.check(points=2)
def loss_is_binary_cross_entropy(student: Student) -> None:
    """build_loss() returns a loss of probabilities and targets: the mean of -ln(score) where the target is 1, of
    -ln(1 - score) where it is 0."""
    expect_loss_function(student, CROSS_ENTROPY, "binary cross-entropy of probabilities, its mean")


add_cross_entropy_checks(lab, game)
add_update_checks(lab, game)
add_label_checks(lab, game)
add_building_checks(lab, game, COUNTS, training, needs=gives_probabilities)
add_sampling_check(lab, game)
