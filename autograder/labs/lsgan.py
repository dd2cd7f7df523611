"""Extension lab, least-squares GAN: the conditional networks with squared errors. The numbers are the lab
sheet's; 100 points.

Notation: z is noise (N, input_dim), x an image (N, 1, 32, 32), y its label (N,), G the generator, D the discriminator.
Source: Mao et al. 2016 (arXiv 1611.04076); Mirza and Osindero 2014 (arXiv 1411.1784) for the labels.
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
from autograder.losses import LEAST_SQUARES, add_least_squares_checks
from autograder.putting_together import add_building_checks
from autograder.short_training import ShortTraining
from autograder.student import Student
from autograder.updates import add_update_checks

# The one line is what this lab is about; the rest is carried over
OWN_POINTS = {
    "discriminator_loss_adds_both_terms": 5,
    "generator_loss_is_the_squared_distance_from_1": 5,
    "labels_go_with_their_images": 4,
}
lab = Lab("lsgan", "Least-squares GAN: cgan with one line changed", optional=True, points=POINTS | OWN_POINTS)
game = Game(
    discriminator_signature=LABELLED_ARGUMENTS,
    generator_signature=GENERATOR_ARGUMENTS,
    flat=False,
    probability=True,
    others=lambda student: {"loss_func": student.torch("nn.MSELoss")},
    side=32,
    labelled=True,
)
training = ShortTraining(
    value_range=(-1, 1),
    batch=16,
    discriminator_steps=6,
    generator_steps=3,
    discriminator_fall=0.04,  # squared errors are smaller than cross-entropy: an undecided D loses 0.5 in all
    generator_fall=0.002,
)

gives_probabilities = add_network_checks(lab)


@lab.check(points=10)
def loss_is_the_mean_squared_error(student: Student) -> None:
    """build_loss() returns a loss of scores and targets: the mean of (score - target)^2."""
    expect_loss_function(student, LEAST_SQUARES, "the mean of the squared differences of scores and targets")


add_least_squares_checks(lab, game)
add_update_checks(lab, game)
add_label_checks(lab, game)
add_building_checks(lab, game, COUNTS, training, needs=gives_probabilities)
add_sampling_check(lab, game)
