"""Handwritten digits that need no network and no torch: scikit-learn's, brought to MNIST's size and look.

Source: Alpaydin and Kaynak 1998, Optical Recognition of Handwritten Digits (UCI), scikit-learn's copy.
"""

from functools import cache
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

DIGITS_FILE = "datasets/data/digits.csv.gz"  # in scikit-learn
MOST_INK = 16  # scikit-learn's pixels count the inked ones of 4x4
ENLARGED_PIXELS = 24  # of 8x8 and a pixel of paper around it: about 20 for the digit itself, as in MNIST
BORDER_PIXELS = 2
# Grey levels that become paper and full ink: the pixels then have MNIST's mean, 0.13, and deviation, 0.31
PAPER_LEVEL, INK_LEVEL = 90, 190


@cache
def offline_digit_arrays() -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Return scikit-learn's 1,797 digits at MNIST's size, the same ones in the same order every time.

    Shapes: images (1797, 28, 28), uint8, full ink is 255; labels (1797,), int64. Made once in a process
    and read-only.
    """
    table = _bundled_table()
    small = np.rint(table[:, :-1].reshape(-1, 8, 8) * (255 / MOST_INK)).astype(np.uint8)
    images, labels = np.stack([_enlarged(image) for image in small]), table[:, -1].astype(np.int64)
    images.flags.writeable = labels.flags.writeable = False
    return images, labels


def _bundled_table() -> NDArray[np.float64]:
    """scikit-learn's digits, (1797, 65): 64 pixels and the label. From its file, because importing what reads it takes
    a second, and everything that grades needs the digits."""
    package = find_spec("sklearn")
    file = Path(package.origin).parent / DIGITS_FILE if package and package.origin else None
    if file and file.exists():
        return np.loadtxt(file, delimiter=",")
    from sklearn.datasets import load_digits

    bundled = load_digits()
    return np.column_stack([bundled.data, bundled.target])


def _enlarged(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """(8, 8) to (28, 28), in whole numbers, in which Pillow resizes bytes: alike on every machine."""
    from PIL import Image

    size = (ENLARGED_PIXELS, ENLARGED_PIXELS)
    smooth = np.asarray(Image.fromarray(np.pad(image, 1)).resize(size, Image.Resampling.BICUBIC), np.int64)
    crisp = (smooth - PAPER_LEVEL) * 255 // (INK_LEVEL - PAPER_LEVEL)
    return np.pad(crisp.clip(0, 255).astype(np.uint8), BORDER_PIXELS)
