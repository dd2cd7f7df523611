"""MNIST's files: where they lie, whether they are whole, and how they are obtained.

Layout (`<folder>/MNIST/raw/`, packed as .gz or not), mirrors and MD5 checksums are torchvision's.
Format: IDX, that is two zero bytes, the type (8: one unsigned byte), the number of axes, each axis's length
as four bytes, most significant first, then the data (LeCun, Cortes, Burges, http://yann.lecun.com/exdb/mnist/).
"""

import gzip
import hashlib
import math
import os
import struct
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from data_utils.download import DownloadError, download
from data_utils.notices import say_once

IMAGE_COUNTS = {"train": 60_000, "test": 10_000}
_PREFIXES = {"train": "train", "test": "t10k"}
_GRADING_VARIABLES = ("NBGRADER_EXECUTION", "NBGRADER_VALIDATING")


class MnistUnavailableError(Exception):
    """A split of MNIST is not to be had whole; the message is a full sentence that says why."""


class _DamagedError(Exception):
    """A file is there but not whole."""


def data_folder(folder: str | os.PathLike[str] | None = None) -> Path:
    """Choose the folder that holds `MNIST/raw/`.

    The argument; else the environment variable GAN_LABS_DATA; else `data` in the nearest folder, from the
    current one upwards, that holds `data_utils`, so that all labs share one copy and nbgrader, which copies
    what lies beside a notebook, copies none; else `data` in the current folder.
    """
    chosen = folder or os.environ.get("GAN_LABS_DATA")
    if chosen:
        return Path(chosen).expanduser()
    here = Path.cwd()
    roots = (place for place in (here, *here.parents) if (place / "data_utils" / "mnist.py").is_file())
    return next(roots, here) / "data"


def raw_folder(folder: Path) -> Path:
    """The folder with MNIST's own files."""
    return folder / "MNIST" / "raw"


def file_shapes(split: str) -> dict[str, tuple[int, ...]]:
    """The names, without .gz, of a split's image and label files, in this order, and their arrays' shapes."""
    prefix, count = _PREFIXES[split], IMAGE_COUNTS[split]
    return {f"{prefix}-images-idx3-ubyte": (count, 28, 28), f"{prefix}-labels-idx1-ubyte": (count,)}


def mnist_arrays(split: str, folder: Path, fetch: bool) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Read a split of MNIST from the disk, and fetch what is not there whole if `fetch` allows it.

    Nothing is fetched while nbgrader grades or validates a notebook.
    Shapes: images (N, 28, 28), labels (N,), both uint8.
    Errors: MnistUnavailableError.
    """
    images, labels = (_array(raw_folder(folder), name, shape, fetch) for name, shape in file_shapes(split).items())
    return images, labels


def _array(raw: Path, name: str, shape: tuple[int, ...], fetch: bool) -> NDArray[np.uint8]:
    array = _array_on_disk(raw, name, shape)
    if array is None:
        _fetch(raw, f"{name}.gz", fetch)
        array = _array_on_disk(raw, name, shape)
    if array is None:
        raise MnistUnavailableError(f"The {name}.gz fetched into {raw} cannot be read.")
    return array


def _array_on_disk(raw: Path, name: str, shape: tuple[int, ...]) -> NDArray[np.uint8] | None:
    """The first whole copy, packed or not, or None. A damaged copy is named and passed over."""
    for path in (raw / f"{name}.gz", raw / name):
        try:
            return _parsed(_unpacked(path), shape)
        except (FileNotFoundError, NotADirectoryError):
            continue
        except OSError as error:
            say_once(f"{path} is treated as missing: it cannot be read ({error.strerror or error}).")
        except _DamagedError as damage:
            say_once(f"{path} is treated as missing: {damage}.")
    return None


def _unpacked(path: Path) -> bytes:
    content = path.read_bytes()
    if path.suffix != ".gz":
        return content
    found, published = hashlib.md5(content, usedforsecurity=False).hexdigest(), _published_md5(path.name)
    if found != published:
        raise _DamagedError(f"its MD5 checksum is {found} instead of {published}")
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


def _fetch(raw: Path, name: str, fetch: bool) -> None:
    if any(variable in os.environ for variable in _GRADING_VARIABLES):
        raise MnistUnavailableError(
            f"{raw} holds no whole {name}, and nothing is fetched while a notebook is graded or validated."
        )
    if not fetch:
        raise MnistUnavailableError(f"{raw} holds no whole {name}, and download=False forbids fetching it.")
    from torchvision.datasets import MNIST

    try:
        download(name, _published_md5(name), MNIST.mirrors, raw)
    except DownloadError as failure:
        raise MnistUnavailableError(str(failure)) from failure


def _published_md5(name: str) -> str:
    from torchvision.datasets import MNIST

    checksums: dict[str, str] = dict(MNIST.resources)
    return checksums[name]
