"""One page and one picture that put training runs side by side: curves, snapshots, figures, settings.

    python -m data_utils.report logs/

The page stands alone: its pictures are in it, it loads nothing, and it runs no script.
"""

import argparse
import os
import sys
from base64 import b64encode
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from matplotlib.figure import Figure

from data_utils.animation import gif_bytes
from data_utils.folders import in_project
from data_utils.logged_run import LoggedRun, UnreadableRunError, read_runs
from data_utils.run_files import SNAPSHOT_SHARES
from data_utils.run_pictures import (
    draw_losses,
    draw_shares,
    encoded,
    save_comparison,
    show_picture,
    shown,
    snapshot_title,
)
from data_utils.whole_files import NotSavedError, whole_file

MOST_FRAMES = 16  # of an animation in the page: all epochs would make it some megabytes


def write_report(logs: str | os.PathLike[str] = "logs", out: str | os.PathLike[str] | None = None) -> tuple[Path, Path]:
    """Write `report.html` and `report.png` of all runs under `logs` into `out` (None: into `logs`); return both paths.

    Relative folders lie in the project's folder.
    Errors: UnreadableRunError, where there is no run or one cannot be read; NotSavedError.
    """
    logs = in_project(logs)
    folder = in_project(out) if out is not None else logs
    runs = read_runs(logs)
    with whole_file(folder / "report.html") as file:
        file.write(page(runs).encode())
    return folder / "report.html", save_comparison(runs, folder / "report.png")


def show_report(logs: str | os.PathLike[str] = "logs") -> None:
    """Write the report of all runs under `logs` and show its picture in the notebook; say so where there is none.

    Errors: NotSavedError.
    """
    try:
        written, picture = write_report(logs)
    except UnreadableRunError as nothing:
        print(nothing)
        return
    show_picture(picture)
    print(f"The page: {written}\nThe picture: {picture}")


def page(runs: Sequence[LoggedRun]) -> str:
    """The HTML page of these runs."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(loader=PackageLoader("data_utils", "."), autoescape=True, undefined=StrictUndefined)
    names = list(dict.fromkeys(name for run in runs for name in run.settings if name != "lab"))
    settings = [(name, [shown(run.settings.get(name, "")) for run in runs]) for name in names]
    template = environment.get_template("report.html")
    return str(template.render(runs=[_in_page(run) for run in runs], settings=settings, differ=differing(runs)))


def differing(runs: Sequence[LoggedRun]) -> list[str]:
    """What makes the runs' figures hard to compare: other data or another number of epochs."""
    kinds: dict[str, set[object]] = {
        "data": {run.settings.get("data") for run in runs},
        "number of epochs": {run.num_epoch for run in runs},
    }
    return [name for name, values in kinds.items() if len(values) > 1]


def _in_page(run: LoggedRun) -> dict[str, Any]:
    losses, shares = Figure(figsize=(5.2, 3.2), layout="constrained"), Figure(figsize=(5.2, 2.2), layout="constrained")
    draw_losses(losses.subplots(), run)
    draw_shares(shares.subplots(), run)
    snapshots = [(_png(run, run.snapshots[share]), snapshot_title(run, share)) for share in SNAPSHOT_SHARES]
    every = sorted(run.pictures)
    chosen = [every[round(place * (len(every) - 1) / (MOST_FRAMES - 1))] for place in range(MOST_FRAMES)]
    frames = [run.pictures[epoch] for epoch in dict.fromkeys(chosen)]
    return {
        "title": run.title,
        "losses": _uri("image/svg+xml", encoded(losses, "svg")),
        "class_shares": _uri("image/svg+xml", encoded(shares, "svg")),
        "snapshots": snapshots,
        "animation": _uri("image/gif", gif_bytes(frames)),
        "quality": run.final_quality,
        "floor": run.floor,
        "epochs": run.num_epoch,
        "batches": f"{run.batches:,}",
        "minutes": f"{run.seconds / 60:.1f}" if run.seconds else "",
    }


def _png(run: LoggedRun, epoch: int) -> str:
    from io import BytesIO

    from torchvision.transforms.functional import to_pil_image

    held = BytesIO()
    to_pil_image(run.pictures[epoch]).convert("L").save(held, format="PNG", optimize=True)
    return _uri("image/png", held.getvalue())


def _uri(kind: str, content: bytes) -> str:
    return f"data:{kind};base64,{b64encode(content).decode()}"


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line. Returns the exit status: 0, or 2 where no report could be made."""
    parser = argparse.ArgumentParser(prog="python -m data_utils.report", description="Put training runs side by side.")
    parser.add_argument("logs", type=Path, help="a folder of log folders, or one run's folder")
    parser.add_argument("--out", type=Path, help="where report.html and report.png go; into LOGS unless told")
    given = parser.parse_args(arguments)
    try:
        written = write_report(given.logs.resolve(), given.out.resolve() if given.out else None)
    except (UnreadableRunError, NotSavedError) as error:
        print(error, file=sys.stderr)
        return 2
    print(*written, sep="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
