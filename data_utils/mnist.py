"""The files of MNIST and of its likes: where they lie, whether they are whole, and how they are obtained.

Layout (`<folder>/MNIST/raw/`, packed as .gz or not), mirrors and MD5 checksums are torchvision's.
Format: IDX, that is two zero bytes, the type (8: one unsigned byte), the number of axes, each axis's length
as four bytes, most significant first, then the data (LeCun, Cortes, Burges, http://yann.lecun.com/exdb/mnist/).
"""

import gzip
import hashlib
import math
import os
import struct
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from data_utils.download import DownloadError, download
from data_utils.folders import project_folder
from data_utils.notices import say_once
from data_utils.surroundings import in_grading

# Each with the name that torchvision gives to its class and to its folder. All have MNIST's shapes and file names.
DATA_SETS = {"MNIST": "MNIST", "Fashion-MNIST": "FashionMNIST", "KMNIST": "KMNIST"}
IMAGE_COUNTS = {"train": 60_000, "test": 10_000}
_PREFIXES = {"train": "train", "test": "t10k"}


class MnistUnavailableError(Exception):
    """A split of a data set is not to be had whole; the message is a full sentence that says why."""


class _DamagedError(Exception):
    """A file is there but not whole."""


def data_folder(folder: str | os.PathLike[str] | None = None) -> Path:
    """Choose the folder that holds `MNIST/raw/`: the argument; else what the environment variable GAN_LABS_DATA names;
    else `data` in the project's folder."""
    chosen = folder or os.environ.get("GAN_LABS_DATA")
    if chosen:
        return Path(chosen).expanduser()
    return project_folder() / "data"


def raw_folder(folder: Path, name: str = "MNIST") -> Path:
    """The folder with a data set's own files."""
    return folder / DATA_SETS[name] / "raw"


def file_shapes(split: str) -> dict[str, tuple[int, ...]]:
    """The names, without .gz, of a split's image and label files, in this order, and their arrays' shapes.

    They are the same for each of DATA_SETS.
    """
    prefix, count = _PREFIXES[split], IMAGE_COUNTS[split]
    return {f"{prefix}-images-idx3-ubyte": (count, 28, 28), f"{prefix}-labels-idx1-ubyte": (count,)}


def mnist_arrays(
    split: str, folder: Path, fetch: bool, name: str = "MNIST"
) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Read a split of MNIST, or of the data set of this name, from the disk, and fetch what is not there whole if
    `fetch` allows it.

    Nothing is fetched while nbgrader grades or validates a notebook.
    Shapes: images (N, 28, 28), labels (N,), both uint8.
    Errors: MnistUnavailableError.
    """
    images, labels = (_array(folder, name, file, shape, fetch) for file, shape in file_shapes(split).items())
    return images, labels


def _array(folder: Path, name: str, file: str, shape: tuple[int, ...], fetch: bool) -> NDArray[np.uint8]:
    raw, published = raw_folder(folder, name), partial(_published_md5, name)
    array = _array_on_disk(raw, file, shape, published)
    if array is None:
        _fetch(raw, f"{file}.gz", name, fetch)
        array = _array_on_disk(raw, file, shape, published)
    if array is None:
        raise MnistUnavailableError(f"The {file}.gz fetched into {raw} cannot be read.")
    return array


def _array_on_disk(
    raw: Path, name: str, shape: tuple[int, ...], published: Callable[[str], str]
) -> NDArray[np.uint8] | None:
    """The first whole copy, packed or not, or None. A damaged copy is named and passed over."""
    for path in (raw / f"{name}.gz", raw / name):
        try:
            return _parsed(_unpacked(path, published), shape)
        except (FileNotFoundError, NotADirectoryError):
            continue
        except OSError as error:
            say_once(f"{path} is treated as missing: it cannot be read ({error.strerror or error}).")
        except _DamagedError as damage:
            say_once(f"{path} is treated as missing: {damage}.")
    return None


def _unpacked(path: Path, published: Callable[[str], str]) -> bytes:
    content = path.read_bytes()
    if path.suffix != ".gz":
        return content
    found, expected = hashlib.md5(content, usedforsecurity=False).hexdigest(), published(path.name)
    if found != expected:
        raise _DamagedError(f"its MD5 checksum is {found} instead of {expected}")
    return gzip.decompress(content)


def _parsed(content: bytes, shape: tuple[int, ...]) -> NDArray[np.uint8]:
    header = struct.pack(f">HBB{len(shape)}I", 0, 8, len(shape), *shape)
    if not content.startswith(header):
        found = content[: len(header)].hex()
        raise _DamagedError(f"its first {len(header)} bytes are {found or 'missing'} instead of {header.hex()}")
    size = len(header) + math.prod(shape)
    if len(content) != size:
        raise _DamagedError(f"it has {len(content):,} bytes instead of {size:,}")
    return np.frombuffer(content, np.uint8, offset=len(header)).reshape(shape)


def _fetch(raw: Path, file: str, name: str, fetch: bool) -> None:
    if in_grading():
        raise MnistUnavailableError(
            f"{raw} holds no whole {file}, and nothing is fetched while a notebook is graded or validated."
        )
    if not fetch:
        raise MnistUnavailableError(f"{raw} holds no whole {file}, and download=False forbids fetching it.")
    try:
        download(file, _published_md5(name, file), _torchvision_class(name).mirrors, raw)
    except DownloadError as failure:
        raise MnistUnavailableError(str(failure)) from failure


def _published_md5(name: str, file: str) -> str:
    """The MD5 checksum that torchvision has for a packed file of a data set.

    Its resources are pairs of a file's name (for KMNIST and Fashion-MNIST too) and its checksum.
    """
    checksums: dict[str, str] = dict(_torchvision_class(name).resources)
    return checksums[file]


def _torchvision_class(name: str) -> Any:
    from torchvision import datasets

    return getattr(datasets, DATA_SETS[name])
