"""A small classifier of digits, trained once on the data at hand and kept on disk: the eye of the quality figures."""

import hashlib
import math
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional

from data_utils.checkpoints import MISFITS, CheckpointError, read_states, write_states
from data_utils.digits import Digits
from data_utils.mnist import data_folder
from data_utils.notices import say_once
from data_utils.pictures import unit_pixels
from data_utils.resizing import at_28
from data_utils.whole_files import NotSavedError

CLASSES = 10
FEATURES = 64
MOST_IMAGES = 10_000  # more make it slower and hardly better: 98 % of held-out MNIST digits with these
HELD_OUT_SHARE = 0.2
EPOCHS, BATCH_SIZE, PEAK_LEARNING_RATE = 6, 64, 3e-3
MOST_SHIFT = 2  # pixels by which a training batch is moved at most: held-out MNIST digits 97.4 % without, 98.4 % with


class DigitClassifier(nn.Module):
    """Images (N, 1, 28, 28) in [0, 1] to scores (N, 10); `features` gives the 64 numbers that the scores come from.

    `accuracy` is its share of right answers on `held_out` digits that it was not trained on.
    """

    def __init__(self) -> None:
        super().__init__()
        self.features = nn.Sequential(
            *(nn.Conv2d(1, 16, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2)),  # (N, 16, 14, 14)
            *(nn.Conv2d(16, 32, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2)),  # (N, 32, 7, 7)
            *(nn.Flatten(), nn.Linear(32 * 7 * 7, FEATURES), nn.ReLU()),  # (N, 64)
        )
        self.scores = nn.Linear(FEATURES, CLASSES)
        self.accuracy, self.held_out = 0.0, 0

    def forward(self, x: Tensor) -> Tensor:
        """Scores (N, 10) before softmax."""
        return torch.as_tensor(self.scores(self.features(x)))

    @torch.no_grad()
    def probabilities(self, x: Tensor) -> Tensor:
        """Probabilities (N, 10) of the classes, worked out a thousand images at a time."""
        return torch.cat([self(part).softmax(dim=1) for part in torch.split(x, 1000)])


def digit_classifier(digits: Digits) -> DigitClassifier:
    """The classifier of these digits: read from `classifiers/` in the data folder, else trained, kept there and told.

    Training takes about ten seconds on a CPU, uses at most 10,000 images and holds a fifth of them back to measure
    `accuracy`. It is the same one for the same digits in either range, and leaves torch's random numbers alone.
    """
    pixels = classifier_pixels(digits.images[:MOST_IMAGES], digits.value_range)
    labels = digits.labels[:MOST_IMAGES].cpu()
    path = data_folder() / "classifiers" / f"{_fingerprint(pixels, labels)}.pt"
    with torch.random.fork_rng():  # fresh weights are random numbers too
        classifier = _kept(path) or _trained(pixels, labels, path, digits.source)
    return classifier.eval()


def classifier_pixels(images: Tensor, value_range: tuple[float, float]) -> Tensor:
    """Images of any size of the labs, flat or not, as the classifier sees them: (N, 1, 28, 28) in [0, 1], on the CPU.

    Errors: ValueError, for another shape, values outside the range or NaN.
    """
    return at_28(unit_pixels(images, value_range, "quality figures")).cpu()


def _fingerprint(pixels: Tensor, labels: Tensor) -> str:
    seen = hashlib.sha256((pixels * 255).round().byte().numpy().tobytes() + labels.numpy().tobytes())
    settings = f"{FEATURES} {EPOCHS} {BATCH_SIZE} {PEAK_LEARNING_RATE} {MOST_SHIFT} {HELD_OUT_SHARE}"
    return hashlib.sha256(seen.digest() + settings.encode()).hexdigest()[:16]


def _trained(pixels: Tensor, labels: Tensor, path: Path, source: str) -> DigitClassifier:
    order = torch.randperm(len(pixels), generator=torch.Generator().manual_seed(0))
    held_out, used = order.tensor_split([int(len(order) * HELD_OUT_SHARE)])
    torch.manual_seed(0)
    classifier = DigitClassifier()
    with torch.enable_grad():
        _train(classifier, pixels[used], labels[used])
    answers = classifier.eval().probabilities(pixels[held_out]).argmax(dim=1)
    classifier.accuracy, classifier.held_out = (answers == labels[held_out]).float().mean().item(), len(held_out)
    print(_described(classifier, source))
    _keep(classifier, path)
    return classifier


def _train(classifier: DigitClassifier, pixels: Tensor, labels: Tensor) -> None:
    optimizer = torch.optim.Adam(classifier.parameters())
    batches = math.ceil(len(pixels) / BATCH_SIZE)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, PEAK_LEARNING_RATE, EPOCHS * batches)
    for _ in range(EPOCHS):
        for chosen in torch.split(torch.randperm(len(pixels)), BATCH_SIZE):
            moved = pixels[chosen].roll(torch.randint(-MOST_SHIFT, MOST_SHIFT + 1, (2,)).tolist(), dims=(2, 3))
            optimizer.zero_grad()
            functional.cross_entropy(classifier(moved), labels[chosen]).backward()  # type: ignore[no-untyped-call]
            optimizer.step()
            schedule.step()


def _described(classifier: DigitClassifier, source: str) -> str:
    return (
        f"A small classifier was trained on {source}: it names {classifier.accuracy:.1%} of {classifier.held_out:,} "
        "held-out images rightly. The quality figures are as good as its eye."
    )


def _keep(classifier: DigitClassifier, path: Path) -> None:
    kept = {"state": classifier.state_dict(), "accuracy": classifier.accuracy, "held_out": classifier.held_out}
    try:
        write_states(path, kept)
    except NotSavedError as failure:
        say_once(f"The classifier will be trained anew each time. {failure}")


def _kept(path: Path) -> DigitClassifier | None:
    """The classifier on disk, or None. A damaged file is named and passed over."""
    classifier = DigitClassifier()
    try:
        if not path.exists():
            return None
        kept = read_states(path)
        classifier.load_state_dict(kept["state"])
        classifier.accuracy, classifier.held_out = float(kept["accuracy"]), int(kept["held_out"])
    except (CheckpointError, OSError, *MISFITS):
        say_once(f"{path} is treated as missing: it holds no classifier that can be read.")
        return None
    return classifier
