"""Train the labs as docs/results.md tells, and print its tables and draw its pictures.

python -m benchmarks.results --data FOLDER --out FOLDER            # two hours of one core; a cut run goes on
python -m benchmarks.results --data FOLDER --out FOLDER --only experiment_gan
python -m benchmarks.results --data FOLDER --out FOLDER --read     # tables and pictures of what is there
"""

from __future__ import annotations

import argparse
import io
import math
import os
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import torch
from matplotlib.figure import Figure
from PIL import Image
from torch import nn

from benchmarks.training import ROOT, notebook_names, train
from data_utils import (
    LoggedRun,
    QualityJudge,
    UnreadableRunError,
    fixed_noise,
    generated,
    load_checkpoint,
    read_run,
    sample_grid,
)
from data_utils.classifier import CLASSES, classifier_pixels
from data_utils.quality import spread_over_seeds
from data_utils.run_files import CHECKPOINT
from data_utils.run_pictures import comparison, encoded
from data_utils.samples import Sampler
from data_utils.whole_files import whole_file

PICTURES = ROOT / "docs" / "results"
ASKED_EPOCHS, ASKED_IMAGES = 30, 60_000  # what the notebooks ask for
NOISE_SEEDS = (1, 2, 3)
SAMPLES_OF_A_DIGIT = 200  # a generator's batch (256) holds them; 2,000 in all, as for the figures of quality


@dataclass(frozen=True)
class Planned:
    """One training: a lab, its epochs, what differs from the notebook; rows and columns of the picture of its samples.

    `labelled`: its generator wants a label beside the noise.
    """

    lab: str
    epochs: int
    settings: dict[str, float] = field(default_factory=dict)
    labelled: bool = False
    grid: tuple[int, int] = (16, 16)


LABS = {
    "experiment_gan": Planned("gan", 178),  # as many batches as the notebook asks for
    "experiment_dcgan": Planned("dcgan", 8),
    "experiment_wgan": Planned("wgan", 6),
}
OPTIONAL = {
    "experiment_mlp_gan": Planned("mlp_gan", 40),
    "experiment_gan32": Planned("gan32", 50, grid=(8, 16)),
    "experiment_cgan": Planned("cgan", 50, labelled=True, grid=(6, 20)),  # two columns of each digit
    "experiment_lsgan": Planned("lsgan", 50, labelled=True, grid=(6, 20)),
    "experiment_dcgan32": Planned("dcgan32", 8, grid=(8, 16)),
    # Batches as its notebook advises without a GPU
    "experiment_dcgan32_batch_64": Planned("dcgan32", 4, {"batch_size": 64}, grid=(8, 16)),
    "experiment_dcgan64": Planned("dcgan64", 2, grid=(4, 8)),
}
HYPERPARAMETERS = {  # after two epochs, beside experiment_wgan's second; each changes one setting of the one before
    "hyperparameters/n_critic_1": Planned("wgan", 2, {"n_critic": 1}),
    "hyperparameters/n_critic_1_rate_5e-4": Planned("wgan", 2, {"n_critic": 1, "learning_rate": 5e-4}),
}
PLAN = {**LABS, **OPTIONAL, **HYPERPARAMETERS}
COMPARED = {"labs.png": LABS, "optional_labs.png": OPTIONAL}  # the runs beside each other in a picture


def logged(folder: Path) -> LoggedRun | None:
    """The run in this folder, or None where none has been trained."""
    try:
        return read_run(folder)
    except UnreadableRunError:
        return None


def print_table(head: str, rows: list[list[str]]) -> None:
    """A Markdown table with these columns."""
    columns = head.split("|")
    print(f"| {' | '.join(columns)} |")
    print(f"|{' --- |' * len(columns)}")
    for row in rows:
        print(f"| {' | '.join(row)} |")
    print()


def asked_batches(run: LoggedRun) -> int:
    """The number of batches that the run's notebook asks for."""
    return ASKED_EPOCHS * math.ceil(ASKED_IMAGES / int(run.settings["batch_size"]))


def shown_name(name: str) -> str:
    """A run's name in the tables and in the names of pictures."""
    return name.removeprefix("experiment_")


def lab_row(name: str, run: LoggedRun) -> list[str]:
    """A lab's line of the first table."""
    figures = run.final_quality
    assert figures is not None
    share = f"{run.batches:,} ({100 * run.batches / asked_batches(run):.0f} %)"
    losses = [f"{run.losses[name][1][-50:].mean():.2f}" for name in ("Discriminator", "Generator")]
    time = [f"{run.seconds / run.num_epoch:.1f}", f"{run.seconds / 60:.0f}"]
    quality = [f"{figures.frechet_distance:.1f}", f"{figures.confidence:.3f}", str(figures.classes_covered)]
    return [shown_name(name), str(run.num_epoch), share, *time, *losses, *quality]


def hyperparameter_row(name: str, run: LoggedRun) -> list[str]:
    """A setting's line: figures after two epochs."""
    figures = run.quality[2]
    last = run.losses["Discriminator"][1][: 2 * run.batches // run.num_epoch][-50:]
    seconds = f"{run.seconds / run.num_epoch:.0f}"
    return [
        name,
        f"{figures.frechet_distance:.0f}",
        f"{figures.confidence:.3f}",
        str(figures.classes_covered),
        f"{last.mean():.3f} ± {last.std():.3f}",
        seconds,
    ]


def sampler(planned: Planned, G: nn.Module) -> Sampler:
    """Noise to images as the lab's notebook samples: with labels, zero, one, ... nine, zero, one, ..."""
    return (lambda z: G(z, torch.arange(len(z)) % CLASSES)) if planned.labelled else G


def samples_and_spread(name: str, folder: Path, pictures: Path) -> str:
    """Save a picture of a trained lab's samples; return its figures' spread over seeds of noise."""
    planned = PLAN[name]
    names = notebook_names(planned.lab)
    G, D = names["build_models"](torch.device("cpu"))
    optim_G, optim_D = names["build_optimizers"](G, D)
    load_checkpoint(folder / CHECKPOINT, G=G, D=D, optim_G=optim_G, optim_D=optim_D)
    value_range, sample = names["digits"].value_range, sampler(planned, G)
    shown = generated(G, fixed_noise(math.prod(planned.grid)), sample)
    save_grey(sample_grid(shown, value_range, planned.grid[1]), pictures / f"{shown_name(name)}_samples.png")
    judge = QualityJudge(names["digits"])
    told = spread_over_seeds(judge, lambda seed: generated(G, fixed_noise(judge.count, seed=seed), sample), NOISE_SEEDS)
    heeded = f"; {heeded_text(labels_heeded(G, judge))}" if planned.labelled else ""
    return f"{shown_name(name)}: {told}{heeded}; real digits: {judge.floor}"


def labels_heeded(G: nn.Module, judge: QualityJudge) -> list[float]:
    """For each digit the share of its samples, made with this label, that the classifier takes for it."""
    shares = []
    for digit in range(CLASSES):
        labels = torch.full((SAMPLES_OF_A_DIGIT,), digit)
        samples = generated(G, fixed_noise(SAMPLES_OF_A_DIGIT), partial(G, labels=labels))
        seen = judge.classifier.probabilities(classifier_pixels(samples, judge.value_range)).argmax(dim=1)
        shares.append((seen == digit).float().mean().item())
    return shares


def heeded_text(shares: list[float]) -> str:
    """The shares of `labels_heeded` in words: their mean, then digit by digit."""
    by_digit = ", ".join(f"{100 * share:.0f}" for share in shares)
    return f"{100 * sum(shares) / len(shares):.1f} % are the digit asked for (of 0 to 9: {by_digit})"


def save_grey(grid: torch.Tensor, path: Path) -> None:
    """Save a picture (3, H, W) in [0, 1] as a small PNG of grey levels."""
    with whole_file(path) as file:
        image = Image.fromarray((grid[0] * 255).round().byte().numpy())
        image.quantize(32).save(file, format="PNG", optimize=True)


def save_small(figure: Figure, path: Path, dpi: int) -> None:
    """Save a figure as a PNG of 64 colours: a quarter of the size."""
    with whole_file(path) as file:
        image = Image.open(io.BytesIO(encoded(figure, "png", dpi))).convert("RGB")
        image.quantize(64, dither=Image.Dither.NONE).save(file, format="PNG", optimize=True)


def settings_figure(runs: dict[str, LoggedRun]) -> Figure:
    """The samples after two epochs of each setting, beside each other."""
    figure = Figure(figsize=(3.2 * len(runs), 4.0), layout="constrained")
    for axes, (name, run) in zip(figure.subplots(1, len(runs), squeeze=False)[0], runs.items(), strict=True):
        axes.imshow(run.pictures[2].permute(1, 2, 0).numpy())
        axes.set_title(f"{name}\nFD {run.quality[2].frechet_distance:.0f}")
        axes.set_axis_off()
    return figure


def tell(out: Path, pictures: Path) -> None:
    """Print the tables and draw the pictures of the runs that are there."""
    runs = {name: run for name in PLAN if (run := logged(out / name))}
    labs = {name: run for name, run in runs.items() if name not in HYPERPARAMETERS}
    head = "lab|epochs|batches (of the notebook's)|s an epoch|minutes|loss of D|loss of G"
    print_table(f"{head}|Frechet distance|confidence|classes", [lab_row(name, run) for name, run in labs.items()])
    for file, group in COMPARED.items():
        if beside := [run for name, run in labs.items() if name in group]:
            save_small(comparison(beside), pictures / file, dpi=60)
    for name in labs:
        print(samples_and_spread(name, out / name, pictures))
    if runs.keys() & HYPERPARAMETERS.keys():
        tell_hyperparameters(runs, pictures)


def tell_hyperparameters(runs: dict[str, LoggedRun], pictures: Path) -> None:
    """Print the table and draw the picture of WGAN's settings."""
    names = [name for name in ("experiment_wgan", *HYPERPARAMETERS) if name in runs]
    chosen = {name.partition("/")[2].replace("_", " ") or "as the notebook": runs[name] for name in names}
    print()
    rows = [hyperparameter_row(name, run) for name, run in chosen.items()]
    print_table("wgan, 2 epochs|Frechet distance|confidence|classes|critic's loss|s an epoch", rows)
    save_small(settings_figure(chosen), pictures / "hyperparameters.png", dpi=70)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", help="the folder that holds MNIST/raw; data/ unless told")
    parser.add_argument("--out", type=Path, default=ROOT / "logs" / "results")
    parser.add_argument("--pictures", type=Path, default=PICTURES, help="their folder; docs/results unless told")
    parser.add_argument("--only", choices=PLAN, help="train this one alone")
    parser.add_argument("--read", action="store_true", help="train nothing")
    arguments = parser.parse_args()
    if arguments.data:
        os.environ["GAN_LABS_DATA"] = arguments.data
    wanted = [] if arguments.read else [arguments.only] if arguments.only else list(PLAN)
    for name in wanted:
        train(PLAN[name].lab, arguments.out / name, PLAN[name].epochs, **PLAN[name].settings)
    if not arguments.only:
        tell(arguments.out, arguments.pictures)


if __name__ == "__main__":
    main()
