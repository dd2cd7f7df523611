"""How fast a made-up class is graded, and with how much memory: our command, nbgrader configured here, stock nbgrader.

    python -m benchmarks.grading gan dcgan wgan --students 10 --classes 50 --large 200
    python -m benchmarks.grading gan --otter OTHER_ENVIRONMENT/bin/otter

First the same notebooks through every door, in one run: `python -m autograder grade` with all cores and with one job,
`nbgrader autograde` as configured here, and stock `nbgrader autograde`, which runs every notebook, check cells too, in
a kernel of its own; with `--otter`, otter-grader's `otter run` too, whose test files ask for the same checks. (`otter
grade`, which runs several at once, needs a container of each.) A tenth of the class is wrong; broken submissions are
left out, because stock nbgrader does not finish them. Then larger classes through our doors alone, and through our
command with one in twenty broken or endless; then still larger ones through our command on all cores. Each time
includes starting the program; memory is the most that its processes have at once, shared pages counted once.
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
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import nbformat
import psutil

from autograder.example_class import write_class
from autograder.lab import load_lab

ROOT = Path(__file__).resolve().parents[1]
BIN = Path(sys.executable).parent
LOOK_EVERY_S = 3.0  # between two looks at the memory, each of which costs the processes looked at some milliseconds
ALL_CORES, STOCK_DOOR = f"grade, {os.cpu_count()} jobs", "stock nbgrader autograde"
SOUND = ["answer", "wrong", *8 * ["right"]]
WITH_BROKEN = [*SOUND, "broken", *SOUND[1:]]
OTTER_DOOR = "otter run, one after the other"
GRADE = (sys.executable, "-m", "autograder", "grade", "--no-cache", "--csv", os.devnull)
STOCK = """
c = get_config()
c.CourseDirectory.course_id = "stock"
c.CourseDirectory.source_directory = "solutions"
c.CourseDirectory.release_directory = "assignments"
c.GenerateAssignment.force = True
c.ClearSolutions.code_stub = {"python": "raise NotImplementedError"}
c.Execute.timeout = 120
"""
OTTER_TEST = """from otter.test_files import test_case
OK_FORMAT = False
name, points = {id!r}, {points!r}

@test_case()
def test(check):
    check({id!r})
"""


@dataclass
class Cost:
    seconds: float
    memory_gb: float

    def __add__(self, other: Cost) -> Cost:
        return Cost(self.seconds + other.seconds, max(self.memory_gb, other.memory_gb))


def run(*words: str, cwd: Path, allowed: Sequence[int] = (0,)) -> Cost:
    """What a command takes. Errors: CalledProcessError, after printing what the command said."""
    environment = os.environ | {"PATH": f"{BIN}:{os.environ['PATH']}", "OMP_NUM_THREADS": "1", "PYTHONPATH": str(ROOT)}
    started, most = time.perf_counter(), 0.0
    with tempfile.TemporaryFile("w+") as printed:
        process = subprocess.Popen(words, cwd=cwd, env=environment, stdout=printed, stderr=subprocess.STDOUT)
        while process.poll() is None:
            most = max(most, memory_gb(process.pid))
            with suppress(subprocess.TimeoutExpired):
                process.wait(LOOK_EVERY_S)
        took = time.perf_counter() - started
        if process.returncode not in allowed:
            printed.seek(0)
            print(printed.read()[-4000:])
            raise subprocess.CalledProcessError(process.returncode, words)
    return Cost(took, most)


def memory_gb(pid: int) -> float:
    """What a process and all below it have in memory, shared pages counted once."""
    total = 0
    with suppress(psutil.Error):
        for process in (psutil.Process(pid), *psutil.Process(pid).children(recursive=True)):
            with suppress(psutil.Error):
                total += process.memory_full_info().pss
    return total / 2**30


def course(folder: Path, lab: str, submitted: Path, config: str) -> Path:
    """A course folder with this configuration and these submissions, its assignment generated."""
    for kind in ("solutions", "assignments"):
        shutil.copytree(ROOT / kind / lab, folder / kind / lab)
    shutil.copytree(submitted, folder / "submitted")
    (folder / "nbgrader_config.py").write_text(config)
    run("nbgrader", "generate_assignment", lab, cwd=folder)
    return folder


def otter_run(otter: str, folder: Path, lab: str, submitted: Path) -> Cost:
    """What `otter run` takes for these submissions, one after the other. Its test files call the lab's check cells."""
    tests = folder / "tests"
    tests.mkdir(parents=True)
    checks = {check.id: check for check in load_lab(lab).checks}
    for check in checks.values():
        (tests / f"{check.id}.py").write_text(OTTER_TEST.format(id=check.id, points=check.points))
    run(otter, "generate", "-t", "tests", "-o", "checks.zip", "--no-requirements", "--no-environment", cwd=folder)
    cost = Cost(0.0, 0.0)
    for student in sorted(submitted.iterdir()):
        notebook = nbformat.read(student / lab / f"{lab}.ipynb", as_version=4)
        for cell in notebook.cells:
            if cell.metadata.get("nbgrader", {}).get("grade_id") in checks:
                cell.metadata["tags"] = ["otter_ignore"]  # the test files ask the same, and once is enough
        nbformat.write(notebook, folder / f"{lab}.ipynb")
        out = folder / student.name
        out.mkdir()
        graded = ("run", "-a", "checks.zip", "-o", str(out), f"{lab}.ipynb")
        cost += run("env", "NBGRADER_EXECUTION=autograde", otter, *graded, cwd=folder)
        assert (out / "results.json").exists(), f"otter-grader left no result of {student.name}"
    return cost


def made_up_class(folder: Path, labs: Sequence[str], students: int, kinds: Sequence[str]) -> Path:
    """A made-up class of these labs."""
    write_class(folder, students, 0, ROOT, kinds)
    for other in (path for path in folder.glob("*/*") if path.name not in labs):
        shutil.rmtree(other)
    return folder


def same_notebooks(folder: Path, labs: Sequence[str], students: int, stock: bool, otter: str = "") -> dict[str, Cost]:
    """What every door takes for the same submissions; `stock`: stock nbgrader's too; `otter`: its program."""
    submitted = made_up_class(folder / "class", labs, students, SOUND)
    costs = {
        ALL_CORES: run(*GRADE, str(submitted), cwd=ROOT),
        "grade --jobs 1": run(*GRADE, str(submitted), "--jobs", "1", cwd=ROOT),
    }
    configurations = {"nbgrader autograde, configured here": (ROOT / "nbgrader_config.py").read_text()}
    configurations |= {STOCK_DOOR: STOCK} if stock else {}
    for door, config in configurations.items():
        cost = Cost(0.0, 0.0)
        for lab in labs:
            submitted_lab = folder / f"submitted {lab}"
            if not submitted_lab.exists():
                for student in submitted.iterdir():
                    shutil.copytree(student / lab, submitted_lab / student.name / lab)
            of_lab = course(folder / f"{door} {lab}", lab, submitted_lab, config)
            cost += run("nbgrader", "autograde", lab, cwd=of_lab)
        costs[door] = cost
    if otter:
        costs[OTTER_DOOR] = sum((otter_run(otter, folder / f"otter {lab}", lab, submitted) for lab in labs), Cost(0, 0))
    return costs


def on_all_cores(labs: Sequence[str], students: int, kinds: Sequence[str], allowed: Sequence[int] = (0,)) -> Cost:
    """What our command takes on all cores for a class of its own."""
    with tempfile.TemporaryDirectory() as name:
        submitted = made_up_class(Path(name) / "class", labs, students, kinds)
        return run(*GRADE, str(submitted), cwd=ROOT, allowed=allowed)


def tell(students: int, labs: Sequence[str], costs: dict[str, Cost], stock_s: float) -> None:
    """Print the table's lines for one class."""
    for door, cost in costs.items():
        each = cost.seconds / students / len(labs)
        figures = f"{each:.2f} | {60 / each:.0f} | {stock_s / each:.1f} | {cost.memory_gb:.1f}"
        print(f"| {students} | {door} | {figures} |", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("labs", nargs="*", default=["gan"])
    parser.add_argument("--students", type=int, default=10, help="of the class that goes through every door")
    parser.add_argument("--classes", type=int, nargs="*", default=[], help="sizes of classes for our doors alone")
    parser.add_argument("--large", type=int, nargs="*", default=[], help="sizes of classes for our command alone")
    parser.add_argument("--otter", default="", help="otter-grader's program, to time it too")
    arguments = parser.parse_args()
    labs, students = arguments.labs, arguments.students
    print(f"{', '.join(labs)}; {os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}")
    print("| students | door | seconds a submission | submissions a minute | times stock | memory, GB |")
    print("| --- | --- | --- | --- | --- | --- |")
    with tempfile.TemporaryDirectory() as name:
        costs = same_notebooks(Path(name), labs, students, stock=True, otter=arguments.otter)
    stock_s = costs[STOCK_DOOR].seconds / students / len(labs)
    tell(students, labs, costs, stock_s)
    for size in arguments.classes:
        with tempfile.TemporaryDirectory() as name:
            tell(size, labs, same_notebooks(Path(name), labs, size, stock=False), stock_s)
        cost = on_all_cores(labs, size, WITH_BROKEN, allowed=(0, 3))
        tell(size, labs, {f"{ALL_CORES}, broken ones too": cost}, stock_s)
    for size in arguments.large:
        tell(size, labs, {ALL_CORES: on_all_cores(labs, size, SOUND)}, stock_s)


if __name__ == "__main__":
    main()
