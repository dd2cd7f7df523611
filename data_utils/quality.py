"""Figures that say how good samples are: how far from real digits, how sure a classifier is of them, how varied.

Frechet distance: Heusel et al. 2017 (arXiv 1706.08500), by torchmetrics, on the 64 features of our own classifier in
place of Inception's 2,048: nothing is downloaded, and the numbers compare with each other alone, not with papers'.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import mean, stdev

import torch
from torch import Tensor

from data_utils.classifier import CLASSES, FEATURES, classifier_pixels, digit_classifier
from data_utils.digits import Digits

COVERED_SHARE = 0.01  # of the samples: a tenth of what a class has where all are alike
SAMPLES = 2_000  # a sample's Frechet distance falls with its size, so that all are judged by as many
MOST_REFERENCES = 5_000


@dataclass(frozen=True)
class QualityFigures:
    """What the classifier sees in `count` samples.

    `frechet_distance`: 0 for the very same features, larger is worse; what real digits have is the floor.
    `confidence`: the mean of the highest class's probability, 0.1 to 1.
    `shares`: the share of samples that are taken for each class, 10 numbers that add up to 1.
    """

    frechet_distance: float
    confidence: float
    shares: tuple[float, ...]
    count: int

    @property
    def classes_covered(self) -> int:
        """The number of classes that at least one sample in a hundred belongs to, 1 to 10."""
        return sum(share >= COVERED_SHARE for share in self.shares)

    def __str__(self) -> str:
        return (
            f"Frechet distance {self.frechet_distance:.2f}, confidence {self.confidence:.3f}, "
            f"{self.classes_covered} of {len(self.shares)} classes, {self.count:,} samples"
        )


class QualityJudge:
    """Judges samples against real digits: `QualityJudge(digits)(samples)`.

    `floor` holds the figures of real digits against other real digits: what a perfect generator would have.
    """

    def __init__(self, digits: Digits) -> None:
        from torchmetrics.image.fid import FrechetInceptionDistance

        self.classifier = digit_classifier(digits)
        self.value_range = digits.value_range
        order = torch.randperm(len(digits), generator=torch.Generator().manual_seed(1))
        half = min(len(digits) // 2, MOST_REFERENCES)
        reference, others = (digits.images[part] for part in (order[:half], order[half : half + SAMPLES]))
        with torch.random.fork_rng():  # torchmetrics tries the features out on random numbers
            self._distance = FrechetInceptionDistance(
                self.classifier.features, reset_real_features=False, normalize=True, input_img_size=(1, 28, 28)
            )
        self._add(classifier_pixels(reference, self.value_range), real=True)
        self.count = len(others)  # as many samples as the floor has
        self.floor = self(others)

    @torch.no_grad()
    def __call__(self, samples: Tensor) -> QualityFigures:
        """The figures of samples (N, 1, S, S) or (N, S * S) within the digits' range; N at least 65, best `count`.

        Errors: ValueError, for another shape, values outside the range, NaN, or too few samples.
        """
        pixels = classifier_pixels(samples, self.value_range)
        if len(pixels) <= FEATURES:
            raise ValueError(f"quality figures need more than {FEATURES} samples; given were {len(pixels)}.")
        self._distance.reset()
        self._add(pixels, real=False)
        probabilities = self.classifier.probabilities(pixels)
        sureness, classes = probabilities.max(dim=1)
        shares = torch.bincount(classes, minlength=CLASSES) / len(classes)
        distance = max(float(self._distance.compute()), 0.0)  # rounding may leave it just below
        return QualityFigures(distance, sureness.mean().item(), tuple(shares.tolist()), len(pixels))

    def _add(self, pixels: Tensor, real: bool) -> None:
        with torch.no_grad():
            for part in torch.split(pixels, 1000):
                self._distance.update(part, real=real)


def quality_figures(samples: Tensor, digits: Digits) -> QualityFigures:
    """The figures of samples beside real digits, in one line: `print(quality_figures(generated(G, z), digits))`.

    Shapes and errors: `QualityJudge`'s. Samples lie in `digits.value_range`.
    """
    return QualityJudge(digits)(samples)


def spread_over_seeds(judge: QualityJudge, samples_of: Callable[[int], Tensor], seeds: Sequence[int]) -> str:
    """A sentence with the mean and the standard deviation of figures over seeds; `samples_of(seed)` gives samples.

    Errors: ValueError, for fewer than two seeds.
    """
    if len(seeds) < 2:
        raise ValueError(f"spread_over_seeds: {len(seeds)} seeds have no spread; expected at least 2.")
    figures = [judge(samples_of(seed)) for seed in seeds]
    distances, sureness = [each.frechet_distance for each in figures], [each.confidence for each in figures]
    covered = sorted({each.classes_covered for each in figures})
    return (
        f"Frechet distance {mean(distances):.2f} ± {stdev(distances):.2f}, confidence {mean(sureness):.3f} ± "
        f"{stdev(sureness):.3f}, {' or '.join(map(str, covered))} classes, over {len(seeds)} seeds"
    )
