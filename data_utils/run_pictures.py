"""Pictures of training runs: loss curves, snapshots, shares of classes, and several runs in one figure."""

import io
import textwrap
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from data_utils.logged_run import LoggedRun
from data_utils.run_files import SNAPSHOT_SHARES
from data_utils.surroundings import in_a_notebook
from data_utils.whole_files import whole_file

MOST_BATCHES = 50  # that a drawn loss is the mean of
COLOURS = ("#0f6cbd", "#c2410c", "#4d7c0f", "#7e22ce")  # told apart also by those who see red and green alike
GREY = "#9ca3af"


def smoothed(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Means of neighbouring values, a tenth of all S or 50, whichever is less: (S - that + 1,)."""
    window = max(1, min(MOST_BATCHES, len(values) // 10))
    return np.convolve(values, np.ones(window) / window, "valid")


def draw_losses(axes: Axes, run: LoggedRun) -> None:
    """Draw a run's loss curves: means of 50 batches over a pale line of all."""
    for colour, (network, (steps, values)) in zip(COLOURS, sorted(run.losses.items()), strict=False):
        means = smoothed(values)
        axes.plot(steps, values, color=colour, alpha=0.15, linewidth=0.6)
        axes.plot(steps[len(steps) - len(means) :], means, color=colour, linewidth=1.6, label=network)
    axes.set(xlabel="batch (bold: a moving mean)", ylabel="loss")
    axes.set_ylim(*_limits(run))
    axes.grid(alpha=0.25)
    for text in axes.legend(frameon=False).get_texts():
        text.set_parse_math(False)


def _limits(run: LoggedRun) -> tuple[float, float]:
    """What 99 of 100 losses lie within: a single peak would flatten the rest."""
    every = np.concatenate([values for _, values in run.losses.values()])
    finite = every[np.isfinite(every)] if np.isfinite(every).any() else np.zeros(1)
    low, high = np.quantile(finite, [0.005, 0.995])
    margin = 0.05 * (high - low) or 0.5
    return low - margin, high + margin


def draw_shares(axes: Axes, run: LoggedRun) -> None:
    """Draw the share of samples in each class, beside that of real digits."""
    places = np.arange(10)
    if run.final_quality:
        axes.bar(places - 0.2, run.final_quality.shares, 0.4, color=COLOURS[0], label="generated")
    if run.floor:
        axes.bar(places + 0.2, run.floor.shares, 0.4, color=GREY, label="real")
    axes.set(xlabel="digit", ylabel="share", xticks=places)
    axes.grid(alpha=0.25, axis="y")
    if run.final_quality or run.floor:
        axes.legend(frameon=False)


def comparison(runs: Sequence[LoggedRun]) -> Figure:
    """Several runs in one figure: for each a band with its name and figures, curves, five snapshots, class shares."""
    figure = Figure(figsize=(17, 6 * len(runs)), layout="constrained")
    bands = figure.subfigures(len(runs), 1, hspace=0.03, squeeze=False)[:, 0]
    for band, run in zip(bands, runs, strict=True):
        # Names and settings are anyone's words: a dollar in them begins no formula
        band.suptitle(headline(run), x=0.01, ha="left", fontsize=14, fontweight="bold", parse_math=False)
        band.supxlabel(settings_text(run), x=0.01, ha="left", fontsize=9, color="#4b5563", parse_math=False)
        curves, snapshots = band.subfigures(2, 1, height_ratios=(1, 1.25))
        _draw_curves(curves, run)
        _draw_snapshots(snapshots, run)
    return figure


def _draw_curves(part: Any, run: LoggedRun) -> None:
    left, right = part.subplots(1, 2, width_ratios=(2, 1))
    draw_losses(left, run)
    draw_shares(right, run)


def _draw_snapshots(part: Any, run: LoggedRun) -> None:
    for axes, share in zip(part.subplots(1, len(SNAPSHOT_SHARES)), SNAPSHOT_SHARES, strict=True):
        epoch = run.snapshots[share]
        axes.imshow(run.pictures[epoch].permute(1, 2, 0).numpy())
        axes.set_title(snapshot_title(run, share), fontsize=10)
        axes.set_axis_off()


def snapshot_title(run: LoggedRun, share: int) -> str:
    """What stands at a snapshot: per cent, epoch, and the Frechet distance where it was worked out."""
    epoch = run.snapshots[share]
    figures = run.quality.get(epoch)
    return f"{share} % (epoch {epoch})" + (f", FD {figures.frechet_distance:.1f}" if figures else "")


def headline(run: LoggedRun) -> str:
    """A run's name and figures in one line."""
    return f"{run.title}   {run.final_quality}" if run.final_quality else run.title


def settings_text(run: LoggedRun) -> str:
    """A run's settings in a few lines that fit the figure's width."""
    entries = (f"{name}: {shown(value)}" for name, value in run.settings.items() if name != "lab")
    return textwrap.fill("; ".join(entries), width=240)


def shown(value: str | float) -> str:
    """A setting as people read it: 6,679,105, 0.01, words as they are."""
    if isinstance(value, str):
        return value
    return f"{value:,}" if isinstance(value, int) else f"{value:g}"


def encoded(figure: Figure, kind: str, dpi: int = 100) -> bytes:
    """A figure as the bytes of a file: "png" or "svg"."""
    held = io.BytesIO()
    metadata: Mapping[str, Any] = {"Date": None} if kind == "svg" else {}
    figure.savefig(held, format=kind, dpi=dpi, metadata=metadata)
    return held.getvalue()


def show_runs(runs: Sequence[LoggedRun]) -> None:
    """Draw the figure of several runs in a notebook; elsewhere nothing is drawn."""
    if in_a_notebook():
        _display(encoded(comparison(runs), "png"))


def show_picture(path: Path) -> None:
    """Show a saved PNG in a notebook; elsewhere nothing is shown."""
    if in_a_notebook():
        _display(path.read_bytes())


def _display(png: bytes) -> None:
    from IPython.display import Image, display

    display(Image(data=png))


def save_comparison(runs: Sequence[LoggedRun], path: Path) -> Path:
    """Save the figure of several runs as PNG; return its path. Errors: NotSavedError."""
    picture = encoded(comparison(runs), "png")
    with whole_file(path) as file:
        file.write(picture)
    return path
