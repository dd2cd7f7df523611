"""The handwritten digits that the labs train on: MNIST where it is to be had, else the nearest thing."""

import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.utils.data import Dataset

from data_utils.mnist import (
    DATA_SETS,
    IMAGE_COUNTS,
    MnistUnavailableError,
    data_folder,
    file_shapes,
    mnist_arrays,
    raw_folder,
)
from data_utils.notices import say_once
from data_utils.offline import offline_digit_arrays
from data_utils.resizing import SIZES, resized
from data_utils.value_range import ValueRange, check_value_range

_SPLIT_NAMES = {"train": "training", "test": "test"}


class Digits(Dataset[tuple[Tensor, int]]):
    """Handwritten digits, all in memory; item i is (image (1, S, S), label), S the images' side, 28 unless told.

    Shapes: `images` (N, 1, S, S), float32 within `value_range`, ink is its upper end; `labels` (N,), int64.
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

    def __getitems__(self, indices: Sequence[int]) -> tuple[Tensor, Tensor]:
        """Many items at once, as `DataLoader` asks for a batch: images (N, 1, S, S) and labels (N,)."""
        chosen = torch.tensor(indices, device=self.images.device)
        return self.images[chosen], self.labels[chosen]

    def to(self, device: str | torch.device) -> "Digits":
        """The same digits in the memory of this device."""
        return Digits(self.images.to(device), self.labels.to(device), self.source, self.value_range)


def load_digits(
    value_range: ValueRange = (-1.0, 1.0),
    split: str = "train",
    folder: str | os.PathLike[str] | None = None,
    download: bool = True,
    size: int = 28,
    name: str = "MNIST",
) -> Digits:
    """Load a split of MNIST, or the best there is in its place; print, once in a process, what falls short.

    In this order: MNIST's files in `<folder>/MNIST/raw`; the same, fetched into it (not with download=False,
    nor while nbgrader grades or validates); for split="train", MNIST's test images, if they are there; all
    of `offline_digits`, whichever the split.
    `name` may also be "Fashion-MNIST" or "KMNIST": clothes and cursive Japanese, which nothing stands in for.
    `size`: 28; 32, which adds two pixels of paper on each side; 64, which doubles the sides of that (983 MB of
    memory for 60,000 images, where 28 takes 188 MB).
    `folder` is by default the one that the environment variable GAN_LABS_DATA names, else `data` in the
    project's root (the nearest folder, from the current one upwards, that holds `data_utils`), else `data`
    in the current folder.
    Errors: ValueError, for another range, split, size or name; MnistUnavailableError, for Fashion-MNIST or KMNIST
    where it is not to be had.
    """
    _check_choices(value_range, split, size, name)
    chosen = data_folder(folder)
    try:
        return _from_files(name, split, chosen, download, value_range, size)
    except MnistUnavailableError as shortfall:
        if name != "MNIST":
            raise MnistUnavailableError(f"{shortfall} {_where_to_put(name, split, chosen)}") from shortfall
        digits = _instead_of_mnist(split, chosen, value_range, size)
        _say_shortfall(split, chosen, str(shortfall), digits.source)
        return digits


def offline_digits(value_range: ValueRange = (-1.0, 1.0), size: int = 28) -> Digits:
    """Load scikit-learn's 1,797 digits, enlarged to MNIST's size: no network, always the same.

    `size`: as in `load_digits`. Errors: ValueError, for a range other than (0, 1) and (-1, 1) and another size.
    """
    check_value_range(value_range, "offline_digits")
    _check_size(size, "offline_digits")
    images, labels = offline_digit_arrays()
    return _digits(images, labels, f"scikit-learn's {len(images):,} digits, enlarged to 28x28", value_range, size)


def _check_choices(value_range: ValueRange, split: str, size: int, name: str) -> None:
    check_value_range(value_range, "load_digits")
    if split not in IMAGE_COUNTS:
        raise ValueError(f'load_digits: split is {split!r}; allowed are "train" and "test".')
    _check_size(size, "load_digits")
    if name not in DATA_SETS:
        raise ValueError(f'load_digits: name is {name!r}; allowed are "MNIST", "Fashion-MNIST" and "KMNIST".')


def _check_size(size: int, caller: str) -> None:
    if size not in SIZES:
        raise ValueError(f"{caller}: size is {size!r}; allowed are 28, 32 and 64.")


def _from_files(name: str, split: str, folder: Path, fetch: bool, value_range: ValueRange, size: int) -> Digits:
    images, labels = mnist_arrays(split, folder, fetch, name)
    return _digits(images, labels, f"{name}, {len(images):,} {_SPLIT_NAMES[split]} images", value_range, size)


def _instead_of_mnist(split: str, folder: Path, value_range: ValueRange, size: int) -> Digits:
    if split == "train":
        try:
            return _from_files("MNIST", "test", folder, False, value_range, size)
        except MnistUnavailableError:
            pass
    return offline_digits(value_range, size)


def _say_shortfall(split: str, folder: Path, reason: str, source: str) -> None:
    wanted = f"MNIST's {IMAGE_COUNTS[split]:,} {_SPLIT_NAMES[split]} images"
    say_once(f"{wanted} are not to be had, used instead: {source}. {reason} {_where_to_put('MNIST', split, folder)}")


def _where_to_put(name: str, split: str, folder: Path) -> str:
    files = " and ".join(f"{file}.gz" for file in file_shapes(split))
    return f"To get {name}, run this again with a network, or put {files} into {raw_folder(folder, name)}."


def _digits(
    images: NDArray[np.uint8], labels: NDArray[np.integer], source: str, value_range: ValueRange, size: int
) -> Digits:
    low, high = value_range
    scaled = torch.tensor(images, dtype=torch.float32).div_(255).mul_(high - low).add_(low).unsqueeze(1)
    return Digits(resized(scaled, size, paper=low), torch.tensor(labels, dtype=torch.int64), source, value_range)
