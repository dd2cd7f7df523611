"""The handwritten digits that the labs train on: MNIST where it is to be had, else the nearest thing."""

import os
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.utils.data import Dataset

from data_utils.mnist import (
    IMAGE_COUNTS,
    MnistUnavailableError,
    data_folder,
    file_shapes,
    mnist_arrays,
    raw_folder,
)
from data_utils.notices import say_once
from data_utils.offline import offline_digit_arrays
from data_utils.value_range import ValueRange, check_value_range

_SPLIT_NAMES = {"train": "training", "test": "test"}


class Digits(Dataset[tuple[Tensor, int]]):
    """Handwritten digits, all in memory; item i is (image (1, 28, 28), label).

    Shapes: `images` (N, 1, 28, 28), float32 within `value_range`, ink is its upper end; `labels` (N,), int64.
    `source` says in a few words where they are from.
    """

    def __init__(self, images: Tensor, labels: Tensor, source: str, value_range: ValueRange) -> None:
        self.images = images
        self.labels = labels
        self.source = source
        self.value_range = value_range

    def __len__(self) -> int:
        return len(self.images)

    def __getitem__(self, index: int) -> tuple[Tensor, int]:
        return self.images[index], int(self.labels[index])


def load_digits(
    value_range: ValueRange = (-1.0, 1.0),
    split: str = "train",
    folder: str | os.PathLike[str] | None = None,
    download: bool = True,
) -> Digits:
    """Load a split of MNIST, or the best there is in its place; print, once in a process, what falls short.

    In this order: MNIST's files in `<folder>/MNIST/raw`; the same, fetched into it (not with download=False,
    nor while nbgrader grades or validates); for split="train", MNIST's test images, if they are there; all
    of `offline_digits`, whichever the split.
    `folder` is by default the one that the environment variable GAN_LABS_DATA names, else `data` in the
    project's root (the nearest folder, from the current one upwards, that holds `data_utils`), else `data`
    in the current folder.
    Errors: ValueError, for a range other than (0, 1) and (-1, 1) and a split other than "train" and "test".
    """
    check_value_range(value_range, "load_digits")
    if split not in IMAGE_COUNTS:
        raise ValueError(f'load_digits: split is {split!r}; allowed are "train" and "test".')
    chosen = data_folder(folder)
    try:
        return _mnist(split, chosen, download, value_range)
    except MnistUnavailableError as shortfall:
        digits = _instead_of_mnist(split, chosen, value_range)
        _say_shortfall(split, chosen, str(shortfall), digits.source)
        return digits


def offline_digits(value_range: ValueRange = (-1.0, 1.0)) -> Digits:
    """Load scikit-learn's 1,797 digits, enlarged to MNIST's size: no network, always the same.

    Errors: ValueError, for a range other than (0, 1) and (-1, 1).
    """
    check_value_range(value_range, "offline_digits")
    images, labels = offline_digit_arrays()
    return _digits(images, labels, f"scikit-learn's {len(images):,} digits, enlarged to 28x28", value_range)


def _mnist(split: str, folder: Path, fetch: bool, value_range: ValueRange) -> Digits:
    images, labels = mnist_arrays(split, folder, fetch)
    return _digits(images, labels, f"MNIST, {len(images):,} {_SPLIT_NAMES[split]} images", value_range)


def _instead_of_mnist(split: str, folder: Path, value_range: ValueRange) -> Digits:
    if split == "train":
        try:
            return _mnist("test", folder, False, value_range)
        except MnistUnavailableError:
            pass
    return offline_digits(value_range)


def _say_shortfall(split: str, folder: Path, reason: str, source: str) -> None:
    wanted = f"MNIST's {IMAGE_COUNTS[split]:,} {_SPLIT_NAMES[split]} images"
    files = " and ".join(f"{name}.gz" for name in file_shapes(split))
    say_once(
        f"{wanted} are not to be had, used instead: {source}. {reason} "
        f"To get MNIST, run this again with a network, or put {files} into {raw_folder(folder)}."
    )


def _digits(images: NDArray[np.uint8], labels: NDArray[np.integer], source: str, value_range: ValueRange) -> Digits:
    low, high = value_range
    scaled = torch.tensor(images, dtype=torch.float32).div_(255).mul_(high - low).add_(low)
    return Digits(scaled.unsqueeze(1), torch.tensor(labels, dtype=torch.int64), source, value_range)
