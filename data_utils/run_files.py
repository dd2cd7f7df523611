"""The files of one training run and the names in them, which the run that writes and the report that reads share."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch

from data_utils.digits import Digits
from data_utils.quality import QualityFigures
from data_utils.whole_files import NotSavedError, whole_file

SETTINGS, CHECKPOINT, ANIMATION = "settings.json", "checkpoint.pt", "samples.gif"
SAMPLES_TAG = "Generated Images"
SNAPSHOT_SHARES = (0, 25, 50, 75, 100)  # per cent of the epochs, which WGAN's second question asks for
QUALITY, QUALITY_OF_REAL = "Quality", "Quality of real digits"
DISTANCE, CONFIDENCE, SAMPLES, SHARES = "Frechet distance", "Confidence", "Samples", "Share of class {}"


def snapshot_epochs(num_epoch: int) -> list[int]:
    """The epochs at 0, 25, 50, 75 and 100 per cent, rounded; five numbers, of which few epochs repeat some."""
    return [round(num_epoch * share / 100) for share in SNAPSHOT_SHARES]


def quality_scalars(figures: QualityFigures, of_real: bool) -> dict[str, float]:
    """Figures as TensorBoard's scalars, by the part of their tags after the lab's name."""
    begin = QUALITY_OF_REAL if of_real else QUALITY
    shares = {f"{begin}/{SHARES.format(number)}": share for number, share in enumerate(figures.shares)}
    others = {DISTANCE: figures.frechet_distance, CONFIDENCE: figures.confidence, SAMPLES: float(figures.count)}
    return {**{f"{begin}/{name}": value for name, value in others.items()}, **shares}


def remove_earlier_run(folder: Path) -> None:
    """Remove the animation and the checkpoint that an earlier run saved here, and parts of them that a kill left.

    The checkpoint goes last: where the animation may not be removed, the earlier run can still go on.
    Errors: NotSavedError, where a file may not be removed.
    """
    for name in (ANIMATION, CHECKPOINT):
        for path in (*folder.glob(f"{name}.*.part"), folder / name):
            try:
                if path.exists():
                    path.unlink()
            except OSError as error:
                reason = f"an earlier run's cannot be removed ({error.strerror or error})"
                raise NotSavedError(path, reason) from error


def write_settings(
    folder: Path, lab: str, digits: Digits, parts: Mapping[str, Any], settings: Mapping[str, str | float]
) -> None:
    """Write a run's settings beside its event files, for the report. Errors: NotSavedError."""
    G, D, optim_G, optim_D = (parts[name] for name in ("G", "D", "optim_G", "optim_D"))
    device = next(G.parameters()).device
    described = {
        "lab": lab,
        "data": digits.source,
        "images": len(digits),
        "pixels": f"{digits.images.shape[-1]}x{digits.images.shape[-1]} in [{digits.value_range[0]:g}, 1]",
        **settings,
        "optimizer of G": _optimizer(optim_G),
        "optimizer of D": _optimizer(optim_D),
        "parameters of G": sum(p.numel() for p in G.parameters()),
        "parameters of D": sum(p.numel() for p in D.parameters()),
        "device": torch.cuda.get_device_name(device) if device.type == "cuda" else str(device),
        "torch": torch.__version__,
    }
    with whole_file(folder / SETTINGS) as file:
        file.write(json.dumps(described, indent=1).encode())


def _optimizer(optimizer: torch.optim.Optimizer) -> str:
    rates = sorted({float(group["lr"]) for group in optimizer.param_groups})
    return f"{type(optimizer).__name__}, learning rate {' and '.join(f'{rate:g}' for rate in rates)}"
