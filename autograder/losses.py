"""Checks of the two losses on numbers worked out by hand, for every formula that a lab of this family uses."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from autograder.game import BATCH, Game, logit
from autograder.lab import Lab
from autograder.student import Student
from autograder.training import plain_number

LOSS_TOLERANCE = 1e-4  # a loss of order 1 in float32, averaged in any order
GREY = "The real images come scaled as D is to see them: train_discriminator passes on the pixels that it is given."


@dataclass(frozen=True)
class Formula:
    """A loss by what one image adds to it, from its score s: of a real image and of a generated one.

    `share`: what part of the sum of both terms is the discriminator's loss.
    """

    real: Callable[[float], float]
    generated: Callable[[float], float]
    share: float = 1.0

    def discriminator(self, real: float, generated: float) -> float:
        """The discriminator's loss."""
        return self.share * (self.real(real) + self.generated(generated))

    def generator(self, generated: float) -> float:
        """The generator's loss: its images are to pass for real ones."""
        return self.real(generated)


CROSS_ENTROPY = Formula(lambda s: -math.log(s), lambda s: -math.log(1 - s))
LEAST_SQUARES = Formula(lambda s: (s - 1) ** 2, lambda s: s**2)
HALF_CROSS_ENTROPY_OF_LOGITS = Formula(lambda s: math.log1p(math.exp(-s)), lambda s: math.log1p(math.exp(s)), share=0.5)


def expect_discriminator_loss(student: Student, game: Game, formula: Formula) -> None:
    """Expect train_discriminator to return this formula's loss for several pairs of scores, and for grey images."""
    for real, generated in game.scores(student):
        D, G = game.with_scores(student, real, generated)
        value = game.train_discriminator(student, D, G, game.sgd(student, D), game.images(BATCH))
        what = f"train_discriminator's loss with D(x) = {real} and D(G(z)) = {generated}"
        loss = student.expect_float(what, value)
        expected = formula.discriminator(real, generated)
        student.expect_close(what, loss, expected, LOSS_TOLERANCE * max(1.0, expected))
    white, generated = game.scores(student)[1]
    D, G = game.with_scores(student, white, generated)
    start, grey_images = D.values(), game.images(BATCH, 0.5)
    loss = plain_number(game.train_discriminator(student, D, G, game.sgd(student, D), grey_images))
    moved = float(D.values()["1.bias"][0] - start["1.bias"][0])  # tells a wrong loss from a wrong number returned
    student.evidence.record("D's bias moves by", moved, atol=5e-3)
    if game.probability:
        grey = 1 / (1 + math.exp(-0.75 * logit(white) - 0.25 * logit(generated)))  # halfway from the middle to white
    else:
        grey = 0.75 * white + 0.25 * generated
    what = f"train_discriminator's loss with D(x) = {grey:.4f} for x all 0.5, and D(G(z)) = {generated}"
    student.expect_close(what, loss, formula.discriminator(grey, generated), LOSS_TOLERANCE, GREY)


def expect_generator_loss(student: Student, game: Game, formula: Formula) -> None:
    """Expect train_generator to return this formula's loss for several pairs of scores."""
    for real, generated in game.scores(student):
        D, G = game.with_scores(student, real, generated)
        value = game.train_generator(student, D, G, game.sgd(student, G))
        what = f"train_generator's loss with D(G(z)) = {generated} (and D = {real} on a white image)"
        loss = student.expect_float(what, value)
        expected = formula.generator(generated)
        student.expect_close(what, loss, expected, LOSS_TOLERANCE * max(1.0, expected))


def add_cross_entropy_checks(lab: Lab, game: Game) -> None:
    """The two losses of the lab sheet as binary cross-entropy. 12 points.

    Source: Goodfellow et al. 2014 (arXiv 1406.2661), Algorithm 1, and section 3 for the non-saturating form.
    """

    @lab.check(points=6)
    def discriminator_loss_adds_both_terms(student: Student) -> None:
        """train_discriminator returns loss_func(D(x), 1) + loss_func(D(G(z)), 0) as a float; 2 ln 2 for D = 0.5."""
        expect_discriminator_loss(student, game, CROSS_ENTROPY)

    @lab.check(points=6)
    def generator_loss_is_non_saturating(student: Student) -> None:
        """train_generator returns loss_func(D(G(z)), 1) as a float: -ln D(G(z)), so ln 2 for D = 0.5."""
        expect_generator_loss(student, game, CROSS_ENTROPY)


def add_least_squares_checks(lab: Lab, game: Game) -> None:
    """The two losses as squared distances of the scores from 1 and 0. 12 points.

    Source: Mao et al. 2016 (arXiv 1611.04076), Eq. 2 with a = 0, b = c = 1, without its factors of a half.
    """

    @lab.check(points=6)
    def discriminator_loss_adds_both_terms(student: Student) -> None:
        """train_discriminator returns loss_func(D(x), 1) + loss_func(D(G(z)), 0) as a float; 0.5 for D = 0.5."""
        expect_discriminator_loss(student, game, LEAST_SQUARES)

    @lab.check(points=6)
    def generator_loss_is_the_squared_distance_from_1(student: Student) -> None:
        """train_generator returns loss_func(D(G(z)), 1) as a float: (D(G(z)) - 1)^2, so 0.25 for D = 0.5."""
        expect_generator_loss(student, game, LEAST_SQUARES)


def add_logits_checks(lab: Lab, game: Game) -> None:
    """The two losses as binary cross-entropy of logits, the discriminator's halved. 12 points.

    Source: Goodfellow et al. 2014 (arXiv 1406.2661), Algorithm 1; D's Sigmoid is part of the loss here.
    """

    @lab.check(points=6)
    def discriminator_loss_is_half_the_sum(student: Student) -> None:
        """train_discriminator returns (loss_func(D(x), 1) + loss_func(D(G(z)), 0)) / 2 as a float: ln 2 for logits of
        0."""
        expect_discriminator_loss(student, game, HALF_CROSS_ENTROPY_OF_LOGITS)

    @lab.check(points=6)
    def generator_loss_is_non_saturating(student: Student) -> None:
        """train_generator returns loss_func(D(G(z)), 1) as a float, then its images: ln 2 for logits 0."""
        expect_generator_loss(student, game, HALF_CROSS_ENTROPY_OF_LOGITS)
