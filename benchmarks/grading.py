"""Seconds a submission: our command against stock `nbgrader autograde`, on the same notebooks in the same run.

    python -m benchmarks.grading gan --students 12

Makes up a class, grades it with `python -m autograder grade` (all cores, and one job), with `nbgrader autograde` as
configured here, and with stock `nbgrader autograde`, which runs every notebook, check cells too, in a kernel of its
own. Broken submissions are left out: stock nbgrader does not finish them. Each time includes starting the program.
"""

from __future__ import annotations

import argparse
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BIN = Path(sys.executable).parent
STOCK = """
c = get_config()
c.CourseDirectory.course_id = "stock"
c.CourseDirectory.source_directory = "solutions"
c.CourseDirectory.release_directory = "assignments"
c.GenerateAssignment.force = True
c.ClearSolutions.code_stub = {"python": "raise NotImplementedError"}
c.Execute.timeout = 120
"""


def run(*words: str, cwd: Path, allowed: Sequence[int] = (0,)) -> float:
    """Seconds that a command takes. Errors: CalledProcessError, after printing what the command said."""
    environment = os.environ | {"PATH": f"{BIN}:{os.environ['PATH']}", "OMP_NUM_THREADS": "1"}
    started = time.perf_counter()
    done = subprocess.run(words, cwd=cwd, env=environment, capture_output=True, text=True)
    if done.returncode not in allowed:
        print(done.stdout[-2000:], done.stderr[-2000:])
        done.check_returncode()
    return time.perf_counter() - started


def course(folder: Path, lab: str, submitted: Path, config: str) -> Path:
    """A course folder with this configuration and these submissions, its assignment generated."""
    for kind in ("solutions", "assignments"):
        shutil.copytree(ROOT / kind / lab, folder / kind / lab)
    shutil.copytree(submitted, folder / "submitted")
    (folder / "nbgrader_config.py").write_text(config)
    run("nbgrader", "generate_assignment", lab, cwd=folder)
    return folder


def made_up_class(folder: Path, lab: str, students: int) -> Path:
    """A made-up class of one lab, without its broken submissions: each dozen has ten that are whole."""
    from autograder.example_class import KINDS

    made = folder.with_name("made")
    run(sys.executable, "-m", "autograder", "example-class", str(made), "--students", str(2 * students), cwd=ROOT)
    whole = [s for n, s in enumerate(sorted(made.iterdir())) if KINDS[n % len(KINDS)] != "broken"]
    for student in whole[:students]:
        shutil.copytree(student / lab, folder / student.name / lab)
    return folder


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("lab", nargs="?", default="gan")
    parser.add_argument("--students", type=int, default=12)
    arguments = parser.parse_args()
    lab, ours = arguments.lab, (ROOT / "nbgrader_config.py").read_text()
    grade = (sys.executable, "-m", "autograder", "grade", "--no-cache")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        submitted = made_up_class(folder / "class", lab, arguments.students)
        stock = course(folder / "stock", lab, submitted, STOCK)
        configured = course(folder / "ours", lab, submitted, ours)
        seconds = {
            "stock nbgrader autograde": run("nbgrader", "autograde", lab, cwd=stock),
            "nbgrader autograde, configured here": run("nbgrader", "autograde", lab, cwd=configured),
            "autograder grade --jobs 1": run(*grade, str(submitted), "--jobs", "1", "--csv", "-", cwd=ROOT),
            f"autograder grade ({os.cpu_count()} jobs)": run(*grade, str(submitted), "--csv", "-", cwd=ROOT),
        }
    machine = f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}"
    print(f"{arguments.students} submissions of {lab}; {machine}")
    slowest = seconds["stock nbgrader autograde"]
    for door, took in seconds.items():
        print(f"{door:38} {took / arguments.students:6.2f} s a submission   {slowest / took:5.1f} times stock")


if __name__ == "__main__":
    main()
