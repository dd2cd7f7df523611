"""Points that forging submissions get for nothing: of stock `nbgrader autograde`, and of the same with our settings.

    python -m benchmarks.forgery

Each is the untouched GAN skeleton, whose honest score is 0 of 70, with a few lines that try to forge (`FORGING` in
tests/hostile.py). Stock nbgrader runs each notebook in a kernel, and its check cells with it, as it does everywhere.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from nbgrader.api import Gradebook, MissingEntry
from rich.console import Console
from rich.table import Table

from benchmarks.grading import ROOT, STOCK, course, run
from tests.hostile import FORGING


def points(folder: Path, lab: str) -> dict[str, float]:
    """The automatic points that the course's gradebook holds, by submission; without the rows that are missing."""
    found = {}
    with Gradebook(f"sqlite:///{folder / 'gradebook.db'}") as gradebook:
        for hostile in FORGING:
            try:
                row = gradebook.find_submission_notebook(lab, lab, hostile.name)
            except MissingEntry:
                continue
            found[hostile.name] = sum(grade.auto_score or 0.0 for grade in row.grades)
    return found


def main() -> None:
    release = (ROOT / "assignments" / "gan" / "gan.ipynb").read_text()
    doors = {"stock": STOCK, "configured here": (ROOT / "nbgrader_config.py").read_text()}
    with tempfile.TemporaryDirectory() as name:
        submitted = Path(name) / "submitted"
        for hostile in FORGING:
            hostile.write(submitted / hostile.name, {"skeleton": release})
        found = {}
        for door, config in doors.items():
            folder = course(Path(name) / door.replace(" ", "-"), "gan", submitted, config)
            for hostile in FORGING:  # one by one: stock nbgrader ends the whole run at some of them
                run("nbgrader", "autograde", "gan", "--student", hostile.name, cwd=folder, allowed=(0, 1))
            found[door] = points(folder, "gan")
    table = Table("submission", *doors, title="points above the honest ones (0 of 70)")
    honest = {hostile.name: hostile.score or 0.0 for hostile in FORGING}
    forged = {door: {n: p - honest[n] for n, p in rows.items()} for door, rows in found.items()}
    for hostile in FORGING:
        cells = [f"{forged[door][hostile.name]:g}" if hostile.name in forged[door] else "no row" for door in doors]
        table.add_row(hostile.name, *cells)
    console = Console()
    console.print(table)
    for door, rows in forged.items():
        gained, lost = [p for p in rows.values() if p > 0], len(FORGING) - len(rows)
        console.print(f"{door}: {len(gained)} of {len(FORGING)} forge {sum(gained):g} points; {lost} rows lost")


if __name__ == "__main__":
    main()
