"""A training run read back from TensorBoard's event files: losses, pictures, figures, settings.

The files may come from anyone: what is not as `TrainingRun` writes it is refused with a sentence, nothing in them runs.
"""

import io
import json
import logging
import math
import os
import re
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor

from data_utils.folders import in_project
from data_utils.notices import say_once
from data_utils.quality import QualityFigures
from data_utils.run_files import (
    CONFIDENCE,
    DISTANCE,
    QUALITY,
    QUALITY_OF_REAL,
    SAMPLES,
    SAMPLES_TAG,
    SETTINGS,
    SHARES,
    SNAPSHOT_SHARES,
    snapshot_epochs,
)

LOSS_TAG = re.compile(r"(.+)/Loss/(.+)")
MOST_PIXELS = 4_000_000  # of a picture; a grid of 64 images of 64 pixels has 0.3 million
MOST_SETTINGS_BYTES = 100_000


class UnreadableRunError(Exception):
    """A folder holds no training run that can be read; the message is a full sentence."""


class OtherEventsError(UnreadableRunError):
    """A folder's event files can be read and are of something else, such as the graph of a network."""


@dataclass(frozen=True)
class LoggedRun:
    """A run: `losses["Discriminator"]` is a pair of arrays, steps (S,) and values (S,); `pictures[epoch]` is a grid
    (3, H, W) in [0, 1]; `quality[epoch]` and `floor` are figures of generated and of real digits (`floor` may be None);
    `seconds` is the time that training took, without drawing and judging."""

    lab: str
    folder: Path
    settings: dict[str, str | float]
    losses: dict[str, tuple[NDArray[np.int64], NDArray[np.float64]]]
    pictures: dict[int, Tensor]
    quality: dict[int, QualityFigures]
    floor: QualityFigures | None
    seconds: float

    @property
    def num_epoch(self) -> int:
        """The number of epochs that were trained so far."""
        return max(self.pictures, default=0)

    @property
    def batches(self) -> int:
        """The number of batches that were trained so far."""
        return max((int(steps[-1]) for steps, _ in self.losses.values()), default=0)

    @property
    def title(self) -> str:
        """What tells the run from others: its lab, and its folder's name where that says more."""
        plain = self.folder.name in (f"experiment_{self.lab.lower()}", self.lab.lower())
        return self.lab if plain else f"{self.lab}, {self.folder.name}"

    @property
    def grids(self) -> list[Tensor]:
        """The pictures in the order of the epochs, for `save_gif`."""
        return [self.pictures[epoch] for epoch in sorted(self.pictures)]

    @property
    def snapshots(self) -> dict[int, int]:
        """The epochs nearest to 0, 25, 50, 75 and 100 per cent that have a picture, by per cent."""
        wanted = zip(SNAPSHOT_SHARES, snapshot_epochs(self.num_epoch), strict=True)
        return {share: min(self.pictures, key=lambda each: abs(each - epoch)) for share, epoch in wanted}

    @property
    def final_quality(self) -> QualityFigures | None:
        """The figures of the last epoch that has some."""
        return self.quality[max(self.quality)] if self.quality else None


def read_run(folder: str | os.PathLike[str]) -> LoggedRun:
    """Read the run that `TrainingRun` logged into a folder, or as much of it as a cut file holds.

    A relative folder lies in the project's folder.
    Errors: UnreadableRunError, for a folder without event files, one that cannot be read, or one of something else.
    """
    folder = in_project(folder)
    events = _events(folder)
    scalars = {tag: _scalars(events, tag) for tag in events.Tags()["scalars"]}
    losses = {found[2]: values for tag, values in scalars.items() if (found := LOSS_TAG.fullmatch(tag))}
    pictures = _pictures(folder, events)
    if not losses or not pictures:
        raise OtherEventsError(
            f'{folder} holds no training run: its event files have no losses ("<LAB>/Loss/...") or no pictures '
            f'("{SAMPLES_TAG}"). Train a lab with it as its log folder.'
        )
    lab = next(found[1] for tag in scalars if (found := LOSS_TAG.fullmatch(tag)))
    seconds = scalars.get(f"{lab}/Seconds", (np.zeros(0), np.zeros(0)))[1].sum()
    floors = _figures(scalars, f"{lab}/{QUALITY_OF_REAL}")
    floor = floors[max(floors)] if floors else None
    quality = _figures(scalars, f"{lab}/{QUALITY}")
    return LoggedRun(lab, folder, _settings(folder), losses, pictures, quality, floor, float(seconds))


def read_runs(logs: str | os.PathLike[str]) -> list[LoggedRun]:
    """Read every run in a folder of log folders, or the one run that the folder itself holds, in the order of names.

    A relative folder lies in the project's folder. Event files of something else are left out, and it is said.
    Errors: UnreadableRunError, for a folder without any run, and for a run that cannot be read.
    """
    logs = in_project(logs)
    folders = sorted({path.parent for path in logs.rglob("events.out.tfevents.*")})
    if not folders:
        raise UnreadableRunError(f"{logs} holds no event files of TensorBoard. Train a lab first; it logs into logs/.")
    runs = []
    for folder in folders:
        try:
            runs.append(read_run(folder))
        except OtherEventsError as other:
            if folder is folders[-1] and not runs:
                raise
            say_once(f"Left out: {other}")
    return runs


def _events(folder: Path) -> Any:
    from google.protobuf.message import DecodeError
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
    from tensorboard.backend.event_processing.event_file_loader import EventFileLoader

    logging.getLogger("tensorboard").setLevel(logging.ERROR)  # it warns of runs that went on, which are no fault
    paths = sorted(folder.glob("events.out.tfevents.*"))
    if not paths:
        raise UnreadableRunError(f"{folder} holds no event files of TensorBoard.")
    for path in paths:
        try:
            with path.open("rb"):  # TensorBoard only logs a file that it may not open
                readable = any(True for _ in EventFileLoader(str(path)).Load())
        except OSError as error:
            raise UnreadableRunError(f"{path} cannot be read: {error.strerror or error}.") from error
        except (DecodeError, ValueError) as error:
            raise _damaged(path) from error
        if not readable:
            raise _damaged(path)
    try:
        return EventAccumulator(str(folder), size_guidance={"scalars": 0, "images": 0}).Reload()
    except (DecodeError, ValueError) as error:
        raise UnreadableRunError(f"{folder} holds a damaged event file: {error}.") from error


def _damaged(path: Path) -> UnreadableRunError:
    return UnreadableRunError(
        f"{path} cannot be read: it is empty or damaged from its first record on. Delete it; what other files in the "
        "folder hold is then read, else train again."
    )


def _scalars(events: Any, tag: str) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Steps and values of a tag, the last of each step, in the order of the steps."""
    last = {event.step: event.value for event in events.Scalars(tag)}
    steps = sorted(last)
    return np.array(steps, np.int64), np.array([last[step] for step in steps], np.float64)


def _pictures(folder: Path, events: Any) -> dict[int, Tensor]:
    if SAMPLES_TAG not in events.Tags()["images"]:
        return {}
    last = {event.step: event.encoded_image_string for event in events.Images(SAMPLES_TAG)}
    pictures = {epoch: _picture(folder, epoch, last[epoch]) for epoch in sorted(last)}
    sizes = sorted({f"{picture.shape[2]}x{picture.shape[1]}" for picture in pictures.values()})
    if len(sizes) > 1:
        raise UnreadableRunError(
            f"{folder}: its pictures have {' and '.join(sizes)} pixels; a run's are all of one size."
        )
    return pictures


def _picture(folder: Path, epoch: int, encoded: bytes) -> Tensor:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # the next line refuses far smaller ones
            image = Image.open(io.BytesIO(encoded), formats=["PNG"])
        if image.width * image.height > MOST_PIXELS:
            raise ValueError(f"it has {image.width}x{image.height} pixels")
        pixels = np.asarray(image.convert("RGB"))
    except (OSError, ValueError, SyntaxError, IndexError, Image.DecompressionBombError) as error:
        raise UnreadableRunError(f"{folder}: the picture of epoch {epoch} cannot be read: {error}.") from error
    return torch.tensor(pixels).permute(2, 0, 1) / 255  # (3, H, W)


def _figures(scalars: dict[str, tuple[Any, Any]], begin: str) -> dict[int, QualityFigures]:
    """The figures under these tags, by epoch; an epoch that lacks one of them, or a number of samples, is left out."""
    tags = [f"{begin}/{name}" for name in (DISTANCE, CONFIDENCE, SAMPLES, *map(SHARES.format, range(10)))]
    if not all(tag in scalars for tag in tags):
        return {}
    by_tag = [dict(zip(*(part.tolist() for part in scalars[tag]), strict=True)) for tag in tags]
    whole = sorted(set.intersection(*(set(values) for values in by_tag)))
    figures = {}
    for epoch in whole:
        distance, confidence, count, *shares = (values[epoch] for values in by_tag)
        if not math.isfinite(count):
            continue
        figures[epoch] = QualityFigures(distance, confidence, tuple(shares), int(count))
    return figures


def _settings(folder: Path) -> dict[str, str | float]:
    """The settings beside the event files; none where there is no such file."""
    path = folder / SETTINGS
    try:
        if path.stat().st_size > MOST_SETTINGS_BYTES:
            raise ValueError(f"it has more than {MOST_SETTINGS_BYTES:,} bytes")
        read = json.loads(path.read_bytes())
        if not isinstance(read, dict):
            raise ValueError("it holds no names with values")
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, RecursionError) as error:
        raise UnreadableRunError(f"{path} cannot be read: {error}. Delete it; the run is read without it.") from error
    return {_text(name): value if isinstance(value, int | float) else _text(value) for name, value in read.items()}


def _text(value: object) -> str:
    """A value as text that can be written to a page: JSON may hold half a letter of UTF-16."""
    return str(value).encode(errors="replace").decode()
