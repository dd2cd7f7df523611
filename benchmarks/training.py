"""Train a lab's reference answer as its notebook does, and draw what it logged.

    python -m benchmarks.training gan --epochs 30 --data FOLDER --out FOLDER

Runs the notebook's own `main` on the digits that `load_digits` finds, then reads TensorBoard's event files back:
prints seconds an epoch and the final losses, and draws both curves and the samples at 0, 25, 50, 75 and 100 per cent.
"""

from __future__ import annotations

import argparse
import io
import os
import time
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
import torch
from PIL import Image
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from autograder.submission import Submission

ROOT = Path(__file__).resolve().parents[1]


def notebook_names(lab: str) -> dict[str, Any]:
    """What the reference notebook defines, with its training cell left out as while grading."""
    names: dict[str, Any] = {}
    os.environ["NBGRADER_EXECUTION"] = "benchmark"
    cells, _ = Submission(ROOT / "solutions" / f"{lab}.py", "answer", lab).read()
    for cell in cells:
        exec(compile(cell.source, f"<cell {cell.number}>", "exec"), names)
    return names


def draw(events: EventAccumulator, epochs: int, path: Path) -> None:
    """Both loss curves, as the mean of 50 steps, above five sample grids."""
    import matplotlib.pyplot as plt

    figure = plt.figure(figsize=(15, 7), layout="constrained")
    grid = figure.add_gridspec(2, 5)
    curves = figure.add_subplot(grid[0, :])
    for tag in sorted(events.Tags()["scalars"]):
        losses = np.array([event.value for event in events.Scalars(tag)])
        window = min(50, len(losses))
        curves.plot(np.convolve(losses, np.ones(window) / window, "valid"), label=tag)
    curves.set_xlabel("step")
    curves.set_ylabel("loss (mean of 50 steps)")
    curves.legend()
    pictures = {event.step: event.encoded_image_string for event in events.Images("Generated Images")}
    for place, share in enumerate((0, 25, 50, 75, 100)):
        epoch = round(epochs * share / 100)
        axes = figure.add_subplot(grid[1, place])
        axes.imshow(Image.open(io.BytesIO(pictures[epoch])))
        axes.set_title(f"epoch {epoch} ({share} %)")
        axes.axis("off")
    figure.savefig(path, dpi=80)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("lab")
    parser.add_argument("--epochs", type=int, default=30)
    parser.add_argument("--data", help="the folder that holds MNIST/raw; data/ unless told")
    parser.add_argument("--out", type=Path, default=Path("logs"))
    arguments = parser.parse_args()
    mpl.use("Agg")
    if arguments.data:
        os.environ["GAN_LABS_DATA"] = arguments.data
    names = notebook_names(arguments.lab)
    folder = arguments.out / f"experiment_{arguments.lab}"
    started = time.perf_counter()
    names["main"](num_epoch=arguments.epochs, folder=str(folder))
    seconds = time.perf_counter() - started
    events = EventAccumulator(str(folder), size_guidance={"scalars": 0, "images": 0}).Reload()
    draw(events, arguments.epochs, arguments.out / f"{arguments.lab}.png")
    device = torch.cuda.get_device_name() if torch.cuda.is_available() else f"CPU, {torch.get_num_threads()} threads"
    print(f"{arguments.lab}: {seconds / arguments.epochs:.1f} s an epoch of {len(names['digits'])} images on {device}")
    for tag in sorted(events.Tags()["scalars"]):
        last = [event.value for event in events.Scalars(tag)][-50:]
        print(f"{tag}: {np.mean(last):.3f} (mean of the last {len(last)} steps)")


if __name__ == "__main__":
    main()
