"""Both networks of ours with an optimizer each, and how far they move: an oracle of functions that train both."""

from __future__ import annotations

import numpy as np

from autograder.game import PIXEL_BIAS, Game
from autograder.student import Remote, Student


class Players:
    """D and G of a game, each with plain gradient descent, D's at the learning rate `rate`."""

    def __init__(self, student: Student, game: Game, D: Remote, G: Remote, rate: float) -> None:
        self.D, self.G = D, G
        self.optim_D, self.optim_G = game.sgd(student, D, rate), game.sgd(student, G)
        self._start = D.values()["1.weight"], G.values()[PIXEL_BIAS]

    @property
    def given(self) -> dict[str, Remote]:
        """What a function that trains both is given of them, by name."""
        return {"D": self.D, "G": self.G, "optim_D": self.optim_D, "optim_G": self.optim_G}

    def moved(self) -> tuple[float, float]:
        """How far D's weights and G's pixels have moved since they were made, summed."""
        ends = self.D.values()["1.weight"], self.G.values()[PIXEL_BIAS]
        movements = [np.sum(end.astype(float) - start) for end, start in zip(ends, self._start, strict=True)]
        return float(movements[0]), float(movements[1])
