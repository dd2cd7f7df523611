"""The command line: `python -m autograder grade | build | labs | example-class`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from autograder.errors import UNGRADABLE, WRONG_USAGE, AutograderError
from autograder.grading import CannotGrade, Grader, default_jobs, grader
from autograder.kept import FOLDER, KeptResults, given_seed
from autograder.lab import lab_names, load_lab
from autograder.results import Report, Result
from autograder.sandbox.isolation import Limits
from autograder.submission import find

GRADED, STALE = 0, 1  # exit statuses, beside those of errors
INTERRUPTED = 130  # what a shell gives for Ctrl-C
ROOT = Path()  # the commands run from the repository's root


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m autograder", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    grade = commands.add_parser("grade", help="grade notebooks, .py files, or folders of submissions")
    grade.add_argument("paths", nargs="+", type=Path, metavar="PATH")
    grade.add_argument("--lab", help="the lab, where the file's name does not tell it")
    grade.add_argument("--json", metavar="FILE", help="write the results as JSON; - for standard output")
    grade.add_argument("--csv", metavar="FILE", help="write the scores as CSV; - for standard output")
    grade.add_argument("--jobs", type=_natural, metavar="N", help="submissions at a time; one a core unless told")
    grade.add_argument("--scheduler", metavar="ADDRESS", help="grade on the workers of this dask scheduler")
    grade.add_argument("--device", choices=("auto", "cpu", "cuda"), default="auto")
    grade.add_argument("--timeout", type=_seconds, metavar="SECONDS", help="for one submission; 120 unless told")
    grade.add_argument(
        "--seed", type=given_seed, help="replay a run with the seed of its receipt; drawn once a class unless told"
    )
    grade.add_argument("--no-cache", action="store_true", help=f"neither read nor keep results in {FOLDER}/")
    grade.add_argument("--require-isolation", action="store_true", help="refuse where a protection is missing")
    build = commands.add_parser("build", help="build the notebooks and tables from solutions/<lab>.py")
    build.add_argument("labs", nargs="*", metavar="LAB")
    build.add_argument("--check", action="store_true", help="write nothing; exit with 1 when something is stale")
    commands.add_parser("labs", help="list the labs with their points")
    example = commands.add_parser("example-class", help="make up a class of submissions, in nbgrader's layout")
    example.add_argument("folder", type=Path, metavar="FOLDER")
    example.add_argument("--students", type=_natural, default=12, metavar="N")
    example.add_argument("--seed", type=int, default=0)
    return parser


def _natural(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number of 1 or more")
    return int(text)


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds < float("inf"):
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of seconds above 0")
    return seconds


def _grade(arguments: argparse.Namespace, console: Console) -> int:
    _refuse_what_does_not_go(arguments)
    labs = lab_names()
    if arguments.lab is not None:
        load_lab(arguments.lab)
    found = [submission for path in arguments.paths for submission in find(path, labs, arguments.lab)]
    limits = Limits() if arguments.timeout is None else Limits(submission_s=arguments.timeout)
    wanted = sorted({submission.lab for submission in found if submission.lab in labs})
    kept = None if arguments.no_cache else KeptResults(ROOT / FOLDER, ROOT / "solutions")
    with ExitStack() as stack:
        at_home = grader(wanted, arguments.seed, arguments.device, limits, ROOT / "solutions", kept)
        graded_by, jobs = _hands(stack.enter_context(at_home), arguments, stack)
        for caution in graded_by.cautions:
            console.print(caution, markup=False, highlight=False)
        if arguments.require_isolation and graded_by.missing_protections:
            console.print("Nothing was graded, because --require-isolation asks for all of them.")
            return WRONG_USAGE
        done = 0
        with _progress() as progress:
            task = progress.add_task("grading", total=len(found), rate="")

            def advance(result: Result) -> None:
                nonlocal done
                done += 1
                elapsed = progress.tasks[task].elapsed or 0.0
                progress.update(task, advance=1, rate=f"{60 * done / elapsed:.0f} a minute" if elapsed else "")

            try:
                report = graded_by.grade_all(found, jobs, advance)
            except KeyboardInterrupt:
                progress.stop()
                rest = "nothing of it was kept" if kept is None else "the same command goes on from there"
                console.print(f"Interrupted: {done} of {len(found)} were graded; {rest}.", highlight=False)
                return INTERRUPTED
    _write(report, arguments, console)
    for result, check in report.ungradable:
        console.print(f"{result.student}, {check.id} could not be checked: {check.message}", style="red", markup=False)
    return UNGRADABLE if report.ungradable else GRADED


def _refuse_what_does_not_go(arguments: argparse.Namespace) -> None:
    """Errors: `CannotGrade`, before a class is graded in vain."""
    if arguments.scheduler is not None and arguments.jobs is not None:
        raise CannotGrade("--jobs does not go with --scheduler: `dask worker --nthreads N` says how many.")
    if arguments.json == arguments.csv == "-":
        raise CannotGrade("--json - and --csv - cannot both go to standard output: name a file for one of them.")
    for target in (arguments.json, arguments.csv):
        if target not in (None, "-") and not Path(target).absolute().parent.is_dir():
            raise CannotGrade(f"{target} cannot be written: its folder does not exist. Make it, or name another.")
        if target not in (None, "-") and Path(target).is_dir():
            raise CannotGrade(f"{target} is a folder; name a file in it.")


def _hands(at_home: Grader, arguments: argparse.Namespace, stack: ExitStack) -> tuple[Grader, int]:
    """Who grades, and how many submissions at a time."""
    if arguments.scheduler is None:
        return at_home, arguments.jobs or default_jobs()
    from autograder.cluster import on_cluster

    return stack.enter_context(on_cluster(at_home, arguments.scheduler))


def _progress() -> Progress:
    told = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[rate]}")
    columns = (*told, TimeRemainingColumn())
    return Progress(*columns, console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty())


def _write(report: Report, arguments: argparse.Namespace, console: Console) -> None:
    from autograder.feedback import print_report

    for target, text in ((arguments.json, report.as_json), (arguments.csv, report.as_csv)):
        if target == "-":
            sys.stdout.write(text())
        elif target is not None:
            Path(target).write_text(text(), encoding="utf-8")
    if "-" not in (arguments.json, arguments.csv):
        print_report(report, console)


def _build(arguments: argparse.Namespace, console: Console) -> int:
    from autograder.build import build, stale

    names = arguments.labs or lab_names()
    for name in names:
        load_lab(name)
    if arguments.check:
        old = [path for name in names for path in stale(name, ROOT)]
        for path in old:
            console.print(f"{path} is stale: run `python -m autograder build`", markup=False)
        return STALE if old else GRADED
    for name in names:
        with console.status(name) as status:
            written = build(name, ROOT, status.update)
        for path in written:
            console.print(f"wrote {path}", markup=False)
    return GRADED


def _labs(arguments: argparse.Namespace, console: Console) -> int:
    table = Table("lab", "title", "checks", "points", "")
    for lab in sorted(map(load_lab, lab_names()), key=lambda lab: lab.optional):
        optional = "optional" if lab.optional else ""
        table.add_row(lab.name, lab.title, str(len(lab.checks)), f"{lab.max_score:g}", optional)
    console.print(table)
    return GRADED


def _example_class(arguments: argparse.Namespace, console: Console) -> int:
    from autograder.example_class import write_class

    students = write_class(arguments.folder, arguments.students, arguments.seed, ROOT)
    console.print(f"wrote {students} students to {arguments.folder}", markup=False)
    return GRADED


def main(words: Sequence[str] | None = None) -> int:
    """Run one command. Returns its exit status."""
    arguments = _parser().parse_args(words)
    to_stdout = "-" in (getattr(arguments, "json", None), getattr(arguments, "csv", None))
    console = Console(stderr=to_stdout)
    commands = {"grade": _grade, "build": _build, "labs": _labs, "example-class": _example_class}
    try:
        return commands[arguments.command](arguments, console)
    except (AutograderError, OSError) as error:
        told, status = str(error), getattr(error, "status", WRONG_USAGE)
    except KeyboardInterrupt:  # before the first submission; `grade` tells how far it came after that
        told, status = "interrupted", INTERRUPTED
    Console(stderr=True).print(f"autograder: {told}", markup=False, highlight=False)
    return status


if __name__ == "__main__":
    sys.exit(main())
