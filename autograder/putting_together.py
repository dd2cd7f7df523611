"""The checks of a lab's last part, where models and optimizers are built and train together for a few steps."""

from __future__ import annotations

from autograder.building import expect_models, expect_optimizers
from autograder.game import Game
from autograder.lab import CheckFunction, Lab
from autograder.short_training import ShortTraining
from autograder.student import Student

# What these checks are worth in a lab of 100 automatic points: 13 together
BUILDING_OF_100 = {
    "models_are_built_for_mnist": 4,
    "optimizers_are_adam_at_2e_4": 5,
    "short_training_lowers_both_losses": 4,
}


def add_building_checks(
    lab: Lab,
    game: Game,
    counts: tuple[int, int],
    training: ShortTraining,
    needs: CheckFunction,
    betas: tuple[float, float] | None = (0.5, 0.999),
) -> None:
    """Models, optimizers and a short training run. 8 points. `counts`: the numbers of parameters of G and D."""

    @lab.check(points=2)
    def models_are_built_for_mnist(student: Student) -> None:
        """build_models(device) returns (G, D) on that device: Generator(100) and Discriminator()."""
        own = ("Generator", (100,)), ("Discriminator", ())
        expect_models(student, game, *counts, own=own)

    @lab.check(points=3)
    def optimizers_are_adam_at_2e_4(student: Student) -> None:
        """build_optimizers(G, D) returns (optim_G, optim_D): Adam, learning rate 2e-4, betas (0.5, 0.999), each with
        its own network."""
        expect_optimizers(student, "Adam", rates=(2e-4, 2e-4), betas=betas)

    @lab.check(points=3, needs=[needs])
    def short_training_lowers_both_losses(student: Student) -> None:
        """In a short training run on digits both losses stay finite and fall: D's while G is held fixed, as D learns to
        tell real from generated, then G's while D is held fixed, as G learns to answer."""
        training.expect_learning(student, game)
