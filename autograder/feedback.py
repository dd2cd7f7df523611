"""What a person reads: the feedback of a check, and the table of a class."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from autograder.results import CheckResult, Report, Result

WORDS = {
    "passed": "PASSED",
    "failed": "FAILED",
    "not_attempted": "NOT ATTEMPTED",
    "not_run": "NOT RUN",
    "timed_out": "TIMED OUT",
    "crashed": "CRASHED",
    "ungradable": "COULD NOT BE CHECKED",
}
WIDTH = 110


def points(number: float) -> str:
    return f"{number:g}"


def feedback(check: CheckResult) -> str:
    """A check's outcome as text: what happened, the rule, the evidence, and at most one hint."""
    head = f"{WORDS[check.status]}  {check.id}   {points(check.earned)}/{points(check.points)}"
    parts = [] if check.status == "passed" else [check.title, check.message, check.hint]
    lines = [line for part in parts if part for line in _wrapped(part)]
    return "\n".join([head, *lines])


def score_sheet(checks: Sequence[CheckResult]) -> str:
    """What each check gives, a line each, and the sum."""
    longest = max(len(WORDS[check.status]) for check in checks)
    lines = [f"{WORDS[c.status]:{longest}}  {points(c.earned)}/{points(c.points)}  {c.id}" for c in checks]
    earned, most = sum(c.earned for c in checks), sum(c.points for c in checks)
    return "\n".join([*lines, f"{points(earned)} of {points(most)} points by these checks"])


def _wrapped(text: str) -> list[str]:
    return [
        line
        for paragraph in text.splitlines()
        for line in textwrap.wrap(paragraph, WIDTH, initial_indent="  ", subsequent_indent="  ")
    ]


def result_text(result: Result) -> str:
    """A whole submission's feedback: every check that cost points, then the score."""
    head = f"{result.student}, {result.lab}: {points(result.score)} of {points(result.max_score)} points"
    told = [feedback(check) for check in result.checks if check.status != "passed"]
    return "\n\n".join([head, *(["\n".join(_wrapped(result.message))] if result.message else []), *told])


def class_table(report: Report) -> Table:
    """Students with their scores and the checks that cost points."""
    table = Table(title=None, header_style="bold", expand=False)
    table.add_column("student", no_wrap=True)
    table.add_column("lab", no_wrap=True)
    table.add_column("score", justify="right", no_wrap=True)
    table.add_column("what cost points")
    for result in report.results:
        score = f"{points(result.score)}/{points(result.max_score)}"
        table.add_row(Text(result.student), Text(result.lab), score, Text(_costs(result)))
    return table


def _costs(result: Result) -> str:
    """Known mistakes by name with the checks that show them, then the other failures, then what was not tried."""
    message = " ".join(result.message.split())
    if result.status == "unreadable":
        return f"unreadable: {message}"
    lost = [check for check in result.checks if check.status != "passed"]
    told = [_group(name, [c for c in lost if c.mistake == name]) for name in _distinct(c.mistake for c in lost)]
    told += [check.id for check in lost if check.status == "failed" and not check.mistake]
    rest = [check for check in lost if check.status != "failed"]
    told += [_group(WORDS[s].lower(), [c for c in rest if c.status == s]) for s in _distinct(c.status for c in rest)]
    return "; ".join([*told, *([message] if lost and message else [])])


def _distinct(names: Iterable[str | None]) -> list[str]:
    return list(dict.fromkeys(name for name in names if name))


def _group(name: str, checks: Sequence[CheckResult]) -> str:
    return f"{name} ({', '.join(check.id for check in checks) if len(checks) <= 3 else f'{len(checks)} checks'})"


def print_report(report: Report, console: Console) -> None:
    """Print a class: its table; for a single submission, its feedback."""
    if len(report.results) == 1 and report.results[0].status == "graded":
        console.print(result_text(report.results[0]), markup=False, highlight=False, soft_wrap=True)
    else:
        console.print(class_table(report))
    facts = report.environment
    told = f"torch {facts['torch']} on {facts['device']}, seed {facts['seed']}; sandbox: {facts['isolation']}"
    console.print(told, style="dim", markup=False, highlight=False)
