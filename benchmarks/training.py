"""Train a lab's reference answer as its notebook does, into a folder that the report reads.

    python -m benchmarks.training gan --epochs 30 --data FOLDER --out FOLDER
    python -m benchmarks.training wgan --epochs 2 --set clip_value=0.1 --learning-rate 5e-4

Runs the notebook's own `main` on the digits that `load_digits` finds, and goes on where an earlier run of the same
folder was cut; then prints seconds an epoch, the last losses and the quality figures.
"""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import Any

import matplotlib as mpl
import torch

from autograder.submission import Submission
from data_utils import LoggedRun, read_run

ROOT = Path(__file__).resolve().parents[1]


def notebook_names(lab: str) -> dict[str, Any]:
    """What the reference notebook defines, with its training cell left out as while grading."""
    names: dict[str, Any] = {}
    os.environ["NBGRADER_EXECUTION"] = "benchmark"
    cells, _ = Submission(ROOT / "solutions" / f"{lab}.py", "answer", lab).read()
    for cell in cells:
        exec(compile(cell.source, f"<cell {cell.number}>", "exec"), names)
    return names


def train(lab: str, folder: Path, epochs: int, learning_rate: float | None = None, **settings: float) -> LoggedRun:
    """The run of a lab's own `main` in this folder; `learning_rate` replaces the answer's in both optimizers."""
    mpl.use("Agg")
    names = notebook_names(lab)
    if learning_rate is not None:
        names["build_optimizers"] = with_learning_rate(names["build_optimizers"], learning_rate)
    names["main"](num_epoch=epochs, folder=str(folder.resolve()), resume=True, **settings)
    return read_run(folder)


def with_learning_rate(build_optimizers: Any, learning_rate: float) -> Any:
    """`build_optimizers` with another learning rate."""

    def build(G: torch.nn.Module, D: torch.nn.Module) -> Any:
        optimizers = build_optimizers(G, D)
        for optimizer in optimizers:
            for group in optimizer.param_groups:
                group["lr"] = learning_rate
        return optimizers

    return build


def setting(text: str) -> tuple[str, float]:
    """A name and a number from `name=number`."""
    name, _, number = text.partition("=")
    return name, int(number) if number.isdecimal() else float(number)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("lab")
    parser.add_argument("--epochs", type=int, default=30)
    parser.add_argument("--data", help="the folder that holds MNIST/raw; data/ unless told")
    parser.add_argument("--out", type=Path, help="the run's folder; logs/experiment_LAB unless told")
    parser.add_argument("--learning-rate", type=float)
    parser.add_argument("--set", type=setting, action="append", default=[], metavar="NAME=NUMBER", dest="settings")
    arguments = parser.parse_args()
    if arguments.data:
        os.environ["GAN_LABS_DATA"] = arguments.data
    folder = arguments.out or ROOT / "logs" / f"experiment_{arguments.lab}"
    run = train(arguments.lab, folder, arguments.epochs, arguments.learning_rate, **dict(arguments.settings))
    threads = f"{torch.get_num_threads()} threads"
    print(f"{run.lab}: {run.seconds / run.num_epoch:.1f} s an epoch, {run.settings['data']}, {threads}")
    for network, (_, values) in run.losses.items():
        print(f"{network}: {values[-50:].mean():.3f} (mean of the last {len(values[-50:])} steps)")
    print(f"{run.final_quality}; real digits: {run.floor}")


if __name__ == "__main__":
    main()
