"""The options and the summary of `pytest autograder`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from autograder.feedback import points
from autograder.kept import given_seed
from autograder.results import Result

RESULTS = pytest.StashKey[dict[Path, Result]]()
CAUTIONS = pytest.StashKey[list[str]]()


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("autograder")
    group.addoption("--submission", metavar="PATH", help="grade this notebook, .py file or folder, not solutions/")
    group.addoption("--lab", metavar="LAB", help="the lab, where the file's name does not tell it")
    group.addoption("--device", choices=("auto", "cpu", "cuda"), default="auto", help="where submissions run")
    group.addoption("--seed", type=given_seed, help="replay a run with the seed of its summary; drawn anew unless told")


def pytest_configure(config: pytest.Config) -> None:
    config.stash[RESULTS], config.stash[CAUTIONS] = {}, []


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    results = config.stash[RESULTS].values()
    if results:
        terminalreporter.section("scores")
    for result in results:
        score = f"{points(result.score)} of {points(result.max_score)} points"
        terminalreporter.line(f"{result.student}, {result.lab}: {score}")
    for seed in {result.receipt["seed"] for result in results if result.receipt}:
        terminalreporter.line(f"graded with --seed {seed}")
    for caution in config.stash[CAUTIONS]:
        terminalreporter.line(caution)
